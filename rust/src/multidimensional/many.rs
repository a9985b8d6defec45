//! The loop for any number of channels, of which some may have a fixed place.

use super::improve::Improve;
use super::pairing::Pairing;
use super::shapes::{LEAST, Shapes};
use crate::simd::{Kernel, Simd, VECTORS};
use std::ops::Range;

/// Walks a block of diagonals as `Rows` does, with its values in memory rather than registers.
pub struct Many<'a, 'b> {
    pub pairing: &'a mut Pairing<'b, Shapes>,
    /// A block for each channel: those at `rows.start`; afterwards, at `rows.end`.
    pub covariance: &'a mut [f64],
    pub lag: usize,
    pub rows: Range<usize>,
}

impl Kernel for Many<'_, '_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(mut self, simd: S) {
        let channels = self.pairing.working.roots.len();
        assert!(channels * S::BLOCK == self.covariance.len());
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
                    self.measure(simd, start, i, j);
                    self.pairing.sort_singles(simd);
                    let lanes = self.pairing.nearer(simd, i, j);
                    if lanes != 0 {
                        simd.vectorize(Improve {
                            pairing: &mut *self.pairing,
                            lanes,
                            covariance: self.covariance.as_ptr().add(start),
                            step: S::BLOCK,
                            row: i,
                            column: j,
                        });
                    }
                    self.step(simd, start, i, j);
                }
            }
        }
    }
}

impl Many<'_, '_> {
    /// # Safety
    /// Row i and `2 · LANES` columns from j on lie within operands and bests, and as many lanes
    /// from `start` on within each channel's block.
    #[inline(always)]
    unsafe fn measure<S: Simd>(&mut self, simd: S, start: usize, i: usize, j: usize) {
        let (row, column) = (self.pairing.row, self.pairing.column);
        let singles = &mut self.pairing.working.singles;
        let channels = singles.len();
        let least = simd.splat_single(LEAST);
        for (c, singles) in singles.iter_mut().enumerate() {
            // SAFETY: the caller's promise; `singles` has room for the widest vector.
            unsafe {
                let operands = row.rows.get_unchecked(i * channels + c);
                let (inverse_i, base) = (simd.splat(operands.inverse), simd.splat(operands.base));
                let inverse = column.inverse.as_ptr().add(c * column.stride + j);
                let cov = self.covariance.as_ptr().add(c * S::BLOCK + start);
                // No closures here: they are compiled without the instruction set.
                let low = simd.mul(simd.load(cov), inverse_i);
                let low = simd.neg_mul_add(low, simd.load(inverse), base);
                let high = simd.mul(simd.load(cov.add(S::LANES)), inverse_i);
                let high = simd.neg_mul_add(high, simd.load(inverse.add(S::LANES)), base);
                let penalty = column.penalty.as_ptr().add(c * column.stride + j);
                let apart = simd.add_single(simd.narrow(low, high), simd.load_single(penalty));
                let root = simd.root_single(simd.max_single(apart, least));
                simd.store_single(singles.as_mut_ptr(), root);
            }
        }
    }

    /// # Safety
    /// Row i and `2 · LANES` columns from j on lie within operands and bests, and as many lanes
    /// from `start` on within each channel's block.
    #[inline(always)]
    unsafe fn step<S: Simd>(&mut self, simd: S, start: usize, i: usize, j: usize) {
        let (row, column) = (self.pairing.row, self.pairing.column);
        let channels = self.pairing.working.singles.len();
        for c in 0..channels {
            // SAFETY: the caller's promise.
            unsafe {
                let operands = row.rows.get_unchecked(i * channels + c);
                let (f_i, g_i) = (simd.splat(operands.f), simd.splat(operands.g));
                for half in [0, S::LANES] {
                    let at = c * column.stride + j + half;
                    let cov = self
                        .covariance
                        .as_mut_ptr()
                        .add(c * S::BLOCK + start + half);
                    let g = simd.load(column.g.as_ptr().add(at));
                    let stepped = simd.mul_add(f_i, g, simd.load(cov));
                    let f = simd.load(column.f.as_ptr().add(at));
                    simd.store(cov, simd.mul_add(g_i, f, stepped));
                }
            }
        }
    }
}
