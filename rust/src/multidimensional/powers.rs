//! How the sums of powers that distances are the roots of are stepped along diagonals.

use crate::norm::{Powers, Term};
use crate::simd::{MAX_LANES, Simd};

/// What stands for 0 where a root is taken by its reciprocal.
const LEAST: f32 = 1e-30;

pub trait Stepped: Copy + Send + Sync {
    fn powers(self) -> Powers;

    /// What a step may add to the error of a sum, relative to it.
    fn error(self) -> f64;

    /// The sum with one difference more and another less.
    fn step<S: Simd>(self, simd: S, sum: S::Vector, more: S::Vector, less: S::Vector) -> S::Vector;

    /// The roots in float32, the lanes of `low` first; what is below 0 is taken for 0.
    fn root_single<S: Simd>(self, simd: S, low: S::Vector, high: S::Vector) -> S::Single;

    fn root(self, sum: f64) -> f64;
}

/// The root of a sum of squares.
#[derive(Clone, Copy)]
pub struct Euclidean;

impl Stepped for Euclidean {
    fn powers(self) -> Powers {
        Powers::Square
    }

    fn error(self) -> f64 {
        6.0 * f64::EPSILON
    }

    #[inline(always)]
    fn step<S: Simd>(self, simd: S, sum: S::Vector, more: S::Vector, less: S::Vector) -> S::Vector {
        simd.neg_mul_add(less, less, simd.mul_add(more, more, sum))
    }

    #[inline(always)]
    fn root_single<S: Simd>(self, simd: S, low: S::Vector, high: S::Vector) -> S::Single {
        let sum = simd.narrow(low, high);
        simd.root_single(simd.max_single(sum, simd.splat_single(LEAST)))
    }

    #[inline(always)]
    fn root(self, sum: f64) -> f64 {
        sum.sqrt()
    }
}

/// The p-th root of a sum of p-th powers.
#[derive(Clone, Copy)]
pub struct Minkowski<T> {
    pub powers: Powers,
    pub term: T,
    pub p: f64,
}

impl<T: Term + Send + Sync> Stepped for Minkowski<T> {
    fn powers(self) -> Powers {
        self.powers
    }

    fn error(self) -> f64 {
        (self.p + 4.0) * f64::EPSILON
    }

    #[inline(always)]
    fn step<S: Simd>(self, simd: S, sum: S::Vector, more: S::Vector, less: S::Vector) -> S::Vector {
        let grown = simd.mul_add(self.term.of(simd, more), simd.splat(1.0), sum);
        simd.sub(grown, self.term.of(simd, less))
    }

    #[inline(always)]
    fn root_single<S: Simd>(self, simd: S, low: S::Vector, high: S::Vector) -> S::Single {
        if self.p == 1.0 {
            return simd.max_single(simd.narrow(low, high), simd.splat_single(0.0));
        }
        let (mut lanes, mut roots) = ([0.0f64; 2 * MAX_LANES], [0.0f32; 2 * MAX_LANES]);
        // SAFETY: no two vectors have more lanes.
        unsafe {
            simd.store(lanes.as_mut_ptr(), low);
            simd.store(lanes.as_mut_ptr().add(S::LANES), high);
        }
        for lane in 0..2 * S::LANES {
            roots[lane] = self.root(lanes[lane].max(0.0)) as f32;
        }
        // SAFETY: as above.
        unsafe { simd.load_single(roots.as_ptr()) }
    }

    #[inline(always)]
    fn root(self, sum: f64) -> f64 {
        if self.p == 1.0 {
            sum
        } else {
            sum.powf(1.0 / self.p)
        }
    }
}
