//! For some windows, the nearest one on any other device, as far as it matters how near that is.
//!
//! A window that has a near neighbour anywhere is no discord: the search for it ends as soon as
//! one is found. A device is screened in float32 first, as for a pattern.

use super::Found;
use super::screen::{Screen, Screened};
use crate::distance_profile::{DistanceProfile, Pattern};
use crate::fleet::Fleet;
use crate::simd::Level;
use crate::threads;
use crate::watch::Watch;

/// The device of a window that nothing nearer was found for.
pub const NOWHERE: usize = usize::MAX;

/// What is asked for.
pub struct Elsewhere<'a> {
    pub fleet: &'a Fleet<'a>,
    /// The windows, end to end; all finite.
    pub patterns: &'a [f64],
    /// How far the nearest known neighbour of each is.
    pub bounds: &'a [f64],
    /// Each one's own device, which does not count; -1 where it is not of this fleet.
    pub own: &'a [i64],
    /// Nearer than this a neighbour ends the search.
    pub enough: f64,
    pub level: Level,
    pub watch: &'a Watch<'a>,
}

/// What one thread keeps between windows.
#[derive(Default)]
struct Room {
    distances: Vec<f64>,
    screened: Screened,
    found: Vec<(usize, Found)>,
}

impl Elsewhere<'_> {
    /// The nearest of each window; where none is nearer than its bound, that, and `NOWHERE`.
    pub fn find(&self, threads: usize) -> Vec<Found> {
        let series: Vec<&[f64]> = self.fleet.series().collect();
        let count = self.bounds.len();
        let rooms = threads::fold(threads, self.watch, count, Room::default, |room, window| {
            let found = self.nearest(&series, window, room);
            room.found.push((window, found));
        });
        let mut found: Vec<_> = rooms.into_iter().flat_map(|room| room.found).collect();
        found.sort_unstable_by_key(|(window, _)| *window);
        found.into_iter().map(|(_, found)| found).collect()
    }

    fn nearest(&self, series: &[&[f64]], window: usize, room: &mut Room) -> Found {
        let m = self.fleet.m;
        let values = &self.patterns[window * m..][..m];
        let (prepared, screen) = (Pattern::new(values, self.watch), Screen::new(values));
        let own = usize::try_from(self.own[window]).unwrap_or(NOWHERE);
        let mut best = Found {
            distance: self.bounds[window],
            device: NOWHERE,
            index: 0,
        };
        // From its own device on: neighbours in name are often alike.
        let first = if own == NOWHERE { window } else { own + 1 };
        for device in (0..series.len()).map(|step| (first + step) % series.len()) {
            if device == own || series[device].len() < m {
                continue;
            }
            if !self.watch.step(1) {
                break;
            }
            let floor = Screen::floor(best.distance, m);
            if let (Some(screen), Some(floor)) = (&screen, floor)
                && !self.level.visit(screen.may_hold(
                    series[device],
                    floor,
                    &mut room.screened,
                    self.watch,
                ))
            {
                continue;
            }
            self.measure(&prepared, series[device], &mut room.distances);
            if self.watch.stopped() {
                break;
            }
            for (index, distance) in room.distances.iter().enumerate() {
                if *distance < best.distance {
                    best = Found {
                        distance: *distance,
                        device,
                        index,
                    };
                }
            }
            if best.distance < self.enough {
                break;
            }
        }
        best
    }

    fn measure(&self, pattern: &Pattern, values: &[f64], into: &mut Vec<f64>) {
        into.resize(values.len() + 1 - self.fleet.m, 0.0);
        self.level.visit(DistanceProfile {
            pattern,
            values,
            threads: 1,
            watch: self.watch,
            distance: into,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Noise with a period, from a seed.
    fn noise(seed: u64, n: usize) -> Vec<f64> {
        let mut state = seed;
        let mut next = || {
            state = state
                .wrapping_mul(6364136223846793005)
                .wrapping_add(1442695040888963407);
            (state >> 33) as f64 / f64::from(1 << 31) - 0.5
        };
        (0..n).map(|i| (i as f64 / 3.0).sin() + next()).collect()
    }

    #[test]
    fn it_is_the_nearest_of_all_other_devices_and_ends_when_near_enough() {
        let m = 12;
        let ends = [0i64, 100, 105, 240, 400];
        let mut values = noise(5, 400);
        values[150] = f64::NAN;
        values[300..340].fill(2.0);
        let fleet = Fleet::new(&values, &ends, m).unwrap();
        let own = [0i64, 2, 3, 3, -1];
        let starts = [20, 200, 250, 310, 60];
        let patterns: Vec<f64> = starts
            .iter()
            .flat_map(|start| values[*start..start + m].to_vec())
            .collect();
        for level in Level::available() {
            let search = |bounds: &[f64], enough| {
                Elsewhere {
                    fleet: &fleet,
                    patterns: &patterns,
                    bounds,
                    own: &own,
                    enough,
                    level,
                    watch: &Watch::new(&|_| true),
                }
                .find(2)
            };
            let found = search(&[f64::INFINITY; 5], 0.0);
            for (window, found) in found.iter().enumerate() {
                let pattern = &patterns[window * m..][..m];
                let mut least = f64::INFINITY;
                for (device, series) in fleet.series().enumerate() {
                    if device as i64 != own[window] {
                        for other in series.windows(m) {
                            least = least.min(crate::reference::distance(pattern, other, true));
                        }
                    }
                }
                assert!((found.distance - least).abs() < 1e-6, "{}", level.name());
            }
            let near = search(&[0.1; 5], 0.0);
            assert!(near[..3].iter().all(|each| each.device == NOWHERE));
            let quick = search(&[f64::INFINITY; 5], f64::INFINITY);
            assert!(
                quick
                    .iter()
                    .zip(&found)
                    .all(|(q, f)| q.distance >= f.distance)
            );
        }
    }
}
