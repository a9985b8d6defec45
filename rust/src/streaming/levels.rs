//! The plain distance (the p-norm of the difference) of the latest window to all earlier ones.
//!
//! Sums of powers are kept by lag and stepped: what enters is added, what leaves is taken away.
//! With each goes a bound of what rounding has done to it, and a pair that may be nearer than
//! what is known is summed anew, so that nothing is lost when a large difference leaves.

use super::measure::{Found, Measure};
use super::memory::{Layout, Room};
use super::saved::{Reader, Saved};
use crate::self_join::exclusion_zone;
use crate::simd::{Kernel, Simd};
use crate::stats::Frame;
use crate::watch::Watch;
use std::ops::Range;

/// A value this much larger than the largest when the frame was made needs another.
const OUTSIDE: f64 = 16.0;

/// The power of the largest value in memory stays above this, or another frame is needed.
const FAINT: f64 = 1e-150;

/// Columns that are looked at together.
const BLOCK: usize = 32;

/// The p of the norm, with short cuts.
trait Power: Copy {
    fn of(self, difference: f64) -> f64;
}

#[derive(Clone, Copy)]
struct Absolute;

#[derive(Clone, Copy)]
struct Square;

#[derive(Clone, Copy)]
struct Any(f64);

impl Power for Absolute {
    #[inline(always)]
    fn of(self, difference: f64) -> f64 {
        difference.abs()
    }
}

impl Power for Square {
    #[inline(always)]
    fn of(self, difference: f64) -> f64 {
        difference * difference
    }
}

impl Power for Any {
    #[inline(always)]
    fn of(self, difference: f64) -> f64 {
        difference.abs().powf(self.0)
    }
}

/// Values laid out for their plain distances.
pub struct Levels {
    values: Vec<f64>,
    m: usize,
    p: f64,
    zone: usize,
    frame: Frame,
    capacity: usize,
    reach: usize,
    /// The values, scaled.
    x: Vec<f64>,
    /// Of each window: 0, or infinity where a value is missing.
    gap: Vec<f64>,
    finite: usize,
    /// Of the latest window; `[k]` with the window `reach − k` before it, and how far off it is.
    sum: Vec<f64>,
    error: Vec<f64>,
    stepped: bool,
    /// What the window before was nearest to: what comes after that is likely to be near to this.
    nearest: Vec<usize>,
}

impl Layout for Levels {
    /// The window length and p.
    type Terms = (usize, f64);

    fn lay_out(
        terms: Self::Terms,
        values: &[f64],
        ahead: &[f64],
        room: Room,
        watch: &Watch,
    ) -> Self {
        Levels::framed(
            terms,
            values,
            Frame::of(&[values, ahead], watch),
            room,
            watch,
        )
    }

    fn save(&self, saved: &mut Saved) {
        saved.floats(&[self.frame.scale, self.frame.centre]);
        saved.floats(&self.sum);
        saved.floats(&self.error);
        saved.whole(&[i64::from(self.stepped)]);
        let nearest = self.nearest.iter().map(|column| *column as i64);
        saved.whole(&Vec::from_iter(nearest));
    }

    fn restore(
        terms: Self::Terms,
        values: &[f64],
        room: Room,
        saved: &mut Reader,
        watch: &Watch,
    ) -> Option<Self> {
        let frame = Frame::restored(saved.floats_of(2)?)?;
        let mut levels = Levels::framed(terms, values, frame, room, watch);
        let lags = levels.sum.len();
        levels.sum.copy_from_slice(saved.floats_of(lags)?);
        levels.error.copy_from_slice(saved.floats_of(lags)?);
        levels.stepped = saved.whole()? == [1];
        let windows = levels.gap.len();
        let column = |at: &i64| usize::try_from(*at).ok().filter(|at| *at < windows);
        levels.nearest = saved.whole()?.iter().map(column).collect::<Option<_>>()?;
        Some(levels)
    }

    fn room(&self) -> Room {
        Room {
            capacity: self.capacity,
            reach: self.reach,
        }
    }

    fn values(&self) -> &[f64] {
        &self.values
    }

    fn holds(&self, value: f64) -> bool {
        self.values.len() < self.capacity && self.frame.scaled(value).abs() <= OUTSIDE
    }

    fn suits(&self, (lowest, highest): (f64, f64)) -> bool {
        let largest = lowest.abs().max(highest.abs());
        self.frame.scaled(largest).powf(self.p) >= FAINT
    }
}

