//! The hot loop: a block of neighbouring diagonals, held in registers, walked down row by row.

use super::best::Side;
use crate::simd::{Kernel, Simd, VECTORS, below_on_grid, up_to_grid};
use std::ops::Range;

/// What the loop reads at a row or at a column.
#[derive(Clone, Copy)]
pub struct Operands<'a> {
    /// Together the step of the covariance: `cov(i+1, j+1) = cov(i, j) + f(i)·g(j) + g(i)·f(j)`.
    pub f: &'a [f64],
    pub g: &'a [f64],
    pub inverse: &'a [f64],
}

/// Walks diagonals `lag .. lag + block` through `rows`: pair (i, j) is i and i + lag + lane.
///
/// The nearness of a neighbour is `covariance / norm of the neighbour`: for one window it orders
/// its neighbours as their correlation does, and it needs one multiplication less.
///
/// A pair costs four fused multiply-adds: two step the covariance, two compare it with the
/// nearest neighbours so far. A comparison only leaves a sign; the rare row in which one is
/// negative is looked at again, out of line.
pub struct Rows<'a> {
    pub row: Operands<'a>,
    pub column: Operands<'a>,
    pub of_rows: &'a mut Side,
    pub of_columns: &'a mut Side,
    /// The covariances at `rows.start`; afterwards, those at `rows.end`.
    pub covariance: &'a mut [f64],
    pub lag: usize,
    pub rows: Range<usize>,
}

impl Kernel for Rows<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        self.check::<S>();
        let Rows {
            row,
            column,
            of_rows,
            of_columns,
            ..
        } = self;
        let mut cov = [simd.splat(0.0); VECTORS];
        for (w, cov) in cov.iter_mut().enumerate() {
            // SAFETY: `covariance` is a block long, asserted above.
            *cov = unsafe { simd.load(self.covariance.as_ptr().add(w * S::LANES)) };
        }
        // Pointers, because nothing else tells that a side does not move when it improves.
        let [f, g, inverse] = [column.f, column.g, column.inverse].map(|each| each.as_ptr());
        let [row_f, row_g, row_inverse] = [row.f, row.g, row.inverse].map(|each| each.as_ptr());
        let nearest_of_columns = of_columns.nearness.as_ptr();
        let nearest_of_rows = of_rows.nearness.as_ptr();
        for i in self.rows {
            let j = i + self.lag;
            let mut signs = simd.splat(0.0);
            // SAFETY: the arrays of the rows hold the last row, those of the columns the last
            // row's last lane (asserted above).
            unsafe {
                let inverse_i = simd.splat(*row_inverse.add(i));
                let nearest_i = simd.splat(*nearest_of_rows.add(i));
                for (w, cov) in cov.into_iter().enumerate() {
                    let lane = j + w * S::LANES;
                    let nearest_j = simd.load(nearest_of_columns.add(lane));
                    let for_column = simd.neg_mul_add(cov, inverse_i, nearest_j);
                    let inverse_j = simd.load(inverse.add(lane));
                    let for_row = simd.neg_mul_add(cov, inverse_j, nearest_i);
                    signs = simd.or(signs, simd.or(for_column, for_row));
                }
            }
            if simd.signs(signs) != 0 {
                let covariance = self.covariance.as_mut_ptr();
                for (w, cov) in cov.into_iter().enumerate() {
                    // SAFETY: `covariance` is a block long, asserted above.
                    unsafe { simd.store(covariance.add(w * S::LANES), cov) };
                }
                simd.vectorize(Improve {
                    covariance: self.covariance,
                    inverse_i: row.inverse[i],
                    inverse: column.inverse,
                    of_rows,
                    of_columns,
                    row: i,
                    column: j,
                });
                for (w, cov) in cov.iter_mut().enumerate() {
                    // SAFETY: as above.
                    *cov = unsafe { simd.load(covariance.add(w * S::LANES)) };
                }
            }
            // SAFETY: as above.
            unsafe {
                let (f_i, g_i) = (simd.splat(*row_f.add(i)), simd.splat(*row_g.add(i)));
                for (w, cov) in cov.iter_mut().enumerate() {
                    let lane = j + w * S::LANES;
                    *cov = simd.mul_add(f_i, simd.load(g.add(lane)), *cov);
                    *cov = simd.mul_add(g_i, simd.load(f.add(lane)), *cov);
                }
            }
        }
        for (w, cov) in cov.into_iter().enumerate() {
            // SAFETY: `covariance` is a block long, asserted above.
            unsafe { simd.store(self.covariance.as_mut_ptr().add(w * S::LANES), cov) };
        }
    }
}

impl Rows<'_> {
    /// That every array holds what the loop reads of it.
    #[inline(always)]
    pub fn check<S: Simd>(&self) {
        let Rows { row, column, .. } = self;
        let end = self.rows.end + self.lag + S::BLOCK;
        assert!(self.covariance.len() == S::BLOCK && end <= column.f.len() + 1);
        assert!(self.rows.end <= row.f.len());
        for (side, best) in [(row, &*self.of_rows), (column, &*self.of_columns)] {
            assert!(side.f.len() == side.g.len() && side.f.len() == side.inverse.len());
            assert!(side.f.len() == best.nearness.len());
        }
    }
}

