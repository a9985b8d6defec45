//! The best few of what comes by.

use crate::watch::Watch;
use std::cmp::{Ordering, Reverse};
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

/// Windows of which only the nearest is in line.
const BLOCK: usize = 256;

/// Chooses windows of one device.
#[derive(Default)]
pub struct Scratch {
    /// Of each block the nearest window that was free when it was put here: the bits of its
    /// distance, which have the order of distances, and its index.
    nearest: BinaryHeap<Reverse<(u64, usize)>>,
    taken: Vec<bool>,
    /// Distance and index, the nearest first.
    pub chosen: Vec<(f64, usize)>,
}

impl Scratch {
    /// Chooses the nearest windows, at most `k`, not farther than `limit`; none overlap.
    pub fn choose(&mut self, distances: &[f64], m: usize, k: usize, limit: f64, watch: &Watch) {
        let limit = limit.min(f64::MAX);
        self.chosen.clear();
        self.nearest.clear();
        self.taken.clear();
        self.taken.resize(distances.len(), false);
        for block in watch
            .paced(distances.len().div_ceil(BLOCK), BLOCK)
            .flatten()
        {
            self.line_up(distances, block, limit);
        }
        while self.chosen.len() < k
            && let Some(Reverse((distance, index))) = self.nearest.pop()
        {
            if !self.taken[index] {
                let end = (index + m).min(distances.len());
                self.taken[(index + 1).saturating_sub(m)..end].fill(true);
                self.chosen.push((f64::from_bits(distance), index));
            }
            if !watch.step(0) {
                return;
            }
            self.line_up(distances, index / BLOCK, limit);
        }
    }

    /// Puts the nearest free window of a block in line; the first of equally near ones.
    fn line_up(&mut self, distances: &[f64], block: usize, limit: f64) {
        let start = block * BLOCK;
        let end = distances.len().min(start + BLOCK);
        let free = (start..end).filter(|at| !self.taken[*at] && distances[*at] <= limit);
        // A zero may have a sign, which is no difference.
        let nearest = free.map(|at| ((distances[at] + 0.0).to_bits(), at)).min();
        self.nearest.extend(nearest.map(Reverse));
    }
}
