//! When a covariance is computed afresh, so that rounding cannot build up.

use crate::stats::Windows;

/// A covariance is stepped along at most this many rows, or [`SPAN_WINDOWS`] · m.
const SPAN: usize = 4096;
const SPAN_WINDOWS: usize = 16;

/// A window whose norm is this many times below one stepped through since is computed afresh:
/// what rounding left behind at the large one would be large beside the small one.
const DROP: f64 = 16.0;

/// A row at which one lane of a block, or all of them, must be computed afresh.
pub type Event = (usize, Option<usize>);

pub struct Schedule {
    span: usize,
    drops: Vec<usize>,
}

impl Schedule {
    pub fn new(windows: &Windows) -> Self {
        let mut drops = Vec::new();
        let mut highest = 0.0f64;
        for (i, norm) in windows.norm.iter().enumerate().take(windows.len()) {
            highest = highest.max(*norm);
            if norm * DROP < highest {
                drops.push(i);
                highest = *norm;
            }
        }
        Schedule {
            span: SPAN.max(SPAN_WINDOWS * windows.m),
            drops,
        }
    }

    /// The events of the diagonals `lag .. lag + block`, by row; the first is all lanes at row 0.
    pub fn events(&self, lag: usize, block: usize, rows: usize, events: &mut Vec<Event>) {
        events.clear();
        events.extend((0..rows).step_by(self.span).map(|row| (row, None)));
        let within = |row: &usize| (1..rows).contains(row);
        for drop in &self.drops {
            events.extend(Some(*drop).filter(within).map(|row| (row, None)));
            // Column `drop` is met by each lane one row before the lane below it.
            for lane in (0..block).rev() {
                let row = drop.checked_sub(lag + lane).filter(within);
                events.extend(row.map(|row| (row, Some(lane))));
            }
        }
        events.sort_unstable();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spike_is_forgotten_once_it_has_left_the_window() {
        let mut values: Vec<f64> = (0..100).map(|i| f64::from(i % 7)).collect();
        values[40] = 1e6;
        let schedule = Schedule::new(&Windows::new(&values, 10));
        assert_eq!(schedule.drops, [41]);
        let mut events = Vec::new();
        schedule.events(5, 2, 86, &mut events);
        assert_eq!(
            events,
            [(0, None), (35, Some(1)), (36, Some(0)), (41, None)]
        );
    }
}