impl Measure for Levels {
    const CLOSED: f64 = 0.0;

    fn screen(&self, distance: f64) -> f64 {
        (distance / self.frame.unscaled(1.0)).powf(self.p)
    }

    fn push<S: Simd>(
        &mut self,
        simd: S,
        value: f64,
        screen: &[f64],
        k: usize,
        found: &mut Found,
    ) -> Option<usize> {
        found.clear(k, f64::INFINITY);
        self.note(value);
        let window = self.values.len().checked_sub(self.m)?;
        let columns = window.saturating_sub(self.reach)..window.saturating_sub(self.zone);
        if columns.is_empty() {
            return Some(window);
        }
        match self.p {
            1.0 => self.compare(simd, window, columns, screen, found, Absolute),
            2.0 => self.compare(simd, window, columns, screen, found, Square),
            p => self.compare(simd, window, columns, screen, found, Any(p)),
        }
        let distance = |sum: f64| self.frame.unscaled(root(sum, self.p));
        for (_, sum) in &mut found.improved {
            *sum = distance(*sum);
        }
        found.measure(|sum, _| distance(sum));
        Some(window)
    }
}

fn root(sum: f64, p: f64) -> f64 {
    match p {
        1.0 => sum,
        2.0 => sum.sqrt(),
        p => sum.powf(p.recip()),
    }
}

impl Levels {
    fn framed(
        (m, p): (usize, f64),
        values: &[f64],
        frame: Frame,
        Room { capacity, reach }: Room,
        watch: &Watch,
    ) -> Self {
        let zone = exclusion_zone(m);
        let lags = reach.saturating_sub(zone);
        let mut levels = Levels {
            values: Vec::with_capacity(capacity),
            m,
            p,
            zone,
            frame,
            capacity,
            reach,
            x: Vec::with_capacity(capacity),
            gap: Vec::with_capacity(capacity),
            finite: 0,
            sum: vec![0.0; lags],
            error: vec![0.0; lags],
            stepped: false,
            nearest: Vec::new(),
        };
        for value in watch.along(values.iter()) {
            levels.note(*value);
        }
        levels
    }

    fn note(&mut self, value: f64) {
        self.finite = if value.is_finite() {
            self.finite + 1
        } else {
            0
        };
        self.values.push(value);
        self.x.push(self.frame.scaled(value));
        if self.values.len() >= self.m {
            let whole = self.finite >= self.m;
            self.gap.push(if whole { 0.0 } else { f64::INFINITY });
        }
    }

    fn compare<S: Simd, P: Power>(
        &mut self,
        simd: S,
        row: usize,
        columns: Range<usize>,
        screen: &[f64],
        found: &mut Found,
        power: P,
    ) {
        let first = self.reach + columns.start - row;
        let lags = first..first + columns.len();
        let mut pairs = Pairs {
            x: &self.x,
            m: self.m,
            row,
            sum: &mut self.sum[lags.clone()],
            error: &mut self.error[lags],
            columns,
            power,
        };
        if self.stepped {
            // The oldest window has none before it to step from, unless it was out of reach.
            let afresh = usize::from(pairs.columns.start == 0);
            for at in 0..afresh {
                pairs.afresh(at);
            }
            simd.vectorize(Step(&mut pairs, afresh));
        } else {
            for at in 0..pairs.columns.len() {
                pairs.afresh(at);
            }
            self.stepped = true;
        }
        let (mut count, mut farthest) = (0, 0.0f64);
        for column in self.nearest.drain(..).map(|column| column + 1) {
            if pairs.columns.contains(&column) && self.gap[column] == 0.0 {
                count += 1;
                farthest = farthest.max(pairs.afresh(column - pairs.columns.start));
            }
        }
        if self.gap[row] != 0.0 {
            return;
        }
        // Those equally near are to be looked at too: the earliest counts.
        let cut = if count == found.ranked.len() {
            farthest * (1.0 + 4.0 * f64::EPSILON) + f64::MIN_POSITIVE
        } else {
            f64::INFINITY
        };
        simd.vectorize(Look {
            pairs: &mut pairs,
            gap: &self.gap,
            screen,
            cut,
            found,
        });
        let ranked = found.ranked.iter().map(|(_, column)| *column);
        self.nearest
            .extend(ranked.filter(|column| *column != usize::MAX));
    }
}

