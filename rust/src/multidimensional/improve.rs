//! Looks at some pairs of a row again, in float64, and keeps what is nearer.

use super::pairing::{Pairing, ones};
use super::shapes::Shapes;
use crate::dots::{Scaled, SquaredDistance};
use crate::simd::{Kernel, Simd};

/// Below this, `1 − correlation` is a difference too small to be trusted: it is computed anew.
const NEAR: f64 = 1e-7;

/// A root below this is that of rounding alone.
const TWIN: f64 = 1e-9;

/// Some of `2 · LANES` pairs of a row, beginning at (row, column).
pub struct Improve<'a, 'b> {
    pub pairing: &'a mut Pairing<'b, Shapes>,
    /// A bit for each pair that is looked at, as few as there mostly are.
    pub lanes: u32,
    /// Those of channel c begin at `c * step`.
    pub covariance: *const f64,
    pub step: usize,
    pub row: usize,
    pub column: usize,
}

impl Kernel for Improve<'_, '_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        debug_assert!(self.lanes < 1 << (2 * S::LANES));
        for lane in ones(self.lanes) {
            let j = self.column + lane;
            for channel in 0..self.pairing.working.roots.len() {
                // SAFETY: `covariance` holds so many lanes for each channel.
                let covariance = unsafe { *self.covariance.add(channel * self.step + lane) };
                let root = root(simd, self.pairing, channel, (self.row, j), covariance);
                self.pairing.working.roots[channel] = root;
            }
            self.pairing.keep(self.row, j);
        }
    }
}

/// The root of `1 − correlation` of a pair in one channel.
#[inline(always)]
fn root<S: Simd>(
    simd: S,
    Pairing { row, column, .. }: &Pairing<Shapes>,
    channel: usize,
    (i, j): (usize, usize),
    covariance: f64,
) -> f64 {
    let operands = &row.rows[i * row.channels.len() + channel];
    let at = channel * column.stride + j;
    let scale = operands.inverse * column.inverse[at];
    let apart = operands.base + f64::from(column.penalty[at]) - covariance * scale;
    // A scale of 0 is that of a constant window, whose distances are exact.
    if apart >= NEAR || scale == 0.0 {
        return apart.max(0.0).sqrt();
    }
    // Nothing cancels in a sum of squared differences.
    let row = Scaled {
        scale: operands.inverse,
        ..Scaled::centred(&row.channels[channel], i)
    };
    let column = Scaled {
        scale: column.inverse[at],
        ..Scaled::centred(&column.channels[channel], j)
    };
    let root = (0.5 * simd.vectorize(SquaredDistance(row, column))).sqrt();
    if root < TWIN { 0.0 } else { root }
}
