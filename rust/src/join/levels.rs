//! The plain distances, which see level and scale.

use super::best::{self, Side};
use super::differences::{HELD, Steps};
use super::strides::{Squares, Stride, Terms};
use super::{Block, Measure, Walk};
use crate::norm::{Absolute, Powers, Real, Term, Whole};
use crate::reseed;
use crate::simd::{PADDING, Simd};
use crate::stats::{self, Frame};
use crate::watch::Watch;

/// Rows that are walked before the watch is asked: with lists of neighbours each takes a while.
const PIECE: usize = 4096;

/// A series as one side of a join.
pub struct Levels {
    m: usize,
    count: usize,
    frame: Frame,
    /// The series, scaled, the centre where a value is missing; padded.
    scaled: Vec<f64>,
    /// For the squares of differences alone.
    f: Vec<f64>,
    g: Vec<f64>,
    barrier: Vec<f64>,
}

impl Levels {
    /// Prepares a series of at least `m` values; `frame` is that of both sides.
    pub fn new(values: &[f64], m: usize, frame: Frame, powers: Powers, watch: &Watch) -> Self {
        let count = values.len() + 1 - m;
        let mut scaled = watch.filled(frame.centre, values.len() + PADDING);
        for (scaled, value) in watch.along(scaled.iter_mut().zip(values)) {
            *scaled = frame.scaled(*value);
        }
        let (f, g) = match powers {
            Powers::Square => squares(&scaled[..values.len()], m, frame.centre, watch),
            _ => (Vec::new(), Vec::new()),
        };
        let mut barrier = watch.filled(f64::NEG_INFINITY, count + PADDING);
        let missing = stats::missing(values, m);
        for (barrier, missing) in watch.along(barrier.iter_mut().zip(missing)) {
            if !missing {
                *barrier = 0.0;
            }
        }
        Levels {
            m,
            count,
            frame,
            scaled,
            f,
            g,
            barrier,
        }
    }

    /// Without windows that hold one value for long: as if one of theirs were missing.
    pub fn without_idle(mut self, values: &[f64], watch: &Watch) -> Self {
        let idle = stats::idle(values, self.m);
        for (barrier, idle) in watch.along(self.barrier.iter_mut().zip(idle)) {
            if idle {
                *barrier = f64::NEG_INFINITY;
            }
        }
        self
    }

    /// Gives back what only the search for neighbours reads.
    pub fn searched(&mut self) {
        self.f = Vec::new();
        self.g = Vec::new();
        self.barrier = Vec::new();
    }

    fn window(&self, i: usize) -> &[f64] {
        &self.scaled[i..i + self.m]
    }
}

/// What the squares' step is made of.
fn squares(scaled: &[f64], m: usize, centre: f64, watch: &Watch) -> (Vec<f64>, Vec<f64>) {
    let count = scaled.len() + 1 - m;
    let (mut f, mut g) = (vec![0.0; count + PADDING], vec![0.0; count + PADDING]);
    for i in watch.along(0..count - 1) {
        f[i] = scaled[i + m] - scaled[i];
        g[i] = (scaled[i + m] - centre) + (scaled[i] - centre);
    }
    (f, g)
}

/// What one thread keeps: sums of powers and the bounds of their errors.
pub struct State {
    sums: Vec<f64>,
    error: Vec<f64>,
}

/// Two sides, the first and the second.
pub struct Between<'a> {
    pub sides: [&'a Levels; 2],
    pub powers: Powers,
}

impl Between<'_> {
    fn walk_by<S: Simd>(
        &self,
        simd: S,
        stride: impl Stride,
        state: &mut State,
        sides: &mut [Side; 2],
        (block, watch): (Block, &Watch),
    ) {
        let Block {
            band, lag, rows, ..
        } = block;
        let (of_rows, of_columns) = band.of_rows_and_columns(sides);
        let [row_side, column_side] = self.rows_and_columns(block);
        let measure = |i: usize, j: usize| {
            self.powers
                .sum(simd, row_side.window(i), column_side.window(j))
        };
        let span = reseed::span(row_side.m);
        for row in (0..rows).step_by(span) {
            for (lane, sum) in state.sums.iter_mut().enumerate() {
                let column = row + lag + lane;
                *sum = if column < column_side.count {
                    measure(row, column)
                } else {
                    0.0
                };
            }
            state.error.fill(0.0);
            let end = rows.min(row + span);
            for from in (row..end).step_by(PIECE) {
                let to = end.min(from + PIECE);
                simd.vectorize(Steps {
                    stride,
                    barrier: [&row_side.barrier, &column_side.barrier],
                    of_rows,
                    of_columns,
                    sums: &mut state.sums,
                    error: &mut state.error,
                    lag,
                    rows: from..to,
                    measure,
                });
                if !watch.step((to - from) * state.sums.len()) {
                    return;
                }
            }
        }
    }

    fn rows_and_columns(&self, block: Block) -> [&Levels; 2] {
        [block.band.rows, 1 - block.band.rows].map(|side| self.sides[side])
    }

    fn terms<T: Term>(&self, block: Block, term: T) -> Terms<'_, T> {
        let sides = self.rows_and_columns(block);
        Terms {
            values: sides.map(|side| side.scaled.as_slice()),
            m: sides[0].m,
            term,
        }
    }
}

impl Walk for Between<'_> {
    type State = State;
    type Found = [Side; 2];

    fn state<S: Simd>(&self) -> State {
        State {
            sums: vec![0.0; HELD * S::LANES],
            error: vec![0.0; HELD * S::LANES],
        }
    }

    fn lanes<S: Simd>(&self) -> usize {
        HELD * S::LANES
    }

    fn windows(&self, side: usize) -> usize {
        self.sides[side].count
    }

    fn nothing<S: Simd>(&self, k: usize, watch: &Watch) -> [Side; 2] {
        self.sides.map(|Levels { barrier, count, .. }| {
            let comparable = barrier[..*count].iter().map(|barrier| *barrier == 0.0);
            Side::new(k, comparable, watch)
        })
    }

    fn merge(&self, mine: [Side; 2], others: [Side; 2], watch: &Watch) -> [Side; 2] {
        best::merge(mine, others, watch)
    }

    fn walk<S: Simd>(
        &self,
        simd: S,
        state: &mut State,
        sides: &mut [Side; 2],
        block: Block,
        watch: &Watch,
    ) {
        let job = (block, watch);
        match self.powers {
            Powers::Square => {
                let each = self.rows_and_columns(block);
                let stride = Squares {
                    f: each.map(|side| side.f.as_slice()),
                    g: each.map(|side| side.g.as_slice()),
                };
                self.walk_by(simd, stride, state, sides, job);
            }
            Powers::Absolute => {
                self.walk_by(simd, self.terms(block, Absolute), state, sides, job);
            }
            Powers::Whole(p) => self.walk_by(simd, self.terms(block, Whole(p)), state, sides, job),
            Powers::Real(p) => self.walk_by(simd, self.terms(block, Real(p)), state, sides, job),
        }
    }
}

impl Measure for Between<'_> {
    fn distance<S: Simd>(&self, simd: S, side: usize, (i, j): (usize, usize), _: f64) -> f64 {
        let (a, b) = (self.sides[side], self.sides[1 - side]);
        let distance = self.powers.distance(simd, a.window(i), b.window(j));
        a.frame.unscaled(distance)
    }
}
