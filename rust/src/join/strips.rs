//! The loop for the first blocks of diagonals, in which nearly every row has something nearer.
//!
//! There, leaving the hot loop for every row that improves costs more than comparing them all. The
//! covariances of a strip of rows are laid out by column; then each vector of columns is read down
//! the strip, with its nearest neighbours in registers: no branch, and nothing is read a lane off
//! where it was stored only just now.

use super::rows::{Improve, Rows};
use crate::simd::{Kernel, MAX_LANES, Simd, VECTORS};
use std::ops::Range;

/// Blocks that are walked like this: by then one row in five still improves. They are told by their
/// number: of neighbours within rounding of each other, a strip may choose another than a walk row
/// by row, and threads must not change which.
pub const FIRST: usize = 8;

/// Rows of a strip.
const HEIGHT: usize = 32;

/// Vectors of columns that are read down a strip at once.
const AT_ONCE: usize = 2;

/// The covariances of a strip, row by row, a block of lanes each: between NaN, which is nearer than
/// nothing, for the columns that a row has no pair with.
pub struct Strip(Vec<Line>);

/// As much as is stored at once at most, and aligned to that.
#[derive(Clone, Copy)]
#[repr(align(64))]
struct Line(#[expect(dead_code, reason = "read through a pointer")] [f64; MAX_LANES]);

impl Strip {
    pub fn new<S: Simd>() -> Self {
        let values = HEIGHT * stride::<S>();
        Strip(vec![
            Line([f64::NAN; MAX_LANES]);
            values.div_ceil(MAX_LANES)
        ])
    }

    /// Where it begins.
    #[inline(always)]
    fn start<S: Simd>(&mut self) -> *mut f64 {
        assert!(self.0.len() * MAX_LANES >= HEIGHT * stride::<S>());
        self.0.as_mut_slice().as_mut_ptr().cast()
    }
}

/// The NaN on each side of a row.
const fn margin<S: Simd>() -> usize {
    AT_ONCE * S::LANES
}

const fn stride<S: Simd>() -> usize {
    S::BLOCK + 2 * margin::<S>()
}

/// Walks as [`Rows`] does, and finds the same.
pub struct Strips<'a, 'b> {
    pub rows: Rows<'a>,
    pub strip: &'b mut Strip,
}

impl Kernel for Strips<'_, '_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(mut self, simd: S) {
        self.rows.check::<S>();
        assert!(self.rows.of_rows.keeps_one() && self.rows.of_columns.keeps_one());
        let all = self.rows.rows.clone();
        for start in all.clone().step_by(HEIGHT) {
            let strip = start..all.end.min(start + HEIGHT);
            self.fill(simd, strip.clone());
            self.keep_columns(simd, strip);
        }
    }
}

impl Strips<'_, '_> {
    /// Steps through the rows, keeps what is nearer to them, and lays out their covariances.
    #[inline(always)]
    fn fill<S: Simd>(&mut self, simd: S, strip: Range<usize>) {
        let laid_out = self.strip.start::<S>();
        let Rows {
            row,
            column,
            of_rows,
            of_columns,
            covariance,
            lag,
            ..
        } = &mut self.rows;
        assert!(strip.len() <= HEIGHT && strip.end <= row.f.len());
        let mut cov = [simd.splat(0.0); VECTORS];
        for (w, cov) in cov.iter_mut().enumerate() {
            // SAFETY: `covariance` is a block long, as checked.
            *cov = unsafe { simd.load(covariance.as_ptr().add(w * S::LANES)) };
        }
        let [f, g, inverse] = [column.f, column.g, column.inverse].map(|each| each.as_ptr());
        for (r, i) in strip.enumerate() {
            let j = i + *lag;
            let mut signs = simd.splat(0.0);
            let kept = simd.splat(of_rows.nearness[i]);
            // SAFETY: the strip has so many rows, asserted above.
            let of_row = unsafe { laid_out.add(r * stride::<S>() + margin::<S>()) };
            for (w, cov) in cov.into_iter().enumerate() {
                let lane = w * S::LANES;
                // SAFETY: the columns' arrays hold the last row's last lane, as checked, and a row
                // of the strip a block.
                unsafe {
                    simd.store(of_row.add(lane), cov);
                    signs = simd.or(
                        signs,
                        simd.neg_mul_add(cov, simd.load(inverse.add(j + lane)), kept),
                    );
                }
            }
            if simd.signs(signs) != 0 {
                let mut improve = Improve {
                    // SAFETY: as above; nobody writes to it meanwhile.
                    covariance: unsafe { std::slice::from_raw_parts(of_row, S::BLOCK) },
                    inverse_i: row.inverse[i],
                    inverse: column.inverse,
                    of_rows,
                    of_columns,
                    row: i,
                    column: j,
                };
                improve.improve_row(simd);
            }
            let (f_i, g_i) = (simd.splat(row.f[i]), simd.splat(row.g[i]));
            for (w, cov) in cov.iter_mut().enumerate() {
                let lane = j + w * S::LANES;
                // SAFETY: as above.
                unsafe {
                    *cov = simd.mul_add(f_i, simd.load(g.add(lane)), *cov);
                    *cov = simd.mul_add(g_i, simd.load(f.add(lane)), *cov);
                }
            }
        }
        for (w, cov) in cov.into_iter().enumerate() {
            // SAFETY: `covariance` is a block long, as checked.
            unsafe { simd.store(covariance.as_mut_ptr().add(w * S::LANES), cov) };
        }
    }

