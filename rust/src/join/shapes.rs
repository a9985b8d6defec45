//! The z-normalised Euclidean distance: covariances stepped along diagonals.
//!
//! What is reported is computed again where it is small.

use super::best::{self, Side};
use super::rows::{Operands, Rows};
use super::strips::{self, Strip, Strips};
use super::{Block, Measure, Walk};
use crate::dots::{Dot, Dots, Scaled, SquaredDistance};
use crate::reseed::{self, Diagonals, Event};
use crate::simd::Simd;
use crate::stats::{self, Kind, Windows};
use crate::watch::Watch;
use std::sync::OnceLock;

/// Above this, a distance from a correlation is too coarse: its square is a small difference.
const NEAR: f64 = 1.0 - 1e-3;

/// Rows that are walked before the watch is asked: with lists of neighbours each takes a while.
const PIECE: usize = 4096;

/// A series as one side of a join.
pub struct Shapes {
    pub windows: Windows,
    f: Vec<f64>,
    g: Vec<f64>,
    pub drops: Vec<usize>,
    of_tiles: OnceLock<OfTiles>,
}

/// What tiles read of a series.
pub struct OfTiles {
    /// `f` and `g` of the window before; 0 where covariances are computed afresh.
    pub before_f: Vec<f64>,
    pub before_g: Vec<f64>,
    /// 1 / norm for ordinary windows, NaN for all others.
    pub divisor: Vec<f64>,
}

impl Shapes {
    /// Prepares a series of at least `m` values.
    pub fn new(values: &[f64], m: usize) -> Self {
        let windows = Windows::new(values, m);
        let Windows { x, mean, .. } = &windows;
        let (mut f, mut g) = (vec![0.0; mean.len()], vec![0.0; mean.len()]);
        for i in 0..windows.len() - 1 {
            f[i] = 0.5 * (x[i + m] - x[i]);
            g[i] = (x[i + m] - mean[i + 1]) + (x[i] - mean[i]);
        }
        let drops = reseed::drops(&windows);
        Shapes {
            drops,
            windows,
            f,
            g,
            of_tiles: OnceLock::new(),
        }
    }

    /// What tiles read of it, laid out the first time that it is asked for.
    pub fn of_tiles(&self) -> &OfTiles {
        self.of_tiles.get_or_init(|| {
            let before = |of: &[f64]| {
                let mut shifted = vec![0.0; of.len()];
                shifted[1..].copy_from_slice(&of[..of.len() - 1]);
                self.drops.iter().for_each(|drop| shifted[*drop] = 0.0);
                shifted
            };
            let some = |inverse: &f64| if *inverse > 0.0 { *inverse } else { f64::NAN };
            OfTiles {
                before_f: before(&self.f),
                before_g: before(&self.g),
                divisor: self.windows.inverse.iter().map(some).collect(),
            }
        })
    }

    /// Without windows that hold one value for long: as if one of theirs were missing.
    pub fn without_idle(mut self, values: &[f64]) -> Self {
        for (i, idle) in stats::idle(values, self.windows.m).enumerate() {
            if idle {
                self.windows.kind[i] = Kind::Missing;
                self.windows.inverse[i] = 0.0;
            }
        }
        self
    }

    fn operands(&self) -> Operands<'_> {
        Operands {
            f: &self.f,
            g: &self.g,
            inverse: &self.windows.inverse,
        }
    }
}

/// What one thread keeps.
pub struct State {
    covariance: Vec<f64>,
    events: Vec<Event>,
    centred: Vec<f64>,
    strip: Strip,
    /// How many blocks were walked.
    blocks: usize,
}

/// Two sides, the first and the second.
pub struct Between<'a>(pub [&'a Shapes; 2]);

