//! One value at a time, for any machine.

use super::{Kernel, Simd};

#[derive(Clone, Copy, Debug)]
pub struct Scalar;

impl Simd for Scalar {
    type Vector = f64;
    type Single = [f32; 2];
    const LANES: usize = 1;
    const TILES: bool = false;
    const ROOT_ERROR: f64 = 1e-7;

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
    fn abs(self, a: f64) -> f64 {
        a.abs()
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
    fn max(self, a: f64, b: f64) -> f64 {
        if a > b { a } else { b }
    }
    #[inline(always)]
    fn greatest(self, a: f64) -> f64 {
        a
    }
    #[inline(always)]
    fn any_greater(self, a: f64, b: f64) -> bool {
        a > b
    }
    #[inline(always)]
    fn equal(self, a: f64, b: f64) -> u32 {
        u32::from(a == b)
    }
    #[inline(always)]
    fn shift_in(self, before: f64, _: f64) -> f64 {
        before
    }
    #[inline(always)]
    fn last(self, a: f64) -> f64 {
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
    /// # Safety
    /// `LANES` values can be read from `from`.
    #[inline(always)]
    unsafe fn load(self, from: *const f64) -> f64 {
        // SAFETY: the caller promises a readable value.
        unsafe { *from }
    }
    /// # Safety
    /// `LANES` values can be written to `to`.
    #[inline(always)]
    unsafe fn store(self, to: *mut f64, vector: f64) {
        // SAFETY: the caller promises a writable value.
        unsafe { *to = vector }
    }
    #[inline(always)]
    fn narrow(self, low: f64, high: f64) -> [f32; 2] {
        [low as f32, high as f32]
    }
    #[inline(always)]
    fn splat_single(self, value: f32) -> [f32; 2] {
        [value; 2]
    }
    #[inline(always)]
    fn add_single(self, a: [f32; 2], b: [f32; 2]) -> [f32; 2] {
        [a[0] + b[0], a[1] + b[1]]
    }
    #[inline(always)]
    fn sub_single(self, a: [f32; 2], b: [f32; 2]) -> [f32; 2] {
        [a[0] - b[0], a[1] - b[1]]
    }
    #[inline(always)]
    fn min_single(self, a: [f32; 2], b: [f32; 2]) -> [f32; 2] {
        [a[0].min(b[0]), a[1].min(b[1])]
    }
    #[inline(always)]
    fn max_single(self, a: [f32; 2], b: [f32; 2]) -> [f32; 2] {
        [a[0].max(b[0]), a[1].max(b[1])]
    }
    #[inline(always)]
    fn root_single(self, a: [f32; 2]) -> [f32; 2] {
        a.map(f32::sqrt)
    }
    #[inline(always)]
    fn positive_single(self, a: [f32; 2]) -> u32 {
        u32::from(a[0] > 0.0) | u32::from(a[1] > 0.0) << 1
    }
    /// # Safety
    /// `2 · LANES` values can be read from `from`.
    #[inline(always)]
    unsafe fn load_single(self, from: *const f32) -> [f32; 2] {
        // SAFETY: the caller promises two readable values.
        unsafe { from.cast::<[f32; 2]>().read() }
    }
    /// # Safety
    /// `2 · LANES` values can be written to `to`.
    #[inline(always)]
    unsafe fn store_single(self, to: *mut f32, vector: [f32; 2]) {
        // SAFETY: the caller promises two writable values.
        unsafe { to.cast::<[f32; 2]>().write(vector) }
    }
    #[inline(never)]
    fn vectorize<K: Kernel>(self, kernel: K) -> K::Output {
        kernel.run(self)
    }
}
