//! The hot loop of the plain distances: sums of differences' powers stepped along diagonals.

use super::best::Side;
use super::strides::Stride;
use crate::simd::{Kernel, Simd, VECTORS};
use std::ops::Range;

/// Vectors of sums; the bounds of their errors fill as many registers again.
pub const HELD: usize = VECTORS / 2;

/// What a step adds to the bound of a sum's error, relative to the sum.
const STEP: f64 = 2.0 * f64::EPSILON;

/// A sum whose error is bounded by this share of it is taken as it is.
const SURE: f64 = 1e-11;

/// Walks diagonals `lag .. lag + lanes` through `rows`: pair (i, j) is i and i + lag + lane.
///
/// Each sum carries a bound of its rounding error. A pair that might improve something, if
/// its error were as large as the bound, is looked at again, out of line, and measured afresh
/// unless the bound is small: so nothing is missed, however large the sums on the way were.
/// Nearness is the sum, negated.
pub struct Steps<'a, Q, F> {
    pub stride: Q,
    /// Of rows and of columns: 0 for windows that have a distance, −∞ for all others.
    pub barrier: [&'a [f64]; 2],
    pub of_rows: &'a mut Side,
    pub of_columns: &'a mut Side,
    /// The sums at `rows.start`, and their bounds; afterwards, those at `rows.end`.
    pub sums: &'a mut [f64],
    pub error: &'a mut [f64],
    pub lag: usize,
    pub rows: Range<usize>,
    /// The sum of a row and a column.
    pub measure: F,
}

impl<Q: Stride, F: Fn(usize, usize) -> f64> Kernel for Steps<'_, Q, F> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(mut self, simd: S) {
        let (stride, [row_barrier, barrier], lag) = (self.stride, self.barrier, self.lag);
        self.check::<S>();
        let barrier = barrier.as_ptr();
        let (sums, error) = (self.sums.as_mut_ptr(), self.error.as_mut_ptr());
        let (mut d, mut e) = ([simd.splat(0.0); HELD], [simd.splat(0.0); HELD]);
        let step = simd.splat(-STEP);
        for w in 0..HELD {
            // SAFETY: both are as long as a block, checked above; so below.
            (d[w], e[w]) = unsafe {
                let lane = w * S::LANES;
                (simd.load(sums.add(lane)), simd.load(error.add(lane)))
            };
        }
        for i in self.rows.clone() {
            let j = i + lag;
            let mut signs = simd.splat(0.0);
            let nearest_i = simd.splat(self.of_rows.nearness[i]);
            let nearest = self.of_columns.nearness.as_ptr();
            for w in 0..HELD {
                let lane = j + w * S::LANES;
                let near = simd.sub(e[w], d[w]);
                // SAFETY: the columns' arrays hold the last row's last lane, checked above.
                unsafe {
                    let for_column = simd.sub(simd.load(nearest.add(lane)), near);
                    let for_row = simd.sub(nearest_i, near);
                    let for_row = simd.sub(for_row, simd.load(barrier.add(lane)));
                    signs = simd.or(signs, simd.or(for_column, for_row));
                }
            }
            if simd.signs(signs) != 0 && row_barrier[i] == 0.0 {
                for w in 0..HELD {
                    // SAFETY: as above.
                    unsafe {
                        simd.store(sums.add(w * S::LANES), d[w]);
                        simd.store(error.add(w * S::LANES), e[w]);
                    }
                }
                self.improve(i, j);
                for w in 0..HELD {
                    // SAFETY: as above.
                    (d[w], e[w]) = unsafe {
                        let lane = w * S::LANES;
                        (simd.load(sums.add(lane)), simd.load(error.add(lane)))
                    };
                }
            }
            for w in 0..HELD {
                e[w] = simd.neg_mul_add(d[w], step, e[w]);
                // SAFETY: the stride reaches beyond the last row's last lane, checked above.
                d[w] = unsafe { stride.next(simd, d[w], i, j + w * S::LANES) };
            }
        }
        for w in 0..HELD {
            // SAFETY: as above.
            unsafe {
                simd.store(sums.add(w * S::LANES), d[w]);
                simd.store(error.add(w * S::LANES), e[w]);
            }
        }
    }
}

impl<Q: Stride, F: Fn(usize, usize) -> f64> Steps<'_, Q, F> {
    #[inline(always)]
    fn check<S: Simd>(&self) {
        let lanes = HELD * S::LANES;
        assert!(self.sums.len() == lanes && self.error.len() == lanes);
        let columns = (self.rows.end + self.lag + lanes).saturating_sub(1);
        assert!(self.stride.reaches(self.rows.end, columns));
        assert!(columns <= self.barrier[1].len() && self.rows.end <= self.barrier[0].len());
        assert!(self.barrier[0].len() == self.of_rows.nearness.len());
        assert!(self.barrier[1].len() == self.of_columns.nearness.len());
    }

    /// Looks at one row of a block again, lane by lane.
    #[inline(never)]
    fn improve(&mut self, row: usize, column: usize) {
        for lane in 0..self.sums.len() {
            let j = column + lane;
            let near = self.error[lane] - self.sums[lane];
            let nearest = self.of_rows.nearness[row].min(self.of_columns.nearness[j]);
            if near <= nearest || self.barrier[1][j] != 0.0 {
                continue;
            }
            if self.error[lane] > SURE * self.sums[lane] {
                self.sums[lane] = (self.measure)(row, j);
                self.error[lane] = 0.0;
            }
            self.of_rows.offer(row, j, -self.sums[lane]);
            self.of_columns.offer(j, row, -self.sums[lane]);
        }
    }
}
