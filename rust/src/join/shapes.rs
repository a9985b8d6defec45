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
use std::ops::Range;
use std::sync::OnceLock;

/// Above this, a distance from a correlation is too coarse: its square is a small difference.
const NEAR: f64 = 1.0 - 1e-3;

/// Rows that are walked before the watch is asked: with lists of neighbours each takes a while.
const PIECE: usize = 4096;

/// So many pairs are compared in less than two milliseconds.
const SHARED: usize = 1 << 22;

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
    pub fn new(values: &[f64], m: usize, watch: &Watch) -> Self {
        let mut windows = Windows::new(values, m, watch);
        let Windows { x, mean, .. } = &windows;
        let (mut f, mut g) = (vec![0.0; mean.len()], vec![0.0; mean.len()]);
        for piece in watch.pieces(windows.len() - 1) {
            for i in piece {
                f[i] = 0.5 * (x[i + m] - x[i]);
                g[i] = (x[i + m] - mean[i + 1]) + (x[i] - mean[i]);
            }
        }
        let drops = reseed::drops(&windows, watch);
        // A join has no other use for it.
        windows.norm = Vec::new();
        Shapes {
            drops,
            windows,
            f,
            g,
            of_tiles: OnceLock::new(),
        }
    }

    /// Gives back what only the search for neighbours reads.
    pub fn searched(&mut self) {
        self.f = Vec::new();
        self.g = Vec::new();
        self.of_tiles = OnceLock::new();
    }

    /// What tiles read of it, laid out the first time that it is asked for.
    pub fn of_tiles(&self, watch: &Watch) -> &OfTiles {
        self.of_tiles.get_or_init(|| {
            let before = |of: &[f64]| {
                let mut shifted = vec![0.0; of.len()];
                for piece in watch.pieces(of.len() - 1) {
                    shifted[piece.start + 1..=piece.end].copy_from_slice(&of[piece]);
                }
                self.drops.iter().for_each(|drop| shifted[*drop] = 0.0);
                shifted
            };
            let inverse = &self.windows.inverse;
            let mut divisor = watch.filled(f64::NAN, inverse.len());
            for (divisor, inverse) in watch.along(divisor.iter_mut().zip(inverse)) {
                if *inverse > 0.0 {
                    *divisor = *inverse;
                }
            }
            OfTiles {
                before_f: before(&self.f),
                before_g: before(&self.g),
                divisor,
            }
        })
    }

    /// Without windows that hold one value for long: as if one of theirs were missing.
    pub fn without_idle(mut self, values: &[f64], watch: &Watch) -> Self {
        let idle = stats::idle(values, self.windows.m);
        for (i, idle) in watch.along(idle.enumerate()) {
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
        }
    }

    fn lanes<S: Simd>(&self) -> usize {
        S::BLOCK
    }

    fn worth_sharing(&self) -> usize {
        SHARED
    }

    fn windows(&self, side: usize) -> usize {
        self.0[side].windows.len()
    }

    fn nothing<S: Simd>(&self, k: usize, watch: &Watch) -> [Side; 2] {
        self.0.map(|of| {
            let kinds = of.windows.kind.iter();
            Side::new(k, kinds.map(|kind| *kind == Kind::Ordinary), watch)
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
        let mut events = std::mem::take(&mut state.events);
        let mut walk = Walked {
            between: self,
            block,
            by_strips: block.number < strips::FIRST && sides[0].keeps_one(),
            state,
            sides,
        };
        let diagonals = walk.diagonals::<S>();
        for from in (0..block.rows).step_by(PIECE) {
            let rows = from..block.rows.min(from + PIECE);
            events.clear();
            diagonals.events(rows.clone(), &mut events);
            events.sort_unstable();
            let mut row = rows.start;
            for event in &events {
                walk.rows(simd, row..event.row);
                walk.seed(simd, *event);
                row = event.row;
            }
            walk.rows(simd, row..rows.end);
            if !watch.step(rows.len() * S::BLOCK) {
                break;
            }
        }
        walk.state.events = events;
    }
}

/// A block on its way.
struct Walked<'a> {
    between: &'a Between<'a>,
    block: Block,
    by_strips: bool,
    state: &'a mut State,
    sides: &'a mut [Side; 2],
}

impl<'a> Walked<'a> {
    fn rows_and_columns(&self) -> [&'a Shapes; 2] {
        [self.block.band.rows, 1 - self.block.band.rows].map(|side| self.between.0[side])
    }

    fn diagonals<S: Simd>(&self) -> Diagonals<'a> {
        let series = self.rows_and_columns();
        Diagonals {
            channel: 0,
            m: series[0].windows.m,
            drops: series.map(|of| of.drops.as_slice()),
            lag: self.block.lag,
            lanes: S::BLOCK,
        }
    }

    fn seed<S: Simd>(&mut self, simd: S, event: Event) {
        let [rows, columns] = self.rows_and_columns().map(|of| &of.windows);
        let seed = Seed {
            rows,
            columns,
            row: event.row,
            column: event.row + self.block.lag,
        };
        let State {
            centred,
            covariance,
            ..
        } = &mut *self.state;
        match event.lane {
            None => seed.all(simd, centred, covariance),
            Some(lane) => seed.one(simd, lane, covariance),
        }
    }

    /// Walks from row to row, which needs no covariance afresh.
    fn rows<S: Simd>(&mut self, simd: S, rows: Range<usize>) {
        if rows.is_empty() {
            return;
        }
        let [row, column] = self.rows_and_columns().map(Shapes::operands);
        let (of_rows, of_columns) = self.block.band.of_rows_and_columns(self.sides);
        let walk = Rows {
            row,
            column,
            of_rows,
            of_columns,
            covariance: &mut self.state.covariance,
            lag: self.block.lag,
            rows,
        };
        if self.by_strips {
            simd.vectorize(Strips {
                rows: walk,
                strip: &mut self.state.strip,
            });
        } else {
            simd.vectorize(walk);
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
