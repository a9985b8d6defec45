//! A quick look at a device, in float32, that never misses a window near to the pattern.
//!
//! The correlation of a window with the pattern is bounded from above: what rounding may have
//! hidden is added in its favour. With u the unit roundoff, an inner product of m terms is off by
//! at most (m + 8) u |window|, a sum of squares by less (Higham 2002, section 3.1).

use crate::simd::{Kernel, Simd};
use crate::watch::Watch;

/// Windows looked at together, around a centre of their own.
const BLOCK: usize = 256;

/// Windows whose inner products fill the registers.
const TILE: usize = 64;

/// Rounding in favour of a window, in units of (m + 32) u: four times what is needed.
const FAVOUR: f32 = 16.0;

/// Below this a sum of squares has lost its precision.
const TINY: f32 = 1e-30;

/// Nearer than this a window is never constant: those are at correlation one half.
const LEAST: f64 = 0.6;

/// The bits of infinity; above them are those of NaN.
const INFINITE: i64 = f64::INFINITY.to_bits() as i64;

/// A varying pattern, with mean 0 and norm 1.
pub struct Screen {
    unit: Vec<f32>,
}

/// Room for one block.
#[derive(Default)]
pub struct Screened {
    x: Vec<f32>,
    sums: Sliding,
    squares: Sliding,
}

/// Sums of all windows of a block.
#[derive(Default)]
struct Sliding {
    sums: Vec<f32>,
    powers: Vec<f32>,
    doubled: Vec<f32>,
}

impl Screen {
    /// `None` for a pattern that is constant, or nearly.
    pub fn new(pattern: &[f64]) -> Option<Self> {
        let shifted: Vec<f64> = pattern.iter().map(|value| value - pattern[0]).collect();
        let largest = shifted.iter().fold(0.0, |a: f64, value| a.max(value.abs()));
        let scaled: Vec<f64> = shifted.iter().map(|value| value / largest).collect();
        let mean = scaled.iter().sum::<f64>() / scaled.len() as f64;
        let squares = scaled.iter().map(|value| (value - mean) * (value - mean));
        let norm = squares.sum::<f64>().sqrt();
        let unit = |value: &f64| ((value - mean) / norm) as f32;
        // One spike beside which all else is rounded away.
        (norm > 1e-7).then(|| Screen {
            unit: scaled.iter().map(unit).collect(),
        })
    }

    /// The square of the correlation at a distance; `None` where a screen is of no use.
    pub fn floor(distance: f64, m: usize) -> Option<f32> {
        let correlation = 1.0 - distance * distance / (2.0 * m as f64);
        (correlation > LEAST).then_some((correlation * correlation) as f32)
    }

    /// Whether a window of `values` may have a correlation whose square is `floor` or more.
    pub fn may_hold<'a>(
        &'a self,
        values: &'a [f64],
        floor: f32,
        room: &'a mut Screened,
        watch: &'a Watch<'a>,
    ) -> MayHold<'a> {
        MayHold {
            unit: &self.unit,
            values,
            floor,
            room,
            watch,
        }
    }
}

pub struct MayHold<'a> {
    unit: &'a [f32],
    values: &'a [f64],
    floor: f32,
    room: &'a mut Screened,
    watch: &'a Watch<'a>,
}

impl Kernel for MayHold<'_> {
    type Output = bool;

    fn run<S: Simd>(self, simd: S) -> bool {
        let m = self.unit.len();
        let windows = self.values.len() + 1 - m;
        let blocks = self.watch.paced(windows.div_ceil(BLOCK), BLOCK * m);
        for start in blocks.flatten().map(|block| block * BLOCK) {
            let count = BLOCK.min(windows - start);
            let found = simd.vectorize(Block {
                unit: self.unit,
                values: &self.values[start..start + count + m - 1],
                floor: self.floor,
                room: self.room,
            });
            if found {
                return true;
            }
        }
        false
    }
}

/// The windows of `values`, at most [`BLOCK`].
struct Block<'a> {
    unit: &'a [f32],
    values: &'a [f64],
    floor: f32,
    room: &'a mut Screened,
}

