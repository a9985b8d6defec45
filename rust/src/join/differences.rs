//! The hot loop of the plain Euclidean distance: squared distances stepped along diagonals.

use super::best::Side;
use crate::simd::{Kernel, Simd, VECTORS};
use std::ops::Range;

/// Vectors of distances; the bounds of their errors fill as many registers again.
pub const HELD: usize = VECTORS / 2;

/// What a step adds to the bound of a distance's error, relative to the distance.
const STEP: f64 = 2.0 * f64::EPSILON;

/// A distance whose error is bounded by this share of it is taken as it is.
const SURE: f64 = 1e-11;

/// What the loop reads at a row or at a column.
#[derive(Clone, Copy)]
pub struct Operands<'a> {
    /// Together the step: `d²(i+1, j+1) = d²(i, j) + (f(i) − f(j)) · (g(i) − g(j))`.
    pub f: &'a [f64],
    pub g: &'a [f64],
    /// 0 for windows that have a distance, −∞ for all others.
    pub barrier: &'a [f64],
}

/// Walks diagonals `lag .. lag + lanes` through `rows`: pair (i, j) is i and i + lag + lane.
///
/// Each distance carries a bound of its rounding error. A pair that might improve something, if
/// its error were as large as the bound, is looked at again, out of line, and measured afresh
/// unless the bound is small: so nothing is missed, however large the distances on the way were.
/// Nearness is −d².
pub struct Steps<'a, F> {
    pub row: Operands<'a>,
    pub column: Operands<'a>,
    pub of_rows: &'a mut Side,
    pub of_columns: &'a mut Side,
    /// The squared distances at `rows.start`, and their bounds; afterwards, those at `rows.end`.
    pub squared: &'a mut [f64],
    pub error: &'a mut [f64],
    pub lag: usize,
    pub rows: Range<usize>,
    /// The squared distance of a row to a column.
    pub measure: F,
}

impl<F: Fn(usize, usize) -> f64> Kernel for Steps<'_, F> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(mut self, simd: S) {
        let (row, column, lag) = (self.row, self.column, self.lag);
        self.check::<S>();
        let [f, g, barrier] = [column.f, column.g, column.barrier].map(|each| each.as_ptr());
        let (squared, error) = (self.squared.as_mut_ptr(), self.error.as_mut_ptr());
        let (mut d, mut e) = ([simd.splat(0.0); HELD], [simd.splat(0.0); HELD]);
        let step = simd.splat(-STEP);
        for w in 0..HELD {
            // SAFETY: both are as long as a block, checked above; so below.
            (d[w], e[w]) = unsafe {
                let lane = w * S::LANES;
                (simd.load(squared.add(lane)), simd.load(error.add(lane)))
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
            if simd.signs(signs) != 0 && row.barrier[i] == 0.0 {
                for w in 0..HELD {
                    // SAFETY: as above.
                    unsafe {
                        simd.store(squared.add(w * S::LANES), d[w]);
                        simd.store(error.add(w * S::LANES), e[w]);
                    }
                }
                self.improve(i, j);
                for w in 0..HELD {
                    // SAFETY: as above.
                    (d[w], e[w]) = unsafe {
                        let lane = w * S::LANES;
                        (simd.load(squared.add(lane)), simd.load(error.add(lane)))
                    };
                }
            }
            let (f_i, g_i) = (simd.splat(row.f[i]), simd.splat(row.g[i]));
            for w in 0..HELD {
                let lane = j + w * S::LANES;
                // SAFETY: as above.
                unsafe {
                    let by_f = simd.sub(f_i, simd.load(f.add(lane)));
                    let by_g = simd.sub(g_i, simd.load(g.add(lane)));
                    e[w] = simd.neg_mul_add(d[w], step, e[w]);
                    d[w] = simd.mul_add(by_f, by_g, d[w]);
                }
            }
        }
        for w in 0..HELD {
            // SAFETY: as above.
            unsafe {
                simd.store(squared.add(w * S::LANES), d[w]);
                simd.store(error.add(w * S::LANES), e[w]);
            }
        }
    }
}

impl<F: Fn(usize, usize) -> f64> Steps<'_, F> {
    #[inline(always)]
    fn check<S: Simd>(&self) {
        let lanes = HELD * S::LANES;
        assert!(self.squared.len() == lanes && self.error.len() == lanes);
        assert!(self.rows.end + self.lag + lanes <= self.column.f.len() + 1);
        for (operands, best) in [
            (&self.row, &*self.of_rows),
            (&self.column, &*self.of_columns),
        ] {
            assert!(operands.f.len() == operands.g.len());
            assert!(operands.f.len() == operands.barrier.len());
            assert!(operands.f.len() == best.nearness.len());
            assert!(self.rows.end <= operands.f.len());
        }
    }

    /// Looks at one row of a block again, lane by lane.
    #[inline(never)]
    fn improve(&mut self, row: usize, column: usize) {
        for lane in 0..self.squared.len() {
            let j = column + lane;
            let near = self.error[lane] - self.squared[lane];
            let nearest = self.of_rows.nearness[row].min(self.of_columns.nearness[j]);
            if near <= nearest || self.column.barrier[j] != 0.0 {
                continue;
            }
            if self.error[lane] > SURE * self.squared[lane] {
                self.squared[lane] = (self.measure)(row, j);
                self.error[lane] = 0.0;
            }
            self.of_rows.offer(row, j, -self.squared[lane]);
            self.of_columns.offer(j, row, -self.squared[lane]);
        }
    }
}
