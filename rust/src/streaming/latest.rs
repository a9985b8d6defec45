//! The latest window of a stream beside all earlier ones in memory.

use super::tape::Tape;
use crate::dots::{Dot, Dots, Scaled};
use crate::self_join::exclusion_zone;
use crate::simd::{Kernel, MAX_LANES, Scalar, Simd};
use crate::stats::Kind;
use std::ops::Range;

/// Covariances are stepped along at most this many windows, or [`SPAN_WINDOWS`] · m.
const SPAN: usize = 4096;
const SPAN_WINDOWS: usize = 16;

/// Below every correlation, above what a missing window comes to.
pub const NONE: f64 = -3.0;

/// The window that a value completed, and its nearest earlier neighbour.
#[derive(Clone, Copy, Debug)]
pub struct Arrival {
    pub window: usize,
    /// Correlation and window.
    pub left: Option<(f64, usize)>,
}

pub struct Latest {
    pub tape: Tape,
    zone: usize,
    /// Covariances of the latest window; `[k]` with the window `reach − k` before it.
    covariance: Vec<f64>,
    /// The farthest lag.
    reach: usize,
    /// Windows since the covariances were computed; `None` where they have not been.
    age: Option<usize>,
    block: Vec<f64>,
    centred: Vec<f64>,
    /// Earlier windows that the latest one is nearer to than all before, with the correlation.
    pub improved: Vec<(usize, f64)>,
}

impl Latest {
    /// Of windows of a tape; those `reach` apart are still compared.
    pub fn new(tape: Tape, reach: usize) -> Self {
        let zone = exclusion_zone(tape.windows.m);
        Latest {
            tape,
            zone,
            covariance: vec![0.0; reach.saturating_sub(zone)],
            reach,
            age: None,
            block: Vec::new(),
            centred: Vec::new(),
            improved: Vec::new(),
        }
    }

    /// Appends a value that the tape holds.
    ///
    /// `best` has for each window the correlation with its nearest neighbour so far, and is
    /// raised where the new window is nearer; `improved` then lists those windows.
    pub fn push<S: Simd>(&mut self, simd: S, value: f64, best: &mut [f64]) -> Option<Arrival> {
        self.improved.clear();
        let window = self.tape.push(simd, value)?;
        let columns = window.saturating_sub(self.reach)..window.saturating_sub(self.zone);
        if columns.is_empty() {
            return Some(Arrival { window, left: None });
        }
        self.advance(simd, window, columns.clone());
        if self.tape.windows.kind[window] == Kind::Missing {
            return Some(Arrival { window, left: None });
        }
        let first = self.place(window, columns.start);
        let nearest = simd.vectorize(Compare {
            tape: &self.tape,
            covariance: &self.covariance[first..],
            row: window,
            columns,
            best,
            improved: &mut self.improved,
        });
        let left = (nearest.0 > NONE).then_some(nearest);
        Some(Arrival { window, left })
    }

    /// Where the covariance with window `column` is kept.
    fn place(&self, row: usize, column: usize) -> usize {
        self.reach + column - row
    }

    /// Brings the covariances from the window before to this one.
    fn advance<S: Simd>(&mut self, simd: S, row: usize, columns: Range<usize>) {
        let span = SPAN.max(SPAN_WINDOWS * self.tape.windows.m);
        let dropped = self.tape.drops.last() == Some(&row);
        let age = self.age.filter(|age| *age < span && !dropped);
        let Some(age) = age else {
            self.seed(simd, row, columns);
            self.age = Some(0);
            return;
        };
        self.age = Some(age + 1);
        let first = self.place(row, columns.start);
        simd.vectorize(Step {
            tape: &self.tape,
            covariance: &mut self.covariance[first..],
            row,
            columns: columns.clone(),
        });
        // The oldest window has none before it to step from, unless it was out of reach.
        let oldest = (columns.start == 0).then_some(0);
        let drops = &self.tape.drops;
        let since = drops.partition_point(|drop| *drop < columns.start);
        let afresh = drops[since..].iter().copied();
        for column in oldest
            .into_iter()
            .chain(afresh)
            .take_while(|column| *column < columns.end)
        {
            let pair = [row, column].map(|i| Scaled::centred(&self.tape.windows, i));
            self.covariance[self.reach + column - row] = simd.vectorize(Dot(pair[0], pair[1]));
        }
    }

