//! What a stream asks of a distance: the neighbours of each window as it comes.

use super::memory::Layout;
use crate::simd::Simd;
use std::cmp::Ordering;

/// What the window that has just been completed is near to.
#[derive(Default)]
pub struct Found {
    /// Its nearest earlier windows, the nearest first: distance and window.
    pub left: Vec<(f64, usize)>,
    /// Earlier windows that it may be nearer to than their neighbours so far, with the distance.
    pub improved: Vec<(usize, f64)>,
    /// As `left`, as the measure compares.
    pub ranked: Vec<(f64, usize)>,
}

impl Found {
    /// Forgets what was found, and will hold `k` of the nearest.
    pub fn clear(&mut self, k: usize, farthest: f64) {
        self.left.clear();
        self.improved.clear();
        self.ranked.clear();
        self.ranked.resize(k, (farthest, usize::MAX));
    }

    /// Writes to `left` how far those ranked are.
    pub fn measure(&mut self, distance: impl Fn(f64, usize) -> f64) {
        let known = self.ranked.iter().filter(|(_, at)| *at != usize::MAX);
        self.left
            .extend(known.map(|(near, at)| (distance(*near, *at), *at)));
        if self.left.len() > 1 {
            let order = |a: &(f64, usize), b: &(f64, usize)| a.0.total_cmp(&b.0);
            self.left.sort_by(|a, b| match order(a, b) {
                Ordering::Equal => a.1.cmp(&b.1),
                unequal => unequal,
            });
        }
    }
}

/// Values laid out, with a distance.
pub trait Measure: Layout {
    /// The screen of a window to which nothing can be nearer.
    const CLOSED: f64;

    /// The screen of a window whose farthest neighbour of those kept is so far.
    fn screen(&self, distance: f64) -> f64;

    /// Appends a value that the layout holds: the window that it completes, with the `k` nearest
    /// before it, and those that pass their screens.
    fn push<S: Simd>(
        &mut self,
        simd: S,
        value: f64,
        screen: &[f64],
        k: usize,
        found: &mut Found,
    ) -> Option<usize>;
}
