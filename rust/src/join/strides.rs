//! How a sum over the differences of two windows becomes that of the next pair on its diagonal.

use crate::norm::Term;
use crate::simd::Simd;

/// A step along diagonals, of one row's pairs with neighbouring columns.
pub trait Stride: Copy {
    /// Whether rows below `rows` and columns below `columns` can be stepped from.
    fn reaches(self, rows: usize, columns: usize) -> bool;

    /// # Safety
    /// It reaches beyond `row`, and beyond the last lane's column.
    unsafe fn next<S: Simd>(self, simd: S, sum: S::Vector, row: usize, column: usize) -> S::Vector;
}

/// `Σ (a − b)²` grows by `(f(i) − f(j)) · (g(i) − g(j))`, rows' and columns' series.
#[derive(Clone, Copy)]
pub struct Squares<'a> {
    pub f: [&'a [f64]; 2],
    pub g: [&'a [f64]; 2],
}

/// A sum of any terms loses that of the values that leave and gains that of those that enter.
#[derive(Clone, Copy)]
pub struct Terms<'a, T> {
    /// The values of rows and of columns.
    pub values: [&'a [f64]; 2],
    pub m: usize,
    pub term: T,
}

impl Stride for Squares<'_> {
    #[inline(always)]
    fn reaches(self, rows: usize, columns: usize) -> bool {
        let Squares { f, g } = self;
        [f, g]
            .iter()
            .all(|of| of[0].len() >= rows && of[1].len() >= columns)
    }

    /// # Safety
    /// It reaches beyond `row`, and beyond the last lane's column.
    #[inline(always)]
    unsafe fn next<S: Simd>(self, simd: S, sum: S::Vector, row: usize, column: usize) -> S::Vector {
        let difference = |[rows, columns]: [&[f64]; 2]| {
            // SAFETY: the caller promises the row and the columns.
            let (one, others) = unsafe {
                (
                    *rows.get_unchecked(row),
                    simd.load(columns.as_ptr().add(column)),
                )
            };
            simd.sub(simd.splat(one), others)
        };
        simd.mul_add(difference(self.f), difference(self.g), sum)
    }
}

impl<T: Term> Stride for Terms<'_, T> {
    #[inline(always)]
    fn reaches(self, rows: usize, columns: usize) -> bool {
        self.values[0].len() >= rows + self.m && self.values[1].len() >= columns + self.m
    }

    /// # Safety
    /// It reaches beyond `row`, and beyond the last lane's column.
    #[inline(always)]
    unsafe fn next<S: Simd>(self, simd: S, sum: S::Vector, row: usize, column: usize) -> S::Vector {
        let [rows, columns] = self.values;
        let term = |later: usize| {
            // SAFETY: the caller promises the row and the columns, and m values after them.
            let (one, others) = unsafe {
                (
                    *rows.get_unchecked(row + later),
                    simd.load(columns.as_ptr().add(column + later)),
                )
            };
            self.term.of(simd, simd.sub(simd.splat(one), others))
        };
        simd.sub(sum, simd.sub(term(0), term(self.m)))
    }
}
