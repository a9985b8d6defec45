//! One vocabulary of vector operations, spoken by several instruction sets.
//!
//! A kernel is written once, generically over [`Simd`]. A value of an implementing type is the
//! proof that the machine has the instructions: it can only be had from [`Level::available`].
//! [`Simd::vectorize`] compiles a kernel with the instruction set's features switched on.

mod scalar;

#[cfg(target_arch = "aarch64")]
mod neon;
#[cfg(target_arch = "x86_64")]
mod x86;

pub use scalar::Scalar;

/// Vectors that a kernel keeps in registers at once; with its operands they fill 16 registers.
pub const VECTORS: usize = 8;

/// The widest vector of any instruction set, in float64.
pub const MAX_LANES: usize = 8;

/// Arrays that kernels read are this much longer than their content.
pub const PADDING: usize = VECTORS * MAX_LANES;

/// A kernel: arguments in its fields, the work in `run`, which must be `#[inline(always)]`.
pub trait Kernel {
    type Output;
    fn run<S: Simd>(self, simd: S) -> Self::Output;
}

/// The next number at or above whose three lowest bits are clear.
///
/// What is equally near up to its last bits then counts as equal. Data that repeats exactly
/// would otherwise "improve" a neighbour with every repetition, and which of them wins would
/// depend on the order in which threads come.
#[inline(always)]
pub fn up_to_grid(value: f64) -> f64 {
    let bits = value.to_bits();
    f64::from_bits(if value < 0.0 { bits } else { bits + BELOW_GRID } & !BELOW_GRID)
}

/// The next number below one on the grid: what [`up_to_grid`] takes to that number is greater.
#[inline(always)]
pub fn below_on_grid(value: f64) -> f64 {
    let bits = value.to_bits();
    let step = BELOW_GRID + 1;
    f64::from_bits(match value {
        0.0 => (-0.0f64).to_bits() + step,
        _ if value < 0.0 => bits + step,
        _ => bits - step,
    })
}

/// The bits that are clear on the grid.
const BELOW_GRID: u64 = 7;

/// The operations of an instruction set on vectors of float64.
pub trait Simd: Copy + Send + Sync {
    type Vector: Copy;
    /// As many bits as a `Vector`, holding twice as many lanes, of float32.
    type Single: Copy;
    const LANES: usize;
    /// Whether joins are faster by tiles of columns than by blocks of diagonals.
    const TILES: bool;
    const ROOT_ERROR: f64;
    /// Lanes of the [`VECTORS`] vectors that a kernel works on at once.
    const BLOCK: usize = VECTORS * Self::LANES;

