//! One row: its profile and left profile, kept up with every value.

use super::measure::{Found, Measure};
use super::memory::Memory;
use crate::simd::{Kernel, Level, Simd};

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

    /// Lays the memory out anew: a stream made of it goes on exactly as this one.
    fn renew(&mut self);

    /// Appends values; writes for each the left neighbour of the window that it completes.
    fn append(&mut self, level: Level, values: &[f64], distance: &mut [f64], index: &mut [i64]);
}

pub struct Series<M: Measure> {
    k: usize,
    memory: Memory<M>,
    profile: Profile,
    /// Of each window, what a pair must pass to be worth a look.
    screen: Vec<f64>,
    found: Found,
}

impl<M: Measure> Series<M> {
    /// A stream that remembers values with their profile.
    pub fn new(k: usize, memory: Memory<M>, profile: Profile) -> Self {
        let mut series = Series {
            k,
            memory,
            profile,
            screen: Vec::new(),
            found: Found::default(),
        };
        series.raise_screens();
        series
    }

    fn raise_screens(&mut self) {
        let row = &self.memory.rows[0];
        let farthest = self
            .profile
            .distance
            .iter()
            .skip(self.k - 1)
            .step_by(self.k);
        self.screen.clear();
        self.screen
            .extend(farthest.map(|distance| row.screen(*distance)));
    }

    fn push<S: Simd>(&mut self, simd: S, value: f64) -> (f64, i64) {
        if let Some(dropped) = self.memory.make_room(&[value]) {
            self.profile.forget(dropped, self.k);
            self.raise_screens();
        }
        let row = &mut self.memory.rows[0];
        let (k, gone, found) = (self.k, self.memory.gone as i64, &mut self.found);
        let Some(i) = row.push(simd, value, &self.screen, k, found) else {
            return (f64::INFINITY, -1);
        };
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
        (profile.left_distance[i], profile.left_index[i])
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

    fn renew(&mut self) {
        let dropped = self.memory.renew();
        self.profile.forget(dropped, self.k);
        self.raise_screens();
    }

    fn append(&mut self, level: Level, values: &[f64], distance: &mut [f64], index: &mut [i64]) {
        level.visit(Append {
            series: self,
            values,
            distance,
            index,
        });
    }
}

struct Append<'a, M: Measure> {
    series: &'a mut Series<M>,
    values: &'a [f64],
    distance: &'a mut [f64],
    index: &'a mut [i64],
}

impl<M: Measure> Kernel for Append<'_, M> {
    type Output = ();

    fn run<S: Simd>(self, simd: S) {
        let out = self.distance.iter_mut().zip(self.index);
        for (value, (distance, index)) in self.values.iter().zip(out) {
            (*distance, *index) = self.series.push(simd, *value);
        }
    }
}
