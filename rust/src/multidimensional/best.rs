//! The nearest neighbours found so far, for every number of channels.

use crate::simd::PADDING;
use crate::watch::Watch;

/// A sum before the first neighbour: above all sums but those with a missing window.
pub const NONE: f64 = 1e12;

/// What float32 may make of a sum, relative to it and for each of its terms.
const ROUNDING: f64 = 1.5e-7;

/// The nearest neighbours of the windows of one series over its first k + 1 channels in order,
/// at `k * stride + window`.
pub struct Best {
    pub stride: usize,
    /// Sums of roots, on the grid; [`NONE`] before the first neighbour.
    pub sum: Vec<f64>,
    pub index: Vec<i64>,
    /// No pair whose sum in float32 is this or more can be nearer. Below 0 in the padding.
    pub bound: Vec<f32>,
    margin: Margin,
}

/// How far off a root in float32 may be.
#[derive(Clone, Copy)]
pub struct Margin {
    pub relative: f64,
    pub near_zero: f64,
}

impl Best {
    pub fn new(windows: usize, channels: usize, margin: Margin, watch: &Watch) -> Self {
        let stride = windows + PADDING;
        let mut bound = watch.fill(vec![0.0; stride * channels], NONE as f32);
        for row in bound.chunks_mut(stride) {
            row[windows..].fill(-1.0);
        }
        Best {
            stride,
            sum: watch.filled(NONE, stride * channels),
            index: watch.fill(vec![0; stride * channels], -1),
            bound,
            margin,
        }
    }

    pub fn channels(&self) -> usize {
        self.sum.len() / self.stride
    }

    /// Keeps the nearer neighbour over k + 1 channels, the earlier found of equally near ones.
    #[inline(always)]
    pub fn offer(&mut self, k: usize, window: usize, neighbour: usize, sum: f64) {
        let at = k * self.stride + window;
        if sum < self.sum[at] {
            self.sum[at] = sum;
            self.index[at] = neighbour as i64;
            self.bound[at] = self.margin.bound(sum, k + 1);
        }
    }

    /// Keeps the nearer neighbours of both; `order` tells which of equally near ones came first.
    pub fn merge<T: Ord>(
        mut self,
        other: Best,
        order: impl Fn(usize, i64) -> T,
        watch: &Watch,
    ) -> Self {
        for at in watch.along(0..self.sum.len()) {
            let (mine, theirs) = (self.sum[at], other.sum[at]);
            let came = |best: &Best| order(at % best.stride, best.index[at]);
            if theirs < mine || (theirs == mine && mine < NONE && came(&other) < came(&self)) {
                self.sum[at] = theirs;
                self.index[at] = other.index[at];
            }
        }
        watch.free([other.sum]);
        watch.free([other.index]);
        self
    }
}

impl Margin {
    /// Nothing is nearer than 0: twins that repeat are not looked at again and again.
    #[inline(always)]
    fn bound(self, sum: f64, terms: usize) -> f32 {
        if sum == 0.0 {
            return 0.0;
        }
        let terms = terms as f64;
        let relative = 1.0 + self.relative + (terms + 4.0) * ROUNDING;
        (sum * relative + terms * self.near_zero) as f32
    }
}

/// A sum without its last bits: what differs by rounding alone counts as equally near.
///
/// Which of equal neighbours is kept then depends on the order of the pairs, not on the last
/// bits; and the order is that of the jobs, whichever thread does them.
#[inline(always)]
pub fn on_grid(sum: f64) -> f64 {
    const BELOW: u64 = (1 << 14) - 1;
    let bits = sum.to_bits();
    f64::from_bits((bits + (1 << 13)) & !BELOW)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_grid_is_finer_than_what_is_promised() {
        for sum in [0.0, 1e-9, 0.3, 1.0, 1.0 + f64::EPSILON, 77.7] {
            assert!((on_grid(sum) - sum).abs() <= sum * 2e-12, "{sum}");
        }
        assert_eq!(on_grid(f64::INFINITY), f64::INFINITY);
        assert_eq!(on_grid(1.0 + f64::EPSILON), 1.0);
    }

    #[test]
    fn a_bound_is_above_its_sum() {
        let margin = Margin {
            relative: 1e-7,
            near_zero: 1e-14,
        };
        for sum in [1e-9, 1e-3, 1.0, 14.2] {
            assert!(f64::from(margin.bound(sum, 4)) > sum);
        }
        assert_eq!(margin.bound(0.0, 4), 0.0);
    }
}
