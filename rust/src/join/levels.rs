//! The plain Euclidean distance, which sees level and scale.

use super::best::Side;
use super::differences::{HELD, Operands, Steps};
use super::{Block, Measure, reseed};
use crate::dots::{Scaled, SquaredDistance};
use crate::simd::{PADDING, Simd};
use crate::stats::{self, Frame};
use crate::watch::Watch;

/// A series as one side of a join.
pub struct Levels {
    m: usize,
    count: usize,
    frame: Frame,
    /// The series, scaled; the centre where a value is missing.
    scaled: Vec<f64>,
    f: Vec<f64>,
    g: Vec<f64>,
    barrier: Vec<f64>,
}

impl Levels {
    /// Prepares a series of at least `m` values; `frame` is that of both sides.
    pub fn new(values: &[f64], m: usize, frame: Frame) -> Self {
        let count = values.len() + 1 - m;
        let scaled: Vec<f64> = values.iter().map(|v| frame.scaled(*v)).collect();
        let centred = |i: usize| scaled[i] - frame.centre;
        let (mut f, mut g) = (vec![0.0; count + PADDING], vec![0.0; count + PADDING]);
        for i in 0..count - 1 {
            f[i] = scaled[i + m] - scaled[i];
            g[i] = centred(i + m) + centred(i);
        }
        let mut barrier = vec![f64::NEG_INFINITY; count + PADDING];
        for (barrier, missing) in barrier.iter_mut().zip(stats::missing(values, m)) {
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

    fn window(&self, i: usize) -> Scaled<'_> {
        Scaled {
            values: &self.scaled[i..i + self.m],
            mean: 0.0,
            scale: 1.0,
        }
    }

    fn operands(&self) -> Operands<'_> {
        Operands {
            f: &self.f,
            g: &self.g,
            barrier: &self.barrier,
        }
    }
}

/// What one thread keeps: squared distances and the bounds of their errors.
pub struct State {
    squared: Vec<f64>,
    error: Vec<f64>,
}

/// Two sides, the first and the second.
pub struct Between<'a>(pub [&'a Levels; 2]);

impl Measure for Between<'_> {
    type State = State;

    fn state<S: Simd>(&self) -> State {
        State {
            squared: vec![0.0; HELD * S::LANES],
            error: vec![0.0; HELD * S::LANES],
        }
    }

    fn lanes<S: Simd>(&self) -> usize {
        HELD * S::LANES
    }

    fn windows(&self, side: usize) -> usize {
        self.0[side].count
    }

    fn side(&self, side: usize, k: usize) -> Side {
        let Levels { barrier, count, .. } = self.0[side];
        Side::new(k, barrier[..*count].iter().map(|barrier| *barrier == 0.0))
    }

    fn walk<S: Simd>(
        &self,
        simd: S,
        state: &mut State,
        sides: &mut [Side; 2],
        block: Block,
        watch: &Watch,
    ) {
        let Block { band, lag, rows } = block;
        let (of_rows, of_columns) = band.of_rows_and_columns(sides);
        let (row_side, column_side) = (self.0[band.rows], self.0[1 - band.rows]);
        let measure = |i: usize, j: usize| {
            simd.vectorize(SquaredDistance(row_side.window(i), column_side.window(j)))
        };
        let span = reseed::span(row_side.m);
        for row in (0..rows).step_by(span) {
            for (lane, squared) in state.squared.iter_mut().enumerate() {
                let column = row + lag + lane;
                *squared = if column < column_side.count {
                    measure(row, column)
                } else {
                    0.0
                };
            }
            state.error.fill(0.0);
            let end = rows.min(row + span);
            simd.vectorize(Steps {
                row: row_side.operands(),
                column: column_side.operands(),
                of_rows,
                of_columns,
                squared: &mut state.squared,
                error: &mut state.error,
                lag,
                rows: row..end,
                measure,
            });
            if !watch.step((end - row) * state.squared.len()) {
                return;
            }
        }
    }

    fn distance<S: Simd>(&self, simd: S, side: usize, (i, j): (usize, usize), _: f64) -> f64 {
        let (a, b) = (self.0[side], self.0[1 - side]);
        let squared = simd.vectorize(SquaredDistance(a.window(i), b.window(j)));
        a.frame.unscaled(squared.sqrt())
    }
}
