//! The lowest and the highest value in memory.

use crate::watch::Watch;

#[derive(Clone, Copy, Debug)]
pub struct Spread {
    lowest: (f64, usize),
    highest: (f64, usize),
}

impl Spread {
    /// Of the values from `first` on that are not missing.
    pub fn of(values: &[f64], first: usize, watch: &Watch) -> Self {
        let mut spread = Spread {
            lowest: (f64::INFINITY, usize::MAX),
            highest: (f64::NEG_INFINITY, usize::MAX),
        };
        for (value, at) in watch.along(values[first..].iter().zip(first..)) {
            spread.push(*value, at);
        }
        spread
    }

    pub fn push(&mut self, value: f64, at: usize) {
        if value.is_finite() {
            if value <= self.lowest.0 {
                self.lowest = (value, at);
            }
            if value >= self.highest.0 {
                self.highest = (value, at);
            }
        }
    }

    /// Looks again if an extreme lies before `first`.
    pub fn forget(&mut self, values: &[f64], first: usize, watch: &Watch) {
        if self.lowest.1 < first || self.highest.1 < first {
            *self = Spread::of(values, first, watch);
        }
    }

    /// The extremes, unless all values are equal or missing.
    pub fn extremes(&self) -> Option<(f64, f64)> {
        (self.lowest.0 < self.highest.0).then_some((self.lowest.0, self.highest.0))
    }
}
