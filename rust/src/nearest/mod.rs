//! The windows of a whole fleet that are nearest to a pattern: no two of a device overlap.
//!
//! A device is first screened in float32 against the distance that the k-th best has so far;
//! only where a window may be nearer is the distance profile of the device computed. The answer
//! is that of measuring every window and choosing greedily.

pub mod elsewhere;
mod ranked;
mod screen;

use crate::distance_profile::{DistanceProfile, Pattern};
use crate::fleet::{Fleet, LONG};
use crate::simd::Level;
use crate::threads;
use crate::watch::Watch;
pub use ranked::Found;
use ranked::{Ranked, Scratch};
use screen::{Screen, Screened};
use std::sync::atomic::{AtomicU64, Ordering};

/// What is asked for.
pub struct Nearest<'a> {
    pub fleet: &'a Fleet<'a>,
    pub pattern: &'a [f64],
    /// How many at most.
    pub k: usize,
    /// Only windows at most this far.
    pub max_distance: f64,
    pub level: Level,
    pub watch: &'a Watch<'a>,
}

/// The distance beyond which nothing is of interest any more, shared by the threads.
struct Bound(AtomicU64);

impl Bound {
    fn get(&self) -> f64 {
        f64::from_bits(self.0.load(Ordering::Relaxed))
    }

    /// Distances are not negative, so that their bits have the same order as they.
    fn lower(&self, to: f64) {
        self.0.fetch_min(to.to_bits(), Ordering::Relaxed);
    }
}

/// What one thread keeps between devices.
struct Worker {
    ranked: Ranked,
    scratch: Scratch,
    distances: Vec<f64>,
    screened: Screened,
}

impl Nearest<'_> {
    /// The nearest first; of equally near ones the first device, and in it the first window.
    pub fn find(&self, threads: usize) -> Vec<Found> {
        let prepared = Pattern::new(self.pattern, self.watch);
        let screen = Screen::new(self.pattern);
        let bound = Bound(AtomicU64::new(self.max_distance.to_bits()));
        let series: Vec<&[f64]> = self.fleet.series().collect();
        let alone = series.len() < threads;
        let is_long = |device: &usize| alone || series[*device].len() > LONG;
        let (long, short): (Vec<usize>, Vec<usize>) = (0..series.len())
            .filter(|device| series[*device].len() >= self.pattern.len())
            .partition(is_long);
        let start = || Worker {
            ranked: Ranked::new(self.k),
            scratch: Scratch::default(),
            distances: Vec::new(),
            screened: Screened::default(),
        };
        let look = |worker: &mut Worker, device: usize, threads: usize| {
            let values = series[device];
            if self.watch.stopped() {
                return;
            }
            let near = Screen::floor(bound.get(), self.pattern.len());
            if let (Some(screen), Some(floor), 1) = (&screen, near, threads)
                && !self.level.visit(screen.may_hold(
                    values,
                    floor,
                    &mut worker.screened,
                    self.watch,
                ))
            {
                self.watch.step(values.len() + 1 - self.pattern.len());
                return;
            }
            self.measure(&prepared, values, threads, &mut worker.distances);
            if self.watch.stopped() {
                return;
            }
            let (m, limit) = (self.pattern.len(), bound.get());
            let scratch = &mut worker.scratch;
            scratch.choose(&worker.distances, m, self.k, limit, self.watch);
            worker.ranked.offer(device, &worker.scratch.chosen);
            bound.lower(worker.ranked.bound());
        };
        let mut workers = threads::fold(1, self.watch, long.len(), start, |worker, job| {
            look(worker, long[job], threads);
        });
        workers.extend(threads::fold(
            threads,
            self.watch,
            short.len(),
            start,
            |worker, job| {
                look(worker, short[job], 1);
            },
        ));
        Ranked::merged(workers.into_iter().map(|worker| worker.ranked), self.k)
    }

    fn measure(&self, pattern: &Pattern, values: &[f64], threads: usize, into: &mut Vec<f64>) {
        into.resize(values.len() + 1 - self.pattern.len(), 0.0);
        self.level.visit(DistanceProfile {
            pattern,
            values,
            threads,
            watch: self.watch,
            distance: into,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Noise of a device, from its number.
    fn noise(device: usize, n: usize) -> Vec<f64> {
        let mut state = device as u64 + 1;
        let mut next = || {
            state = state
                .wrapping_mul(6364136223846793005)
                .wrapping_add(1442695040888963407);
            (state >> 33) as f64 / f64::from(1 << 30) - 1.0
        };
        (0..n).map(|_| next()).collect()
    }

    #[test]
    fn the_screen_loses_nothing() {
        let lengths = [0, 5, 700, 30, 700, 31, 1440, 900];
        let offsets: Vec<i64> = std::iter::once(0)
            .chain(lengths.iter().scan(0, |end, n| {
                *end += *n as i64;
                Some(*end)
            }))
            .collect();
        let mut values: Vec<f64> = lengths
            .iter()
            .enumerate()
            .flat_map(|(device, n)| noise(device, *n))
            .collect();
        values[900] = f64::NAN;
        values[1500..1700].fill(3.0);
        let pattern = noise(99, 30);
        for (start, weight) in [
            (100, 0.1),
            (710, 0.2),
            (2000, 0.3),
            (2020, 0.0),
            (3300, 0.4),
        ] {
            for (k, value) in pattern.iter().enumerate() {
                values[start + k] = 1e8 + value + weight * values[start + k];
            }
        }
        let fleet = Fleet::new(&values, &offsets, 30).unwrap();
        for level in Level::available() {
            let all = fleet.distance_profile(&pattern, None, level, 1, &Watch::new(&|_| true));
            for k in [1, 2, 4, 50, usize::MAX] {
                for max_distance in [f64::INFINITY, 3.0, 0.5] {
                    let nearest = Nearest {
                        fleet: &fleet,
                        pattern: &pattern,
                        k,
                        max_distance,
                        level,
                        watch: &Watch::new(&|_| true),
                    };
                    let expected = greedy(&fleet, &all, k, max_distance);
                    for threads in [1, 2, 9] {
                        assert_eq!(nearest.find(threads), expected, "{} {k}", level.name());
                    }
                }
            }
        }
    }

    fn greedy(fleet: &Fleet<'_>, all: &[f64], k: usize, max_distance: f64) -> Vec<Found> {
        let mut windows = Vec::new();
        for (device, series) in fleet.series().enumerate() {
            windows.extend((0..(series.len() + 1).saturating_sub(fleet.m)).map(|i| (device, i)));
        }
        let mut order: Vec<usize> = (0..all.len()).filter(|w| all[*w] <= max_distance).collect();
        order.retain(|w| all[*w].is_finite());
        order.sort_by(|a, b| all[*a].total_cmp(&all[*b]).then(a.cmp(b)));
        let mut found: Vec<Found> = Vec::new();
        for window in order {
            let (device, index) = windows[window];
            let apart = |one: &Found| one.device != device || one.index.abs_diff(index) >= fleet.m;
            if found.len() < k && found.iter().all(apart) {
                found.push(Found {
                    distance: all[window],
                    device,
                    index,
                });
            }
        }
        found
    }
}
