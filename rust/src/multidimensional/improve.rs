//! Looks at one row of a block again, in float64, and keeps what is nearer.

use super::pairing::{Pairing, WIDTH, lanes_where, ones};
use super::shapes::{Row, Shapes};
use crate::dots::{Scaled, SquaredDistance};
use crate::simd::{Kernel, Simd};

/// Below this, `1 − correlation` is a difference too small to be trusted: it is computed anew.
const NEAR: f64 = 1e-7;

/// A root below this is that of rounding alone.
const TWIN: f64 = 1e-9;

/// `2 · LANES` pairs of a row, beginning at (row, column).
pub struct Improve<'a, 'b> {
    pub pairing: &'a mut Pairing<'b, Shapes>,
    /// Those of channel c begin at `c * step`.
    pub covariance: *const f64,
    pub step: usize,
    pub row: usize,
    pub column: usize,
}

impl Kernel for Improve<'_, '_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(mut self, simd: S) {
        let near = self.measure::<S>();
        for lane in ones(near) {
            self.measure_again(simd, lane);
        }
        let (row, column) = (self.row, self.column);
        self.pairing.sort::<S>();
        for lane in ones(self.pairing.add_up::<S>(row, column)) {
            self.pairing.keep(row, column, lane);
        }
    }
}

impl Improve<'_, '_> {
    /// Writes the roots of all lanes, and returns the lanes that have one to be measured again.
    #[inline(always)]
    fn measure<S: Simd>(&mut self) -> u32 {
        let Pairing { row, column, .. } = *self.pairing;
        let mut nearest = [1.0f64; WIDTH];
        for (channel, roots) in self.pairing.working.roots.iter_mut().enumerate() {
            let from = channel * column.stride + self.column;
            let Row {
                inverse: inverse_i,
                base,
                ..
            } = row.rows[self.row * row.channels.len() + channel];
            let inverse = &column.inverse[from..from + 2 * S::LANES];
            let penalty = &column.penalty[from..from + 2 * S::LANES];
            // SAFETY: `covariance` holds so many lanes for each channel.
            let covariance = unsafe {
                let start = self.covariance.add(channel * self.step);
                std::slice::from_raw_parts(start, 2 * S::LANES)
            };
            for lane in 0..2 * S::LANES {
                let scale = inverse_i * inverse[lane];
                let apart = base + f64::from(penalty[lane]) - covariance[lane] * scale;
                let apart = if apart > 0.0 { apart } else { 0.0 };
                roots[lane] = apart.sqrt();
                // A scale of 0 is that of a constant window, whose distances are exact.
                let measured = if scale > 0.0 { apart } else { 1.0 };
                nearest[lane] = if measured < nearest[lane] {
                    measured
                } else {
                    nearest[lane]
                };
            }
        }
        lanes_where(&nearest, |apart| apart < NEAR)
    }

    /// Measures what is near in one lane: nothing cancels in a sum of squared differences.
    #[inline(always)]
    fn measure_again<S: Simd>(&mut self, simd: S, lane: usize) {
        let pairing = &mut *self.pairing;
        for (channel, roots) in pairing.working.roots.iter_mut().enumerate() {
            if roots[lane] * roots[lane] < 2.0 * NEAR {
                let row = Scaled::unit(&pairing.row.channels[channel], self.row);
                let column = Scaled::unit(&pairing.column.channels[channel], self.column + lane);
                let root = (0.5 * simd.vectorize(SquaredDistance(row, column))).sqrt();
                roots[lane] = if root < TWIN { 0.0 } else { root };
            }
        }
    }
}
