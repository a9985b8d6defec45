//! What the z-normalised loops read at a row and at a column, for all channels of a series.

use super::pairing::Operands;
use crate::reseed;
use crate::simd::PADDING;
use crate::stats::{Kind, Windows};
use crate::watch::Watch;

/// What stands for 0 where a root is taken by its reciprocal.
pub const LEAST: f32 = 1e-30;

/// What stands for ∞ there: its root is above all sums of roots that are no such thing.
const MISSING: f32 = 1e30;

/// What a row needs of a channel.
#[derive(Clone, Copy)]
pub struct Row {
    pub f: f64,
    pub g: f64,
    pub inverse: f64,
    /// `1 − correlation` is `base(i) + penalty(j) − cov·inverse(i)·inverse(j)`: the two add up
    /// to 1 for ordinary windows, ½ where one is constant, 0 for two, no less than `MISSING`
    /// where one is missing.
    pub base: f64,
}

/// Channel c of window i is at `c * stride + i`.
pub struct Shapes {
    pub stride: usize,
    pub channels: Vec<Windows>,
    /// Together the step of the covariance: `cov(i+1, j+1) = cov(i, j) + f(i)·g(j) + g(i)·f(j)`.
    pub f: Vec<f64>,
    pub g: Vec<f64>,
    pub inverse: Vec<f64>,
    pub penalty: Vec<f32>,
    /// All channels of a window side by side: channel c of window i is at `i * channels + c`.
    pub rows: Vec<Row>,
    pub drops: Vec<Vec<usize>>,
}

impl Shapes {
    /// Of series of equal length, one for each channel, at least `m` values each.
    pub fn new(values: &[f64], channels: usize, m: usize, watch: &Watch) -> Self {
        let length = values.len() / channels;
        let each = values.chunks_exact(length);
        let windows = |values| Windows::new(values, m, watch);
        let channels: Vec<Windows> = each.map(windows).collect();
        let stride = channels[0].len() + PADDING;
        let size = stride * channels.len();
        let mut shapes = Shapes {
            stride,
            f: vec![0.0; size],
            g: vec![0.0; size],
            inverse: vec![0.0; size],
            penalty: watch.fill(vec![0.0; size], MISSING),
            rows: Vec::new(),
            drops: channels.iter().map(|of| reseed::drops(of, watch)).collect(),
            channels,
        };
        for channel in 0..shapes.channels.len() {
            shapes.fill(channel, watch);
        }
        shapes.rows = shapes.rows(watch);
        // What is laid out for all channels is read from there.
        for windows in &mut shapes.channels {
            (windows.norm, windows.inverse) = (Vec::new(), Vec::new());
        }
        shapes
    }

    fn fill(&mut self, channel: usize, watch: &Watch) {
        let windows = &self.channels[channel];
        let Windows { m, x, mean, .. } = windows;
        let start = channel * self.stride;
        for i in watch.along(0..windows.len()) {
            let penalty = match windows.kind[i] {
                Kind::Ordinary => 0.0,
                Kind::Constant => -0.5,
                Kind::Missing => MISSING,
            };
            self.penalty[start + i] = penalty;
            self.inverse[start + i] = windows.inverse[i];
        }
        for i in watch.along(0..windows.len() - 1) {
            self.f[start + i] = 0.5 * (x[i + m] - x[i]);
            self.g[start + i] = (x[i + m] - mean[i + 1]) + (x[i] - mean[i]);
        }
    }

    fn rows(&self, watch: &Watch) -> Vec<Row> {
        let channels = self.channels.len();
        let mut rows = Vec::with_capacity(self.windows() * channels);
        let windows = watch.paced(self.windows(), channels).flatten();
        let places =
            windows.flat_map(|i| (0..channels).map(move |channel| channel * self.stride + i));
        let row = |at| Row {
            f: self.f[at],
            g: self.g[at],
            inverse: self.inverse[at],
            base: 1.0 + f64::from(self.penalty[at]),
        };
        rows.extend(places.map(row));
        rows
    }
}

impl Operands for Shapes {
    fn windows(&self) -> usize {
        self.channels[0].len()
    }

    fn channels(&self) -> usize {
        self.channels.len()
    }

    fn stride(&self) -> usize {
        self.stride
    }

    fn complete(&self) -> bool {
        let size = self.stride * self.channels.len();
        let wide = [&self.f, &self.g, &self.inverse];
        wide.into_iter().all(|operand| operand.len() == size)
            && self.penalty.len() == size
            && self.rows.len() == self.windows() * self.channels.len()
    }
}
