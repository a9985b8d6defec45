//! Several channels of one device: what they do at the same time, kept up with every value.
//!
//! The k-dimensional distance of two windows is the mean of the k smallest distances of their
//! channels (mSTAMP; Yeh, Kavantzas and Keogh 2017).

use super::Stopped;
use super::covariances::Covariances;
use super::memory::Memory;
use super::saved::{Reader, Saved};
use super::stream::Out;
use crate::simd::{Kernel, Level, Simd};
use crate::watch::Watch;
use std::ops::Range;

/// What a correlation may be off by.
const MARGIN: f64 = 1e-10;

/// A correlation below every one of two windows that have one.
const NONE: f64 = -3.0;

/// Columns that are looked at together.
const BLOCK: usize = 32;

/// What is known of the windows in memory: for each k, by window.
#[derive(Clone, Debug, Default)]
pub struct Profile {
    pub distance: Vec<Vec<f64>>,
    pub index: Vec<Vec<i64>>,
    pub left_distance: Vec<Vec<f64>>,
    pub left_index: Vec<Vec<i64>>,
}

impl Profile {
    fn push(&mut self) {
        for rows in [&mut self.distance, &mut self.left_distance] {
            rows.iter_mut().for_each(|row| row.push(f64::INFINITY));
        }
        for rows in [&mut self.index, &mut self.left_index] {
            rows.iter_mut().for_each(|row| row.push(-1));
        }
    }

    fn forget(&mut self, windows: usize) {
        for rows in [&mut self.distance, &mut self.left_distance] {
            rows.iter_mut().for_each(|row| drop(row.drain(..windows)));
        }
        for rows in [&mut self.index, &mut self.left_index] {
            rows.iter_mut().for_each(|row| drop(row.drain(..windows)));
        }
    }
}

/// The channels, and their profile for every k.
pub struct Together {
    m: usize,
    memory: Memory<Covariances>,
    profile: Profile,
}

impl Together {
    /// A stream of channels that have seen `total` values, and remember `values` with a profile.
    pub fn new(
        m: usize,
        history: Option<usize>,
        total: u64,
        values: &[&[f64]],
        profile: Profile,
        watch: &Watch,
    ) -> Self {
        Together {
            m,
            memory: Memory::new(m, m, history, total, values, watch),
            profile,
        }
    }

    /// The stream that was saved; `None` where these are no parts of one.
    pub fn restore(
        m: usize,
        history: Option<usize>,
        saved: &mut Reader,
        watch: &Watch,
    ) -> Option<Self> {
        let memory = Memory::<Covariances>::restore(m, m, history, saved, watch)?;
        let (windows, channels) = ((memory.len() + 1).saturating_sub(m), memory.rows.len());
        let mut profile = Profile::default();
        for _ in 0..channels {
            let floats = [saved.floats_of(windows)?, saved.floats_of(windows)?];
            let whole = [saved.whole_of(windows)?, saved.whole_of(windows)?];
            profile.distance.push(watch.copied(floats[0]));
            profile.left_distance.push(watch.copied(floats[1]));
            profile.index.push(watch.copied(whole[0]));
            profile.left_index.push(watch.copied(whole[1]));
        }
        Some(Together { m, memory, profile })
    }

    /// All of it, to the last bit.
    pub fn save(&self, saved: &mut Saved) {
        self.memory.save(saved);
        for k in 0..self.channels() {
            saved.floats(&self.profile.distance[k]);
            saved.floats(&self.profile.left_distance[k]);
            saved.whole(&self.profile.index[k]);
            saved.whole(&self.profile.left_index[k]);
        }
    }

    pub fn channels(&self) -> usize {
        self.memory.rows.len()
    }

    /// How many values of each channel have come.
    pub fn total(&self) -> u64 {
        self.memory.total()
    }

    /// Where the window begins that the next values complete; negative before there is one.
    pub fn next_window(&self) -> i64 {
        self.memory.next_window()
    }

    /// The values of a channel in memory.
    pub fn values(&self, channel: usize) -> &[f64] {
        self.memory.values(channel)
    }

    /// The profile of the windows in memory.
    pub fn profile(&self) -> Profile {
        let mut profile = self.profile.clone();
        profile.forget(self.memory.windows_over());
        profile
    }

    /// Appends a value of each channel, unless the watch says stop; writes for each k the left
    /// neighbour of their window.
    pub fn append(&mut self, level: Level, values: &[f64], out: Out<'_>, watch: &Watch) {
        level.visit(Append {
            stream: self,
            values,
            out,
            watch,
        });
    }
}

struct Append<'a> {
    stream: &'a mut Together,
    values: &'a [f64],
    out: Out<'a>,
    watch: &'a Watch<'a>,
}

