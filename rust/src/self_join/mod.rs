//! The z-normalised self-join: for every window of a series, its nearest neighbours in it.
//!
//! Distances come from covariances stepped along the diagonals of the distance matrix (Yeh and
//! others 2016, Zimmerman and others 2019). What is reported is computed again where it is small.

mod best;
mod constant;
mod reseed;
mod rows;

use crate::dots::{Dot, Dots, Scaled, SquaredDistance};
use crate::profile::Profile;
use crate::simd::{Kernel, Simd};
use crate::stats::{Kind, Windows};
use crate::threads;
use best::{Best, Side};
use reseed::{Event, Schedule};
use rows::{Operands, Rows};

/// Above this, a distance from a correlation is too coarse: its square is a small difference.
const NEAR: f64 = 1.0 - 1e-3;

/// Fewer windows than this are not worth a second thread.
const SHARED: usize = 4096;

/// Windows that a thread finishes at once.
const CHUNK: usize = 1024;

/// Computes the profile of a series into `profile`, which has an entry for each window.
pub struct SelfJoin<'a> {
    pub values: &'a [f64],
    pub m: usize,
    pub threads: usize,
    pub profile: Profile<'a>,
}

/// Windows this close to one another, on either side, are no neighbours: ⌈m / 4⌉.
pub fn exclusion_zone(m: usize) -> usize {
    m.div_ceil(4)
}

impl Kernel for SelfJoin<'_> {
    type Output = ();

    fn run<S: Simd>(self, simd: S) {
        let windows = Windows::new(self.values, self.m);
        let threads = if windows.len() < SHARED {
            1
        } else {
            self.threads
        };
        let mut best = search(simd, &windows, threads);
        let zone = exclusion_zone(self.m);
        let count = windows.len();
        let Windows { kind, norm, .. } = &windows;
        constant::neighbours(&mut best.left, kind, norm, zone, 0..count);
        constant::neighbours(&mut best.right, kind, norm, zone, (0..count).rev());
        threads::each(threads, chunks(self.profile), |(start, mut part)| {
            finish(simd, &windows, &best, start, &mut part);
        });
    }
}

/// What walks the diagonals, and what one thread keeps between them.
struct Search<'a, S> {
    simd: S,
    windows: &'a Windows,
    operands: &'a Operands<'a>,
    schedule: &'a Schedule,
    best: Best,
    covariance: Vec<f64>,
    events: Vec<Event>,
    centred: Vec<f64>,
}

fn search<S: Simd>(simd: S, windows: &Windows, threads: usize) -> Best {
    let operands = operands(windows);
    let schedule = Schedule::new(windows);
    let first = exclusion_zone(windows.m) + 1;
    let blocks = windows.len().saturating_sub(first).div_ceil(S::BLOCK);
    let start = || Search {
        simd,
        windows,
        operands: &operands,
        schedule: &schedule,
        best: Best::new(windows),
        covariance: vec![0.0; S::BLOCK],
        events: Vec::new(),
        centred: vec![0.0; windows.m],
    };
    let found = threads::fold(threads, blocks, start, |search, block| {
        search.diagonals(first + block * S::BLOCK);
    });
    let merged = found
        .into_iter()
        .map(|search| search.best)
        .reduce(Best::merge);
    merged.unwrap_or_else(|| Best::new(windows))
}

fn operands(windows: &Windows) -> Operands<'_> {
    let Windows { m, x, mean, .. } = windows;
    let (mut f, mut g) = (vec![0.0; mean.len()], vec![0.0; mean.len()]);
    for i in 0..windows.len() - 1 {
        f[i] = 0.5 * (x[i + m] - x[i]);
        g[i] = (x[i + m] - mean[i + 1]) + (x[i] - mean[i]);
    }
    Operands {
        f,
        g,
        inverse: &windows.inverse,
    }
}

