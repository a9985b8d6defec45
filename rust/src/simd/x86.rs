//! AVX2 with FMA, and AVX-512.

use super::{BELOW_GRID, Kernel, Simd};
use std::arch::x86_64::*;

/// A machine with AVX2 and FMA.
#[derive(Clone, Copy, Debug)]
pub struct Avx2(());

/// A machine with AVX-512 F.
#[derive(Clone, Copy, Debug)]
pub struct Avx512(());

impl Avx2 {
    pub fn detect() -> Option<Self> {
        (is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma")).then_some(Avx2(()))
    }
}

impl Avx512 {
    pub fn detect() -> Option<Self> {
        is_x86_feature_detected!("avx512f").then_some(Avx512(()))
    }
}

macro_rules! proven {
    ($intrinsic:expr) => {
        // SAFETY: `self` exists only where its features were detected; what a pointer needs is
        // the promise that the caller of `load` and `store` makes.
        unsafe { $intrinsic }
    };
}

impl Simd for Avx2 {
    type Vector = __m256d;
    type Single = __m256;
    const LANES: usize = 4;
    const TILES: bool = false;
    // Of the reciprocal root: 1.5 · 2⁻¹².
    const ROOT_ERROR: f64 = 3.7e-4;

    #[inline(always)]
    fn splat(self, value: f64) -> __m256d {
        proven!(_mm256_set1_pd(value))
    }
    #[inline(always)]
    fn sub(self, a: __m256d, b: __m256d) -> __m256d {
        proven!(_mm256_sub_pd(a, b))
    }
    #[inline(always)]
    fn mul(self, a: __m256d, b: __m256d) -> __m256d {
        proven!(_mm256_mul_pd(a, b))
    }
    #[inline(always)]
    fn abs(self, a: __m256d) -> __m256d {
        proven!(_mm256_andnot_pd(_mm256_set1_pd(-0.0), a))
    }
    #[inline(always)]
    fn mul_add(self, a: __m256d, b: __m256d, c: __m256d) -> __m256d {
        proven!(_mm256_fmadd_pd(a, b, c))
    }
    #[inline(always)]
    fn neg_mul_add(self, a: __m256d, b: __m256d, c: __m256d) -> __m256d {
        proven!(_mm256_fnmadd_pd(a, b, c))
    }
    #[inline(always)]
    fn or(self, a: __m256d, b: __m256d) -> __m256d {
        proven!(_mm256_or_pd(a, b))
    }
    #[inline(always)]
    fn signs(self, a: __m256d) -> u32 {
        proven!(_mm256_movemask_pd(a)) as u32
    }
    #[inline(always)]
    fn sum(self, a: __m256d) -> f64 {
        let halves = proven!(_mm_add_pd(
            _mm256_castpd256_pd128(a),
            _mm256_extractf128_pd::<1>(a)
        ));
        proven!(_mm_cvtsd_f64(_mm_add_sd(
            halves,
            _mm_unpackhi_pd(halves, halves)
        )))
    }
    #[inline(always)]
    fn max(self, a: __m256d, b: __m256d) -> __m256d {
        proven!(_mm256_max_pd(a, b))
    }
    #[inline(always)]
    fn greatest(self, a: __m256d) -> f64 {
        let halves = proven!(_mm_max_pd(
            _mm256_castpd256_pd128(a),
            _mm256_extractf128_pd::<1>(a)
        ));
        proven!(_mm_cvtsd_f64(_mm_max_sd(
            halves,
            _mm_unpackhi_pd(halves, halves)
        )))
    }
    #[inline(always)]
    fn any_greater(self, a: __m256d, b: __m256d) -> bool {
        self.signs(proven!(_mm256_cmp_pd::<_CMP_GT_OQ>(a, b))) != 0
    }
    #[inline(always)]
    fn equal(self, a: __m256d, b: __m256d) -> u32 {
        self.signs(proven!(_mm256_cmp_pd::<_CMP_EQ_OQ>(a, b)))
    }
    #[inline(always)]
    fn shift_in(self, before: __m256d, a: __m256d) -> __m256d {
        let middle = proven!(_mm256_permute2f128_pd::<0x21>(before, a));
        proven!(_mm256_shuffle_pd::<0b0101>(middle, a))
    }
    #[inline(always)]
    fn last(self, a: __m256d) -> f64 {
        let high = proven!(_mm256_extractf128_pd::<1>(a));
        proven!(_mm_cvtsd_f64(_mm_unpackhi_pd(high, high)))
    }
    #[inline(always)]
    fn select_greater(self, a: __m256d, b: __m256d, yes: __m256d, no: __m256d) -> __m256d {
        proven!(_mm256_blendv_pd(no, yes, _mm256_cmp_pd::<_CMP_GT_OQ>(a, b)))
    }
    #[inline(always)]
    fn up_to_grid(self, a: __m256d) -> __m256d {
        let below = proven!(_mm256_set1_epi64x(BELOW_GRID as i64));
        let bits = proven!(_mm256_castpd_si256(a));
        let negative = proven!(_mm256_cmpgt_epi64(_mm256_setzero_si256(), bits));
        let up = proven!(_mm256_add_epi64(bits, _mm256_andnot_si256(negative, below)));
        proven!(_mm256_castsi256_pd(_mm256_andnot_si256(below, up)))
    }
    /// # Safety
    /// `LANES` values can be read from `from`.
    #[inline(always)]
    unsafe fn load(self, from: *const f64) -> __m256d {
        proven!(_mm256_loadu_pd(from))
    }
    /// # Safety
    /// `LANES` values can be written to `to`.
    #[inline(always)]
    unsafe fn store(self, to: *mut f64, vector: __m256d) {
        proven!(_mm256_storeu_pd(to, vector))
    }
    #[inline(always)]
    fn narrow(self, low: __m256d, high: __m256d) -> __m256 {
        let (low, high) = proven!((_mm256_cvtpd_ps(low), _mm256_cvtpd_ps(high)));
        proven!(_mm256_set_m128(high, low))
    }
    #[inline(always)]
    fn splat_single(self, value: f32) -> __m256 {
        proven!(_mm256_set1_ps(value))
    }
    #[inline(always)]
    fn add_single(self, a: __m256, b: __m256) -> __m256 {
        proven!(_mm256_add_ps(a, b))
    }
    #[inline(always)]
    fn sub_single(self, a: __m256, b: __m256) -> __m256 {
        proven!(_mm256_sub_ps(a, b))
    }
    #[inline(always)]
    fn min_single(self, a: __m256, b: __m256) -> __m256 {
        proven!(_mm256_min_ps(a, b))
    }
    #[inline(always)]
    fn max_single(self, a: __m256, b: __m256) -> __m256 {
        proven!(_mm256_max_ps(a, b))
    }
    #[inline(always)]
    fn root_single(self, a: __m256) -> __m256 {
        proven!(_mm256_mul_ps(a, _mm256_rsqrt_ps(a)))
    }
    #[inline(always)]
    fn positive_single(self, a: __m256) -> u32 {
        let above = proven!(_mm256_cmp_ps::<_CMP_GT_OQ>(a, _mm256_setzero_ps()));
        proven!(_mm256_movemask_ps(above)) as u32
    }
    /// # Safety
    /// `2 · LANES` values can be read from `from`.
    #[inline(always)]
    unsafe fn load_single(self, from: *const f32) -> __m256 {
        proven!(_mm256_loadu_ps(from))
    }
    /// # Safety
    /// `2 · LANES` values can be written to `to`.
    #[inline(always)]
    unsafe fn store_single(self, to: *mut f32, vector: __m256) {
        proven!(_mm256_storeu_ps(to, vector))
    }
    #[inline(always)]
    fn vectorize<K: Kernel>(self, kernel: K) -> K::Output {
        #[inline(never)]
        #[target_feature(enable = "avx2,fma")]
        fn enabled<K: Kernel>(simd: Avx2, kernel: K) -> K::Output {
            kernel.run(simd)
        }
        proven!(enabled(self, kernel))
    }
}

impl Simd for Avx512 {
    type Vector = __m512d;
    type Single = __m512;
    const LANES: usize = 8;
    const TILES: bool = true;
    // Of the reciprocal root: 2⁻¹⁴.
    const ROOT_ERROR: f64 = 6.2e-5;

