//! The p-norm of the difference of two windows (Minkowski's distance).

use crate::dots::{Scaled, SquaredDistance};
use crate::simd::{Kernel, MAX_LANES, Scalar, Simd};

/// Of a sum of larger powers, float64 keeps too little: the p-th powers of what is 10¹⁵ times
/// smaller than the largest difference vanish.
const LARGEST: f64 = 20.0;

/// A norm, by its p.
#[derive(Clone, Copy, Debug)]
pub enum Norm {
    /// p is finite: the p-th root of a sum.
    Root(Powers),
    /// p is infinite: the largest difference.
    Maximum,
    /// p is too large for a sum of powers to be stepped along.
    Steep(f64),
}

/// What the norm is the root of: the sum of the differences' p-th powers.
#[derive(Clone, Copy, Debug)]
pub enum Powers {
    Absolute,
    Square,
    Whole(u32),
    Real(f64),
}

impl Norm {
    /// Of p = 1 or more.
    pub fn new(p: f64) -> Option<Norm> {
        match p {
            f64::INFINITY => Some(Norm::Maximum),
            1.0 => Some(Norm::Root(Powers::Absolute)),
            2.0 => Some(Norm::Root(Powers::Square)),
            _ if p > LARGEST => Some(Norm::Steep(p)),
            _ if p > 1.0 && p.fract() == 0.0 => Some(Norm::Root(Powers::Whole(p as u32))),
            _ if p > 1.0 => Some(Norm::Root(Powers::Real(p))),
            _ => None,
        }
    }

    /// The powers whose sum can be stepped along diagonals.
    pub fn powers(self) -> Option<Powers> {
        match self {
            Norm::Root(powers) => Some(powers),
            Norm::Maximum | Norm::Steep(_) => None,
        }
    }

    /// The distance of two windows, nothing of which is lost on the way.
    pub fn distance<S: Simd>(self, simd: S, a: &[f64], b: &[f64]) -> f64 {
        match self {
            Norm::Root(powers) => powers.distance(simd, a, b),
            Norm::Maximum => largest_difference(a, b),
            Norm::Steep(p) => root_of_scaled(Real(p), p, a, b),
        }
    }
}

impl Powers {
    /// The sum of powers.
    #[inline(always)]
    pub fn sum<S: Simd>(self, simd: S, a: &[f64], b: &[f64]) -> f64 {
        match self {
            Powers::Absolute => simd.vectorize(Sum(a, b, Absolute)),
            Powers::Square => simd.vectorize(SquaredDistance(plain(a), plain(b))),
            Powers::Whole(p) => simd.vectorize(Sum(a, b, Whole(p))),
            Powers::Real(p) => simd.vectorize(Sum(a, b, Real(p))),
        }
    }

    pub fn distance<S: Simd>(self, simd: S, a: &[f64], b: &[f64]) -> f64 {
        match self {
            Powers::Absolute => self.sum(simd, a, b),
            Powers::Square => self.sum(simd, a, b).sqrt(),
            Powers::Whole(p) => root_of_scaled(Whole(p), f64::from(p), a, b),
            Powers::Real(p) => root_of_scaled(Real(p), p, a, b),
        }
    }
}

fn plain(values: &[f64]) -> Scaled<'_> {
    Scaled {
        values,
        mean: 0.0,
        scale: 1.0,
    }
}

fn largest_difference(a: &[f64], b: &[f64]) -> f64 {
    let differences = a.iter().zip(b).map(|(x, y)| (x - y).abs());
    differences.fold(0.0, f64::max)
}

/// Scaled by the largest difference, so that no power overflows and the largest do not vanish.
fn root_of_scaled(term: impl Term, p: f64, a: &[f64], b: &[f64]) -> f64 {
    let largest = largest_difference(a, b);
    if largest == 0.0 {
        return 0.0;
    }
    let pairs = a.iter().zip(b);
    let sum: f64 = pairs.map(|(x, y)| term.of(Scalar, (x - y) / largest)).sum();
    largest * sum.powf(1.0 / p)
}

/// What a difference adds to the sum. The same difference always adds the same.
pub trait Term: Copy {
    fn of<S: Simd>(self, simd: S, difference: S::Vector) -> S::Vector;
}

/// |x|
#[derive(Clone, Copy)]
pub struct Absolute;

