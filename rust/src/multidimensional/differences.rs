//! The loop of the plain distance: sums of powers of differences stepped along the diagonals.

use super::levels::Levels;
use super::pairing::{Pairing, ones};
use super::powers::Stepped;
use crate::simd::{Kernel, Simd, VECTORS};
use std::ops::Range;

/// A sum whose error is bounded by this share of it is taken as it is.
const SURE: f64 = 1e-11;

/// Walks diagonals `lag .. lag + block` through `rows`: pair (i, j) is i and i + lag + lane.
///
/// Each sum carries a bound of its rounding error. A pair that might be nearer, if the errors were as large as the bounds, is looked at again, out of line, and measured afresh
/// where a bound is not small: so nothing is missed, however large the distances on the way.
pub struct Steps<'a, 'b, P> {
    pub pairing: &'a mut Pairing<'b, Levels<P>>,
    /// A block for each channel: those at `rows.start`; afterwards, at `rows.end`.
    pub sums: &'a mut [f64],
    pub errors: &'a mut [f64],
    pub lag: usize,
    pub rows: Range<usize>,
}

impl<P: Stepped> Kernel for Steps<'_, '_, P> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(mut self, simd: S) {
        let held = self.pairing.row.channels * S::BLOCK;
        assert!(self.sums.len() == held && self.errors.len() == held);
        assert!(
            self.pairing
                .hold(self.rows.end, self.rows.end + self.lag + S::BLOCK - 1)
        );
        for group in 0..VECTORS / 2 {
            let start = group * 2 * S::LANES;
            for i in self.rows.clone() {
                let j = i + self.lag + start;
                // SAFETY: rows and columns lie within the operands, lanes within the block of
                // each channel, asserted above.
                unsafe {
                    self.roots(simd, start, i, j);
                    self.pairing.sort_singles(simd);
                    let lanes = self.pairing.nearer(simd, i, j);
                    if lanes != 0 {
                        self.improve(simd, lanes, start, i, j);
                    }
                    self.step(simd, start, i, j);
                }
            }
        }
    }
}

impl<P: Stepped> Steps<'_, '_, P> {
    /// The least that the distances of each channel may be, in float32.
    ///
    /// # Safety
    /// Row i and `2 · LANES` columns from j on lie within the operands, and as many lanes from
    /// `start` on within each channel's block.
    #[inline(always)]
    unsafe fn roots<S: Simd>(&mut self, simd: S, start: usize, i: usize, j: usize) {
        let (row, column) = (self.pairing.row, self.pairing.column);
        for (c, singles) in self.pairing.working.singles.iter_mut().enumerate() {
            // SAFETY: the caller's promise; `singles` has room for the widest vector.
            unsafe {
                let sum = self.sums.as_ptr().add(c * S::BLOCK + start);
                let error = self.errors.as_ptr().add(c * S::BLOCK + start);
                let low = simd.sub(simd.load(sum), simd.load(error));
                let (sum, error) = (sum.add(S::LANES), error.add(S::LANES));
                let high = simd.sub(simd.load(sum), simd.load(error));
                let root = row.powers.root_single(simd, low, high);
                let missing = *row.missing.get_unchecked(c * row.stride + i);
                let missing_j = column.missing.as_ptr().add(c * column.stride + j);
                let root = simd.add_single(root, simd.load_single(missing_j));
                let root = simd.add_single(root, simd.splat_single(missing));
                simd.store_single(singles.as_mut_ptr(), root);
            }
        }
    }

    /// # Safety
    /// As for `roots`; column j may be the last.
    #[inline(always)]
    unsafe fn step<S: Simd>(&mut self, simd: S, start: usize, i: usize, j: usize) {
        let (row, column) = (self.pairing.row, self.pairing.column);
        let (powers, m) = (row.powers, row.m);
        let error_of_step = simd.splat(powers.error());
        for c in 0..row.channels {
            // SAFETY: a channel has m values more than windows, padding included.
            unsafe {
                let x = row.x.as_ptr().add(c * (row.stride + m) + i);
                let (less_i, more_i) = (simd.splat(*x), simd.splat(*x.add(m)));
                let x = column.x.as_ptr().add(c * (column.stride + m) + j);
                for half in [0, S::LANES] {
                    let sum = self.sums.as_mut_ptr().add(c * S::BLOCK + start + half);
                    let error = self.errors.as_mut_ptr().add(c * S::BLOCK + start + half);
                    let before = simd.load(sum);
                    let less = simd.sub(less_i, simd.load(x.add(half)));
                    let more = simd.sub(more_i, simd.load(x.add(half + m)));
                    let grown = simd.mul_add(before, error_of_step, simd.load(error));
                    simd.store(error, grown);
                    simd.store(sum, powers.step(simd, before, more, less));
                }
            }
        }
    }

    /// Looks at some pairs of a row again, in float64, and keeps what is nearer.
    #[inline(never)]
    fn improve<S: Simd>(&mut self, simd: S, lanes: u32, start: usize, i: usize, j: usize) {
        for lane in ones(lanes) {
            for channel in 0..self.pairing.working.roots.len() {
                let at = channel * S::BLOCK + start + lane;
                let root = self.root(simd, channel, at, (i, j + lane));
                self.pairing.working.roots[channel] = root;
            }
            self.pairing.keep(i, j + lane);
        }
    }

    /// The distance of a pair in one channel, measured afresh where the sum may be off.
    fn root<S: Simd>(&mut self, simd: S, channel: usize, at: usize, (i, j): (usize, usize)) -> f64 {
        let (row, column) = (self.pairing.row, self.pairing.column);
        if self.errors[at] > SURE * self.sums[at] {
            let (a, b) = (row.window(channel, i), column.window(channel, j));
            self.sums[at] = row.powers.powers().sum(simd, a, b);
            self.errors[at] = 0.0;
        }
        let missing = row.missing[channel * row.stride + i];
        let missing = missing + column.missing[channel * column.stride + j];
        row.powers.root(self.sums[at].max(0.0)) + f64::from(missing)
    }
}
