//! Pairs of windows whose channels are put in order, added up and held against the best so far.

use super::best::{Best, on_grid};
use super::network::merge_exchange;
use crate::simd::{MAX_LANES, Simd};

/// The most lanes of a row that are looked at together.
const WIDTH: usize = 2 * MAX_LANES;

/// How the channels of a pair are put in order.
pub struct Order {
    /// So many channels come first, as they are.
    pub fixed: usize,
    /// Whether the farthest of the others come first, not the nearest.
    pub farthest: bool,
    /// The network that sorts the others: the lesser value goes to the first place.
    pub comparators: Vec<(usize, usize)>,
}

impl Order {
    pub fn new(channels: usize, fixed: usize, farthest: bool) -> Self {
        let network = merge_exchange(channels - fixed).into_iter();
        let placed = network.map(|(low, high)| (low + fixed, high + fixed));
        let turned = placed.map(|(low, high)| if farthest { (high, low) } else { (low, high) });
        Order {
            fixed,
            farthest,
            comparators: turned.collect(),
        }
    }
}

/// What the loops read of all channels of a series.
pub trait Operands {
    fn windows(&self) -> usize;

    fn channels(&self) -> usize;

    /// Windows of a channel in the arrays, with their padding.
    fn stride(&self) -> usize;

    /// Whether all arrays are as long as that asks for.
    fn complete(&self) -> bool;
}

/// The series that are compared, and the best of each so far.
pub struct Pairing<'a, O> {
    pub row: &'a O,
    pub column: &'a O,
    pub order: &'a Order,
    pub bests: &'a mut [Best],
    /// Which of `bests` is that of the rows, and that of the columns.
    pub sides: [usize; 2],
    pub working: &'a mut Working,
}

/// Working space.
pub struct Working {
    /// A root for each channel.
    pub roots: Vec<f64>,
    /// A row of lanes for each channel, in float32.
    pub singles: Vec<[f32; WIDTH]>,
}

impl Working {
    pub fn new(channels: usize) -> Self {
        Working {
            roots: vec![0.0; channels],
            singles: vec![[0.0; WIDTH]; channels],
        }
    }
}

impl<O: Operands> Pairing<'_, O> {
    /// Whether all arrays hold so many rows and columns.
    pub fn hold(&self, rows: usize, columns: usize) -> bool {
        let Working { roots, singles } = &*self.working;
        let holds = |of: &O, side: usize, count: usize| {
            let best = &self.bests[side];
            count <= of.stride()
                && of.complete()
                && of.stride() == best.stride
                && of.channels() == roots.len()
                && of.channels() == singles.len()
                && best.bound.len() == of.stride() * of.channels()
        };
        rows <= self.row.windows()
            && holds(self.row, self.sides[0], rows)
            && holds(self.column, self.sides[1], columns)
    }
}

impl<O> Pairing<'_, O> {
    /// Puts the roots in float32 in order.
    #[inline(always)]
    pub fn sort_singles<S: Simd>(&mut self, simd: S) {
        for &(low, high) in &self.order.comparators {
            let singles = &mut self.working.singles;
            let (low, high) = (singles[low].as_mut_ptr(), singles[high].as_mut_ptr());
            // SAFETY: `singles` has room for the widest vector.
            unsafe {
                let (a, b) = (simd.load_single(low), simd.load_single(high));
                simd.store_single(low, simd.min_single(a, b));
                simd.store_single(high, simd.max_single(a, b));
            }
        }
    }

    /// The lanes in which a sum of sorted roots in float32 may be nearer than the best.
    ///
    /// # Safety
    /// Row i and `2 · LANES` columns from j on lie within the bests.
    #[inline(always)]
    pub unsafe fn nearer<S: Simd>(&self, simd: S, i: usize, j: usize) -> u32 {
        let (rows, columns) = (&self.bests[self.sides[0]], &self.bests[self.sides[1]]);
        let (mut sum, mut nearer) = (simd.splat_single(0.0), simd.splat_single(0.0));
        for (k, singles) in self.working.singles.iter().enumerate() {
            // SAFETY: the caller's promise; `singles` has room for the widest vector.
            unsafe {
                sum = simd.add_single(sum, simd.load_single(singles.as_ptr()));
                let for_row = simd.splat_single(*rows.bound.get_unchecked(k * rows.stride + i));
                let bound = columns.bound.as_ptr().add(k * columns.stride + j);
                let bound = simd.max_single(for_row, simd.load_single(bound));
                nearer = simd.max_single(nearer, simd.sub_single(bound, sum));
            }
        }
        simd.positive_single(nearer)
    }

    /// Puts the roots of one pair in order, and keeps their sums where they are nearer.
    #[inline(always)]
    pub fn keep(&mut self, row: usize, column: usize) {
        let roots = &mut self.working.roots;
        for &(low, high) in &self.order.comparators {
            let (a, b) = (roots[low], roots[high]);
            roots[low] = if b < a { b } else { a };
            roots[high] = if b < a { a } else { b };
        }
        let mut sum = 0.0;
        for (k, root) in roots.iter().enumerate() {
            sum += root;
            let total = on_grid(sum);
            self.bests[self.sides[0]].offer(k, row, column, total);
            self.bests[self.sides[1]].offer(k, column, row, total);
        }
    }
}

/// The places of the bits that are set, lowest first.
#[inline(always)]
pub fn ones(mut mask: u32) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let lowest = (mask != 0).then(|| mask.trailing_zeros() as usize);
        mask &= mask.wrapping_sub(1);
        lowest
    })
}