/// The latest window beside the columns.
struct Pairs<'a, P> {
    x: &'a [f64],
    m: usize,
    row: usize,
    columns: Range<usize>,
    sum: &'a mut [f64],
    error: &'a mut [f64],
    power: P,
}

impl<P: Power> Pairs<'_, P> {
    /// Sums a pair anew.
    #[inline(always)]
    fn afresh(&mut self, at: usize) -> f64 {
        let column = self.columns.start + at;
        let (a, b) = (&self.x[self.row..][..self.m], &self.x[column..][..self.m]);
        let mut sums = [0.0; 8];
        let (chunks_a, chunks_b) = (a.chunks_exact(8), b.chunks_exact(8));
        let ends = chunks_a.remainder().iter().zip(chunks_b.remainder());
        let rest: f64 = ends.map(|(a, b)| self.power.of(a - b)).sum();
        for (a, b) in chunks_a.zip(chunks_b) {
            for lane in 0..8 {
                sums[lane] += self.power.of(a[lane] - b[lane]);
            }
        }
        let sum = sums.iter().sum::<f64>() + rest;
        self.sum[at] = sum;
        self.error[at] = sum * self.m as f64 * f64::EPSILON;
        sum
    }
}

/// Steps the sums from the window before to this one.
struct Step<'a, 'b, P>(&'a mut Pairs<'b, P>, usize);

impl<P: Power> Kernel for Step<'_, '_, P> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, _: S) {
        let (pairs, from) = (self.0, self.1);
        let (m, row, start) = (pairs.m, pairs.row, pairs.columns.start + from);
        let count = pairs.columns.len() - from;
        if count == 0 {
            return;
        }
        let (left, entered) = (pairs.x[row - 1], pairs.x[row + m - 1]);
        let leaves = &pairs.x[start - 1..][..count];
        let enters = &pairs.x[start + m - 1..][..count];
        let sum = &mut pairs.sum[from..][..count];
        let error = &mut pairs.error[from..][..count];
        for at in 0..count {
            let more = pairs.power.of(entered - enters[at]);
            let less = pairs.power.of(left - leaves[at]);
            let before = sum[at].abs() + error[at];
            error[at] += (before + more) * f64::EPSILON;
            sum[at] = (sum[at] - less) + more;
        }
    }
}

/// Finds the columns nearest to the row, and those that it is nearer to than their screens.
struct Look<'a, 'b, P> {
    pairs: &'a mut Pairs<'b, P>,
    gap: &'a [f64],
    screen: &'a [f64],
    /// No farther ones are among the nearest.
    cut: f64,
    found: &'a mut Found,
}

impl<P: Power> Kernel for Look<'_, '_, P> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(mut self, _: S) {
        let columns = self.pairs.columns.clone();
        let gap = &self.gap[columns.clone()];
        let screen = &self.screen[columns.clone()];
        let last = self.found.ranked.len() - 1;
        let mut low = [0.0; BLOCK];
        for start in (0..columns.len()).step_by(BLOCK) {
            let count = BLOCK.min(columns.len() - start);
            let least = self.found.ranked[last].0.min(self.cut);
            let sum = &self.pairs.sum[start..][..count];
            let error = &self.pairs.error[start..][..count];
            let (gap, screen) = (&gap[start..][..count], &screen[start..][..count]);
            let mut any = false;
            for at in 0..count {
                low[at] = (sum[at] - error[at]).max(0.0) + gap[at];
                any |= low[at] < screen[at].max(least);
            }
            if !any {
                continue;
            }
            for at in 0..count {
                self.look(start + at, low[at], screen[at]);
            }
        }
    }
}

impl<P: Power> Look<'_, '_, P> {
    #[inline(always)]
    fn look(&mut self, at: usize, low: f64, screen: f64) {
        let last = self.found.ranked.len() - 1;
        if low < screen.max(self.found.ranked[last].0.min(self.cut)) {
            let (sum, column) = (self.pairs.afresh(at), self.pairs.columns.start + at);
            let ranked = &mut self.found.ranked;
            if sum < ranked[last].0 {
                let place = ranked.partition_point(|(kept, _)| *kept <= sum);
                ranked[place..].rotate_right(1);
                ranked[place] = (sum, column);
            }
            if sum < screen {
                self.found.improved.push((column, sum));
            }
        }
    }
}
