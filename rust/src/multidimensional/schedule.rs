//! When the covariances of a channel are computed afresh, so that rounding cannot build up.

use crate::stats::Windows;
use std::ops::Range;

/// A covariance is stepped along at most this many rows, or [`SPAN_WINDOWS`] · m.
const SPAN: usize = 4096;
const SPAN_WINDOWS: usize = 16;

/// A window whose norm is this many times below one stepped through since is computed afresh.
const DROP: f64 = 16.0;

/// A row at which one lane of a channel's block, or all of them, must be computed afresh.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Event {
    pub row: usize,
    pub channel: usize,
    pub lane: Option<usize>,
}

/// The windows of a channel at which the norm has dropped.
pub fn drops(windows: &Windows) -> Vec<usize> {
    let mut highest = 0.0f64;
    let mut drops = Vec::new();
    for (i, norm) in windows.norm.iter().enumerate().take(windows.len()) {
        highest = highest.max(*norm);
        if norm * DROP < highest {
            drops.push(i);
            highest = *norm;
        }
    }
    drops
}

/// Adds a channel's events on the diagonals `lag .. lag + block`; the first is all lanes at row 0.
pub fn events(
    channel: usize,
    m: usize,
    [row_drops, column_drops]: [&[usize]; 2],
    lag: usize,
    block: usize,
    rows: usize,
    events: &mut Vec<Event>,
) {
    let mut add = |row, lane| events.push(Event { row, channel, lane });
    for row in (0..rows).step_by(SPAN.max(SPAN_WINDOWS * m)) {
        add(row, None);
    }
    for row in within(row_drops, 1..rows) {
        add(row, None);
    }
    // Column `drop` is met by each lane one row before the lane below it.
    for drop in within(column_drops, lag + 1..lag + block + rows) {
        for lane in 0..block {
            let row = drop.checked_sub(lag + lane);
            if let Some(row) = row.filter(|row| (1..rows).contains(row)) {
                add(row, Some(lane));
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
        let spiked = drops(&Windows::new(&values, 10));
        assert_eq!(spiked, [41]);
        let mut found = Vec::new();
        events(3, 10, [&[], &spiked], 5, 2, 86, &mut found);
        events(3, 10, [&spiked, &[]], 5, 2, 86, &mut found);
        found.sort_unstable();
        let places: Vec<_> = found.iter().map(|event| (event.row, event.lane)).collect();
        assert_eq!(
            places,
            [
                (0, None),
                (0, None),
                (35, Some(1)),
                (36, Some(0)),
                (41, None)
            ]
        );
    }
}
