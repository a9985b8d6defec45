//! The distance of every window of a series to one other window of it.

use crate::dots::{Scaled, SquaredDistance};
use crate::simd::{Kernel, Simd};
use crate::stats::{Kind, Windows};
use crate::threads;
use crate::watch::Watch;

/// Windows that a thread measures at once.
const CHUNK: usize = 1024;

/// Writes the distance of each window to the one that `others` names into `distance`.
///
/// Infinity where there is no such window, and where a value is missing.
pub struct PairDistances<'a> {
    pub values: &'a [f64],
    pub m: usize,
    pub others: &'a [i64],
    pub threads: usize,
    pub watch: &'a Watch<'a>,
    pub distance: &'a mut [f64],
}

impl Kernel for PairDistances<'_> {
    type Output = ();

    fn run<S: Simd>(self, simd: S) {
        let windows = Windows::new(self.values, self.m, self.watch);
        let chunks = self
            .distance
            .chunks_mut(CHUNK)
            .zip(self.others.chunks(CHUNK));
        let jobs = chunks.enumerate().collect();
        threads::each(
            self.threads,
            self.watch,
            jobs,
            |(number, (distance, others))| {
                if self.watch.stopped() {
                    return;
                }
                let count = distance.len();
                let each = distance.iter_mut().zip(others).enumerate();
                for (at, (distance, other)) in each {
                    let i = number * CHUNK + at;
                    *distance = usize::try_from(*other)
                        .ok()
                        .filter(|j| *j < windows.len())
                        .map_or(f64::INFINITY, |j| between(simd, &windows, i, j));
                }
                self.watch.step(count);
            },
        );
    }
}

fn between<S: Simd>(simd: S, windows: &Windows, i: usize, j: usize) -> f64 {
    let m = windows.m as f64;
    match (windows.kind[i], windows.kind[j]) {
        (Kind::Missing, _) | (_, Kind::Missing) => f64::INFINITY,
        (Kind::Constant, Kind::Constant) => 0.0,
        (Kind::Ordinary, Kind::Ordinary) => {
            let pair = SquaredDistance(Scaled::unit(windows, i), Scaled::unit(windows, j));
            (m * simd.vectorize(pair)).sqrt()
        }
        _ => m.sqrt(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simd::Level;

    #[test]
    fn every_kind_of_pair_on_every_instruction_set() {
        let mut values: Vec<f64> = (0..40).map(|i| f64::from(i * i % 17)).collect();
        values[20..36].fill(7.0);
        values[39] = f64::NAN;
        for level in Level::available() {
            let mut distance = [0.0; 36];
            let mut others = [-1; 36];
            (others[0], others[1], others[20], others[22], others[2]) = (17, 22, 26, 1, 35);
            level.visit(PairDistances {
                values: &values,
                m: 5,
                others: &others,
                threads: 2,
                watch: &Watch::idle(),
                distance: &mut distance,
            });
            // The values repeat after 17.
            assert!(distance[0] < 3.2 && distance[3] == f64::INFINITY);
            assert_eq!(distance[20], 0.0);
            assert_eq!((distance[1], distance[22]), (5f64.sqrt(), 5f64.sqrt()));
            assert_eq!(distance[2], f64::INFINITY);
        }
    }
}
