//! The nearest neighbours found so far.

use crate::simd::PADDING;
use crate::stats::{Kind, Windows};

/// For every window, its nearest neighbour on one side.
///
/// Nearness is `covariance / norm of the neighbour`, greater is nearer: for one window it orders
/// its neighbours as their correlation does, and it needs one multiplication less.
pub struct Side {
    /// −∞ before the first neighbour; +∞, which nothing beats, for windows without a distance.
    pub nearness: Vec<f64>,
    pub index: Vec<i64>,
}

impl Side {
    pub fn new(windows: &Windows) -> Self {
        let mut nearness = vec![f64::INFINITY; windows.len() + PADDING];
        for (nearness, kind) in nearness.iter_mut().zip(&windows.kind) {
            if *kind == Kind::Ordinary {
                *nearness = f64::NEG_INFINITY;
            }
        }
        Side {
            index: vec![-1; nearness.len()],
            nearness,
        }
    }

    /// Keeps the nearer of two neighbours of `window`, the earlier found of equally near ones.
    #[inline(always)]
    pub fn offer(&mut self, window: usize, neighbour: usize, nearness: f64) {
        if nearness > self.nearness[window] {
            self.nearness[window] = up_to_grid(nearness);
            self.index[window] = neighbour as i64;
        }
    }

    /// Keeps the nearer neighbour of each window, of equally near ones the one closer in time.
    fn merge(&mut self, other: &Side) {
        for i in 0..self.index.len() {
            let (mine, theirs) = (self.nearness[i], other.nearness[i]);
            let lag = |side: &Side| side.index[i].abs_diff(i as i64);
            if theirs > mine || (theirs == mine && lag(other) < lag(self)) {
                self.nearness[i] = theirs;
                self.index[i] = other.index[i];
            }
        }
    }
}

/// The next number at or above whose three lowest bits are clear.
///
/// What is equally near up to its last bits then counts as equal. Data that repeats exactly
/// would otherwise "improve" a neighbour with every repetition, and which of them wins would
/// depend on the order in which threads come.
fn up_to_grid(value: f64) -> f64 {
    const BELOW: u64 = 7;
    let bits = value.to_bits();
    f64::from_bits(if value < 0.0 { bits } else { bits + BELOW } & !BELOW)
}

/// The nearest neighbours before and after each window.
pub struct Best {
    pub left: Side,
    pub right: Side,
}

impl Best {
    pub fn new(windows: &Windows) -> Self {
        Best {
            left: Side::new(windows),
            right: Side::new(windows),
        }
    }

    pub fn merge(mut self, other: Best) -> Self {
        self.left.merge(&other.left);
        self.right.merge(&other.right);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_grid_is_reached_upwards() {
        for value in [
            1.0,
            1.0 + f64::EPSILON,
            0.3,
            -0.3,
            -1.0 - f64::EPSILON,
            0.0,
            1e-320,
        ] {
            let up = up_to_grid(value);
            assert!(
                up >= value && up - value <= value.abs() * 2e-15 + 1e-322,
                "{value}"
            );
            assert_eq!(up, up_to_grid(up));
        }
    }
}
