//! Inner products of windows.

use crate::simd::{Kernel, Simd, VECTORS};
use crate::stats::Windows;

/// Vectors of windows that share one pass over the pattern: sums and means fill the registers.
const AT_ONCE: usize = VECTORS / 2;

/// `out[l] = Σ pattern[k] · (x[first + l + k] − mean[first + l])` for one block of lanes.
pub struct Dots<'a> {
    pub pattern: &'a [f64],
    pub windows: &'a Windows,
    pub first: usize,
    /// As long as a block.
    pub out: &'a mut [f64],
}

impl Kernel for Dots<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        assert!(self.out.len() == S::BLOCK);
        assert!(self.first + S::BLOCK <= self.windows.mean.len());
        assert!(self.first + S::BLOCK + self.pattern.len() <= self.windows.x.len() + 1);
        for half in 0..VECTORS / AT_ONCE {
            let offset = half * AT_ONCE * S::LANES;
            // SAFETY: the padding, asserted above, covers every lane of the block.
            let (x, mean) = unsafe {
                let first = self.first + offset;
                (
                    self.windows.x.as_ptr().add(first),
                    self.windows.mean.as_ptr().add(first),
                )
            };
            let mut means = [simd.splat(0.0); AT_ONCE];
            let mut sums = means;
            for (w, each) in means.iter_mut().enumerate() {
                // SAFETY: as above.
                *each = unsafe { simd.load(mean.add(w * S::LANES)) };
            }
            for (k, value) in self.pattern.iter().enumerate() {
                let value = simd.splat(*value);
                for w in 0..AT_ONCE {
                    // SAFETY: as above.
                    let x = unsafe { simd.load(x.add(k + w * S::LANES)) };
                    sums[w] = simd.mul_add(value, simd.sub(x, means[w]), sums[w]);
                }
            }
            for (w, sum) in sums.into_iter().enumerate() {
                // SAFETY: `out` has a lane for each of the block's, asserted above.
                unsafe { simd.store(self.out.as_mut_ptr().add(offset + w * S::LANES), sum) };
            }
        }
    }
}

/// A window shifted by its mean and scaled, as it enters an inner product.
#[derive(Clone, Copy)]
pub struct Scaled<'a> {
    pub values: &'a [f64],
    pub mean: f64,
    pub scale: f64,
}

impl<'a> Scaled<'a> {
    pub fn centred(windows: &'a Windows, i: usize) -> Self {
        Scaled {
            values: windows.window(i),
            mean: windows.mean[i],
            scale: 1.0,
        }
    }

    pub fn unit(windows: &'a Windows, i: usize) -> Self {
        Scaled {
            scale: windows.inverse[i],
            ..Scaled::centred(windows, i)
        }
    }
}

/// `Σ a[k] · b[k]`
pub struct Dot<'a>(pub Scaled<'a>, pub Scaled<'a>);

/// `Σ (a[k] − b[k])²`, exact where it is small: nothing cancels.
pub struct SquaredDistance<'a>(pub Scaled<'a>, pub Scaled<'a>);

impl Kernel for Dot<'_> {
    type Output = f64;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> f64 {
        reduce(
            simd,
            self.0,
            self.1,
            |a, b, sum| simd.mul_add(a, b, sum),
            |a, b| a * b,
        )
    }
}

impl Kernel for SquaredDistance<'_> {
    type Output = f64;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> f64 {
        let step = |a, b, sum| {
            let difference = simd.sub(a, b);
            simd.mul_add(difference, difference, sum)
        };
        reduce(simd, self.0, self.1, step, |a, b| (a - b) * (a - b))
    }
}

#[inline(always)]
fn reduce<S: Simd>(
    simd: S,
    a: Scaled,
    b: Scaled,
    step: impl Fn(S::Vector, S::Vector, S::Vector) -> S::Vector,
    rest: impl Fn(f64, f64) -> f64,
) -> f64 {
    let shifted = |of: &Scaled, chunk: &[f64]| {
        // SAFETY: a chunk has a value for each lane.
        let values = unsafe { simd.load(chunk.as_ptr()) };
        simd.mul(simd.sub(values, simd.splat(of.mean)), simd.splat(of.scale))
    };
    let (chunks_a, chunks_b) = (
        a.values.chunks_exact(S::LANES),
        b.values.chunks_exact(S::LANES),
    );
    let ends = chunks_a.remainder().iter().zip(chunks_b.remainder());
    let mut sum = simd.splat(0.0);
    for (chunk_a, chunk_b) in chunks_a.zip(chunks_b) {
        sum = step(shifted(&a, chunk_a), shifted(&b, chunk_b), sum);
    }
    let tail: f64 = ends
        .map(|(x, y)| rest((x - a.mean) * a.scale, (y - b.mean) * b.scale))
        .sum();
    simd.sum(sum) + tail
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simd::{Level, MAX_LANES};
    use crate::watch::Watch;

    /// A block of products, and of the same windows one by one.
    struct Both<'a>(&'a Windows);

    impl Kernel for Both<'_> {
        type Output = (Vec<f64>, Vec<f64>);

        fn run<S: Simd>(self, simd: S) -> Self::Output {
            let windows = self.0;
            let pattern: Vec<f64> = windows
                .window(3)
                .iter()
                .map(|x| x - windows.mean[3])
                .collect();
            let mut out = vec![0.0; S::BLOCK];
            simd.vectorize(Dots {
                pattern: &pattern,
                windows,
                first: 20,
                out: &mut out,
            });
            let one = |i| Dot(Scaled::centred(windows, 3), Scaled::centred(windows, i));
            let singles = (20..20 + S::BLOCK)
                .map(|i| simd.vectorize(one(i)))
                .collect();
            (out, singles)
        }
    }

    #[test]
    fn a_block_is_its_windows_one_by_one() {
        let values: Vec<f64> = (0..20 + VECTORS * MAX_LANES + 13)
            .map(|i| ((i * i * 31) % 127) as f64)
            .collect();
        for level in Level::available() {
            let (block, singles) = level.visit(Both(&Windows::new(&values, 13, &Watch::idle())));
            for (a, b) in block.iter().zip(&singles) {
                assert!((a - b).abs() < 1e-13, "{}: {a} {b}", level.name());
            }
        }
    }
}
