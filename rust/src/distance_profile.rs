//! The distance of one pattern to every window of a series (MASS).

use crate::correlator::Correlator;
use crate::dots::{Dots, Scaled, SquaredDistance};
use crate::simd::{Kernel, Simd};
use crate::stats::{Kind, Windows};
use crate::threads;
use crate::watch::Watch;

/// Above this, a distance from a correlation is too coarse: its square is a small difference.
const NEAR: f64 = 1.0 - 1e-3;

/// Windows that a thread measures at once by inner products.
const CHUNK: usize = 4096;

/// A pattern, prepared once for many series.
pub struct Pattern {
    as_window: Windows,
    centred: Vec<f64>,
    correlator: Correlator,
}

impl Pattern {
    /// Of at least one value, all finite.
    pub fn new(values: &[f64], watch: &Watch) -> Self {
        let as_window = Windows::new(values, values.len(), watch);
        let centred: Vec<f64> = as_window
            .window(0)
            .iter()
            .map(|x| x - as_window.mean[0])
            .collect();
        let correlator = Correlator::new(&centred);
        Pattern {
            as_window,
            centred,
            correlator,
        }
    }
}

/// Writes the distance of the pattern to each window of `values` into `distance`, until the watch
/// says stop.
pub struct DistanceProfile<'a> {
    pub pattern: &'a Pattern,
    pub values: &'a [f64],
    pub threads: usize,
    pub watch: &'a Watch<'a>,
    pub distance: &'a mut [f64],
}

impl Kernel for DistanceProfile<'_> {
    type Output = ();

    fn run<S: Simd>(self, simd: S) {
        let DistanceProfile {
            pattern,
            values,
            threads,
            watch,
            distance,
        } = self;
        let windows = Windows::new(values, pattern.as_window.m, watch);
        let correlator = &pattern.correlator;
        let by_transform = correlator.pays(windows.len());
        let size = if by_transform {
            correlator.outputs()
        } else {
            CHUNK
        };
        let chunks = distance.chunks_mut(size).enumerate().collect();
        threads::each(
            threads,
            watch,
            chunks,
            |(number, chunk): (usize, &mut [f64])| {
                if watch.stopped() {
                    return;
                }
                let start = number * size;
                if !by_transform || !correlator.correlate(&windows, start, chunk) {
                    multiply(simd, pattern, &windows, start, chunk);
                }
                for (at, value) in chunk.iter_mut().enumerate() {
                    *value = distance_to(simd, &pattern.as_window, &windows, start + at, *value);
                }
                watch.step(chunk.len());
            },
        );
    }
}

/// Covariances with the windows from `start` on, by one inner product each.
fn multiply<S: Simd>(
    simd: S,
    pattern: &Pattern,
    windows: &Windows,
    start: usize,
    covariances: &mut [f64],
) {
    let mut block = vec![0.0; S::BLOCK];
    for (number, covariances) in covariances.chunks_mut(S::BLOCK).enumerate() {
        let first = start + number * S::BLOCK;
        simd.vectorize(Dots {
            pattern: &pattern.centred,
            windows,
            first,
            out: &mut block,
        });
        covariances.copy_from_slice(&block[..covariances.len()]);
    }
}

fn distance_to<S: Simd>(
    simd: S,
    query: &Windows,
    windows: &Windows,
    i: usize,
    covariance: f64,
) -> f64 {
    let m = windows.m as f64;
    match (query.kind[0], windows.kind[i]) {
        (_, Kind::Missing) => f64::INFINITY,
        (Kind::Constant, Kind::Constant) => 0.0,
        (Kind::Ordinary, Kind::Ordinary) => {
            let correlation = covariance * query.inverse[0] * windows.inverse[i];
            if correlation < NEAR {
                return (2.0 * m * (1.0 - correlation).min(2.0)).sqrt();
            }
            let pair = (Scaled::unit(query, 0), Scaled::unit(windows, i));
            (m * simd.vectorize(SquaredDistance(pair.0, pair.1))).sqrt()
        }
        _ => m.sqrt(),
    }
}