impl Walk for Between<'_> {
    type State = State;
    type Found = [Side; 2];

    fn state<S: Simd>(&self) -> State {
        State {
            covariance: vec![0.0; S::BLOCK],
            events: Vec::new(),
            centred: vec![0.0; self.0[0].windows.m],
            strip: Strip::new::<S>(),
            blocks: 0,
        }
    }

    fn lanes<S: Simd>(&self) -> usize {
        S::BLOCK
    }

    fn windows(&self, side: usize) -> usize {
        self.0[side].windows.len()
    }

    fn nothing<S: Simd>(&self, k: usize) -> [Side; 2] {
        self.0.map(|of| {
            let kinds = of.windows.kind.iter();
            Side::new(k, kinds.map(|kind| *kind == Kind::Ordinary))
        })
    }

    fn merge(&self, mine: [Side; 2], others: [Side; 2]) -> [Side; 2] {
        best::merge(mine, others)
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
        let diagonals = Diagonals {
            channel: 0,
            m: row_side.windows.m,
            drops: [&row_side.drops, &column_side.drops],
            lag,
            lanes: S::BLOCK,
            rows,
        };
        state.blocks += 1;
        state.events.clear();
        diagonals.events(&mut state.events);
        state.events.sort_unstable();
        for (number, Event { row, lane, .. }) in state.events.iter().enumerate() {
            let seed = Seed {
                rows: &row_side.windows,
                columns: &column_side.windows,
                row: *row,
                column: row + lag,
            };
            match lane {
                None => seed.all(simd, &mut state.centred, &mut state.covariance),
                Some(lane) => seed.one(simd, *lane, &mut state.covariance),
            }
            let end = state.events.get(number + 1).map_or(rows, |next| next.row);
            let by_strips = state.blocks <= strips::FIRST && of_rows.keeps_one();
            for from in (*row..end).step_by(PIECE) {
                let walk = Rows {
                    row: row_side.operands(),
                    column: column_side.operands(),
                    of_rows,
                    of_columns,
                    covariance: &mut state.covariance,
                    lag,
                    rows: from..end.min(from + PIECE),
                };
                let pairs = walk.rows.len() * S::BLOCK;
                if by_strips {
                    simd.vectorize(Strips {
                        rows: walk,
                        strip: &mut state.strip,
                    });
                } else {
                    simd.vectorize(walk);
                }
                if !watch.step(pairs) {
                    return;
                }
            }
        }
    }
}

impl Measure for Between<'_> {
    fn distance<S: Simd>(&self, simd: S, side: usize, pair: (usize, usize), nearness: f64) -> f64 {
        let (a, b) = (&self.0[side].windows, &self.0[1 - side].windows);
        let ((i, j), m) = (pair, a.m as f64);
        match (a.kind[i], b.kind[j]) {
            (Kind::Constant, Kind::Constant) => 0.0,
            (Kind::Ordinary, Kind::Ordinary) => {
                let correlation = nearness * a.inverse[i];
                if correlation < NEAR {
                    return (2.0 * m * (1.0 - correlation).min(2.0)).sqrt();
                }
                let pair = SquaredDistance(Scaled::unit(a, i), Scaled::unit(b, j));
                (m * simd.vectorize(pair)).sqrt()
            }
            _ => m.sqrt(),
        }
    }
}

/// Where covariances are computed afresh.
struct Seed<'a> {
    rows: &'a Windows,
    columns: &'a Windows,
    row: usize,
    column: usize,
}

impl Seed<'_> {
    fn all<S: Simd>(&self, simd: S, centred: &mut [f64], covariance: &mut [f64]) {
        let mean = self.rows.mean[self.row];
        for (centred, x) in centred.iter_mut().zip(self.rows.window(self.row)) {
            *centred = x - mean;
        }
        simd.vectorize(Dots {
            pattern: centred,
            windows: self.columns,
            first: self.column,
            out: covariance,
        });
    }

    fn one<S: Simd>(&self, simd: S, lane: usize, covariance: &mut [f64]) {
        let row = Scaled::centred(self.rows, self.row);
        let column = Scaled::centred(self.columns, self.column + lane);
        covariance[lane] = simd.vectorize(Dot(row, column));
    }
}
