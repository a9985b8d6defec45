//! The nearest neighbours found so far.

use crate::simd::{PADDING, up_to_grid};
use crate::watch::Watch;

/// For every window of one side of a join, its k nearest neighbours on the other.
///
/// Nearness is whatever orders the neighbours of one window as their distance does, greater is
/// nearer; each measure has its own.
pub struct Side {
    k: usize,
    /// Of the k-th neighbour: what a nearer one has to beat. −∞ before there are k; +∞, which
    /// nothing beats, for windows without a distance.
    pub nearness: Vec<f64>,
    /// The neighbours where k is 1, else empty.
    pub index: Vec<i64>,
    /// The k nearest of each window, the nearest first, where k is more than 1.
    lists: Vec<(f64, i64)>,
}

impl Side {
    /// Without neighbours; `comparable` tells of each window whether it has a distance.
    pub fn new(k: usize, comparable: impl ExactSizeIterator<Item = bool>, watch: &Watch) -> Self {
        let count = comparable.len();
        let mut nearness = watch.filled(f64::INFINITY, count + PADDING);
        for (nearness, comparable) in watch.along(nearness.iter_mut().zip(comparable)) {
            if comparable {
                *nearness = f64::NEG_INFINITY;
            }
        }
        let (one, more) = if k == 1 {
            (count + PADDING, 0)
        } else {
            (0, count)
        };
        Side {
            k,
            nearness,
            index: watch.fill(vec![0; one], -1),
            lists: watch.fill(vec![(0.0, 0); more * k], (f64::NEG_INFINITY, -1)),
        }
    }

    /// Whether one neighbour is kept for each window, in `index`.
    pub fn keeps_one(&self) -> bool {
        self.k == 1
    }

    /// Keeps the nearer of two neighbours of `window`, the earlier found of equally near ones.
    #[inline(always)]
    pub fn offer(&mut self, window: usize, neighbour: usize, nearness: f64) {
        if nearness > self.nearness[window] {
            let nearness = up_to_grid(nearness);
            if self.k == 1 {
                self.nearness[window] = nearness;
                self.index[window] = neighbour as i64;
            } else {
                self.insert(window, neighbour, nearness);
            }
        }
    }

    #[inline(never)]
    fn insert(&mut self, window: usize, neighbour: usize, nearness: f64) {
        let list = &mut self.lists[window * self.k..][..self.k];
        let place = list.partition_point(|(kept, _)| *kept >= nearness);
        if place < self.k {
            list[place..].rotate_right(1);
            list[place] = (nearness, neighbour as i64);
            self.nearness[window] = list[self.k - 1].0;
        }
    }

    /// Forgets the windows from `count` on, and gives back the memory that they took.
    pub fn truncate(&mut self, count: usize) {
        self.nearness.truncate(count);
        self.nearness.shrink_to_fit();
        self.index.truncate(count);
        self.index.shrink_to_fit();
        self.lists.truncate(count * self.k);
        self.lists.shrink_to_fit();
    }

    /// How near the one nearest neighbour of each window is, and which it is; −1 for none.
    pub fn nearest(mut self, windows: usize) -> (Vec<f64>, Vec<i64>) {
        self.nearness.truncate(windows);
        self.index.truncate(windows);
        (self.nearness, self.index)
    }

    /// Lets a window without a distance have neighbours after all.
    pub fn open(&mut self, window: usize) {
        self.nearness[window] = f64::NEG_INFINITY;
    }

    /// The neighbour of that rank, 0 for the nearest, and its nearness.
    pub fn neighbour(&self, window: usize, rank: usize) -> Option<(usize, f64)> {
        let (nearness, index) = if self.k == 1 {
            (self.nearness[window], self.index[window])
        } else {
            self.lists[window * self.k + rank]
        };
        usize::try_from(index).ok().map(|index| (index, nearness))
    }

    /// Keeps the nearer neighbours of each window, of equally near ones those found earlier.
    ///
    /// They are found in the order of their distance in time, and later ones first where
    /// `later_first`: so one thread meets them, and so must many.
    fn merge(&mut self, other: &Side, later_first: bool, watch: &Watch) {
        let order = |i, index| order(i, index, later_first);
        if self.k > 1 {
            return self.merge_lists(other, order, watch);
        }
        for i in watch.along(0..self.index.len()) {
            let (mine, theirs) = (self.nearness[i], other.nearness[i]);
            let earlier = || order(i, other.index[i]) < order(i, self.index[i]);
            if theirs > mine || (theirs == mine && earlier()) {
                self.nearness[i] = theirs;
                self.index[i] = other.index[i];
            }
        }
    }

    /// Keeps the nearer neighbour of each window, of equally near ones the earlier.
    pub fn merge_earliest(&mut self, other: &Side, watch: &Watch) {
        for i in watch.along(0..self.index.len()) {
            let (mine, theirs) = (self.nearness[i], other.nearness[i]);
            if theirs > mine || (theirs == mine && other.index[i] < self.index[i]) {
                self.nearness[i] = theirs;
                self.index[i] = other.index[i];
            }
        }
    }

    fn merge_lists(
        &mut self,
        other: &Side,
        order: impl Fn(usize, i64) -> (bool, u64),
        watch: &Watch,
    ) {
        let (k, mut mine) = (self.k, Vec::new());
        for i in watch.paced(self.nearness.len() - PADDING, k).flatten() {
            let list = &mut self.lists[i * k..][..k];
            let theirs = &other.lists[i * k..][..k];
            mine.clear();
            mine.extend_from_slice(list);
            let (mut from_mine, mut from_theirs) = (0, 0);
            for place in list.iter_mut() {
                let (a, b) = (mine[from_mine], theirs[from_theirs]);
                if b.0 > a.0 || (b.0 == a.0 && order(i, b.1) < order(i, a.1)) {
                    *place = b;
                    from_theirs += 1;
                } else {
                    *place = a;
                    from_mine += 1;
                }
            }
            if self.nearness[i] < f64::INFINITY {
                self.nearness[i] = list[k - 1].0;
            }
        }
    }
}

/// When a neighbour is found: by the distance in time, and later ones first or last.
pub fn order(window: usize, neighbour: i64, later_first: bool) -> (bool, u64) {
    let lag = neighbour - window as i64;
    let second = if later_first { lag < 0 } else { lag > 0 };
    (second, lag.unsigned_abs())
}

/// Neighbours of the first band come before those of the second, as one thread meets them.
pub fn merge([mut first, mut second]: [Side; 2], others: [Side; 2], watch: &Watch) -> [Side; 2] {
    first.merge(&others[0], true, watch);
    second.merge(&others[1], false, watch);
    watch.free(others);
    [first, second]
}
