//! The plain distance, which sees level and scale: sums of powers stepped along the diagonals.

use super::Measure;
use super::best::Margin;
use super::covariances::TILE;
use super::differences::Steps;
use super::pairing::{Operands, Pairing};
use super::powers::Stepped;
use crate::join::Block;
use crate::reseed;
use crate::simd::{PADDING, Simd};
use crate::stats::{self, Frame};
use crate::watch::Watch;

/// What is added to a distance from a missing window: above all distances there are.
const MISSING: f64 = 1e15;

/// The channels of a series, scaled alike, so that their distances can be added up.
pub struct Levels<P> {
    pub powers: P,
    pub m: usize,
    pub channels: usize,
    pub stride: usize,
    /// Channel c of value i is at `c * (stride + m) + i`; the centre where it is missing.
    pub x: Vec<f64>,
    /// Channel c of window i is at `c * stride + i`: 0, or [`MISSING`].
    pub missing: Vec<f32>,
}

impl<P: Stepped> Levels<P> {
    /// Of series of equal length, one for each channel, at least `m` values each.
    pub fn new(
        values: &[f64],
        channels: usize,
        (m, powers): (usize, P),
        frame: Frame,
        watch: &Watch,
    ) -> Self {
        let length = values.len() / channels;
        let stride = length + 1 - m + PADDING;
        let mut levels = Levels {
            powers,
            m,
            channels,
            stride,
            x: vec![0.0; (stride + m) * channels],
            missing: watch.fill(vec![0.0; stride * channels], MISSING as f32),
        };
        for (channel, values) in values.chunks_exact(length).enumerate() {
            let x = &mut levels.x[channel * (stride + m)..];
            for (x, value) in watch.along(x.iter_mut().zip(values)) {
                *x = frame.scaled(*value);
            }
            let penalties = &mut levels.missing[channel * stride..];
            let missing = stats::missing(values, m);
            for (penalty, missing) in watch.along(penalties.iter_mut().zip(missing)) {
                *penalty = if missing { MISSING as f32 } else { 0.0 };
            }
        }
        levels
    }

    pub fn window(&self, channel: usize, i: usize) -> &[f64] {
        &self.x[channel * (self.stride + self.m) + i..][..self.m]
    }
}

impl<P> Operands for Levels<P> {
    fn windows(&self) -> usize {
        self.stride - PADDING
    }

    fn channels(&self) -> usize {
        self.channels
    }

    fn stride(&self) -> usize {
        self.stride
    }

    fn complete(&self) -> bool {
        self.x.len() == (self.stride + self.m) * self.channels
            && self.missing.len() == self.stride * self.channels
    }
}

/// What one thread keeps: sums of powers and the bounds of their errors, a block for each channel.
pub struct State {
    sums: Vec<f64>,
    errors: Vec<f64>,
}

impl<P: Stepped> Measure for Levels<P> {
    type State = State;

    fn state<S: Simd>(&self) -> State {
        State {
            sums: vec![0.0; self.channels * S::BLOCK],
            errors: vec![0.0; self.channels * S::BLOCK],
        }
    }

    /// Errors are bounded one by one; what is left is what stands for 0.
    fn margin<S: Simd>() -> Margin {
        Margin {
            relative: S::ROOT_ERROR,
            near_zero: 1e-14,
        }
    }

    fn walk<S: Simd>(
        simd: S,
        pairing: &mut Pairing<Self>,
        state: &mut State,
        Block { lag, rows, .. }: Block,
        watch: &Watch,
    ) {
        let span = reseed::span(pairing.row.m);
        for start in (0..rows).step_by(span) {
            seed(simd, [pairing.row, pairing.column], start, lag, state);
            let end = rows.min(start + span);
            for from in (start..end).step_by(TILE) {
                let to = end.min(from + TILE);
                simd.vectorize(Steps {
                    pairing,
                    sums: &mut state.sums,
                    errors: &mut state.errors,
                    lag,
                    rows: from..to,
                });
                if !watch.step((to - from) * S::BLOCK) {
                    return;
                }
            }
        }
    }
}

/// Measures all lanes of a row afresh.
fn seed<S: Simd, P: Stepped>(
    simd: S,
    [row, column]: [&Levels<P>; 2],
    i: usize,
    lag: usize,
    state: &mut State,
) {
    state.errors.fill(0.0);
    for (channel, sums) in state.sums.chunks_exact_mut(S::BLOCK).enumerate() {
        let window = row.window(channel, i);
        for (lane, sum) in sums.iter_mut().enumerate() {
            let other = column.window(channel, i + lag + lane);
            *sum = row.powers.powers().sum(simd, window, other);
        }
    }
}
