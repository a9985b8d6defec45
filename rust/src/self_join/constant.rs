//! Neighbours of constant windows, which have no correlation.

use crate::self_join::best::Side;
use crate::stats::Kind;

/// The correlation of which √m is the distance.
pub const HALF: f64 = 0.5;

/// Gives constant windows their nearest neighbours on one side, and ordinary windows a constant
/// one where it is nearer than all ordinary ones.
///
/// Constant windows are at distance 0 from one another and √m from ordinary ones, so the one
/// closest in time is as near as any: one pass knows it. `order` walks away from that side;
/// `zone` is the exclusion zone.
pub fn neighbours(
    side: &mut Side,
    kind: &[Kind],
    norm: &[f64],
    zone: usize,
    order: impl Iterator<Item = usize> + Clone,
) {
    let (mut constant, mut ordinary) = (None, None);
    // The first windows have none beyond the exclusion zone.
    let beyond = std::iter::repeat_n(None, zone + 1).chain(order.clone().map(Some));
    for (i, latest) in order.zip(beyond) {
        match latest.map(|neighbour| (kind[neighbour], neighbour)) {
            Some((Kind::Constant, neighbour)) => constant = Some(neighbour),
            Some((Kind::Ordinary, neighbour)) => ordinary = Some(neighbour),
            _ => {}
        }
        let (neighbour, nearness) = match kind[i] {
            Kind::Missing => continue,
            Kind::Constant => match constant {
                Some(_) => (constant, 1.0),
                None => (ordinary, HALF),
            },
            Kind::Ordinary => (constant, HALF * norm[i]),
        };
        let better = kind[i] == Kind::Constant || nearness > side.nearness[i];
        if let (Some(neighbour), true) = (neighbour, better) {
            side.nearness[i] = nearness;
            side.index[i] = neighbour as i64;
        }
    }
}
