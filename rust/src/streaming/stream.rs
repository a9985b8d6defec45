//! One row: its profile and left profile, kept up with every value.

use super::Stopped;
use super::measure::{Found, Measure};
use super::memory::Memory;
use super::saved::{Reader, Saved};
use crate::simd::{Kernel, Level, Simd};
use crate::watch::Watch;

/// What is known of the windows in memory, by window.
#[derive(Clone, Debug, Default)]
pub struct Profile {
    /// To the k nearest neighbours of a window, one window's after the other's.
    pub distance: Vec<f64>,
    pub index: Vec<i64>,
    pub left_distance: Vec<f64>,
    pub left_index: Vec<i64>,
}

impl Profile {
    fn push(&mut self, k: usize) {
        self.distance.resize(self.distance.len() + k, f64::INFINITY);
        self.index.resize(self.index.len() + k, -1);
        self.left_distance.push(f64::INFINITY);
        self.left_index.push(-1);
    }

    fn forget(&mut self, windows: usize, k: usize) {
        self.distance.drain(..windows * k);
        self.index.drain(..windows * k);
        self.left_distance.drain(..windows);
        self.left_index.drain(..windows);
    }

    /// Whether every array has entries for so many windows.
    pub fn holds(&self, windows: usize, k: usize) -> bool {
        let whole = windows.checked_mul(k);
        whole == Some(self.distance.len())
            && whole == Some(self.index.len())
            && self.left_distance.len() == windows
            && self.left_index.len() == windows
    }

    /// Keeps a neighbour of `window` that is nearer than one of its k.
    fn offer(&mut self, window: usize, k: usize, distance: f64, index: i64) -> bool {
        let near = &mut self.distance[window * k..][..k];
        let place = near.partition_point(|kept| *kept <= distance);
        if place == k {
            return false;
        }
        let indices = &mut self.index[window * k..][..k];
        near[place..].rotate_right(1);
        indices[place..].rotate_right(1);
        (near[place], indices[place]) = (distance, index);
        true
    }
}

/// A row that is kept up, whatever its distance is.
pub trait Kept: Send + Sync {
    /// How many values have come.
    fn total(&self) -> u64;

    /// Where the window begins that the next value completes; negative before there is one.
    fn next_window(&self) -> i64;

    /// The values in memory.
    fn values(&self) -> &[f64];

    /// The profile of the windows in memory.
    fn profile(&self) -> Profile;

    /// All of it, to the last bit.
    fn save(&self, saved: &mut Saved);

    /// How many values are compared with a new one.
    fn work(&self) -> usize;

    /// Sees to it that a value can be appended at once. Where the watch stops it, all is as it was.
    fn make_room(&mut self, value: f64, watch: &Watch) -> Result<(), Stopped>;

    /// Appends values until the watch says stop; writes for each the left neighbour of the window
    /// that it completes.
    fn append(&mut self, level: Level, values: &[f64], out: Out<'_>, watch: &Watch);
}

/// Distances and indices, one for each value.
pub type Out<'a> = (&'a mut [f64], &'a mut [i64]);

pub struct Series<M: Measure> {
    k: usize,
    memory: Memory<M>,
    profile: Profile,
    /// Of each window, what a pair must pass to be worth a look.
    screen: Vec<f64>,
    found: Found,
}

impl<M: Measure> Series<M> {
    /// The stream that was saved; `None` where these are no parts of one.
    pub fn restore(
        k: usize,
        (terms, m, history): (M::Terms, usize, Option<usize>),
        saved: &mut Reader,
        watch: &Watch,
    ) -> Option<Self> {
        let memory = Memory::restore(terms, m, history, saved, watch)?;
        let windows = (memory.len() + 1).saturating_sub(m);
        let size = windows.checked_mul(k)?;
        let profile = Profile {
            distance: watch.copied(saved.floats_of(size)?),
            index: watch.copied(saved.whole_of(size)?),
            left_distance: watch.copied(saved.floats_of(windows)?),
            left_index: watch.copied(saved.whole_of(windows)?),
        };
        let whole = profile.holds(windows, k);
        whole.then(|| Series::new(k, memory, profile, watch))
    }

