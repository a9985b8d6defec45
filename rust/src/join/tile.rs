//! The hot loop over a tile of columns, which stay in registers, walked down row by row.

use super::best::Side;
use super::shapes::OfTiles;
use crate::simd::{Kernel, MAX_LANES, Simd};
use std::ops::Range;

/// Vectors of columns in a tile: three of each are kept in registers, of which 32 are there.
pub const VECTORS: usize = 7;

/// The most columns of a tile.
const WIDEST: usize = VECTORS * MAX_LANES;

/// What a walk reads of a row, and improves.
pub struct Row {
    pub f: f64,
    pub g: f64,
    pub inverse: f64,
    pub nearness: f64,
}

/// Neighbouring columns.
#[repr(align(64))]
pub struct Tile {
    f: [f64; WIDEST],
    g: [f64; WIDEST],
    /// NaN, which is nearer than nothing, for windows that are not compared.
    inverse: [f64; WIDEST],
    nearness: [f64; WIDEST],
    index: [f64; WIDEST],
    /// The first of them.
    pub start: usize,
}

impl Tile {
    pub fn new(of: &OfTiles, columns: Range<usize>, best: &Side) -> Self {
        let mut tile = Tile {
            f: [0.0; WIDEST],
            g: [0.0; WIDEST],
            inverse: [f64::NAN; WIDEST],
            nearness: [f64::INFINITY; WIDEST],
            index: [-1.0; WIDEST],
            start: columns.start,
        };
        let count = columns.len();
        tile.f[..count].copy_from_slice(&of.before_f[columns.clone()]);
        tile.g[..count].copy_from_slice(&of.before_g[columns.clone()]);
        tile.inverse[..count].copy_from_slice(&of.divisor[columns.clone()]);
        tile.nearness[..count].copy_from_slice(&best.nearness[columns.clone()]);
        for (index, best) in tile.index.iter_mut().zip(&best.index[columns]) {
            *index = *best as f64;
        }
        tile
    }

    pub fn keep(&self, columns: Range<usize>, best: &mut Side) {
        let count = columns.len();
        best.nearness[columns.clone()].copy_from_slice(&self.nearness[..count]);
        for (index, best) in self.index.iter().zip(&mut best.index[columns]) {
            *best = *index as i64;
        }
    }
}

/// Walks a tile down a range of rows.
///
/// The nearness of a neighbour is `covariance / norm of the neighbour`: for one window it orders
/// its neighbours as their correlation does, and it needs one multiplication less.
pub struct Walk<'a> {
    pub tile: &'a mut Tile,
    pub rows: &'a mut [Row],
    /// The nearest columns.
    pub index: &'a mut [i64],
    /// The number of the first row.
    pub first: usize,
    /// The covariances of the first row with all columns but the first.
    pub seeds: &'a [f64],
    pub boundary: &'a mut [f64],
}

impl Kernel for Walk<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Walk {
            tile, rows, index, ..
        } = self;
        let lanes = VECTORS * S::LANES;
        assert!(self.seeds.len() == lanes && lanes <= WIDEST);
        assert!(self.boundary.len() > rows.len() && index.len() == rows.len());
        let boundary = self.boundary.as_mut_ptr();
        let mut cov = [simd.splat(0.0); VECTORS];
        let (mut nearest, mut kept) = (cov, cov);
        for w in 0..VECTORS {
            let lane = w * S::LANES;
            // SAFETY: a tile's arrays are as long at least, and so are the seeds.
            unsafe {
                cov[w] = simd.load(self.seeds.as_ptr().add(lane));
                nearest[w] = simd.load(tile.nearness.as_ptr().add(lane));
                kept[w] = simd.load(tile.index.as_ptr().add(lane));
            }
        }
        let [f, g, inverse] = [&tile.f, &tile.g, &tile.inverse].map(|of| of.as_ptr());
        let minus_one = simd.splat(-1.0);
        let mut number = simd.splat(self.first as f64);
        // SAFETY: a boundary is longer than the rows.
        let mut coming_in = unsafe { *boundary };
        for (at, row) in rows.iter_mut().enumerate() {
            let inverse_i = simd.splat(row.inverse);
            let nearest_i = simd.splat(row.nearness);
            let (f_i, g_i) = (simd.splat(row.f), simd.splat(row.g));
            let mut highest = [nearest_i; 2];
            for w in (0..VECTORS).rev() {
                let lane = w * S::LANES;
                let before = if w > 0 {
                    cov[w - 1]
                } else {
                    simd.splat(coming_in)
                };
                // SAFETY: as above.
                let (f, g, inverse) = unsafe {
                    (
                        simd.load(f.add(lane)),
                        simd.load(g.add(lane)),
                        simd.load(inverse.add(lane)),
                    )
                };
                let stepped = simd.mul_add(f_i, g, simd.shift_in(before, cov[w]));
                cov[w] = simd.mul_add(g_i, f, stepped);
                let found = simd.mul(cov[w], inverse_i);
                kept[w] = simd.select_greater(found, nearest[w], number, kept[w]);
                nearest[w] = simd.max(found, nearest[w]);
                highest[w % 2] = simd.max(simd.mul(cov[w], inverse), highest[w % 2]);
            }
            // SAFETY: as above.
            unsafe {
                coming_in = *boundary.add(at + 1);
                *boundary.add(at + 1) = simd.last(cov[VECTORS - 1]);
            }
            let highest = simd.max(highest[0], highest[1]);
            if simd.any_greater(highest, nearest_i) {
                row.nearness = simd.greatest(highest);
                let greatest = simd.splat(row.nearness);
                let mut reached = 0u64;
                for (w, cov) in cov.iter().enumerate() {
                    // SAFETY: as above.
                    let inverse = unsafe { simd.load(inverse.add(w * S::LANES)) };
                    let as_near = simd.equal(simd.mul(*cov, inverse), greatest);
                    reached |= u64::from(as_near) << (w * S::LANES);
                }
                index[at] = (tile.start + reached.trailing_zeros() as usize) as i64;
            }
            number = simd.sub(number, minus_one);
        }
        for w in 0..VECTORS {
            let lane = w * S::LANES;
            // SAFETY: as above.
            unsafe {
                simd.store(tile.nearness.as_mut_ptr().add(lane), nearest[w]);
                simd.store(tile.index.as_mut_ptr().add(lane), kept[w]);
            }
        }
    }
}