/// |x| to a whole power.
#[derive(Clone, Copy)]
pub struct Whole(pub u32);

/// |x| to any power.
#[derive(Clone, Copy)]
pub struct Real(pub f64);

impl Term for Absolute {
    #[inline(always)]
    fn of<S: Simd>(self, simd: S, difference: S::Vector) -> S::Vector {
        simd.abs(difference)
    }
}

impl Term for Whole {
    #[inline(always)]
    fn of<S: Simd>(self, simd: S, difference: S::Vector) -> S::Vector {
        let (mut power, mut squared, mut left) = (simd.splat(1.0), simd.abs(difference), self.0);
        while left > 0 {
            if left & 1 == 1 {
                power = simd.mul(power, squared);
            }
            squared = simd.mul(squared, squared);
            left >>= 1;
        }
        power
    }
}

impl Term for Real {
    #[inline(always)]
    fn of<S: Simd>(self, simd: S, difference: S::Vector) -> S::Vector {
        let mut lanes = [0.0; MAX_LANES];
        // SAFETY: no vector has more lanes.
        unsafe { simd.store(lanes.as_mut_ptr(), difference) };
        for lane in &mut lanes[..S::LANES] {
            *lane = lane.abs().powf(self.0);
        }
        // SAFETY: as above.
        unsafe { simd.load(lanes.as_ptr()) }
    }
}

/// The sum of the terms of two windows' differences.
struct Sum<'a, T>(&'a [f64], &'a [f64], T);

impl<T: Term> Kernel for Sum<'_, T> {
    type Output = f64;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> f64 {
        let Sum(a, b, term) = self;
        let (chunks_a, chunks_b) = (a.chunks_exact(S::LANES), b.chunks_exact(S::LANES));
        let ends = chunks_a.remainder().iter().zip(chunks_b.remainder());
        let (mut sum, one) = (simd.splat(0.0), simd.splat(1.0));
        for (a, b) in chunks_a.zip(chunks_b) {
            // SAFETY: a chunk has a value for each lane.
            let difference = unsafe { simd.sub(simd.load(a.as_ptr()), simd.load(b.as_ptr())) };
            sum = simd.mul_add(term.of(simd, difference), one, sum);
        }
        let mut tail = 0.0;
        for (x, y) in ends {
            tail += term.of(Scalar, x - y);
        }
        simd.sum(sum) + tail
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simd::Level;

    struct Distance<'a>(Norm, &'a [f64], &'a [f64]);

    impl Kernel for Distance<'_> {
        type Output = f64;

        fn run<S: Simd>(self, simd: S) -> f64 {
            self.0.distance(simd, self.1, self.2)
        }
    }

    #[test]
    fn distances_are_those_of_the_definition() {
        let a: Vec<f64> = (0..37).map(|i| f64::from(i * i % 11)).collect();
        let b: Vec<f64> = (0..37).map(|i| f64::from(i * 5 % 7) - 0.5).collect();
        for p in [1.0, 1.5, 2.0, 3.0, 7.0, 20.0, 60.0, f64::INFINITY] {
            let differences = a.iter().zip(&b).map(|(x, y)| (x - y).abs());
            let expected = if p == f64::INFINITY {
                differences.fold(0.0, f64::max)
            } else {
                differences
                    .map(|each| each.powf(p))
                    .sum::<f64>()
                    .powf(1.0 / p)
            };
            for level in Level::available() {
                let found = level.visit(Distance(Norm::new(p).unwrap(), &a, &b));
                assert!((found - expected).abs() < 1e-12, "{} {p}", level.name());
            }
        }
    }

    #[test]
    fn no_power_overflows_or_vanishes() {
        for size in [1e200, 1e-200] {
            for p in [3.0, 1.5, 20.0, 1000.0] {
                let norm = Norm::new(p).unwrap();
                let found = norm.distance(Scalar, &[size; 4], &[0.0; 4]);
                assert!(
                    (found / size - 4f64.powf(1.0 / p)).abs() < 1e-12,
                    "{size} {p}"
                );
            }
        }
    }

    #[test]
    fn a_norm_has_a_p_of_at_least_one() {
        for p in [0.99, 0.0, -1.0, f64::NAN, f64::NEG_INFINITY] {
            assert!(Norm::new(p).is_none());
        }
    }
}