    /// A stream that remembers values with their profile.
    pub fn new(k: usize, memory: Memory<M>, profile: Profile, watch: &Watch) -> Self {
        let mut series = Series {
            k,
            memory,
            profile,
            screen: Vec::new(),
            found: Found::default(),
        };
        series.raise_screens(watch);
        series
    }

    fn raise_screens(&mut self, watch: &Watch) {
        let row = &self.memory.rows[0];
        let farthest = self
            .profile
            .distance
            .iter()
            .skip(self.k - 1)
            .step_by(self.k);
        self.screen.clear();
        self.screen
            .extend(watch.along(farthest.map(|distance| row.screen(*distance))));
    }

    fn prepare(&mut self, value: f64, watch: &Watch) -> Result<(), Stopped> {
        if let Some(dropped) = self.memory.make_room(&[value], watch)? {
            self.profile.forget(dropped, self.k);
            // The memory is there: what belongs to it has to be, too.
            self.raise_screens(&Watch::idle());
        }
        Ok(())
    }

    fn push<S: Simd>(&mut self, simd: S, value: f64, watch: &Watch) -> Result<(f64, i64), Stopped> {
        self.prepare(value, watch)?;
        let row = &mut self.memory.rows[0];
        let (k, gone, found) = (self.k, self.memory.gone as i64, &mut self.found);
        let window = row.push(simd, value, &self.screen, k, found);
        self.memory.took(&[value]);
        let Some(i) = window else {
            return Ok((f64::INFINITY, -1));
        };
        let row = &self.memory.rows[0];
        let profile = &mut self.profile;
        profile.push(k);
        for (j, distance) in found.improved.iter().copied() {
            if profile.offer(j, k, distance, gone + i as i64) {
                self.screen[j] = row.screen(profile.distance[j * k + k - 1]);
            }
        }
        for (rank, (distance, j)) in found.left.iter().enumerate() {
            profile.distance[i * k + rank] = *distance;
            profile.index[i * k + rank] = gone + *j as i64;
        }
        profile.left_distance[i] = profile.distance[i * k];
        profile.left_index[i] = profile.index[i * k];
        self.screen
            .push(row.screen(profile.distance[i * k + k - 1]));
        Ok((profile.left_distance[i], profile.left_index[i]))
    }
}

impl<M: Measure + Send + Sync> Kept for Series<M> {
    fn total(&self) -> u64 {
        self.memory.total()
    }

    fn next_window(&self) -> i64 {
        self.memory.next_window()
    }

    fn values(&self) -> &[f64] {
        self.memory.values(0)
    }

    fn profile(&self) -> Profile {
        let mut profile = self.profile.clone();
        profile.forget(self.memory.windows_over(), self.k);
        profile
    }

    fn save(&self, saved: &mut Saved) {
        self.memory.save(saved);
        saved.floats(&self.profile.distance);
        saved.whole(&self.profile.index);
        saved.floats(&self.profile.left_distance);
        saved.whole(&self.profile.left_index);
    }

    fn work(&self) -> usize {
        self.memory.len()
    }

    fn make_room(&mut self, value: f64, watch: &Watch) -> Result<(), Stopped> {
        self.prepare(value, watch)
    }

    fn append(&mut self, level: Level, values: &[f64], out: Out<'_>, watch: &Watch) {
        level.visit(Append {
            series: self,
            values,
            out,
            watch,
        });
    }
}

struct Append<'a, M: Measure> {
    series: &'a mut Series<M>,
    values: &'a [f64],
    out: Out<'a>,
    watch: &'a Watch<'a>,
}

impl<M: Measure> Kernel for Append<'_, M> {
    type Output = ();

    fn run<S: Simd>(self, simd: S) {
        let out = self.out.0.iter_mut().zip(self.out.1);
        for (value, (distance, index)) in self.values.iter().zip(out) {
            let Ok(found) = self.series.push(simd, *value, self.watch) else {
                return;
            };
            (*distance, *index) = found;
        }
    }
}
