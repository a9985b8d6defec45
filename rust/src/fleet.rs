//! Many series in one call: values laid end to end, and where each one begins.

use crate::distance_profile::{DistanceProfile, Pattern};
use crate::join::search::Options;
use crate::norm::{Norm, Powers};
use crate::pair_distances::PairDistances;
use crate::plain_distances::PlainDistances;
use crate::profile::Arrays;
use crate::self_join::{self, Destination, SelfJoin};
use crate::simd::Level;
use crate::threads;
use crate::watch::Watch;

/// Series with more values than this are computed one after the other, by all threads each.
pub const LONG: usize = 32_768;

/// The devices' values, and the places of their windows in the output.
pub struct Fleet<'a> {
    pub values: &'a [f64],
    offsets: &'a [i64],
    pub m: usize,
}

impl<'a> Fleet<'a> {
    /// `None` where the offsets do not rise from 0 to the number of values, or m is 0.
    pub fn new(values: &'a [f64], offsets: &'a [i64], m: usize) -> Option<Self> {
        let rises = offsets.windows(2).all(|pair| pair[0] <= pair[1]);
        let ends = offsets.first() == Some(&0) && offsets.last() == Some(&(values.len() as i64));
        (rises && ends && m > 0).then_some(Fleet { values, offsets, m })
    }

    /// How many series there are.
    pub fn len(&self) -> usize {
        self.offsets.len() - 1
    }

