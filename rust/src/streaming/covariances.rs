//! The covariances of the latest window of a stream with all earlier ones in memory.

use super::memory::{Layout, Room};
use super::saved::{Reader, Saved};
use super::tape::Tape;
use crate::dots::{Dot, Dots, Scaled};
use crate::self_join::exclusion_zone;
use crate::simd::{Kernel, Simd};
use crate::watch::Watch;
use std::ops::Range;

/// Covariances are stepped along at most this many windows, or [`SPAN_WINDOWS`] · m.
const SPAN: usize = 4096;
const SPAN_WINDOWS: usize = 16;

pub struct Covariances {
    pub tape: Tape,
    zone: usize,
    /// Of the latest window; `[k]` with the window `reach − k` before it.
    covariance: Vec<f64>,
    /// The farthest lag.
    reach: usize,
    /// Windows since the covariances were computed; `None` where they have not been.
    age: Option<usize>,
    block: Vec<f64>,
    centred: Vec<f64>,
}

impl Layout for Covariances {
    /// The window length.
    type Terms = usize;

    fn lay_out(m: usize, values: &[f64], ahead: &[f64], room: Room, watch: &Watch) -> Self {
        let tape = Tape::new(values, ahead, m, room.capacity, watch);
        Covariances::new(tape, room.reach)
    }

    fn save(&self, saved: &mut Saved) {
        self.tape.save(saved);
        saved.floats(&self.covariance);
        let age = self.age.map_or(-1, |age| age as i64);
        saved.whole(&[age]);
    }

    fn restore(
        m: usize,
        values: &[f64],
        room: Room,
        saved: &mut Reader,
        watch: &Watch,
    ) -> Option<Self> {
        let tape = Tape::restore(values, m, room.capacity, saved, watch)?;
        let mut restored = Covariances::new(tape, room.reach);
        let covariance = saved.floats_of(restored.covariance.len())?;
        restored.covariance.copy_from_slice(covariance);
        let [age] = *saved.whole()? else {
            return None;
        };
        restored.age = usize::try_from(age).ok();
        Some(restored)
    }

    fn room(&self) -> Room {
        Room {
            capacity: self.tape.capacity(),
            reach: self.reach,
        }
    }

    fn values(&self) -> &[f64] {
        &self.tape.values
    }

    fn holds(&self, value: f64) -> bool {
        self.tape.holds(value)
    }

    fn suits(&self, extremes: (f64, f64)) -> bool {
        self.tape.suits(extremes)
    }
}

impl Covariances {
    /// Of windows of a tape; those `reach` apart are still compared.
    pub fn new(tape: Tape, reach: usize) -> Self {
        let zone = exclusion_zone(tape.windows.m);
        Covariances {
            tape,
            zone,
            covariance: vec![0.0; reach.saturating_sub(zone)],
            reach,
            age: None,
            block: Vec::new(),
            centred: Vec::new(),
        }
    }

    /// Appends a value that the tape holds: the window that it completes, and the earlier ones
    /// that are compared with it.
    pub fn push<S: Simd>(&mut self, simd: S, value: f64) -> Option<(usize, Range<usize>)> {
        let window = self.tape.push(simd, value)?;
        let columns = window.saturating_sub(self.reach)..window.saturating_sub(self.zone);
        if !columns.is_empty() {
            self.advance(simd, window, columns.clone());
        }
        Some((window, columns))
    }

    /// The covariances with the columns that `push` returned.
    pub fn of(&self, window: usize, columns: &Range<usize>) -> &[f64] {
        &self.covariance[self.place(window, columns.start)..][..columns.len()]
    }

    /// Where the covariance with window `column` is kept.
    fn place(&self, row: usize, column: usize) -> usize {
        self.reach + column - row
    }

    /// Brings the covariances from the window before to this one.
    fn advance<S: Simd>(&mut self, simd: S, row: usize, columns: Range<usize>) {
        let span = SPAN.max(SPAN_WINDOWS * self.tape.windows.m);
        let dropped = self.tape.drops.last() == Some(&row);
        let age = self.age.filter(|age| *age < span && !dropped);
        let Some(age) = age else {
            self.seed(simd, row, columns);
            self.age = Some(0);
            return;
        };
        self.age = Some(age + 1);
        let first = self.place(row, columns.start);
        simd.vectorize(Step {
            tape: &self.tape,
            covariance: &mut self.covariance[first..],
            row,
            columns: columns.clone(),
        });
        // The oldest window has none before it to step from, unless it was out of reach.
        let oldest = (columns.start == 0).then_some(0);
        let drops = &self.tape.drops;
        let since = drops.partition_point(|drop| *drop < columns.start);
        let afresh = drops[since..].iter().copied();
        for column in oldest
            .into_iter()
            .chain(afresh)
            .take_while(|column| *column < columns.end)
        {
            let pair = [row, column].map(|i| Scaled::centred(&self.tape.windows, i));
            self.covariance[self.reach + column - row] = simd.vectorize(Dot(pair[0], pair[1]));
        }
    }

    fn seed<S: Simd>(&mut self, simd: S, row: usize, columns: Range<usize>) {
        let windows = &self.tape.windows;
        let mean = windows.mean[row];
        self.centred.clear();
        self.centred
            .extend(windows.window(row).iter().map(|x| x - mean));
        self.block.resize(S::BLOCK, 0.0);
        for start in columns.clone().step_by(S::BLOCK) {
            simd.vectorize(Dots {
                pattern: &self.centred,
                windows,
                first: start,
                out: &mut self.block,
            });
            let count = S::BLOCK.min(columns.end - start);
            let first = self.reach + start - row;
            self.covariance[first..first + count].copy_from_slice(&self.block[..count]);
        }
    }
}

/// Steps the covariances of `columns` with the row before to those with `row`.
struct Step<'a> {
    tape: &'a Tape,
    /// Of the columns, from the first on.
    covariance: &'a mut [f64],
    row: usize,
    columns: Range<usize>,
}

impl Kernel for Step<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, _: S) {
        let (f_i, g_i) = (self.tape.f[self.row], self.tape.g[self.row]);
        let count = self.columns.len();
        let f = &self.tape.f[self.columns.start..][..count];
        let g = &self.tape.g[self.columns.start..][..count];
        let covariance = &mut self.covariance[..count];
        for at in 0..count {
            covariance[at] = if S::LANES > 1 {
                f_i.mul_add(g[at], g_i.mul_add(f[at], covariance[at]))
            } else {
                f_i * g[at] + (g_i * f[at] + covariance[at])
            };
        }
    }
}
