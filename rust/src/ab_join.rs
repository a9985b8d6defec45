//! The AB-join: for every window of each of two series, its nearest neighbours in the other.
//!
//! One pass over the rectangle of the distance matrix serves both directions: diagonals from its
//! upper edge have the first series' windows as rows, those from its left edge the second's.

use crate::join::best::Side;
use crate::join::levels::{self, Levels};
use crate::join::search::{CHUNK, FEW, Options, Search};
use crate::join::shapes::{self, Shapes};
use crate::join::tiles::Tiles;
use crate::join::{Band, Measure, constant};
use crate::norm::Powers;
use crate::simd::{Kernel, Simd};
use crate::stats::Frame;
use crate::threads;

/// Together the whole rectangle.
pub const BANDS: [Band; 2] = [Band { rows: 0, first: 0 }, Band { rows: 1, first: 1 }];

/// Joins two series of at least `m` values each.
pub struct AbJoin<'a> {
    pub series: [&'a [f64]; 2],
    pub m: usize,
    /// Of the plain distance; `None` for the z-normalised one.
    pub powers: Option<Powers>,
    /// Whether windows that hold one value for more than half their length take part.
    pub constant: bool,
    pub options: Options<'a>,
}

/// Distances and indices, k of each for every window.
pub type Found = (Vec<f64>, Vec<i64>);

impl Kernel for AbJoin<'_> {
    type Output = [Found; 2];

    fn run<S: Simd>(self, simd: S) -> [Found; 2] {
        let watch = self.options.watch;
        if let Some(powers) = self.powers {
            let frame = Frame::of(&self.series, watch);
            let side = |values| {
                let levels = Levels::new(values, self.m, frame, powers, watch);
                if self.constant {
                    levels
                } else {
                    levels.without_idle(values, watch)
                }
            };
            let [a, b] = self.series.map(side);
            let measure = levels::Between {
                sides: [&a, &b],
                powers,
            };
            let search = Search::new::<S>(&measure, &BANDS, self.options);
            return finish(simd, &search, search.run(simd));
        }
        let [a, b] = self.series.map(|values| {
            let shapes = Shapes::new(values, self.m, watch);
            if self.constant {
                shapes
            } else {
                shapes.without_idle(values, watch)
            }
        });
        let measure = shapes::Between([&a, &b]);
        let search = Search::new::<S>(&measure, &BANDS, self.options);
        let [mut of_a, mut of_b] = if Tiles::suit::<S>(search.options) {
            Tiles {
                rows: &a,
                columns: &b,
                zone: None,
                options: search.options,
            }
            .run(simd)
        } else {
            search.run(simd)
        };
        if self.constant {
            let k = self.options.k;
            constant::in_other(&mut of_a, k, &a.windows, &b.windows, watch);
            constant::in_other(&mut of_b, k, &b.windows, &a.windows, watch);
        }
        finish(simd, &search, [of_a, of_b])
    }
}

fn finish<S: Simd, M: Measure>(simd: S, search: &Search<M>, sides: [Side; 2]) -> [Found; 2] {
    let found = [0, 1].map(|side| {
        let entries = search.measure.windows(side) * search.options.k;
        // Every one is written to, by the threads.
        let (mut distances, mut indices) = (vec![0.0; entries], vec![0; entries]);
        let chunk = CHUNK * search.options.k;
        let parts = distances.chunks_mut(chunk).zip(indices.chunks_mut(chunk));
        let parts = parts.enumerate().collect();
        let Options { threads, watch, .. } = search.options;
        threads::each(threads, watch, parts, |(number, part)| {
            finish_part(simd, search, (side, &sides[side]), number * CHUNK, part);
        });
        (distances, indices)
    });
    search.options.watch.free(sides);
    found
}

fn finish_part<S: Simd, M: Measure>(
    simd: S,
    search: &Search<M>,
    (side, best): (usize, &Side),
    start: usize,
    (distances, indices): (&mut [f64], &mut [i64]),
) {
    let k = search.options.k;
    let mut nearest = vec![(0.0, 0); k];
    let windows = distances.chunks_mut(k).zip(indices.chunks_mut(k));
    for (at, (distances, indices)) in windows.enumerate() {
        if at % FEW == 0 && !search.options.watch.step(0) {
            return;
        }
        search.neighbours(simd, side, best, start + at, &mut nearest);
        for (rank, (distance, index)) in nearest.iter().enumerate() {
            (distances[rank], indices[rank]) = (*distance, *index);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reference;
    use crate::simd::Level;
    use crate::watch::Watch;

    fn check_case(level: Level, series: [&[f64]; 2], m: usize, normalize: bool) {
        for k in [1, 3] {
            let found = level.visit(AbJoin {
                series,
                m,
                powers: (!normalize).then_some(Powers::Square),
                constant: true,
                options: Options {
                    k,
                    threads: 1,
                    skip: 0.0,
                    share: 1.0,
                    watch: &Watch::new(&|_| true),
                },
            });
            for side in [0, 1] {
                let matrix = reference::matrix(series[side], series[1 - side], m, normalize);
                let (distances, indices) = &found[side];
                for (i, row) in matrix.into_iter().enumerate() {
                    let mut rest: Vec<_> = row.into_iter().enumerate().collect();
                    for rank in i * k..(i + 1) * k {
                        let what = format!("{} {m} {normalize} {side} {i}", level.name());
                        reference::check((distances[rank], indices[rank]), &rest, &what);
                        rest.retain(|(j, _)| *j as i64 != indices[rank]);
                    }
                }
            }
        }
    }

    #[test]
    fn every_size_is_that_of_the_definition() {
        reference::each_case(|level, values, m| {
            for other in [m, m + 8, m + 40] {
                let [noise, ties, ..] = reference::kinds(other);
                check_case(level, [values, &ties], m, true);
                check_case(level, [&noise, values], m, false);
            }
        });
    }
}