    pub fn series(&self) -> impl Iterator<Item = &'a [f64]> {
        let values = self.values;
        self.offsets
            .windows(2)
            .map(move |pair| &values[pair[0] as usize..pair[1] as usize])
    }

    fn windows_of(&self, series: &[f64]) -> usize {
        (series.len() + 1).saturating_sub(self.m)
    }

    /// How many windows all series have together.
    pub fn windows(&self) -> usize {
        self.series().map(|series| self.windows_of(series)).sum()
    }

    /// How many pairs of windows all series have together.
    pub fn pairs(&self) -> usize {
        let of_one = |series| self_join::pairs(self.windows_of(series), self.m);
        self.series().map(of_one).sum()
    }

    /// The matrix profile of every series, laid end to end: by a plain distance, or the
    /// z-normalised one.
    pub fn self_join(&self, level: Level, powers: Option<Powers>, options: Options) -> Arrays {
        if let ([_, _], 1..) = (self.offsets, self.windows()) {
            let mut arrays = Arrays::new(0, options.k);
            level.visit(SelfJoin {
                values: self.values,
                m: self.m,
                powers,
                options,
                into: Destination::Whole(&mut arrays),
            });
            return arrays;
        }
        let mut arrays = Arrays::new(self.windows(), options.k);
        let mut rest = arrays.borrow();
        let mut jobs = Vec::new();
        for series in self.series() {
            let (profile, others) = rest.split(self.windows_of(series));
            jobs.push((series, profile));
            rest = others;
        }
        self.spread(
            jobs,
            (options.threads, options.watch),
            |values, profile, threads| {
                if !options.watch.stopped() {
                    level.visit(SelfJoin {
                        values,
                        m: self.m,
                        powers,
                        options: Options { threads, ..options },
                        into: Destination::Part(profile),
                    });
                }
            },
        );
        arrays
    }

    /// The distance of a pattern of m values to every window of every series, laid end to end:
    /// that of a norm, or the z-normalised one.
    pub fn distance_profile(
        &self,
        pattern: &[f64],
        norm: Option<Norm>,
        level: Level,
        threads: usize,
        watch: &Watch,
    ) -> Vec<f64> {
        // Every one is written to, by the threads.
        let mut distances = vec![0.0; self.windows()];
        let mut rest = distances.as_mut_slice();
        let mut jobs = Vec::new();
        for series in self.series() {
            let (distance, others) = rest.split_at_mut(self.windows_of(series));
            jobs.push((series, distance));
            rest = others;
        }
        if let Some(norm) = norm {
            self.spread(jobs, (threads, watch), |values, distance, threads| {
                level.visit(PlainDistances {
                    pattern,
                    values,
                    norm,
                    threads,
                    watch,
                    distance,
                });
            });
            return distances;
        }
        let pattern = Pattern::new(pattern, watch);
        self.spread(jobs, (threads, watch), |values, distance, threads| {
            level.visit(DistanceProfile {
                pattern: &pattern,
                values,
                threads,
                watch,
                distance,
            });
        });
        distances
    }

    /// The distance of every window to the one of its series that `others` names; ∞ for none.
    pub fn pair_distances(
        &self,
        others: &[i64],
        level: Level,
        threads: usize,
        watch: &Watch,
    ) -> Vec<f64> {
        let mut distances = vec![0.0; self.windows()];
        let (mut rest, mut others) = (distances.as_mut_slice(), others);
        let mut jobs = Vec::new();
        for series in self.series() {
            let windows = self.windows_of(series);
            let (distance, distances) = rest.split_at_mut(windows);
            let (theirs, following) = others.split_at(windows);
            jobs.push((series, (distance, theirs)));
            (rest, others) = (distances, following);
        }
        self.spread(
            jobs,
            (threads, watch),
            |values, (distance, others), threads| {
                level.visit(PairDistances {
                    values,
                    m: self.m,
                    others,
                    threads,
                    watch,
                    distance,
                });
            },
        );
        distances
    }

    /// Gives every series that has a window to `work`: short ones a thread each, long ones all.
    pub fn spread<P: Send>(
        &self,
        mut jobs: Vec<(&'a [f64], P)>,
        (threads, watch): (usize, &Watch),
        work: impl Fn(&[f64], P, usize) + Sync,
    ) {
        jobs.retain(|(series, _)| self.windows_of(series) > 0);
        let alone = jobs.len() < threads;
        let (long, short) = jobs
            .into_iter()
            .partition(|(series, _)| alone || series.len() > LONG);
        threads::each(1, watch, long, |(series, part)| work(series, part, threads));
        threads::each(threads, watch, short, |(series, part)| {
            work(series, part, 1)
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nearest::Nearest;
    use crate::norm::{Norm, Powers};
    use crate::reference;

    /// A device shorter than the pattern, one of just its length, and one of the case's.
    fn check_case(level: Level, values: &[f64], m: usize) {
        let [pattern, _, constant, _, offset] = reference::kinds(m);
        let all = [&values[..m - 1], &values[..m], values].concat();
        let ends = [0, m - 1, 2 * m - 1, all.len()].map(|end| end as i64);
        let fleet = Fleet::new(&all, &ends, m).unwrap();
        for pattern in [&pattern, &constant, &offset] {
            for normalize in [true, false] {
                let norm = (!normalize).then_some(Norm::Root(Powers::Square));
                let found = fleet.distance_profile(pattern, norm, level, 1, &Watch::new(&|_| true));
                let windows = values[..m].windows(m).chain(values.windows(m));
                let mut least = f64::INFINITY;
                for (window, found) in windows.zip(&found) {
                    let expected = reference::distance(pattern, window, normalize);
                    let close = (found - expected).abs() <= 1e-6 * expected.max(1.0);
                    assert!(
                        close || *found == expected,
                        "{} {found} {expected}",
                        level.name()
                    );
                    least = least.min(*found);
                }
                let nearest = Nearest {
                    fleet: &fleet,
                    pattern,
                    k: 1,
                    max_distance: f64::INFINITY,
                    level,
                    watch: &Watch::new(&|_| true),
                };
                if normalize {
                    let first = nearest
                        .find(1)
                        .first()
                        .map_or(f64::INFINITY, |f| f.distance);
                    assert_eq!(first, least, "{}", level.name());
                }
            }
        }
    }

    #[test]
    fn every_size_is_that_of_the_definition() {
        reference::each_case(check_case);
    }
}
