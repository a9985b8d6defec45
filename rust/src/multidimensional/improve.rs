//! Looks at one row of a block again, in float64, and keeps what is nearer.

use super::best::{Best, on_grid};
use super::network::merge_exchange;
use super::operands::{Operands, Row};
use crate::dots::{Scaled, SquaredDistance};
use crate::simd::{Kernel, MAX_LANES, Simd};

/// The most lanes of a row that are looked at together.
pub const WIDTH: usize = 2 * MAX_LANES;

/// Below this, `1 − correlation` is a difference too small to be trusted: it is computed anew.
const NEAR: f64 = 1e-7;

/// A root below this is that of rounding alone.
const TWIN: f64 = 1e-9;

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

/// The series that are compared, and the best of each so far.
pub struct Pairing<'a> {
    pub row: &'a Operands,
    pub column: &'a Operands,
    pub order: &'a Order,
    pub bests: &'a mut [Best],
    /// Which of `bests` is that of the rows, and that of the columns.
    pub sides: [usize; 2],
    /// Working space: a row of lanes for each channel.
    pub roots: &'a mut [[f64; WIDTH]],
}

impl Pairing<'_> {
    /// Whether all arrays hold so many rows and columns.
    pub fn hold(&self, rows: usize, columns: usize) -> bool {
        let holds = |of: &Operands, side: usize, count: usize| {
            let (channels, best) = (of.channels.len(), &self.bests[side]);
            let size = of.stride * channels;
            let wide = [&of.f, &of.g, &of.inverse];
            count <= of.stride
                && of.rows.len() == of.windows() * channels
                && of.stride == best.stride
                && channels == self.roots.len()
                && wide.into_iter().all(|operand| operand.len() == size)
                && of.penalty.len() == size
                && best.bound.len() == size
        };
        rows <= self.row.windows()
            && holds(self.row, self.sides[0], rows)
            && holds(self.column, self.sides[1], columns)
    }
}

/// `2 · LANES` pairs of a row, beginning at (row, column).
pub struct Improve<'a, 'b> {
    pub pairing: &'a mut Pairing<'b>,
    /// Those of channel c begin at `c * step`.
    pub covariance: *const f64,
    pub step: usize,
    pub row: usize,
    pub column: usize,
}

impl Kernel for Improve<'_, '_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(mut self, simd: S) {
        let near = self.measure::<S>();
        for lane in ones(near) {
            self.measure_again(simd, lane);
        }
        self.sort::<S>();
        for lane in ones(self.add_up::<S>()) {
            self.keep(lane);
        }
    }
}

impl Improve<'_, '_> {
    /// Writes the roots of all lanes, and returns the lanes that have one to be measured again.
    #[inline(always)]
    fn measure<S: Simd>(&mut self) -> u32 {
        let Pairing { row, column, .. } = *self.pairing;
        let mut nearest = [1.0f64; WIDTH];
        for (channel, roots) in self.pairing.roots.iter_mut().enumerate() {
            let from = channel * column.stride + self.column;
            let Row {
                inverse: inverse_i,
                base,
                ..
            } = row.rows[self.row * row.channels.len() + channel];
            let inverse = &column.inverse[from..from + 2 * S::LANES];
            let penalty = &column.penalty[from..from + 2 * S::LANES];
            // SAFETY: `covariance` holds so many lanes for each channel.
            let covariance = unsafe {
                let start = self.covariance.add(channel * self.step);
                std::slice::from_raw_parts(start, 2 * S::LANES)
            };
            for lane in 0..2 * S::LANES {
                let scale = inverse_i * inverse[lane];
                let apart = base + f64::from(penalty[lane]) - covariance[lane] * scale;
                let apart = if apart > 0.0 { apart } else { 0.0 };
                roots[lane] = apart.sqrt();
                // A scale of 0 is that of a constant window, whose distances are exact.
                let measured = if scale > 0.0 { apart } else { 1.0 };
                nearest[lane] = if measured < nearest[lane] {
                    measured
                } else {
                    nearest[lane]
                };
            }
        }
        lanes_where(&nearest, |apart| apart < NEAR)
    }

    /// Measures what is near in one lane: nothing cancels in a sum of squared differences.
    #[inline(always)]
    fn measure_again<S: Simd>(&mut self, simd: S, lane: usize) {
        let pairing = &mut *self.pairing;
        for (channel, roots) in pairing.roots.iter_mut().enumerate() {
            if roots[lane] * roots[lane] < 2.0 * NEAR {
                let row = Scaled::unit(&pairing.row.channels[channel], self.row);
                let column = Scaled::unit(&pairing.column.channels[channel], self.column + lane);
                let root = (0.5 * simd.vectorize(SquaredDistance(row, column))).sqrt();
                roots[lane] = if root < TWIN { 0.0 } else { root };
            }
        }
    }

    #[inline(always)]
    fn sort<S: Simd>(&mut self) {
        let pairing = &mut *self.pairing;
        for &(low, high) in &pairing.order.comparators {
            let Ok([low, high]) = pairing.roots.get_disjoint_mut([low, high]) else {
                unreachable!("a network compares different places");
            };
            for lane in 0..2 * S::LANES {
                let (a, b) = (low[lane], high[lane]);
                low[lane] = if b < a { b } else { a };
                high[lane] = if b < a { a } else { b };
            }
        }
    }

    /// Turns sorted roots into their sums, and returns the lanes that have a nearer one.
    #[inline(always)]
    fn add_up<S: Simd>(&mut self) -> u32 {
        let pairing = &mut *self.pairing;
        let [rows, columns] = pairing.sides.map(|side| &pairing.bests[side]);
        let mut gained = [0.0f64; WIDTH];
        let mut sum = [0.0; WIDTH];
        for (k, roots) in pairing.roots.iter_mut().enumerate() {
            let for_row = rows.sum[k * rows.stride + self.row];
            let from = k * columns.stride + self.column;
            let for_column = &columns.sum[from..from + 2 * S::LANES];
            for lane in 0..2 * S::LANES {
                sum[lane] += roots[lane];
                let total = on_grid(sum[lane]);
                let farther = if for_column[lane] > for_row {
                    for_column[lane]
                } else {
                    for_row
                };
                let gain = farther - total;
                gained[lane] = if gain > gained[lane] {
                    gain
                } else {
                    gained[lane]
                };
                roots[lane] = total;
            }
        }
        lanes_where(&gained, |gain| gain > 0.0)
    }

    fn keep(&mut self, lane: usize) {
        let pairing = &mut *self.pairing;
        let (i, j) = (self.row, self.column + lane);
        let [rows, columns] = pairing.sides;
        for (k, sums) in pairing.roots.iter().enumerate() {
            pairing.bests[rows].offer(k, i, j, sums[lane]);
            pairing.bests[columns].offer(k, j, i, sums[lane]);
        }
    }
}

fn lanes_where(values: &[f64; WIDTH], holds: impl Fn(f64) -> bool) -> u32 {
    let lanes = values.iter().enumerate();
    lanes.fold(0, |mask, (lane, value)| {
        mask | u32::from(holds(*value)) << lane
    })
}

/// The places of the bits that are set, lowest first.
fn ones(mut mask: u32) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let lowest = (mask != 0).then(|| mask.trailing_zeros() as usize);
        mask &= mask.wrapping_sub(1);
        lowest
    })
}
