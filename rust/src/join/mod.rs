//! Joins: for every window of a series, its nearest neighbours in another series, or in its own.
//!
//! The distance matrix is walked along its diagonals, a block of neighbouring ones at a time: what
//! the pairs of a diagonal have in common makes each a small step from the one before (Yeh and
//! others 2016, Zimmerman and others 2019). A [`Measure`] knows that step; a [`Walk`] is all that
//! the search needs of it.

pub mod best;
pub mod constant;
pub mod levels;
pub mod search;
pub mod shapes;
pub mod tiles;

mod differences;
mod rows;
mod strides;
mod strips;
mod tile;

use crate::simd::Simd;
use crate::watch::Watch;
use best::Side;

/// The pairs of windows of two sides, which may be the same series, in blocks of diagonals.
pub trait Walk: Sync {
    /// What one thread keeps between blocks.
    type State: Send;
    /// The nearest neighbours found so far.
    type Found: Send;

    fn state<S: Simd>(&self) -> Self::State;

    /// How many diagonals are walked at once.
    fn lanes<S: Simd>(&self) -> usize;

    /// Fewer pairs of windows than this are not worth a second thread: waking one may take longer
    /// than all of them.
    fn worth_sharing(&self) -> usize {
        1 << 19
    }

    /// How many windows a side has.
    fn windows(&self, side: usize) -> usize;

    /// All windows, without neighbours yet; as many as k are kept of each.
    fn nothing<S: Simd>(&self, k: usize, watch: &Watch) -> Self::Found;

    /// What two threads found, as one would have found it.
    fn merge(&self, mine: Self::Found, others: Self::Found, watch: &Watch) -> Self::Found;

    /// Walks a block to its end, or until the watch says stop, and keeps what is nearer.
    fn walk<S: Simd>(
        &self,
        simd: S,
        state: &mut Self::State,
        found: &mut Self::Found,
        block: Block,
        watch: &Watch,
    );
}

/// A distance between windows of the two sides of a join.
pub trait Measure: Walk<Found = [Side; 2]> {
    /// The distance of window `i` of a side to window `j` of the other.
    fn distance<S: Simd>(&self, simd: S, side: usize, pair: (usize, usize), nearness: f64) -> f64;

    /// The k nearest neighbours of one window, the nearest first; ∞ and −1 where there are fewer.
    fn neighbours<S: Simd>(
        &self,
        simd: S,
        side: usize,
        best: &Side,
        window: usize,
        out: &mut [(f64, i64)],
    ) {
        for (rank, out) in out.iter_mut().enumerate() {
            *out = best
                .neighbour(window, rank)
                .map_or((f64::INFINITY, -1), |(j, nearness)| {
                    let pair = (window, j);
                    (self.distance(simd, side, pair, nearness), j as i64)
                });
        }
        out.sort_by(|a, b| a.0.total_cmp(&b.0));
    }
}

/// Diagonals whose rows are windows of the one side and whose columns are windows of the other.
#[derive(Clone, Copy)]
pub struct Band {
    /// The side whose windows are rows; the other's are columns.
    pub rows: usize,
    /// The first diagonal: pair (i, j) is on diagonal j − i.
    pub first: usize,
}

/// Neighbouring diagonals of a band, and how many rows the longest of them has.
#[derive(Clone, Copy)]
pub struct Block {
    pub band: Band,
    pub lag: usize,
    pub rows: usize,
    /// How many blocks are before it, whichever thread walks them.
    pub number: usize,
}

impl Band {
    /// The rows' side and the columns' side.
    pub fn of_rows_and_columns<T>(self, sides: &mut [T; 2]) -> (&mut T, &mut T) {
        let [first, second] = sides;
        if self.rows == 0 {
            (first, second)
        } else {
            (second, first)
        }
    }
}