impl<S: Simd> Search<'_, S> {
    /// Walks the block of diagonals that begins at `lag`.
    fn diagonals(&mut self, lag: usize) {
        let rows = self.windows.len() - lag;
        let mut events = std::mem::take(&mut self.events);
        self.schedule.events(lag, S::BLOCK, rows, &mut events);
        for (number, (row, lane)) in events.iter().enumerate() {
            match lane {
                None => self.seed(*row, lag),
                Some(lane) => self.seed_lane(*row, lag, *lane),
            }
            let end = events.get(number + 1).map_or(rows, |(next, _)| *next);
            self.simd.vectorize(Rows {
                operands: self.operands,
                best: &mut self.best,
                covariance: &mut self.covariance,
                lag,
                rows: *row..end,
            });
        }
        self.events = events;
    }

    fn seed(&mut self, row: usize, lag: usize) {
        let mean = self.windows.mean[row];
        for (centred, x) in self.centred.iter_mut().zip(self.windows.window(row)) {
            *centred = x - mean;
        }
        self.simd.vectorize(Dots {
            pattern: &self.centred,
            windows: self.windows,
            first: row + lag,
            out: &mut self.covariance,
        });
    }

    fn seed_lane(&mut self, row: usize, lag: usize, lane: usize) {
        let column = row + lag + lane;
        let pair = [row, column].map(|i| Scaled::centred(self.windows, i));
        self.covariance[lane] = self.simd.vectorize(Dot(pair[0], pair[1]));
    }
}

/// Cuts a profile into parts for the threads, each with its first window.
fn chunks(mut profile: Profile<'_>) -> Vec<(usize, Profile<'_>)> {
    let starts = (0..profile.len()).step_by(CHUNK);
    let mut parts = Vec::with_capacity(starts.len());
    for start in starts {
        let (part, rest) = {
            let count = profile.len().min(CHUNK);
            profile.split(count)
        };
        parts.push((start, part));
        profile = rest;
    }
    parts
}

/// Turns what was found for the windows from `start` on into distances.
fn finish<S: Simd>(simd: S, windows: &Windows, best: &Best, start: usize, part: &mut Profile<'_>) {
    for at in 0..part.overall.index.len() {
        let nearest = |side: &Side| {
            let index = side.index[start + at];
            let found = usize::try_from(index).ok();
            let distance = |j| distance(simd, windows, start + at, j, side.nearness[start + at]);
            (found.map_or(f64::INFINITY, distance), index)
        };
        let (left, right) = (nearest(&best.left), nearest(&best.right));
        part.left.set(at, left);
        part.right.set(at, right);
        part.overall
            .set(at, if right.0 < left.0 { right } else { left });
    }
}

fn distance<S: Simd>(simd: S, windows: &Windows, i: usize, j: usize, nearness: f64) -> f64 {
    let m = windows.m as f64;
    match (windows.kind[i], windows.kind[j]) {
        (Kind::Constant, Kind::Constant) => 0.0,
        (Kind::Ordinary, Kind::Ordinary) => {
            let correlation = nearness * windows.inverse[i];
            if correlation < NEAR {
                return (2.0 * m * (1.0 - correlation).min(2.0)).sqrt();
            }
            let pair = [i, j].map(|i| Scaled::unit(windows, i));
            (m * simd.vectorize(SquaredDistance(pair[0], pair[1]))).sqrt()
        }
        _ => m.sqrt(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::Arrays;
    use crate::simd::Level;

    #[test]
    fn every_instruction_set_and_thread_finds_the_twins() {
        let mut values: Vec<f64> = (0..900).map(|i| f64::from(i * i * 31 % 1009)).collect();
        values.copy_within(100..140, 700);
        values[400] = f64::NAN;
        for level in Level::available() {
            for threads in [1, 2] {
                let mut arrays = Arrays::new(values.len() - 39);
                let profile = arrays.borrow();
                level.visit(SelfJoin {
                    values: &values,
                    m: 40,
                    threads,
                    profile,
                });
                let [overall, left, right] = &arrays.indices;
                assert_eq!((overall[100], overall[700]), (700, 100), "{}", level.name());
                assert_eq!((right[100], left[700]), (700, 100));
                assert!(arrays.distances[0][100] < 1e-12);
                assert_eq!(
                    (overall[380], arrays.distances[0][380]),
                    (-1, f64::INFINITY)
                );
            }
        }
    }
}
