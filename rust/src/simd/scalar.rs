//! One value at a time, for any machine.

use super::{Kernel, Simd};

#[derive(Clone, Copy, Debug)]
pub struct Scalar;

impl Simd for Scalar {
    type Vector = f64;
    const LANES: usize = 1;

    #[inline(always)]
    fn splat(self, value: f64) -> f64 {
        value
    }
    #[inline(always)]
    fn sub(self, a: f64, b: f64) -> f64 {
        a - b
    }
    #[inline(always)]
    fn mul(self, a: f64, b: f64) -> f64 {
        a * b
    }
    #[inline(always)]
    fn mul_add(self, a: f64, b: f64, c: f64) -> f64 {
        a * b + c
    }
    #[inline(always)]
    fn neg_mul_add(self, a: f64, b: f64, c: f64) -> f64 {
        c - a * b
    }
    #[inline(always)]
    fn or(self, a: f64, b: f64) -> f64 {
        f64::from_bits(a.to_bits() | b.to_bits())
    }
    #[inline(always)]
    fn signs(self, a: f64) -> u32 {
        u32::from(a.is_sign_negative())
    }
    #[inline(always)]
    fn sum(self, a: f64) -> f64 {
        a
    }
    #[inline(always)]
    fn select_greater(self, a: f64, b: f64, yes: f64, no: f64) -> f64 {
        if a > b { yes } else { no }
    }
    #[inline(always)]
    fn up_to_grid(self, a: f64) -> f64 {
        super::up_to_grid(a)
    }
    #[inline(always)]
    unsafe fn load(self, from: *const f64) -> f64 {
        // SAFETY: the caller promises a readable value.
        unsafe { *from }
    }
    #[inline(always)]
    unsafe fn store(self, to: *mut f64, vector: f64) {
        // SAFETY: the caller promises a writable value.
        unsafe { *to = vector }
    }
    #[inline(never)]
    fn vectorize<K: Kernel>(self, kernel: K) -> K::Output {
        kernel.run(self)
    }
}