    #[inline(always)]
    fn splat(self, value: f64) -> __m512d {
        proven!(_mm512_set1_pd(value))
    }
    #[inline(always)]
    fn sub(self, a: __m512d, b: __m512d) -> __m512d {
        proven!(_mm512_sub_pd(a, b))
    }
    #[inline(always)]
    fn mul(self, a: __m512d, b: __m512d) -> __m512d {
        proven!(_mm512_mul_pd(a, b))
    }
    #[inline(always)]
    fn abs(self, a: __m512d) -> __m512d {
        proven!(_mm512_abs_pd(a))
    }
    #[inline(always)]
    fn mul_add(self, a: __m512d, b: __m512d, c: __m512d) -> __m512d {
        proven!(_mm512_fmadd_pd(a, b, c))
    }
    #[inline(always)]
    fn neg_mul_add(self, a: __m512d, b: __m512d, c: __m512d) -> __m512d {
        proven!(_mm512_fnmadd_pd(a, b, c))
    }
    #[inline(always)]
    fn or(self, a: __m512d, b: __m512d) -> __m512d {
        proven!(_mm512_castsi512_pd(_mm512_or_si512(
            _mm512_castpd_si512(a),
            _mm512_castpd_si512(b)
        )))
    }
    #[inline(always)]
    fn signs(self, a: __m512d) -> u32 {
        let zero = proven!(_mm512_setzero_si512());
        u32::from(proven!(_mm512_cmplt_epi64_mask(
            _mm512_castpd_si512(a),
            zero
        )))
    }
    #[inline(always)]
    fn sum(self, a: __m512d) -> f64 {
        proven!(_mm512_reduce_add_pd(a))
    }
    #[inline(always)]
    fn max(self, a: __m512d, b: __m512d) -> __m512d {
        proven!(_mm512_max_pd(a, b))
    }
    #[inline(always)]
    fn greatest(self, a: __m512d) -> f64 {
        proven!(_mm512_reduce_max_pd(a))
    }
    #[inline(always)]
    fn any_greater(self, a: __m512d, b: __m512d) -> bool {
        proven!(_mm512_cmp_pd_mask::<_CMP_GT_OQ>(a, b)) != 0
    }
    #[inline(always)]
    fn equal(self, a: __m512d, b: __m512d) -> u32 {
        u32::from(proven!(_mm512_cmp_pd_mask::<_CMP_EQ_OQ>(a, b)))
    }
    #[inline(always)]
    fn shift_in(self, before: __m512d, a: __m512d) -> __m512d {
        proven!(_mm512_castsi512_pd(_mm512_alignr_epi64::<7>(
            _mm512_castpd_si512(a),
            _mm512_castpd_si512(before)
        )))
    }
    #[inline(always)]
    fn last(self, a: __m512d) -> f64 {
        let bits = proven!(_mm512_castpd_si512(a));
        let first = proven!(_mm512_alignr_epi64::<7>(bits, bits));
        proven!(_mm512_cvtsd_f64(_mm512_castsi512_pd(first)))
    }
    #[inline(always)]
    fn select_greater(self, a: __m512d, b: __m512d, yes: __m512d, no: __m512d) -> __m512d {
        proven!(_mm512_mask_blend_pd(
            _mm512_cmp_pd_mask::<_CMP_GT_OQ>(a, b),
            no,
            yes
        ))
    }
    #[inline(always)]
    fn up_to_grid(self, a: __m512d) -> __m512d {
        let below = proven!(_mm512_set1_epi64(BELOW_GRID as i64));
        let bits = proven!(_mm512_castpd_si512(a));
        let negative = proven!(_mm512_srai_epi64::<63>(bits));
        let up = proven!(_mm512_add_epi64(bits, _mm512_andnot_si512(negative, below)));
        proven!(_mm512_castsi512_pd(_mm512_andnot_si512(below, up)))
    }
    /// # Safety
    /// `LANES` values can be read from `from`.
    #[inline(always)]
    unsafe fn load(self, from: *const f64) -> __m512d {
        proven!(_mm512_loadu_pd(from))
    }
    /// # Safety
    /// `LANES` values can be written to `to`.
    #[inline(always)]
    unsafe fn store(self, to: *mut f64, vector: __m512d) {
        proven!(_mm512_storeu_pd(to, vector))
    }
    #[inline(always)]
    fn narrow(self, low: __m512d, high: __m512d) -> __m512 {
        let (low, high) = proven!((_mm512_cvtpd_ps(low), _mm512_cvtpd_ps(high)));
        // Halves are put together as float64: AVX-512 F has that instruction.
        proven!(_mm512_castpd_ps(_mm512_insertf64x4::<1>(
            _mm512_castpd256_pd512(_mm256_castps_pd(low)),
            _mm256_castps_pd(high)
        )))
    }
    #[inline(always)]
    fn splat_single(self, value: f32) -> __m512 {
        proven!(_mm512_set1_ps(value))
    }
    #[inline(always)]
    fn add_single(self, a: __m512, b: __m512) -> __m512 {
        proven!(_mm512_add_ps(a, b))
    }
    #[inline(always)]
    fn sub_single(self, a: __m512, b: __m512) -> __m512 {
        proven!(_mm512_sub_ps(a, b))
    }
    #[inline(always)]
    fn min_single(self, a: __m512, b: __m512) -> __m512 {
        proven!(_mm512_min_ps(a, b))
    }
    #[inline(always)]
    fn max_single(self, a: __m512, b: __m512) -> __m512 {
        proven!(_mm512_max_ps(a, b))
    }
    #[inline(always)]
    fn root_single(self, a: __m512) -> __m512 {
        proven!(_mm512_mul_ps(a, _mm512_rsqrt14_ps(a)))
    }
    #[inline(always)]
    fn positive_single(self, a: __m512) -> u32 {
        u32::from(proven!(_mm512_cmp_ps_mask::<_CMP_GT_OQ>(
            a,
            _mm512_setzero_ps()
        )))
    }
    /// # Safety
    /// `2 · LANES` values can be read from `from`.
    #[inline(always)]
    unsafe fn load_single(self, from: *const f32) -> __m512 {
        proven!(_mm512_loadu_ps(from))
    }
    /// # Safety
    /// `2 · LANES` values can be written to `to`.
    #[inline(always)]
    unsafe fn store_single(self, to: *mut f32, vector: __m512) {
        proven!(_mm512_storeu_ps(to, vector))
    }
    #[inline(always)]
    fn vectorize<K: Kernel>(self, kernel: K) -> K::Output {
        #[inline(never)]
        #[target_feature(enable = "avx512f")]
        fn enabled<K: Kernel>(simd: Avx512, kernel: K) -> K::Output {
            kernel.run(simd)
        }
        proven!(enabled(self, kernel))
    }
}
