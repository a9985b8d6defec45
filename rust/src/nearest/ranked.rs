//! The best few of what comes by.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

/// A window and its distance to the pattern.
#[derive(Clone, Copy, Debug)]
pub struct Found {
    pub distance: f64,
    pub device: usize,
    pub index: usize,
}

impl Ord for Found {
    fn cmp(&self, other: &Self) -> Ordering {
        let place = |found: &Self| (found.device, found.index);
        self.distance
            .total_cmp(&other.distance)
            .then_with(|| place(self).cmp(&place(other)))
    }
}

impl PartialOrd for Found {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Found {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Found {}

/// The k nearest so far, the farthest of them on top.
pub struct Ranked {
    k: usize,
    heap: BinaryHeap<Found>,
}

impl Ranked {
    pub fn new(k: usize) -> Self {
        let heap = BinaryHeap::new();
        Ranked { k, heap }
    }

    /// Takes the chosen windows of a device, the nearest first.
    pub fn offer(&mut self, device: usize, chosen: &[(f64, usize)]) {
        for &(distance, index) in chosen {
            let found = Found {
                distance,
                device,
                index,
            };
            if self.heap.len() < self.k {
                self.heap.push(found);
            } else if let Some(mut farthest) = self.heap.peek_mut() {
                if found >= *farthest {
                    return;
                }
                *farthest = found;
            }
        }
    }

    /// The distance of the k-th nearest so far; infinity before there are k.
    pub fn bound(&self) -> f64 {
        let full = self.heap.len() == self.k;
        let farthest = self.heap.peek().filter(|_| full);
        farthest.map_or(f64::INFINITY, |found| found.distance)
    }

    /// The k nearest of several, in order.
    pub fn merged(parts: impl Iterator<Item = Ranked>, k: usize) -> Vec<Found> {
        let mut all: Vec<Found> = parts.flat_map(|part| part.heap).collect();
        all.sort_unstable();
        all.truncate(k);
        all
    }
}

/// Chooses windows of one device.
#[derive(Default)]
pub struct Scratch {
    near: Vec<(f64, usize)>,
    taken: Vec<bool>,
    /// Distance and index, the nearest first.
    pub chosen: Vec<(f64, usize)>,
}

impl Scratch {
    /// Chooses the nearest windows, at most `k`, not farther than `limit`; none overlap.
    pub fn choose(&mut self, distances: &[f64], m: usize, k: usize, limit: f64) {
        self.chosen.clear();
        self.near.clear();
        let finite = limit.min(f64::MAX);
        let near = distances.iter().copied().zip(0..);
        self.near
            .extend(near.filter(|(distance, _)| *distance <= finite));
        self.near
            .sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        self.taken.clear();
        self.taken.resize(distances.len(), false);
        for &(distance, index) in &self.near {
            if self.chosen.len() == k {
                return;
            }
            if !self.taken[index] {
                let end = (index + m).min(distances.len());
                self.taken[(index + 1).saturating_sub(m)..end].fill(true);
                self.chosen.push((distance, index));
            }
        }
    }
}
