//! The hot loop: a block of neighbouring diagonals, held in registers, walked down row by row.

use super::best::Best;
use crate::simd::{Kernel, Simd, VECTORS};
use std::ops::Range;

/// What the loop reads at a row and at a column.
pub struct Operands<'a> {
    /// Together the step of the covariance: `cov(i+1, j+1) = cov(i, j) + f(i)·g(j) + g(i)·f(j)`.
    pub f: Vec<f64>,
    pub g: Vec<f64>,
    pub inverse: &'a [f64],
}

/// Walks diagonals `lag .. lag + block` through `rows`: pair (i, j) is i and i + lag + lane.
///
/// A pair costs four fused multiply-adds: two step the covariance, two compare it with the
/// nearest neighbours so far. A comparison only leaves a sign; the rare row in which one is
/// negative is looked at again, out of line.
pub struct Rows<'a> {
    pub operands: &'a Operands<'a>,
    pub best: &'a mut Best,
    /// The covariances at `rows.start`; afterwards, those at `rows.end`.
    pub covariance: &'a mut [f64],
    pub lag: usize,
    pub rows: Range<usize>,
}

impl Kernel for Rows<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Operands { f, g, inverse } = self.operands;
        let end = self.rows.end + self.lag + S::BLOCK;
        assert!(self.covariance.len() == S::BLOCK && end <= f.len() + 1);
        assert!(f.len() == g.len() && f.len() == inverse.len());
        assert!(f.len() == self.best.left.nearness.len());
        assert!(f.len() == self.best.right.nearness.len());
        let mut cov = [simd.splat(0.0); VECTORS];
        for (w, cov) in cov.iter_mut().enumerate() {
            // SAFETY: `covariance` is a block long, asserted above.
            *cov = unsafe { simd.load(self.covariance.as_ptr().add(w * S::LANES)) };
        }
        // Pointers, because nothing else tells that `best` does not move when it improves.
        let [f, g, inverse_at] = [f.as_slice(), g, inverse].map(|operand| operand.as_ptr());
        let [left, right] = [&self.best.left, &self.best.right].map(|side| side.nearness.as_ptr());
        for i in self.rows {
            let j = i + self.lag;
            let mut signs = simd.splat(0.0);
            // SAFETY: all arrays have the same length, which holds the last row's last lane
            // (asserted above); so every lane of row i and column j lies within them.
            unsafe {
                let inverse_i = simd.splat(*inverse_at.add(i));
                let nearest_right = simd.splat(*right.add(i));
                for (w, cov) in cov.into_iter().enumerate() {
                    let lane = j + w * S::LANES;
                    let nearest_left = simd.load(left.add(lane));
                    let for_left = simd.neg_mul_add(cov, inverse_i, nearest_left);
                    let inverse_j = simd.load(inverse_at.add(lane));
                    let for_right = simd.neg_mul_add(cov, inverse_j, nearest_right);
                    signs = simd.or(signs, simd.or(for_left, for_right));
                }
            }
            if simd.signs(signs) != 0 {
                let spilled = cov;
                simd.vectorize(Improve {
                    inverse,
                    best: self.best,
                    covariance: spilled.as_ptr().cast(),
                    row: i,
                    column: j,
                });
            }
            // SAFETY: as above.
            unsafe {
                let (f_i, g_i) = (simd.splat(*f.add(i)), simd.splat(*g.add(i)));
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

/// Looks at one row of a block again and keeps what is nearer.
struct Improve<'a> {
    inverse: &'a [f64],
    best: &'a mut Best,
    /// A block of them.
    covariance: *const f64,
    row: usize,
    column: usize,
}

impl Kernel for Improve<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Improve {
            inverse,
            best,
            covariance,
            row,
            column,
        } = self;
        assert!(column + S::BLOCK <= inverse.len());
        assert!(column + S::BLOCK <= best.left.nearness.len());
        let inverse_i = inverse[row];
        let (scale, right) = (simd.splat(inverse_i), simd.splat(best.right.nearness[row]));
        let mut nearer = 0u64;
        for w in 0..VECTORS {
            let lane = w * S::LANES;
            // SAFETY: `covariance` points to a block, the arrays hold one from `column` on.
            let (cov, left, inverse_j) = unsafe {
                (
                    simd.load(covariance.add(lane)),
                    simd.load(best.left.nearness.as_ptr().add(column + lane)),
                    simd.load(inverse.as_ptr().add(column + lane)),
                )
            };
            let for_left = simd.neg_mul_add(cov, scale, left);
            let for_right = simd.neg_mul_add(cov, inverse_j, right);
            nearer |= u64::from(simd.signs(simd.or(for_left, for_right))) << lane;
        }
        for lane in ones(nearer) {
            // SAFETY: a sign is that of a lane of the block.
            let cov = unsafe { *covariance.add(lane) };
            let j = column + lane;
            // An inverse of 0 stands for no window to compare with.
            if inverse_i > 0.0 && inverse[j] > 0.0 {
                best.left.offer(j, row, cov * inverse_i);
                best.right.offer(row, j, cov * inverse[j]);
            }
        }
    }
}

/// The places of the bits that are set, lowest first.
#[inline(always)]
fn ones(mut mask: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let lowest = (mask != 0).then(|| mask.trailing_zeros() as usize);
        mask &= mask.wrapping_sub(1);
        lowest
    })
}
