//! The hot loop: a group of neighbouring diagonals of all channels, walked down row by row.

use super::improve::Improve;
use super::network;
use super::pairing::Pairing;
use super::shapes::{LEAST, Row, Shapes};
use crate::simd::{Kernel, Simd, VECTORS};
use std::ops::Range;

/// Walks diagonals `lag .. lag + block` through `rows`: pair (i, j) is i and i + lag + lane.
///
/// The distances of D channels are sorted and added up in float32, two vectors of float64 in
/// one; only the rare row in which a sum may be nearer than a nearest neighbour is looked at
/// again, out of line, in float64.
pub struct Rows<'a, 'b, const D: usize, const FARTHEST: bool> {
    pub pairing: &'a mut Pairing<'b, Shapes>,
    /// A block for each channel: those at `rows.start`; afterwards, at `rows.end`.
    pub covariance: &'a mut [f64],
    pub lag: usize,
    pub rows: Range<usize>,
}

impl<const D: usize, const FARTHEST: bool> Kernel for Rows<'_, '_, D, FARTHEST> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        assert!(D == self.pairing.working.roots.len() && self.pairing.order.fixed == 0);
        assert!(D * S::BLOCK == self.covariance.len());
        assert!(
            self.pairing
                .hold(self.rows.end, self.rows.end + self.lag + S::BLOCK - 1)
        );
        for group in 0..VECTORS / 2 {
            let start = group * 2 * S::LANES;
            let mut cov = [[simd.splat(0.0); 2]; D];
            for (channel, cov) in cov.iter_mut().enumerate() {
                for (half, cov) in cov.iter_mut().enumerate() {
                    let at = channel * S::BLOCK + start + half * S::LANES;
                    // SAFETY: `covariance` has a block for each channel, asserted above.
                    *cov = unsafe { simd.load(self.covariance.as_ptr().add(at)) };
                }
            }
            // SAFETY: rows and columns lie within the operands, asserted above.
            unsafe {
                let column = self.lag + start;
                walk::<S, D, FARTHEST>(simd, self.pairing, &mut cov, column, self.rows.clone());
            }
            for (channel, cov) in cov.into_iter().enumerate() {
                for (half, cov) in cov.into_iter().enumerate() {
                    let at = channel * S::BLOCK + start + half * S::LANES;
                    // SAFETY: as for the load.
                    unsafe { simd.store(self.covariance.as_mut_ptr().add(at), cov) };
                }
            }
        }
    }
}

/// # Safety
/// All rows, and `2 · LANES` columns from each row + `lag` on, lie within operands and bests.
#[inline(always)]
unsafe fn walk<S: Simd, const D: usize, const FARTHEST: bool>(
    simd: S,
    pairing: &mut Pairing<'_, Shapes>,
    cov: &mut [[S::Vector; 2]; D],
    lag: usize,
    rows: Range<usize>,
) {
    let (row, column) = (pairing.row, pairing.column);
    let (row_stride, stride) = (row.stride, column.stride);
    // Pointers, because nothing else tells that the bests do not move when they improve.
    let [row_bound, bound] = pairing.sides.map(|side| pairing.bests[side].bound.as_ptr());
    let row_operands = row.rows.as_ptr().cast::<[Row; D]>();
    let [f, g, inverse] = [&column.f, &column.g, &column.inverse].map(|of| of.as_ptr());
    let penalty = column.penalty.as_ptr();
    let (zero, least) = (simd.splat_single(0.0), simd.splat_single(LEAST));
    for i in rows {
        let j = i + lag;
        let mut roots = [zero; D];
        for c in 0..D {
            // SAFETY: the caller's promise.
            let (apart, penalty) = unsafe {
                let operands = &(*row_operands.add(i))[c];
                let (inverse_i, base) = (simd.splat(operands.inverse), simd.splat(operands.base));
                // No closures here: they are compiled without the instruction set.
                let from = inverse.add(c * stride + j);
                let [low, high] = [
                    simd.mul(cov[c][0], inverse_i),
                    simd.mul(cov[c][1], inverse_i),
                ];
                let low = simd.neg_mul_add(low, simd.load(from), base);
                let high = simd.neg_mul_add(high, simd.load(from.add(S::LANES)), base);
                (
                    simd.narrow(low, high),
                    simd.load_single(penalty.add(c * stride + j)),
                )
            };
            roots[c] = simd.root_single(simd.max_single(simd.add_single(apart, penalty), least));
        }
        network::sort::<S, D, FARTHEST>(simd, &mut roots);
        let (mut sum, mut nearer) = (zero, zero);
        for (k, root) in roots.iter().enumerate() {
            sum = simd.add_single(sum, *root);
            // SAFETY: the caller's promise.
            let bound = unsafe {
                let for_row = simd.splat_single(*row_bound.add(k * row_stride + i));
                simd.max_single(for_row, simd.load_single(bound.add(k * stride + j)))
            };
            nearer = simd.max_single(nearer, simd.sub_single(bound, sum));
        }
        let lanes = simd.positive_single(nearer);
        if lanes != 0 {
            let spilled = *cov;
            simd.vectorize(Improve {
                pairing: &mut *pairing,
                lanes,
                covariance: spilled.as_ptr().cast(),
                step: 2 * S::LANES,
                row: i,
                column: j,
            });
        }
        for (c, cov) in cov.iter_mut().enumerate() {
            // SAFETY: the caller's promise.
            unsafe {
                let operands = &(*row_operands.add(i))[c];
                let (f_i, g_i) = (simd.splat(operands.f), simd.splat(operands.g));
                for (half, cov) in cov.iter_mut().enumerate() {
                    let at = c * stride + j + half * S::LANES;
                    let stepped = simd.mul_add(f_i, simd.load(g.add(at)), *cov);
                    *cov = simd.mul_add(g_i, simd.load(f.add(at)), stepped);
                }
            }
        }
    }
}
