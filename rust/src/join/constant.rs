//! Neighbours of constant windows, which have no correlation.
//!
//! Constant windows are at distance 0 from one another and √m from ordinary ones, so one of them
//! is as near as any: one pass knows which to take.

use super::best::Side;
use crate::stats::{Kind, Windows};
use crate::watch::Watch;
use std::collections::VecDeque;

/// The correlation of which √m is the distance.
const HALF: f64 = 0.5;

/// The windows that a constant one may have as neighbours, as many as are kept.
struct Candidates {
    k: usize,
    constant: VecDeque<usize>,
    ordinary: VecDeque<usize>,
}

impl Candidates {
    fn new(k: usize) -> Self {
        Candidates {
            k,
            constant: VecDeque::new(),
            ordinary: VecDeque::new(),
        }
    }

    /// Puts a window before all others of its kind.
    fn put_first(&mut self, kind: Kind, window: usize) {
        let list = match kind {
            Kind::Missing => return,
            Kind::Constant => &mut self.constant,
            Kind::Ordinary => &mut self.ordinary,
        };
        list.push_front(window);
        list.truncate(self.k);
    }

    /// Gives a constant window its neighbours, and an ordinary one those constant ones that are
    /// nearer than its ordinary ones.
    fn offer_to(&self, side: &mut Side, windows: &Windows, i: usize) {
        match windows.kind[i] {
            Kind::Missing => {}
            Kind::Constant => {
                side.open(i);
                self.constant.iter().for_each(|j| side.offer(i, *j, 1.0));
                self.ordinary.iter().for_each(|j| side.offer(i, *j, HALF));
            }
            Kind::Ordinary => {
                let nearness = HALF / windows.inverse[i];
                self.constant
                    .iter()
                    .for_each(|j| side.offer(i, *j, nearness));
            }
        }
    }
}

/// Gives the windows of a series the constant neighbours on one side that are closest in time.
///
/// `order` walks away from that side; `zone` is the exclusion zone.
pub fn on_one_side(
    side: &mut Side,
    k: usize,
    windows: &Windows,
    zone: usize,
    order: impl Iterator<Item = usize> + Clone,
    watch: &Watch,
) {
    if !windows.kind.contains(&Kind::Constant) {
        return;
    }
    let mut candidates = Candidates::new(k);
    // The first windows have none beyond the exclusion zone.
    let beyond = std::iter::repeat_n(None, zone + 1).chain(order.clone().map(Some));
    for (i, latest) in watch.along(order.zip(beyond)) {
        if let Some(j) = latest {
            candidates.put_first(windows.kind[j], j);
        }
        candidates.offer_to(side, windows, i);
    }
}

/// Gives the windows of a series the first constant neighbours in another series.
pub fn in_other(side: &mut Side, k: usize, windows: &Windows, other: &Windows, watch: &Watch) {
    let mut candidates = Candidates::new(k);
    for (j, kind) in watch.along(other.kind.iter().enumerate().rev()) {
        candidates.put_first(*kind, j);
    }
    for i in watch.along(0..windows.len()) {
        candidates.offer_to(side, windows, i);
    }
}
