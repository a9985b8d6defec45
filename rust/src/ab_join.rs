//! The AB-join: for every window of each of two series, its nearest neighbours in the other.
//!
//! One pass over the rectangle of the distance matrix serves both directions: diagonals from its
//! upper edge have the first series' windows as rows, those from its left edge the second's.

use crate::join::best::Side;
use crate::join::levels::{self, Levels};
use crate::join::search::{AT_ONCE, CHUNK, FEW, Options, Search};
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
        match self.powers {
            None => self.by_shapes(simd),
            Some(powers) => self.by_levels(simd, powers),
        }
    }
}

impl AbJoin<'_> {
    fn by_shapes<S: Simd>(self, simd: S) -> [Found; 2] {
        let watch = self.options.watch;
        let mut sides = self.series.map(|values| {
            let shapes = Shapes::new(values, self.m, watch);
            if self.constant {
                shapes
            } else {
                shapes.without_idle(values, watch)
            }
        });
        let measure = shapes::Between(sides.each_ref());
        let search = Search::new::<S>(&measure, &BANDS, self.options);
        let options = Options {
            threads: search.options.threads,
            ..self.options
        };
        let [mut of_a, mut of_b] = if Tiles::suit::<S>(options) {
            Tiles {
                rows: &sides[0],
                columns: &sides[1],
                zone: None,
                options,
            }
            .run(simd)
        } else {
            search.run(simd)
        };
        sides.iter_mut().for_each(Shapes::searched);
        if self.constant {
            let (k, [a, b]) = (options.k, sides.each_ref().map(|side| &side.windows));
            constant::in_other(&mut of_a, k, a, b, watch);
            constant::in_other(&mut of_b, k, b, a, watch);
        }
        let measure = shapes::Between(sides.each_ref());
        finish(simd, &measure, options, [of_a, of_b])
    }

    fn by_levels<S: Simd>(self, simd: S, powers: Powers) -> [Found; 2] {
        let watch = self.options.watch;
        let frame = Frame::of(&self.series, watch);
        let mut sides = self.series.map(|values| {
            let levels = Levels::new(values, self.m, frame, powers, watch);
            if self.constant {
                levels
            } else {
                levels.without_idle(values, watch)
            }
        });
        let measure = levels::Between {
            sides: sides.each_ref(),
            powers,
        };
        let search = Search::new::<S>(&measure, &BANDS, self.options);
        let (found, threads) = (search.run(simd), search.options.threads);
        let options = Options {
            threads,
            ..self.options
        };
        sides.iter_mut().for_each(Levels::searched);
        let measure = levels::Between {
            sides: sides.each_ref(),
            powers,
        };
        finish(simd, &measure, options, found)
    }
}

/// Turns what was found into distances, the last windows first: what was kept of them is given
/// back before results take the same room.
fn finish<S: Simd, M: Measure>(
    simd: S,
    measure: &M,
    options: Options,
    mut sides: [Side; 2],
) -> [Found; 2] {
    let Options {
        threads, watch, k, ..
    } = options;
    let found = [0, 1].map(|side| {
        let windows = measure.windows(side);
        // Every one is written to, by the threads.
        let (mut distances, mut indices) = (vec![0.0; windows * k], vec![0; windows * k]);
        let mut end = windows;
        while end > 0 && !watch.stopped() {
            let start = (end - 1) / AT_ONCE * AT_ONCE;
            let distances = distances[start * k..end * k].chunks_mut(CHUNK * k);
            let indices = indices[start * k..end * k].chunks_mut(CHUNK * k);
            let parts = distances.zip(indices).enumerate().collect();
            threads::each(threads, watch, parts, |(number, part)| {
                let first = start + number * CHUNK;
                finish_part(simd, (measure, options), (side, &sides[side]), first, part);
            });
            sides[side].truncate(start);
            watch.step(0);
            end = start;
        }
        (distances, indices)
    });
    watch.free(sides);
    found
}

fn finish_part<S: Simd, M: Measure>(
    simd: S,
    (measure, Options { k, watch, .. }): (&M, Options),
    (side, best): (usize, &Side),
    start: usize,
    (distances, indices): (&mut [f64], &mut [i64]),
) {
    let mut nearest = vec![(0.0, 0); k];
    let windows = distances.chunks_mut(k).zip(indices.chunks_mut(k));
    for (at, (distances, indices)) in windows.enumerate() {
        if at % FEW == 0 && !watch.step(0) {
            return;
        }
        measure.neighbours(simd, side, best, start + at, &mut nearest);
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
