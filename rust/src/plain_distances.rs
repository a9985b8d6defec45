//! The plain distance of one pattern to every window of a series.

use crate::norm::Norm;
use crate::simd::{Kernel, Simd};
use crate::stats::{self, Frame};
use crate::threads;
use crate::watch::Watch;

/// Windows that a thread measures at once: some norms take a power of each difference.
const CHUNK: usize = 256;

/// Writes the distance of the pattern, all of it finite, to each window into `distance`, until the watch
/// says stop.
pub struct PlainDistances<'a> {
    pub pattern: &'a [f64],
    pub values: &'a [f64],
    pub norm: Norm,
    pub threads: usize,
    pub watch: &'a Watch<'a>,
    pub distance: &'a mut [f64],
}

impl Kernel for PlainDistances<'_> {
    type Output = ();

    fn run<S: Simd>(self, simd: S) {
        let m = self.pattern.len();
        let frame = Frame::of(&[self.pattern, self.values], self.watch);
        let [pattern, values] = [self.pattern, self.values].map(|values| {
            let scaled = values.iter().map(|v| frame.scaled(*v));
            self.watch.along(scaled).collect::<Vec<_>>()
        });
        let missing: Vec<bool> = self.watch.along(stats::missing(self.values, m)).collect();
        let chunks = self.distance.chunks_mut(CHUNK).enumerate().collect();
        threads::each(
            self.threads,
            self.watch,
            chunks,
            |(number, chunk): (_, &mut [f64])| {
                let count = chunk.len();
                if self.watch.stopped() {
                    return;
                }
                for (i, distance) in (number * CHUNK..).zip(chunk) {
                    *distance = if missing[i] {
                        f64::INFINITY
                    } else {
                        let plain = self.norm.distance(simd, &pattern, &values[i..i + m]);
                        frame.unscaled(plain)
                    };
                }
                self.watch.step(count);
            },
        );
    }
}
