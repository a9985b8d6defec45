//! NEON, two lanes wide.

use super::{BELOW_GRID, Kernel, Simd};
use std::arch::aarch64::*;

/// A machine with NEON.
#[derive(Clone, Copy, Debug)]
pub struct Neon(());

impl Neon {
    pub fn detect() -> Option<Self> {
        std::arch::is_aarch64_feature_detected!("neon").then_some(Neon(()))
    }
}

macro_rules! proven {
    ($intrinsic:expr) => {
        // SAFETY: `self` exists only where NEON was detected; what a pointer needs is the
        // promise that the caller of `load` and `store` makes.
        unsafe { $intrinsic }
    };
}

impl Simd for Neon {
    type Vector = float64x2_t;
    type Single = float32x4_t;
    const LANES: usize = 2;
    const TILES: bool = false;
    const ROOT_ERROR: f64 = 1e-7;

    #[inline(always)]
    fn splat(self, value: f64) -> float64x2_t {
        proven!(vdupq_n_f64(value))
    }
    #[inline(always)]
    fn sub(self, a: float64x2_t, b: float64x2_t) -> float64x2_t {
        proven!(vsubq_f64(a, b))
    }
    #[inline(always)]
    fn mul(self, a: float64x2_t, b: float64x2_t) -> float64x2_t {
        proven!(vmulq_f64(a, b))
    }
    #[inline(always)]
    fn abs(self, a: float64x2_t) -> float64x2_t {
        proven!(vabsq_f64(a))
    }
    #[inline(always)]
    fn mul_add(self, a: float64x2_t, b: float64x2_t, c: float64x2_t) -> float64x2_t {
        proven!(vfmaq_f64(c, a, b))
    }
    #[inline(always)]
    fn neg_mul_add(self, a: float64x2_t, b: float64x2_t, c: float64x2_t) -> float64x2_t {
        proven!(vfmsq_f64(c, a, b))
    }
    #[inline(always)]
    fn or(self, a: float64x2_t, b: float64x2_t) -> float64x2_t {
        proven!(vreinterpretq_f64_u64(vorrq_u64(
            vreinterpretq_u64_f64(a),
            vreinterpretq_u64_f64(b)
        )))
    }
    #[inline(always)]
    fn signs(self, a: float64x2_t) -> u32 {
        let bits = proven!(vshrq_n_u64::<63>(vreinterpretq_u64_f64(a)));
        let (low, high) = proven!((vgetq_lane_u64::<0>(bits), vgetq_lane_u64::<1>(bits)));
        (low | high << 1) as u32
    }
    #[inline(always)]
    fn sum(self, a: float64x2_t) -> f64 {
        proven!(vaddvq_f64(a))
    }
    #[inline(always)]
    fn max(self, a: float64x2_t, b: float64x2_t) -> float64x2_t {
        proven!(vbslq_f64(vcgtq_f64(a, b), a, b))
    }
    #[inline(always)]
    fn greatest(self, a: float64x2_t) -> f64 {
        proven!(vmaxvq_f64(a))
    }
    #[inline(always)]
    fn any_greater(self, a: float64x2_t, b: float64x2_t) -> bool {
        proven!(vmaxvq_u32(vreinterpretq_u32_u64(vcgtq_f64(a, b)))) != 0
    }
    #[inline(always)]
    fn equal(self, a: float64x2_t, b: float64x2_t) -> u32 {
        let equal = proven!(vceqq_f64(a, b));
        self.signs(proven!(vreinterpretq_f64_u64(equal)))
    }
    #[inline(always)]
    fn shift_in(self, before: float64x2_t, a: float64x2_t) -> float64x2_t {
        proven!(vextq_f64::<1>(before, a))
    }
    #[inline(always)]
    fn last(self, a: float64x2_t) -> f64 {
        proven!(vgetq_lane_f64::<1>(a))
    }
    #[inline(always)]
    fn select_greater(
        self,
        a: float64x2_t,
        b: float64x2_t,
        yes: float64x2_t,
        no: float64x2_t,
    ) -> float64x2_t {
        proven!(vbslq_f64(vcgtq_f64(a, b), yes, no))
    }
    #[inline(always)]
    fn up_to_grid(self, a: float64x2_t) -> float64x2_t {
        let below = proven!(vdupq_n_u64(BELOW_GRID));
        let bits = proven!(vreinterpretq_u64_f64(a));
        let negative = proven!(vcltzq_s64(vreinterpretq_s64_f64(a)));
        let up = proven!(vaddq_u64(bits, vbicq_u64(below, negative)));
        proven!(vreinterpretq_f64_u64(vbicq_u64(up, below)))
    }
    /// # Safety
    /// `LANES` values can be read from `from`.
    #[inline(always)]
    unsafe fn load(self, from: *const f64) -> float64x2_t {
        proven!(vld1q_f64(from))
    }
    /// # Safety
    /// `LANES` values can be written to `to`.
    #[inline(always)]
    unsafe fn store(self, to: *mut f64, vector: float64x2_t) {
        proven!(vst1q_f64(to, vector))
    }
    #[inline(always)]
    fn narrow(self, low: float64x2_t, high: float64x2_t) -> float32x4_t {
        proven!(vcvt_high_f32_f64(vcvt_f32_f64(low), high))
    }
    #[inline(always)]
    fn splat_single(self, value: f32) -> float32x4_t {
        proven!(vdupq_n_f32(value))
    }
    #[inline(always)]
    fn add_single(self, a: float32x4_t, b: float32x4_t) -> float32x4_t {
        proven!(vaddq_f32(a, b))
    }
    #[inline(always)]
    fn sub_single(self, a: float32x4_t, b: float32x4_t) -> float32x4_t {
        proven!(vsubq_f32(a, b))
    }
    #[inline(always)]
    fn min_single(self, a: float32x4_t, b: float32x4_t) -> float32x4_t {
        proven!(vminq_f32(a, b))
    }
    #[inline(always)]
    fn max_single(self, a: float32x4_t, b: float32x4_t) -> float32x4_t {
        proven!(vmaxq_f32(a, b))
    }
    #[inline(always)]
    fn root_single(self, a: float32x4_t) -> float32x4_t {
        proven!(vsqrtq_f32(a))
    }
    #[inline(always)]
    fn positive_single(self, a: float32x4_t) -> u32 {
        const BITS: [u32; 4] = [1, 2, 4, 8];
        proven!(vaddvq_u32(vandq_u32(
            vcgtzq_f32(a),
            vld1q_u32(BITS.as_ptr())
        )))
    }
    /// # Safety
    /// `2 · LANES` values can be read from `from`.
    #[inline(always)]
    unsafe fn load_single(self, from: *const f32) -> float32x4_t {
        proven!(vld1q_f32(from))
    }
    /// # Safety
    /// `2 · LANES` values can be written to `to`.
    #[inline(always)]
    unsafe fn store_single(self, to: *mut f32, vector: float32x4_t) {
        proven!(vst1q_f32(to, vector))
    }
    #[inline(always)]
    fn vectorize<K: Kernel>(self, kernel: K) -> K::Output {
        #[inline(never)]
        #[target_feature(enable = "neon")]
        fn enabled<K: Kernel>(simd: Neon, kernel: K) -> K::Output {
            kernel.run(simd)
        }
        proven!(enabled(self, kernel))
    }
}
