//! When a covariance is computed afresh, so that rounding cannot build up.

use crate::stats::Windows;

/// A covariance is stepped along at most this many rows, or the next times m.
const SPAN: usize = 4096;
const SPAN_WINDOWS: usize = 16;

/// A window whose norm is this many times below one stepped through since is computed afresh:
/// what rounding left behind at the large one would be large beside the small one.
const DROP: f64 = 16.0;

/// A row at which one lane of a block, or all of them, must be computed afresh.
pub type Event = (usize, Option<usize>);

/// Along how many rows a covariance is stepped.
pub fn span(m: usize) -> usize {
    SPAN.max(SPAN_WINDOWS * m)
}

/// The windows of a series whose norm is far below one before.
pub fn drops(windows: &Windows) -> Vec<usize> {
    let mut drops = Vec::new();
    let mut highest = 0.0f64;
    for (i, norm) in windows.norm.iter().enumerate().take(windows.len()) {
        highest = highest.max(*norm);
        if norm * DROP < highest {
            drops.push(i);
            highest = *norm;
        }
    }
    drops
}

/// The events of the diagonals `lag .. lag + lanes`, by row; the first is all lanes at row 0.
///
/// `drops` are those of the rows' series and of the columns'.
pub fn events(
    drops: (&[usize], &[usize]),
    span: usize,
    (lag, lanes): (usize, usize),
    rows: usize,
    events: &mut Vec<Event>,
) {
    events.clear();
    events.extend((0..rows).step_by(span).map(|row| (row, None)));
    let within = |row: &usize| (1..rows).contains(row);
    events.extend(
        drops
            .0
            .iter()
            .copied()
            .filter(within)
            .map(|row| (row, None)),
    );
    for drop in drops.1 {
        // Column `drop` is met by each lane one row before the lane below it.
        for lane in (0..lanes).rev() {
            let row = drop.checked_sub(lag + lane).filter(within);
            events.extend(row.map(|row| (row, Some(lane))));
        }
    }
    events.sort_unstable();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spike_is_forgotten_once_it_has_left_the_window() {
        let mut values: Vec<f64> = (0..100).map(|i| f64::from(i % 7)).collect();
        values[40] = 1e6;
        let drops = drops(&Windows::new(&values, 10));
        assert_eq!(drops, [41]);
        let mut found = Vec::new();
        events((&drops, &drops), span(10), (5, 2), 86, &mut found);
        assert_eq!(found, [(0, None), (35, Some(1)), (36, Some(0)), (41, None)]);
    }
}
