//! MPdist of one series to each of many: how far they are apart by the windows that they share.
//!
//! Gharghabi and others, "Matrix Profile XII: MPdist" (ICDM 2018), counting what can be compared.

use crate::ab_join::{AbJoin, Found};
use crate::fleet::Fleet;
use crate::join::search::Options;
use crate::norm::Powers;
use crate::simd::Level;

/// One series of at least `m` values beside a fleet of windows as long.
pub struct MpDistances<'a> {
    pub series: &'a [f64],
    pub fleet: &'a Fleet<'a>,
    /// Which of the distances counts, from 0, the least, to 1, the largest.
    pub share: f64,
    /// Whether windows that hold one value for more than half their length count.
    pub constant: bool,
    /// Of the plain distance; `None` for the z-normalised one.
    pub powers: Option<Powers>,
    pub options: Options<'a>,
}

impl MpDistances<'_> {
    /// The distance to each device; ∞ where nothing can be compared.
    pub fn compute(&self, level: Level) -> Vec<f64> {
        let mut distances = vec![f64::INFINITY; self.fleet.len()];
        let jobs = self.fleet.series().zip(&mut distances).collect();
        self.fleet.spread(
            jobs,
            (self.options.threads, self.options.watch),
            |values, distance, threads| {
                if !self.options.watch.stopped() {
                    *distance = self.of_pair(level, values, threads);
                }
            },
        );
        distances
    }

    fn of_pair(&self, level: Level, values: &[f64], threads: usize) -> f64 {
        let found = level.visit(AbJoin {
            series: [self.series, values],
            m: self.fleet.m,
            powers: self.powers,
            constant: self.constant,
            options: Options {
                threads,
                ..self.options
            },
        });
        ranked(found, self.share, self.fleet.m)
    }
}

/// The distance of the windows' rank that a share of all values has.
///
/// Windows that can be compared count as if they lay in a row: as many of them, and m − 1 values
/// more.
fn ranked([of_a, of_b]: [Found; 2], share: f64, m: usize) -> f64 {
    let mut distances: Vec<f64> = of_a.0.into_iter().filter(|d| d.is_finite()).collect();
    distances.extend(of_b.0.into_iter().filter(|d| d.is_finite()));
    let Some(last) = distances.len().checked_sub(1) else {
        return f64::INFINITY;
    };
    let values = distances.len() + 2 * (m - 1);
    let rank = ((share * values as f64).ceil() as usize).min(last);
    *distances.select_nth_unstable_by(rank, f64::total_cmp).1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reference;
    use crate::watch::Watch;

    fn idle(window: &[f64]) -> bool {
        let runs = window.chunk_by(|a, b| a == b).map(<[f64]>::len);
        runs.max().unwrap_or(0) > window.len() / 2
    }

    /// As its definition has it, of all pairs of windows that count.
    fn expected(a: &[f64], b: &[f64], m: usize, constant: bool, normalize: bool) -> f64 {
        let counts = |of: &[f64]| -> Vec<bool> {
            let windows = of.windows(m);
            windows.map(|window| constant || !idle(window)).collect()
        };
        let (of_a, of_b) = (counts(a), counts(b));
        let mut matrix = reference::matrix(a, b, m, normalize);
        for (row, counts) in matrix.iter_mut().zip(&of_a) {
            for (distance, other) in row.iter_mut().zip(&of_b) {
                if !counts || !other {
                    *distance = f64::INFINITY;
                }
            }
        }
        let least = |all: &mut dyn Iterator<Item = f64>| all.fold(f64::INFINITY, f64::min);
        let mut all: Vec<f64> = matrix
            .iter()
            .map(|row| least(&mut row.iter().copied()))
            .collect();
        all.extend((0..of_b.len()).map(|j| least(&mut matrix.iter().map(|row| row[j]))));
        all.retain(|distance| distance.is_finite());
        all.sort_by(f64::total_cmp);
        let rank = (0.1 * (all.len() + 2 * (m - 1)) as f64).ceil() as usize;
        let last = all.len().saturating_sub(1);
        all.get(rank.min(last)).copied().unwrap_or(f64::INFINITY)
    }

    #[test]
    fn every_size_is_that_of_the_definition() {
        reference::each_case(|level, values, m| {
            let [noise, ties, constant, gaps, _] = reference::kinds(m + 20);
            let steps: Vec<f64> = (0..m + 20).map(|i| f64::from(i > m + 5)).collect();
            let all = [&noise, &ties, &constant, &gaps, &steps];
            let ends: Vec<i64> = (0..=all.len()).map(|i| (i * (m + 20)) as i64).collect();
            let end_to_end: Vec<f64> = all.iter().flat_map(|each| each.iter().copied()).collect();
            let fleet = Fleet::new(&end_to_end, &ends, m).unwrap();
            for (constant, normalize) in [(true, true), (false, true), (false, false)] {
                let found = MpDistances {
                    series: values,
                    fleet: &fleet,
                    share: 0.1,
                    constant,
                    powers: (!normalize).then_some(Powers::Square),
                    options: Options {
                        k: 1,
                        threads: 1,
                        skip: 0.0,
                        share: 1.0,
                        watch: &Watch::new(&|_| true),
                    },
                }
                .compute(level);
                for (found, other) in found.iter().zip(all) {
                    let wanted = expected(values, other, m, constant, normalize);
                    assert!(
                        *found == wanted || (found - wanted).abs() <= 1e-6 * wanted.max(1.0),
                        "{} m {m} {constant} {normalize}: {found} {wanted}",
                        level.name()
                    );
                }
            }
        });
    }
}