/// Looks at one row of a block again and keeps what is nearer.
pub struct Improve<'a> {
    /// A block of them.
    pub covariance: &'a [f64],
    pub inverse_i: f64,
    pub inverse: &'a [f64],
    pub of_rows: &'a mut Side,
    pub of_columns: &'a mut Side,
    pub row: usize,
    pub column: usize,
}

impl Kernel for Improve<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(mut self, simd: S) {
        if self.inverse_i > 0.0 {
            if self.of_rows.keeps_one() && self.of_columns.keeps_one() {
                self.improve_columns(simd);
                self.improve_row(simd);
            } else {
                self.offer_all();
            }
        }
    }
}

impl Improve<'_> {
    /// Vector by vector, and only those in which something is nearer: what is stored here is read
    /// a lane further on in the next row, which is slow where it was stored only just now.
    #[inline(always)]
    fn improve_columns<S: Simd>(&mut self, simd: S) {
        let Side {
            nearness, index, ..
        } = &mut *self.of_columns;
        assert!(self.covariance.len() == S::BLOCK);
        assert!(self.column + S::BLOCK <= nearness.len() && nearness.len() == index.len());
        let (nearness, index) = (nearness.as_mut_ptr(), index.as_mut_ptr());
        let (zero, negative) = (simd.splat(0.0), simd.splat(-1.0));
        let scale = simd.splat(self.inverse_i);
        let covariance = self.covariance.as_ptr();
        let mut nearer = 0u64;
        for lane in (0..S::BLOCK).step_by(S::LANES) {
            // SAFETY: all arrays hold a block, from `column` on, asserted above.
            let (cov, kept) = unsafe {
                let kept = nearness.add(self.column + lane);
                (simd.load(covariance.add(lane)), simd.load(kept))
            };
            let found = simd.mul(cov, scale);
            let beaten = simd.select_greater(found, kept, negative, zero);
            nearer |= u64::from(simd.signs(beaten)) << lane;
        }
        // The bits of an index, moved about as if they were those of a number.
        let row = simd.splat(f64::from_bits(self.row as u64));
        while nearer != 0 {
            let lane = nearer.trailing_zeros() as usize / S::LANES * S::LANES;
            nearer &= !(((1 << S::LANES) - 1) << lane);
            // SAFETY: as above; an index has the size of a number.
            unsafe {
                let nearness = nearness.add(self.column + lane);
                let index = index.add(self.column + lane).cast();
                let (kept, kept_index) = (simd.load(nearness), simd.load(index));
                let found = simd.mul(simd.load(covariance.add(lane)), scale);
                let rounded = simd.up_to_grid(found);
                simd.store(nearness, simd.select_greater(found, kept, rounded, kept));
                simd.store(index, simd.select_greater(found, kept, row, kept_index));
            }
        }
    }

    #[inline(always)]
    pub fn improve_row<S: Simd>(&mut self, simd: S) {
        assert!(self.covariance.len() == S::BLOCK);
        assert!(self.column + S::BLOCK <= self.inverse.len());
        let nothing = simd.splat(f64::NEG_INFINITY);
        let mut found = [nothing; VECTORS];
        let mut nearest = nothing;
        for (w, found) in found.iter_mut().enumerate() {
            let lane = w * S::LANES;
            // SAFETY: both arrays hold a block, asserted above.
            let (cov, inverse) = unsafe {
                (
                    simd.load(self.covariance.as_ptr().add(lane)),
                    simd.load(self.inverse.as_ptr().add(self.column + lane)),
                )
            };
            let product = simd.mul(cov, inverse);
            *found = simd.select_greater(inverse, simd.splat(0.0), product, nothing);
            nearest = simd.select_greater(*found, nearest, *found, nearest);
        }
        let nearest = simd.greatest(nearest);
        // An inverse of 0 stands for no window to compare with.
        if nearest <= self.of_rows.nearness[self.row] || self.inverse_i <= 0.0 {
            return;
        }
        let nearest = up_to_grid(nearest);
        let beaten = simd.splat(below_on_grid(nearest));
        let mut as_near = 0u64;
        for (w, found) in found.into_iter().enumerate() {
            let nearer = simd.select_greater(found, beaten, nothing, simd.splat(0.0));
            as_near |= u64::from(simd.signs(nearer)) << (w * S::LANES);
        }
        let lane = as_near.trailing_zeros() as usize;
        self.of_rows.nearness[self.row] = nearest;
        self.of_rows.index[self.row] = (self.column + lane) as i64;
    }

    /// Lane by lane, for lists of neighbours.
    fn offer_all(&mut self) {
        for (lane, cov) in self.covariance.iter().enumerate() {
            let j = self.column + lane;
            if self.inverse[j] > 0.0 {
                self.of_columns.offer(j, self.row, cov * self.inverse_i);
                self.of_rows.offer(self.row, j, cov * self.inverse[j]);
            }
        }
    }
}
