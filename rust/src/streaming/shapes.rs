//! The z-normalised distance of the latest window to all earlier ones.

use super::covariances::Covariances;
use super::measure::{Found, Measure};
use super::tape::Tape;
use crate::simd::{Kernel, MAX_LANES, Scalar, Simd};
use crate::stats::Kind;
use std::ops::Range;

/// Below every correlation, above what a missing window comes to.
const NONE: f64 = -3.0;

impl Measure for Covariances {
    const CLOSED: f64 = f64::INFINITY;

    fn screen(&self, distance: f64) -> f64 {
        if distance == 0.0 {
            Self::CLOSED
        } else if distance == f64::INFINITY {
            NONE
        } else {
            1.0 - distance * distance / (2.0 * self.tape.windows.m as f64)
        }
    }

    fn push<S: Simd>(
        &mut self,
        simd: S,
        value: f64,
        screen: &[f64],
        k: usize,
        found: &mut Found,
    ) -> Option<usize> {
        found.clear(k, NONE);
        let (window, columns) = Covariances::push(self, simd, value)?;
        if columns.is_empty() || self.tape.windows.kind[window] == Kind::Missing {
            return Some(window);
        }
        let tape = &self.tape;
        simd.vectorize(Compare {
            tape,
            covariance: self.of(window, &columns),
            row: window,
            columns,
            screen,
            found,
        });
        for (column, near) in &mut found.improved {
            *near = tape.distance(simd, window, *column, *near);
        }
        found.measure(|near, column| tape.distance(simd, window, column, near));
        Some(window)
    }
}

/// Finds the columns nearest to `row`, and those that `row` is nearer to than their screens.
struct Compare<'a> {
    tape: &'a Tape,
    covariance: &'a [f64],
    row: usize,
    columns: Range<usize>,
    screen: &'a [f64],
    found: &'a mut Found,
}

impl Kernel for Compare<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(mut self, simd: S) {
        let (inverse, half) = (&self.tape.windows.inverse, &self.tape.half);
        let lengths = [self.screen.len(), half.len(), inverse.len()];
        assert!(lengths.iter().all(|length| *length >= self.columns.end));
        assert!(self.covariance.len() >= self.columns.len());
        let row = (inverse[self.row], half[self.row]);
        let count = self.columns.len();
        let whole = count - count % S::LANES;
        self.range(simd, 0..whole, row);
        self.range(Scalar, whole..count, row);
    }
}

impl Compare<'_> {
    /// Compares a range of the columns, as many as fill vectors; `row` is what is known of it.
    #[inline(always)]
    fn range<S: Simd>(&mut self, simd: S, range: Range<usize>, row: (f64, f64)) {
        let start = self.columns.start;
        let covariance = self.covariance.as_ptr();
        let inverse = self.tape.windows.inverse[start..].as_ptr();
        let half = self.tape.half[start..].as_ptr();
        let screen = self.screen[start..].as_ptr();
        let (inverse_row, minus_half) = (simd.splat(row.0), simd.splat(-row.1));
        let last = self.found.ranked.len() - 1;
        let mut least = simd.splat(self.found.ranked[last].0);
        for at in range.step_by(S::LANES) {
            // SAFETY: `run` asserts that the arrays hold all columns.
            let (correlation, known) = unsafe {
                let scaled = simd.mul(simd.load(covariance.add(at)), simd.load(inverse.add(at)));
                let added = simd.sub(simd.load(half.add(at)), minus_half);
                let known = simd.load(screen.add(at));
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
                if *correlation > self.found.ranked[last].0 {
                    rank(&mut self.found.ranked, *correlation, column);
                }
                if *correlation > self.screen[column] {
                    self.found.improved.push((column, *correlation));
                }
            }
            least = simd.splat(self.found.ranked[last].0);
        }
    }
}

/// Puts a correlation above the last one where it belongs.
#[inline(always)]
fn rank(ranked: &mut [(f64, usize)], correlation: f64, column: usize) {
    let mut place = ranked.len() - 1;
    while place > 0 && correlation > ranked[place - 1].0 {
        ranked[place] = ranked[place - 1];
        place -= 1;
    }
    ranked[place] = (correlation, column);
}
