//! The z-normalised distance: covariances stepped along the diagonals, and computed afresh.

use super::Measure;
use super::best::Margin;
use super::many::Many;
use super::network::IN_REGISTERS;
use super::pairing::{Operands, Pairing};
use super::rows::Rows;
use super::shapes::Shapes;
use crate::dots::{Dot, Dots, Scaled};
use crate::join::Block;
use crate::reseed::{Diagonals, Event};
use crate::simd::Simd;
use crate::watch::Watch;
use std::ops::Range;

/// Rows that a block is walked through before the next lanes: what they read stays in the cache.
pub const TILE: usize = 512;

/// What one thread keeps.
pub struct State {
    covariance: Vec<f64>,
    events: Vec<Event>,
    centred: Vec<f64>,
}

impl Measure for Shapes {
    type State = State;

    fn state<S: Simd>(&self) -> State {
        State {
            covariance: vec![0.0; self.channels() * S::BLOCK],
            events: Vec::new(),
            centred: vec![0.0; self.channels[0].m],
        }
    }

    /// Near 0, what is off is the root of the covariance's rounding.
    fn margin<S: Simd>() -> Margin {
        Margin {
            relative: S::ROOT_ERROR,
            near_zero: 1e-6,
        }
    }

    fn walk<S: Simd>(
        simd: S,
        pairing: &mut Pairing<Shapes>,
        state: &mut State,
        Block { lag, rows, .. }: Block,
        watch: &Watch,
    ) {
        let mut events = std::mem::take(&mut state.events);
        for from in (0..rows).step_by(TILE) {
            let part = from..rows.min(from + TILE);
            events_of::<S>(pairing, lag, part.clone(), &mut events);
            let mut row = part.start;
            for event in &events {
                walk(simd, pairing, &mut state.covariance, lag, row..event.row);
                seed(simd, [pairing.row, pairing.column], lag, *event, state);
                row = event.row;
            }
            walk(simd, pairing, &mut state.covariance, lag, row..part.end);
            if !watch.step(part.len() * S::BLOCK) {
                break;
            }
        }
        state.events = events;
    }
}

/// What has to be computed afresh in some rows, in order.
fn events_of<S: Simd>(
    pairing: &Pairing<Shapes>,
    lag: usize,
    rows: Range<usize>,
    events: &mut Vec<Event>,
) {
    events.clear();
    for channel in 0..pairing.row.channels() {
        let diagonals = Diagonals {
            channel,
            m: pairing.row.channels[channel].m,
            drops: [pairing.row, pairing.column].map(|of| of.drops[channel].as_slice()),
            lag,
            lanes: S::BLOCK,
        };
        diagonals.events(rows.clone(), events);
    }
    events.sort_unstable();
}

/// Computes covariances afresh.
fn seed<S: Simd>(
    simd: S,
    [row, column]: [&Shapes; 2],
    lag: usize,
    event: Event,
    state: &mut State,
) {
    let Event {
        row: i,
        channel,
        lane,
    } = event;
    let (row, column) = (&row.channels[channel], &column.channels[channel]);
    let block = &mut state.covariance[channel * S::BLOCK..][..S::BLOCK];
    let Some(lane) = lane else {
        for (centred, x) in state.centred.iter_mut().zip(row.window(i)) {
            *centred = x - row.mean[i];
        }
        return simd.vectorize(Dots {
            pattern: &state.centred,
            windows: column,
            first: i + lag,
            out: block,
        });
    };
    let pair = (
        Scaled::centred(row, i),
        Scaled::centred(column, i + lag + lane),
    );
    block[lane] = simd.vectorize(Dot(pair.0, pair.1));
}

fn walk<S: Simd>(
    simd: S,
    pairing: &mut Pairing<Shapes>,
    covariance: &mut [f64],
    lag: usize,
    rows: Range<usize>,
) {
    if rows.is_empty() {
        return;
    }
    let (channels, order) = (pairing.row.channels(), pairing.order);
    macro_rules! in_registers {
        ($($channels:literal)*) => {
            match (channels, order.farthest) {
                $(
                ($channels, false) => simd.vectorize(Rows::<$channels, false> {
                    pairing, covariance, lag, rows,
                }),
                ($channels, true) => simd.vectorize(Rows::<$channels, true> {
                    pairing, covariance, lag, rows,
                }),
                )*
                _ => unreachable!("more channels are kept in memory"),
            }
        };
    }
    if order.fixed == 0 && channels <= IN_REGISTERS {
        in_registers!(1 2 3 4 5 6 7 8);
    } else {
        simd.vectorize(Many {
            pairing,
            covariance,
            lag,
            rows,
        });
    }
}