    fn splat(self, value: f64) -> Self::Vector;
    fn sub(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;
    fn mul(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;
    fn abs(self, a: Self::Vector) -> Self::Vector;
    /// a · b + c
    fn mul_add(self, a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector;
    /// c − a · b
    fn neg_mul_add(self, a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector;
    /// A vector whose sign bits are those of `a` or `b`.
    fn or(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;
    /// The sign bits, lane 0 lowest.
    fn signs(self, a: Self::Vector) -> u32;
    fn sum(self, a: Self::Vector) -> f64;
    /// The greater of each two lanes; that of `b` where one is NaN.
    fn max(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;
    /// The greatest lane of a vector without NaN.
    fn greatest(self, a: Self::Vector) -> f64;
    /// Whether a > b in any lane.
    fn any_greater(self, a: Self::Vector, b: Self::Vector) -> bool;
    /// A bit for each lane with a = b, lane 0 lowest.
    fn equal(self, a: Self::Vector, b: Self::Vector) -> u32;
    /// The lanes of `a` moved one up, the last lane of `before` as the first.
    fn shift_in(self, before: Self::Vector, a: Self::Vector) -> Self::Vector;
    /// The last lane.
    fn last(self, a: Self::Vector) -> f64;
    /// Where a > b, the lane of `yes`, else that of `no`.
    fn select_greater(
        self,
        a: Self::Vector,
        b: Self::Vector,
        yes: Self::Vector,
        no: Self::Vector,
    ) -> Self::Vector;
    /// The next numbers at or above whose three lowest bits are clear, as [`up_to_grid`].
    fn up_to_grid(self, a: Self::Vector) -> Self::Vector;

    /// # Safety
    /// `LANES` values can be read from `from`.
    unsafe fn load(self, from: *const f64) -> Self::Vector;
    /// # Safety
    /// `LANES` values can be written to `to`.
    unsafe fn store(self, to: *mut f64, vector: Self::Vector);

    /// The lanes of `low` and then those of `high`, rounded to float32.
    fn narrow(self, low: Self::Vector, high: Self::Vector) -> Self::Single;
    fn splat_single(self, value: f32) -> Self::Single;
    fn add_single(self, a: Self::Single, b: Self::Single) -> Self::Single;
    fn sub_single(self, a: Self::Single, b: Self::Single) -> Self::Single;
    fn min_single(self, a: Self::Single, b: Self::Single) -> Self::Single;
    fn max_single(self, a: Self::Single, b: Self::Single) -> Self::Single;
    /// √a of numbers from 1e-30 to 1e36, no more than [`Simd::ROOT_ERROR`] off, relatively.
    fn root_single(self, a: Self::Single) -> Self::Single;
    /// A bit for each lane that is above 0, lane 0 lowest.
    fn positive_single(self, a: Self::Single) -> u32;
    /// # Safety
    /// `2 · LANES` values can be read from `from`.
    unsafe fn load_single(self, from: *const f32) -> Self::Single;
    /// # Safety
    /// `2 · LANES` values can be written to `to`.
    unsafe fn store_single(self, to: *mut f32, vector: Self::Single);

    /// Runs a kernel compiled for this instruction set.
    fn vectorize<K: Kernel>(self, kernel: K) -> K::Output;
}

/// An instruction set that this machine has.
#[derive(Clone, Copy, Debug)]
pub enum Level {
    Scalar(Scalar),
    #[cfg(target_arch = "x86_64")]
    Avx2(x86::Avx2),
    #[cfg(target_arch = "x86_64")]
    Avx512(x86::Avx512),
    #[cfg(target_arch = "aarch64")]
    Neon(neon::Neon),
}

impl Level {
    /// All that this machine has, the widest last.
    pub fn available() -> Vec<Level> {
        let mut levels = vec![Level::Scalar(Scalar)];
        #[cfg(target_arch = "x86_64")]
        {
            levels.extend(x86::Avx2::detect().map(Level::Avx2));
            levels.extend(x86::Avx512::detect().map(Level::Avx512));
        }
        #[cfg(target_arch = "aarch64")]
        levels.extend(neon::Neon::detect().map(Level::Neon));
        levels
    }

    /// The level of that name, or the widest for `auto`; `None` where the machine lacks it.
    pub fn named(name: &str) -> Option<Level> {
        let mut levels = Level::available();
        match name {
            "auto" => levels.pop(),
            _ => levels.into_iter().find(|level| level.name() == name),
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Level::Scalar(_) => "scalar",
            #[cfg(target_arch = "x86_64")]
            Level::Avx2(_) => "avx2",
            #[cfg(target_arch = "x86_64")]
            Level::Avx512(_) => "avx512",
            #[cfg(target_arch = "aarch64")]
            Level::Neon(_) => "neon",
        }
    }

    /// Runs ordinary code that will call [`Simd::vectorize`] where its time goes.
    pub fn visit<K: Kernel>(self, visitor: K) -> K::Output {
        match self {
            Level::Scalar(simd) => visitor.run(simd),
            #[cfg(target_arch = "x86_64")]
            Level::Avx2(simd) => visitor.run(simd),
            #[cfg(target_arch = "x86_64")]
            Level::Avx512(simd) => visitor.run(simd),
            #[cfg(target_arch = "aarch64")]
            Level::Neon(simd) => visitor.run(simd),
        }
    }
}
