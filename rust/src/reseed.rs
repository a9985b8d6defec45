//! When a covariance is computed afresh, so that rounding cannot build up.

use crate::stats::Windows;
use crate::watch::Watch;
use std::ops::Range;

/// A covariance is stepped along at most this many rows, or the next times m.
const SPAN: usize = 4096;
const SPAN_WINDOWS: usize = 16;

/// A window whose norm is this many times below one stepped through since is computed afresh:
/// what rounding left behind at the large one would be large beside the small one.
const DROP: f64 = 16.0;

/// Of short windows so many times m: an error of the correlation counts m times in the square of
/// a distance, and norms of three values fall far at every turn.
const DROP_OF_SHORT: f64 = 1024.0;

/// A row at which one lane of a channel's block, or all of them, must be computed afresh.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Event {
    pub row: usize,
    pub channel: usize,
    pub lane: Option<usize>,
}

/// Along how many rows a covariance is stepped.
pub fn span(m: usize) -> usize {
    SPAN.max(SPAN_WINDOWS * m)
}

/// The windows of a series whose norm is far below one before.
pub fn drops(windows: &Windows, watch: &Watch) -> Vec<usize> {
    let mut drops = Vec::new();
    let mut highest = 0.0f64;
    let drop = DROP.max(DROP_OF_SHORT / windows.m as f64);
    let norms = windows.norm.iter().enumerate().take(windows.len());
    for (i, norm) in watch.along(norms) {
        highest = highest.max(*norm);
        if norm * drop < highest {
            drops.push(i);
            highest = *norm;
        }
    }
    drops
}

/// Neighbouring diagonals of one channel.
pub struct Diagonals<'a> {
    pub channel: usize,
    pub m: usize,
    /// Of the rows' series and of the columns'.
    pub drops: [&'a [usize]; 2],
    pub lag: usize,
    pub lanes: usize,
}

impl Diagonals<'_> {
    /// Adds the events of some rows, in no order; that of row 0 is all lanes.
    pub fn events(&self, rows: Range<usize>, events: &mut Vec<Event>) {
        let &Diagonals { channel, lag, .. } = self;
        let mut add = |row, lane| events.push(Event { row, channel, lane });
        let span = span(self.m);
        for row in (rows.start.next_multiple_of(span)..rows.end).step_by(span) {
            add(row, None);
        }
        let later = rows.start.max(1)..rows.end;
        for row in within(self.drops[0], later.clone()) {
            add(row, None);
        }
        // Column `drop` is met by each lane one row before the lane below it.
        let columns = lag + later.start..lag + self.lanes + later.end;
        for drop in within(self.drops[1], columns) {
            for lane in 0..self.lanes {
                let row = drop.checked_sub(lag + lane);
                if let Some(row) = row.filter(|row| later.contains(row)) {
                    add(row, Some(lane));
                }
            }
        }
    }
}

fn within(drops: &[usize], range: Range<usize>) -> impl Iterator<Item = usize> {
    let start = drops.partition_point(|drop| *drop < range.start);
    let rest = drops[start..].iter().copied();
    rest.take_while(move |drop| *drop < range.end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spike_is_forgotten_once_it_has_left_the_window() {
        let mut values: Vec<f64> = (0..100).map(|i| f64::from(i % 7)).collect();
        values[40] = 1e6;
        let drops = drops(&Windows::new(&values, 10, &Watch::idle()), &Watch::idle());
        assert_eq!(drops, [41]);
        let mut found = Vec::new();
        let diagonals = Diagonals {
            channel: 3,
            m: 10,
            drops: [&drops, &drops],
            lag: 5,
            lanes: 2,
        };
        for rows in [0..35, 35..36, 36..86] {
            diagonals.events(rows, &mut found);
        }
        found.sort_unstable();
        assert!(found.iter().all(|event| event.channel == 3));
        let places: Vec<_> = found.iter().map(|event| (event.row, event.lane)).collect();
        assert_eq!(
            places,
            [(0, None), (35, Some(1)), (36, Some(0)), (41, None)]
        );
    }
}
