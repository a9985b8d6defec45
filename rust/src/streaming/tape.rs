//! The values in memory and their windows, growing at the end.

use super::saved::{Reader, Saved};
use crate::dots::{Dot, Scaled, SquaredDistance};
use crate::simd::{PADDING, Simd};
use crate::stats::{Frame, Kind, Windows};
use crate::watch::Watch;

/// Above this, a distance from a correlation is too coarse: its square is a small difference.
const NEAR: f64 = 1.0 - 1e-3;

/// A value this far from the middle, beside the largest when the frame was made, needs another.
const OUTSIDE: f64 = 1e6;

/// The middle may be this many times as far from the values in memory as these from one another.
const ASIDE: f64 = 1e3;

/// Closer than this, values in memory are lost beside larger ones that are forgotten.
const FAINT: f64 = 1e-100;

/// A window whose norm is this many times below an earlier one is computed afresh: what rounding
/// left behind at the large one would be large beside the small one.
const DROP: f64 = 16.0;

/// What is added to the correlation of a pair, half for each of the two windows.
///
/// A constant window has inverse norm 0 and so no correlation. With these halves a constant and
/// an ordinary window come to 1/2, of which √m is the distance, two constant ones to 1, of which
/// it is 0, and a missing one is beyond comparison.
fn half(kind: Kind) -> f64 {
    match kind {
        Kind::Ordinary => 0.0,
        Kind::Constant => 0.5,
        Kind::Missing => -1e9,
    }
}

pub struct Tape {
    pub values: Vec<f64>,
    /// Its arrays, but for `kind`, have room for `capacity` values and a block more.
    pub windows: Windows,
    pub half: Vec<f64>,
    /// Together the step of a covariance: `cov(i, j) = cov(i−1, j−1) + f(i)·g(j) + g(i)·f(j)`.
    pub f: Vec<f64>,
    pub g: Vec<f64>,
    /// Windows much weaker than one before them.
    pub drops: Vec<usize>,
    highest: f64,
    frame: Frame,
    finite: usize,
    equal: usize,
    capacity: usize,
}

impl Tape {
    /// Lays values out, with room for `capacity` in all; it will hold those that lie ahead.
    pub fn new(values: &[f64], ahead: &[f64], m: usize, capacity: usize, watch: &Watch) -> Self {
        let frame = if ahead.is_empty() {
            Frame::of(&[values], watch)
        } else {
            Frame::of(&[values, ahead], watch)
        };
        let windows = if values.len() >= m {
            Windows::framed(values, m, frame, watch)
        } else {
            none_of(values, m, frame)
        };
        Tape::of(values, windows, frame, capacity, watch)
    }

    /// Of windows that are known.
    fn of(
        values: &[f64],
        mut windows: Windows,
        frame: Frame,
        capacity: usize,
        watch: &Watch,
    ) -> Self {
        let room = capacity + PADDING;
        let Windows {
            x,
            mean,
            norm,
            inverse,
            ..
        } = &mut windows;
        for array in [x, mean, norm, inverse] {
            *array = roomy(array, room, watch);
        }
        let mut tape = Tape {
            windows,
            half: vec![0.0; room],
            f: vec![0.0; room],
            g: vec![0.0; room],
            drops: Vec::new(),
            highest: 0.0,
            frame,
            finite: 0,
            equal: 0,
            values: Vec::with_capacity(capacity),
            capacity,
        };
        for value in watch.along(values.iter()) {
            tape.note(*value);
        }
        for i in watch.along(0..tape.windows.len()) {
            tape.link(i);
        }
        tape
    }

    /// What it cannot be made of its values anew from: how means and norms were rounded.
    pub fn save(&self, saved: &mut Saved) {
        let count = self.windows.len();
        saved.floats(&[self.frame.scale, self.frame.centre]);
        saved.floats(&self.windows.mean[..count]);
        saved.floats(&self.windows.norm[..count]);
    }

    pub fn restore(
        values: &[f64],
        m: usize,
        capacity: usize,
        saved: &mut Reader,
        watch: &Watch,
    ) -> Option<Self> {
        let count = (values.len() + 1).saturating_sub(m);
        let frame = Frame::restored(saved.floats_of(2)?)?;
        let (mean, norm) = (saved.floats_of(count)?, saved.floats_of(count)?);
        let windows = if count > 0 {
            Windows::known(values, m, frame, (mean, norm), watch)
        } else {
            none_of(values, m, frame)
        };
        Some(Tape::of(values, windows, frame, capacity, watch))
    }

    pub fn capacity(&self) -> usize {
        self.capacity
    }