impl Kernel for Append<'_> {
    type Output = ();

    fn run<S: Simd>(self, simd: S) {
        let Together { m, memory, profile } = self.stream;
        match memory.make_room(self.values, self.watch) {
            Ok(Some(dropped)) => profile.forget(dropped),
            Ok(None) => {}
            Err(Stopped) => return,
        }
        let rows = memory.rows.iter_mut().zip(self.values);
        // All channels complete the same window.
        let came = rows.fold(None, |_, (row, value)| row.push(simd, *value));
        memory.took(self.values);
        let Some((window, columns)) = came else {
            return;
        };
        profile.push();
        let channels = memory.rows.len();
        simd.vectorize(Compare {
            rows: &memory.rows,
            m: *m,
            window,
            columns,
            gone: memory.gone as i64,
            profile,
            low: &mut vec![[0.0; BLOCK]; channels],
            exact: &mut vec![0.0; channels],
        });
        for k in 0..channels {
            let left = (
                profile.left_distance[k][window],
                profile.left_index[k][window],
            );
            (self.out.0[k], self.out.1[k]) = left;
            (profile.distance[k][window], profile.index[k][window]) = left;
        }
    }
}

/// Compares a window with earlier ones, over every number of channels.
struct Compare<'a> {
    rows: &'a [Covariances],
    m: usize,
    window: usize,
    columns: Range<usize>,
    gone: i64,
    profile: &'a mut Profile,
    /// By channel, then by k, for each column of a block: no more than the distance.
    low: &'a mut [[f64; BLOCK]],
    exact: &'a mut [f64],
}

impl Kernel for Compare<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(mut self, simd: S) {
        for start in self.columns.clone().step_by(BLOCK) {
            let count = BLOCK.min(self.columns.end - start);
            self.bound(start, count);
            if !self.promises(start, count) {
                continue;
            }
            for at in 0..count {
                if self.promises_one(start + at, at) {
                    self.measure(simd, start + at);
                }
            }
        }
    }
}

impl Compare<'_> {
    /// Bounds the mean distances over the nearest channels from below.
    #[inline(always)]
    fn bound(&mut self, start: usize, count: usize) {
        let double = 2.0 * self.m as f64;
        for (row, low) in self.rows.iter().zip(self.low.iter_mut()) {
            let offset = start - self.columns.start;
            let covariance = &row.of(self.window, &self.columns)[offset..][..count];
            let inverse = &row.tape.windows.inverse[start..][..count];
            let half = &row.tape.half[start..][..count];
            let own = (
                row.tape.windows.inverse[self.window],
                row.tape.half[self.window],
            );
            for at in 0..count {
                let correlation = covariance[at] * inverse[at] * own.0 + (half[at] + own.1);
                let distance = (double * (1.0 - correlation - MARGIN).max(0.0)).sqrt();
                low[at] = if correlation > NONE {
                    distance
                } else {
                    f64::INFINITY
                };
            }
        }
        // Sorted by as many exchanges of neighbours as it takes: channels are few.
        let channels = self.low.len();
        for end in (1..channels).rev() {
            for k in 0..end {
                let (before, after) = self.low.split_at_mut(k + 1);
                let (a, b) = (&mut before[k], &mut after[0]);
                for at in 0..BLOCK {
                    (a[at], b[at]) = (a[at].min(b[at]), a[at].max(b[at]));
                }
            }
        }
        for k in 1..channels {
            let (before, after) = self.low.split_at_mut(k);
            for (sum, distance) in after[0].iter_mut().zip(&before[k - 1]) {
                *sum += distance;
            }
        }
    }

    /// Whether a column of the block may be nearer than what is known, over some k.
    #[inline(always)]
    fn promises(&self, start: usize, count: usize) -> bool {
        let mut any = false;
        for (k, low) in self.low.iter().enumerate() {
            let known = &self.profile.distance[k][start..][..count];
            let left = self.profile.left_distance[k][self.window];
            let times = (k + 1) as f64;
            for at in 0..count {
                any |= low[at] < times * known[at].max(left);
            }
        }
        any
    }

    #[inline(always)]
    fn promises_one(&self, column: usize, at: usize) -> bool {
        self.low.iter().enumerate().any(|(k, low)| {
            let known = self.profile.distance[k][column];
            low[at] < (k + 1) as f64 * known.max(self.profile.left_distance[k][self.window])
        })
    }

    /// Measures a column and keeps what is nearer.
    #[inline(always)]
    fn measure<S: Simd>(&mut self, simd: S, column: usize) {
        let offset = column - self.columns.start;
        for (row, exact) in self.rows.iter().zip(self.exact.iter_mut()) {
            let (tape, i) = (&row.tape, self.window);
            let scaled = row.of(i, &self.columns)[offset] * tape.windows.inverse[column];
            let added = tape.half[column] + tape.half[i];
            let correlation = scaled * tape.windows.inverse[i] + added;
            *exact = if correlation > NONE {
                tape.distance(simd, i, column, correlation)
            } else {
                f64::INFINITY
            };
        }
        self.exact.sort_unstable_by(f64::total_cmp);
        let (mut sum, profile) = (0.0, &mut *self.profile);
        for (k, distance) in self.exact.iter().enumerate() {
            sum += distance;
            let mean = sum / (k + 1) as f64;
            if mean < profile.left_distance[k][self.window] {
                profile.left_distance[k][self.window] = mean;
                profile.left_index[k][self.window] = self.gone + column as i64;
            }
            if mean < profile.distance[k][column] {
                profile.distance[k][column] = mean;
                profile.index[k][column] = self.gone + self.window as i64;
            }
        }
    }
}