    /// Keeps what is nearer to the columns of a strip.
    #[inline(always)]
    fn keep_columns<S: Simd>(&mut self, simd: S, strip: Range<usize>) {
        let height = strip.len();
        let (columns, width) = (S::BLOCK + height - 1, AT_ONCE * S::LANES);
        let first = strip.start + self.rows.lag;
        let best = &mut *self.rows.of_columns;
        assert!(first + columns <= best.nearness.len() && first + columns <= best.index.len());
        assert!(height <= HEIGHT && width <= columns);
        let mut scales = [f64::NAN; HEIGHT];
        // The bits of an index, moved about as if they were those of a number.
        let mut numbers = [0.0; HEIGHT];
        let inverse = &self.rows.row.inverse[strip.clone()];
        for (r, (i, inverse)) in strip.zip(inverse).enumerate() {
            numbers[r] = f64::from_bits(i as u64);
            // An inverse of 0 stands for no window to compare with.
            scales[r] = if *inverse > 0.0 { *inverse } else { f64::NAN };
        }
        let laid_out = self.strip.start::<S>().cast_const();
        for at in (0..columns).step_by(width) {
            let at = at.min(columns - width);
            // SAFETY: the sides hold all columns of the strip, asserted above; an index has the
            // size of a number.
            let (nearness, index) = unsafe {
                (
                    best.nearness.as_mut_ptr().add(first + at),
                    best.index.as_mut_ptr().add(first + at).cast::<f64>(),
                )
            };
            let mut kept = [simd.splat(0.0); AT_ONCE];
            let mut kept_index = kept;
            for w in 0..AT_ONCE {
                // SAFETY: as above.
                unsafe {
                    kept[w] = simd.load(nearness.add(w * S::LANES));
                    kept_index[w] = simd.load(index.add(w * S::LANES));
                }
            }
            let rows = (at + 1).saturating_sub(S::BLOCK)..height.min(at + width);
            for r in rows {
                let (scale, number) = (simd.splat(scales[r]), simd.splat(numbers[r]));
                for w in 0..AT_ONCE {
                    let place = r * stride::<S>() + margin::<S>() + at + w * S::LANES - r;
                    // SAFETY: so near to the row's block, the strip has its margin.
                    let cov = unsafe { simd.load(laid_out.add(place)) };
                    let found = simd.mul(cov, scale);
                    kept_index[w] = simd.select_greater(found, kept[w], number, kept_index[w]);
                    kept[w] = simd.max(found, kept[w]);
                }
            }
            for w in 0..AT_ONCE {
                // SAFETY: as above.
                unsafe {
                    simd.store(nearness.add(w * S::LANES), simd.up_to_grid(kept[w]));
                    simd.store(index.add(w * S::LANES), kept_index[w]);
                }
            }
        }
    }
}