    /// Whether there is room for a value, and it can be compared with the others as laid out.
    pub fn holds(&self, value: f64) -> bool {
        self.values.len() < self.capacity && self.frame.apply(value).abs() <= OUTSIDE
    }

    /// Whether values between these extremes, and none else in memory, are laid out finely enough.
    pub fn suits(&self, (lowest, highest): (f64, f64)) -> bool {
        let (lowest, highest) = (self.frame.apply(lowest), self.frame.apply(highest));
        let spread = highest - lowest;
        spread >= FAINT && lowest.abs().max(highest.abs()) <= ASIDE * spread
    }

    /// Appends a value that it holds, within its capacity; tells which window that completes.
    pub fn push<S: Simd>(&mut self, simd: S, value: f64) -> Option<usize> {
        let m = self.windows.m;
        self.windows.x[self.values.len()] = self.frame.apply(value);
        self.note(value);
        let i = self.values.len().checked_sub(m)?;
        let windows = &mut self.windows;
        let mean = sum(windows.window(i)) / m as f64;
        windows.mean[i] = mean;
        let centred = Scaled::centred(windows, i);
        let norm = simd.vectorize(Dot(centred, centred)).sqrt();
        let kind = if self.finite < m {
            Kind::Missing
        } else if self.equal >= m || norm == 0.0 {
            Kind::Constant
        } else {
            Kind::Ordinary
        };
        windows.norm[i] = norm;
        let ordinary = kind == Kind::Ordinary;
        windows.inverse[i] = if ordinary { 1.0 / norm } else { 0.0 };
        windows.kind.push(kind);
        self.link(i);
        Some(i)
    }

    /// Takes a value into the runs of finite and of equal values.
    fn note(&mut self, value: f64) {
        self.finite = if value.is_finite() {
            self.finite + 1
        } else {
            0
        };
        let repeats = self.values.last() == Some(&value);
        self.equal = if repeats { self.equal + 1 } else { 1 };
        self.values.push(value);
    }

    /// Sets what window `i` needs to be compared.
    fn link(&mut self, i: usize) {
        let Windows {
            m,
            x,
            mean,
            norm,
            kind,
            ..
        } = &self.windows;
        self.half[i] = half(kind[i]);
        if i > 0 {
            let (enters, leaves) = (x[i + m - 1], x[i - 1]);
            self.f[i] = 0.5 * (enters - leaves);
            self.g[i] = (enters - mean[i]) + (leaves - mean[i - 1]);
        }
        self.highest = self.highest.max(norm[i]);
        if norm[i] * DROP < self.highest {
            self.drops.push(i);
            self.highest = norm[i];
        }
    }

    /// The distance of two windows that can be compared, from their correlation with its halves.
    pub fn distance<S: Simd>(&self, simd: S, i: usize, j: usize, correlation: f64) -> f64 {
        let windows = &self.windows;
        let m = windows.m as f64;
        match (windows.kind[i], windows.kind[j]) {
            (Kind::Constant, Kind::Constant) => 0.0,
            (Kind::Ordinary, Kind::Ordinary) if correlation < NEAR => {
                (2.0 * m * (1.0 - correlation).min(2.0)).sqrt()
            }
            (Kind::Ordinary, Kind::Ordinary) => {
                let pair = [i, j].map(|i| Scaled::unit(windows, i));
                (m * simd.vectorize(SquaredDistance(pair[0], pair[1]))).sqrt()
            }
            _ => m.sqrt(),
        }
    }
}

/// The windows of fewer values than fill one.
fn none_of(values: &[f64], m: usize, frame: Frame) -> Windows {
    Windows {
        m,
        x: values.iter().map(|value| frame.apply(*value)).collect(),
        mean: Vec::new(),
        norm: Vec::new(),
        inverse: Vec::new(),
        kind: Vec::new(),
    }
}

/// An array with room for so many numbers, zeros behind those that are there.
fn roomy(array: &[f64], room: usize, watch: &Watch) -> Vec<f64> {
    let mut roomy = vec![0.0; room];
    for piece in watch.pieces(array.len().min(room)) {
        roomy[piece.clone()].copy_from_slice(&array[piece]);
    }
    roomy
}

fn sum(values: &[f64]) -> f64 {
    let chunks = values.chunks_exact(8);
    let rest: f64 = chunks.remainder().iter().sum();
    let mut sums = [0.0; 8];
    for chunk in chunks {
        for (sum, value) in sums.iter_mut().zip(chunk) {
            *sum += value;
        }
    }
    sums.iter().sum::<f64>() + rest
}
