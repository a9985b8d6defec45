//! Inner products of a long pattern with many windows at once, by the Fourier transform.

use crate::stats::{Kind, Windows};
use realfft::num_complex::Complex64;
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};
use std::sync::Arc;

/// Multiplications of inner products that take as long as one of `size · log2 size` steps of
/// the two transforms, measured with AVX2.
const RATIO: f64 = 30.0;

/// A block is transformed only where its largest value, times the root of its size, is this
/// many norms of its weakest window at most: the transform's rounding is relative to the whole
/// block and would drown that window.
const RANGE: f64 = 1e4;

/// Correlates a centred pattern with blocks of a series (overlap-save).
pub struct Correlator {
    m: usize,
    size: usize,
    forward: Arc<dyn RealToComplex<f64>>,
    backward: Arc<dyn ComplexToReal<f64>>,
    /// The conjugate transform of the pattern, divided by the size.
    spectrum: Vec<Complex64>,
}

impl Correlator {
    pub fn new(pattern: &[f64]) -> Self {
        let size = (4 * pattern.len()).next_power_of_two();
        let mut planner = RealFftPlanner::new();
        let (forward, backward) = (
            planner.plan_fft_forward(size),
            planner.plan_fft_inverse(size),
        );
        let mut padded = forward.make_input_vec();
        padded[..pattern.len()].copy_from_slice(pattern);
        let spectrum = transform(&*forward, &mut padded);
        let spectrum = spectrum
            .iter()
            .map(|value| value.conj() / size as f64)
            .collect();
        Correlator {
            m: pattern.len(),
            size,
            forward,
            backward,
            spectrum,
        }
    }

    /// Windows of one block.
    pub fn outputs(&self) -> usize {
        self.size - self.m + 1
    }

    /// Whether that many windows are cheaper to transform than to multiply.
    pub fn pays(&self, windows: usize) -> bool {
        let size = self.size as f64;
        (windows.min(self.outputs()) * self.m) as f64 > RATIO * size * size.log2()
    }

    /// Covariances with the windows from `start` on, at most a block of them.
    ///
    /// False, and nothing is written, where the result would be too coarse.
    pub fn correlate(&self, windows: &Windows, start: usize, covariances: &mut [f64]) -> bool {
        let values = &windows.x[start..start + covariances.len() + self.m - 1];
        // The pattern has mean 0: a shift of the block changes nothing but its rounding.
        let centre = windows.mean[start + covariances.len() / 2];
        let mut block = self.forward.make_input_vec();
        for (into, value) in block.iter_mut().zip(values) {
            *into = value - centre;
        }
        if !fine(&block, windows, start..start + covariances.len()) {
            return false;
        }
        let mut product = transform(&*self.forward, &mut block);
        for (value, pattern) in product.iter_mut().zip(&self.spectrum) {
            *value *= pattern;
        }
        // A real result: what rounding left in these two is no part of it.
        for end in [0, self.size / 2] {
            product[end].im = 0.0;
        }
        let done = self.backward.process(&mut product, &mut block);
        debug_assert!(done.is_ok());
        covariances.copy_from_slice(&block[..covariances.len()]);
        true
    }
}

fn transform(forward: &dyn RealToComplex<f64>, values: &mut [f64]) -> Vec<Complex64> {
    let mut spectrum = forward.make_output_vec();
    let done = forward.process(values, &mut spectrum);
    debug_assert!(done.is_ok(), "both have the lengths that the plan asks for");
    spectrum
}

/// Whether no ordinary window of a block is weak beside the block's largest value.
fn fine(block: &[f64], windows: &Windows, range: std::ops::Range<usize>) -> bool {
    let largest = block.iter().fold(0.0, |a: f64, value| a.max(value.abs()));
    let ordinary = range.filter(|i| windows.kind[*i] == Kind::Ordinary);
    let weakest = ordinary.fold(f64::INFINITY, |a, i| a.min(windows.norm[i]));
    largest * (block.len() as f64).sqrt() <= RANGE * weakest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::watch::Watch;

    #[test]
    fn a_weak_window_beside_a_strong_one_is_refused() {
        let mut values: Vec<f64> = (0..400).map(|i| f64::from(i * i % 17)).collect();
        let pattern: Vec<f64> = (0..64).map(|k| f64::from(k) - 31.5).collect();
        let correlator = Correlator::new(&pattern);
        let mut covariances = vec![0.0; 100];
        assert!(correlator.correlate(
            &Windows::new(&values, 64, &Watch::idle()),
            50,
            &mut covariances
        ));
        values[200] = 1e9;
        assert!(!correlator.correlate(
            &Windows::new(&values, 64, &Watch::idle()),
            50,
            &mut covariances
        ));
    }

    #[test]
    fn covariances_are_inner_products() {
        let values: Vec<f64> = (0..700).map(|i| f64::from(i * i % 101)).collect();
        let pattern: Vec<f64> = (0..64).map(|k| f64::from(k * k % 7) - 2.0).collect();
        let mean = pattern.iter().sum::<f64>() / 64.0;
        let pattern: Vec<f64> = pattern.iter().map(|value| value - mean).collect();
        let windows = Windows::new(&values, 64, &Watch::idle());
        let correlator = Correlator::new(&pattern);
        let mut covariances = vec![0.0; correlator.outputs().min(500)];
        assert!(correlator.correlate(&windows, 100, &mut covariances));
        for (i, covariance) in (100..).zip(covariances) {
            let expected: f64 = windows
                .window(i)
                .iter()
                .zip(&pattern)
                .map(|(x, p)| x * p)
                .sum();
            assert!((covariance - expected).abs() < 1e-10, "{i}");
        }
    }
}