    fn seed<S: Simd>(&mut self, simd: S, row: usize, columns: Range<usize>) {
        let windows = &self.tape.windows;
        let mean = windows.mean[row];
        self.centred.clear();
        self.centred
            .extend(windows.window(row).iter().map(|x| x - mean));
        self.block.resize(S::BLOCK, 0.0);
        for start in columns.clone().step_by(S::BLOCK) {
            simd.vectorize(Dots {
                pattern: &self.centred,
                windows,
                first: start,
                out: &mut self.block,
            });
            let count = S::BLOCK.min(columns.end - start);
            let first = self.reach + start - row;
            self.covariance[first..first + count].copy_from_slice(&self.block[..count]);
        }
    }
}

/// Steps the covariances of `columns` with the row before to those with `row`.
struct Step<'a> {
    tape: &'a Tape,
    /// Of the columns, from the first on.
    covariance: &'a mut [f64],
    row: usize,
    columns: Range<usize>,
}

impl Kernel for Step<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, _: S) {
        let (f_i, g_i) = (self.tape.f[self.row], self.tape.g[self.row]);
        let count = self.columns.len();
        let f = &self.tape.f[self.columns.start..][..count];
        let g = &self.tape.g[self.columns.start..][..count];
        let covariance = &mut self.covariance[..count];
        for at in 0..count {
            covariance[at] = if S::LANES > 1 {
                f_i.mul_add(g[at], g_i.mul_add(f[at], covariance[at]))
            } else {
                f_i * g[at] + (g_i * f[at] + covariance[at])
            };
        }
    }
}

/// Finds the column nearest to `row`, and the columns that `row` is nearest to.
struct Compare<'a> {
    tape: &'a Tape,
    covariance: &'a [f64],
    row: usize,
    columns: Range<usize>,
    best: &'a mut [f64],
    improved: &'a mut Vec<(usize, f64)>,
}

impl Kernel for Compare<'_> {
    type Output = (f64, usize);

    #[inline(always)]
    fn run<S: Simd>(mut self, simd: S) -> (f64, usize) {
        let (inverse, half) = (&self.tape.windows.inverse, &self.tape.half);
        let lengths = [self.best.len(), half.len(), inverse.len()];
        assert!(lengths.iter().all(|length| *length >= self.columns.end));
        assert!(self.covariance.len() >= self.columns.len());
        let row = (inverse[self.row], half[self.row]);
        let count = self.columns.len();
        let whole = count - count % S::LANES;
        let nearest = self.range(simd, 0..whole, row, (NONE, 0));
        self.range(Scalar, whole..count, row, nearest)
    }
}

impl Compare<'_> {
    /// Compares a range of the columns, as many as fill vectors; `row` is what is known of it.
    #[inline(always)]
    fn range<S: Simd>(
        &mut self,
        simd: S,
        range: Range<usize>,
        row: (f64, f64),
        mut nearest: (f64, usize),
    ) -> (f64, usize) {
        let start = self.columns.start;
        let covariance = self.covariance.as_ptr();
        let inverse = self.tape.windows.inverse[start..].as_ptr();
        let half = self.tape.half[start..].as_ptr();
        let best = self.best[start..].as_mut_ptr();
        let (inverse_row, minus_half) = (simd.splat(row.0), simd.splat(-row.1));
        let mut least = simd.splat(nearest.0);
        for at in range.step_by(S::LANES) {
            // SAFETY: `run` asserts that the arrays hold all columns.
            let (correlation, known) = unsafe {
                let scaled = simd.mul(simd.load(covariance.add(at)), simd.load(inverse.add(at)));
                let added = simd.sub(simd.load(half.add(at)), minus_half);
                let known = simd.load(best.add(at));
                (simd.mul_add(scaled, inverse_row, added), known)
            };
            let nearer = simd.or(simd.sub(known, correlation), simd.sub(least, correlation));
            if simd.signs(nearer) == 0 {
                continue;
            }
            let mut correlations = [0.0; MAX_LANES];
            // SAFETY: no vector has more lanes.
            unsafe { simd.store(correlations.as_mut_ptr(), correlation) };
            for (lane, correlation) in correlations[..S::LANES].iter().enumerate() {
                let column = start + at + lane;
                if *correlation > nearest.0 {
                    nearest = (*correlation, column);
                }
                // SAFETY: a lane is one of the columns.
                let known = unsafe { &mut *best.add(at + lane) };
                if *correlation > *known {
                    *known = *correlation;
                    self.improved.push((column, *correlation));
                }
            }
            least = simd.splat(nearest.0);
        }
        nearest
    }
}