impl Kernel for Block<'_> {
    type Output = bool;

    #[inline(always)]
    #[expect(clippy::neg_cmp_op_on_partial_ord, reason = "a NaN is to pass")]
    fn run<S: Simd>(self, _: S) -> bool {
        let Block {
            unit,
            values,
            floor,
            room,
        } = self;
        let (m, windows) = (unit.len(), values.len() + 1 - unit.len());
        let Some(()) = centred(values, &mut room.x) else {
            return true;
        };
        room.x.resize(values.len() + TILE, 0.0);
        room.sums.fill(&room.x, m, |value| value);
        room.squares.fill(&room.x, m, |value| value * value);
        let favour = FAVOUR * (m + 32) as f32 * (f32::EPSILON / 2.0);
        let share = 1.0 / m as f32;
        for start in (0..windows).step_by(TILE) {
            let count = TILE.min(windows - start);
            let products = products::<S>(unit, &room.x[start..]);
            let sums = &room.sums.sums[start..start + count];
            let squares = &room.squares.sums[start..start + count];
            let mut found = false;
            for lane in 0..count {
                let (product, sum, square) = (products[lane], sums[lane], squares[lane]);
                let energy = square - sum * sum * share;
                let least = floor * energy - favour * square - TINY;
                // A NaN, from values too far apart for float32, counts as found.
                found |= !(product * product.abs() < least);
            }
            if found {
                return true;
            }
        }
        false
    }
}

/// Inner products of the pattern with the first windows of `x`.
#[inline(always)]
fn products<S: Simd>(unit: &[f32], x: &[f32]) -> [f32; TILE] {
    assert!(x.len() >= unit.len() + TILE);
    let mut sums = [0.0f32; TILE];
    for k in 0..unit.len() {
        let (value, window) = (unit[k], &x[k..k + TILE]);
        for lane in 0..TILE {
            sums[lane] = if S::LANES > 1 {
                value.mul_add(window[lane], sums[lane])
            } else {
                value * window[lane] + sums[lane]
            };
        }
    }
    sums
}

impl Sliding {
    /// Sums of m neighbours: those of 1, 2, 4, … are doubled, those that m is made of joined.
    #[inline(always)]
    fn fill(&mut self, x: &[f32], m: usize, of: impl Fn(f32) -> f32) {
        let Sliding {
            sums,
            powers,
            doubled,
        } = self;
        for buffer in [&mut *sums, powers, doubled] {
            buffer.resize(x.len(), 0.0);
        }
        sums.fill(0.0);
        for (power, value) in powers.iter_mut().zip(x) {
            *power = of(*value);
        }
        let (mut length, mut joined) = (1, 0);
        loop {
            if m & length != 0 {
                add(&mut sums[..x.len() - joined], &powers[joined..]);
                joined += length;
            }
            if joined == m {
                return;
            }
            let count = x.len() - length;
            let (first, second) = (&powers[..count], &powers[length..]);
            let into = &mut doubled[..count];
            for i in 0..count {
                into[i] = first[i] + second[i];
            }
            std::mem::swap(powers, doubled);
            length *= 2;
        }
    }
}

#[inline(always)]
fn add(to: &mut [f32], values: &[f32]) {
    let values = &values[..to.len()];
    for i in 0..to.len() {
        to[i] += values[i];
    }
}

/// Shifts and scales values into float32, 0 where missing; `None` where they are too small.
#[inline(always)]
fn centred(values: &[f64], into: &mut Vec<f32>) -> Option<()> {
    let centre = centre(values);
    // The bits of positive numbers have their order, and integers are compared many at once.
    let mut largest = 0;
    for value in values {
        let size = (value - centre).abs().to_bits() as i64;
        let size = if size < INFINITE { size } else { 0 };
        largest = largest.max(size);
    }
    let largest = f64::from_bits(largest as u64);
    // Of equal values, any scale will do.
    let scale = if largest > 0.0 { 1.0 / largest } else { 1.0 };
    into.resize(values.len(), 0.0);
    let into = &mut into[..values.len()];
    for i in 0..values.len() {
        let value = (values[i] - centre) * scale;
        into[i] = if value.abs() <= 2.0 {
            value as f32
        } else {
            0.0
        };
    }
    scale.is_finite().then_some(())
}

/// The median of a few values: a mean would follow a spike.
fn centre(values: &[f64]) -> f64 {
    let step = (values.len() / 9).max(1);
    let mut few: Vec<f64> = values.iter().step_by(step).copied().collect();
    few.retain(|value| value.is_finite());
    few.sort_unstable_by(f64::total_cmp);
    few.get(few.len() / 2).copied().unwrap_or(0.0)
}
