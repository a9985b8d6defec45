//! The self-join: for every window of a series, its nearest neighbours in it.

use crate::join::best::Side;
use crate::join::levels::{self, Levels};
use crate::join::search::{AT_ONCE, CHUNK, FEW, Options, Search};
use crate::join::shapes::{self, Shapes};
use crate::join::tiles::Tiles;
use crate::join::{Band, Measure, constant};
use crate::norm::Powers;
use crate::profile::{Arrays, Profile};
use crate::simd::{Kernel, Simd};
use crate::stats::Frame;
use crate::threads;
use crate::watch::Watch;

/// The sides: windows whose neighbours are earlier, which are columns, and later.
const LEFT: usize = 0;
const RIGHT: usize = 1;

/// Computes the profile of a series, with k entries for each window.
pub struct SelfJoin<'a> {
    pub values: &'a [f64],
    pub m: usize,
    /// Of the plain distance; `None` for the z-normalised one.
    pub powers: Option<Powers>,
    pub options: Options<'a>,
    pub into: Destination<'a>,
}

/// Where the profile is written.
pub enum Destination<'a> {
    /// To a part of larger arrays.
    Part(Profile<'a>),
    /// To arrays of its own: what was kept of each window becomes its result where it is.
    Whole(&'a mut Arrays),
}

/// Windows this close to one another, on either side, are no neighbours: ⌈m / 4⌉.
pub fn exclusion_zone(m: usize) -> usize {
    m.div_ceil(4)
}

/// How many pairs of windows a series of so many windows has.
pub fn pairs(windows: usize, m: usize) -> usize {
    let lags = windows.saturating_sub(exclusion_zone(m) + 1);
    lags * (lags + 1) / 2
}

impl Kernel for SelfJoin<'_> {
    type Output = ();

    fn run<S: Simd>(self, simd: S) {
        let (zone, watch) = (exclusion_zone(self.m), self.options.watch);
        let bands = [Band {
            rows: RIGHT,
            first: zone + 1,
        }];
        if let Some(powers) = self.powers {
            let frame = Frame::of(&[self.values], watch);
            let mut series = Levels::new(self.values, self.m, frame, powers, watch);
            let measure = levels::Between {
                sides: [&series; 2],
                powers,
            };
            let search = Search::new::<S>(&measure, &bands, self.options);
            let (found, threads) = (search.run(simd), search.options.threads);
            let options = Options {
                threads,
                ..self.options
            };
            series.searched();
            let measure = levels::Between {
                sides: [&series; 2],
                powers,
            };
            return finish(simd, &measure, options, found, self.into);
        }
        let mut series = Shapes::new(self.values, self.m, watch);
        let measure = shapes::Between([&series; 2]);
        let search = Search::new::<S>(&measure, &bands, self.options);
        let options = Options {
            threads: search.options.threads,
            ..self.options
        };
        let [mut left, mut right] = if Tiles::suit::<S>(options) {
            let [of_rows, of_columns] = Tiles {
                rows: &series,
                columns: &series,
                zone: Some(zone),
                options,
            }
            .run(simd);
            [of_columns, of_rows]
        } else {
            search.run(simd)
        };
        series.searched();
        let (windows, k) = (&series.windows, self.options.k);
        let order = 0..windows.len();
        constant::on_one_side(&mut left, k, windows, zone, order.clone(), watch);
        constant::on_one_side(&mut right, k, windows, zone, order.rev(), watch);
        let measure = shapes::Between([&series; 2]);
        finish(simd, &measure, options, [left, right], self.into);
    }
}

/// Turns what was found into distances.
fn finish<S: Simd, M: Measure>(
    simd: S,
    measure: &M,
    options: Options,
    found: [Side; 2],
    into: Destination<'_>,
) {
    match into {
        Destination::Part(profile) => finish_into(simd, measure, options, found, profile),
        Destination::Whole(arrays) if options.k == 1 => {
            *arrays = finish_in_place(simd, measure, options, found);
        }
        Destination::Whole(arrays) => {
            *arrays = Arrays::new(measure.windows(LEFT), options.k);
            finish_into(simd, measure, options, found, arrays.borrow());
        }
    }
}

fn finish_in_place<S: Simd, M: Measure>(
    simd: S,
    measure: &M,
    Options { threads, watch, .. }: Options,
    found: [Side; 2],
) -> Arrays {
    let windows = measure.windows(LEFT);
    let [mut left, mut right] = found.map(|side| side.nearest(windows));
    let mut overall = (vec![0.0; windows], vec![0; windows]);
    let parts = chunked(&mut left).zip(chunked(&mut right));
    let parts = parts.zip(chunked(&mut overall)).enumerate().collect();
    threads::each(
        threads,
        watch,
        parts,
        |(number, ((left, right), overall))| {
            for at in 0..overall.0.len() {
                if at % FEW == 0 && !watch.step(0) {
                    return;
                }
                let window = number * CHUNK + at;
                let distance = |side, nearness, index| {
                    let found = usize::try_from(index).ok();
                    found.map_or(f64::INFINITY, |j| {
                        measure.distance(simd, side, (window, j), nearness)
                    })
                };
                let to_left = distance(LEFT, left.0[at], left.1[at]);
                let to_right = distance(RIGHT, right.0[at], right.1[at]);
                (overall.0[at], overall.1[at]) = match to_right < to_left {
                    true => (to_right, right.1[at]),
                    false => (to_left, left.1[at]),
                };
                (left.0[at], right.0[at]) = (to_left, to_right);
            }
        },
    );
    Arrays::of_one([overall, left, right])
}

fn chunked(
    (distances, indices): &mut (Vec<f64>, Vec<i64>),
) -> impl Iterator<Item = (&mut [f64], &mut [i64])> {
    distances.chunks_mut(CHUNK).zip(indices.chunks_mut(CHUNK))
}

/// The last windows first: what was kept of them is given back before results take the same room.
fn finish_into<S: Simd, M: Measure>(
    simd: S,
    measure: &M,
    Options { threads, watch, .. }: Options,
    mut found: [Side; 2],
    mut profile: Profile<'_>,
) {
    while profile.len() > 0 && !watch.stopped() {
        let start = (profile.len() - 1) / AT_ONCE * AT_ONCE;
        let (rest, last) = profile.split(start);
        profile = rest;
        threads::each(threads, watch, chunks(last, start), |(start, part)| {
            finish_part(simd, (measure, watch), &found, start, part);
        });
        for side in &mut found {
            side.truncate(start);
            watch.step(0);
        }
    }
    watch.free(found);
}

/// Cuts a profile that begins with window `first` into parts for the threads, each with its first
/// window.
fn chunks(mut profile: Profile<'_>, first: usize) -> Vec<(usize, Profile<'_>)> {
    let starts = (first..first + profile.len()).step_by(CHUNK);
    let mut parts = Vec::with_capacity(starts.len());
    for start in starts {
        let (part, rest) = {
            let count = profile.len().min(CHUNK);
            profile.split(count)
        };
        parts.push((start, part));
        profile = rest;
    }
    parts
}

fn finish_part<S: Simd, M: Measure>(
    simd: S,
    (measure, watch): (&M, &Watch),
    found: &[Side; 2],
    start: usize,
    mut part: Profile<'_>,
) {
    let k = part.k;
    let (mut left, mut right) = (vec![(0.0, 0); k], vec![(0.0, 0); k]);
    for at in 0..part.len() {
        if at % FEW == 0 && !watch.step(0) {
            return;
        }
        measure.neighbours(simd, LEFT, &found[LEFT], start + at, &mut left);
        measure.neighbours(simd, RIGHT, &found[RIGHT], start + at, &mut right);
        let (mut from_left, mut from_right) = (0, 0);
        for rank in 0..k {
            part.left.set(at * k + rank, left[rank]);
            part.right.set(at * k + rank, right[rank]);
            let nearer = if right[from_right].0 < left[from_left].0 {
                from_right += 1;
                right[from_right - 1]
            } else {
                from_left += 1;
                left[from_left - 1]
            };
            part.overall.set(at * k + rank, nearer);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::norm::Norm;
    use crate::reference;
    use crate::simd::Level;

    #[test]
    fn every_instruction_set_and_thread_finds_the_twins() {
        let mut state = 1u32;
        let mut random = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            f64::from(state >> 8)
        };
        let mut values: Vec<f64> = (0..1700).map(|_| random()).collect();
        values.copy_within(100..140, 700);
        values[400] = f64::NAN;
        for level in Level::available() {
            let plain = [1.0, 2.0, 3.0, 1.5].map(Norm::new);
            let measures = plain
                .into_iter()
                .chain([None])
                .flat_map(|norm| [(1, norm), (2, norm)]);
            for (threads, norm) in measures {
                let powers = norm.map(|norm| norm.powers().unwrap());
                let mut arrays = Arrays::new(0, 1);
                level.visit(SelfJoin {
                    values: &values,
                    m: 40,
                    powers,
                    options: Options {
                        k: 1,
                        threads,
                        share: 1.0,
                        skip: 0.0,
                        watch: &Watch::new(&|_| true),
                    },
                    into: Destination::Whole(&mut arrays),
                });
                let [overall, left, right] = &arrays.indices;
                assert_eq!((overall[100], overall[700]), (700, 100), "{}", level.name());
                assert_eq!((right[100], left[700]), (700, 100));
                assert!(arrays.distances[0][100] < 1e-12);
                assert_eq!(
                    (overall[380], arrays.distances[0][380]),
                    (-1, f64::INFINITY)
                );
            }
        }
    }
    /// The profile that each case must have: overall, to the left, to the right.
    fn check_case(level: Level, values: &[f64], m: usize, normalize: bool, k: usize) {
        let mut arrays = Arrays::new(values.len() + 1 - m, k);
        level.visit(SelfJoin {
            values,
            m,
            powers: (!normalize).then_some(Powers::Square),
            options: Options {
                k,
                threads: 1,
                skip: 0.0,
                share: 1.0,
                watch: &Watch::new(&|_| true),
            },
            into: if k == 1 {
                Destination::Whole(&mut arrays)
            } else {
                Destination::Part(arrays.borrow())
            },
        });
        let matrix = reference::matrix(values, values, m, normalize);
        for (i, row) in matrix.iter().enumerate() {
            let apart = |j: &usize| i.abs_diff(*j) > exclusion_zone(m);
            let allowed: Vec<_> = (0..row.len()).filter(apart).map(|j| (j, row[j])).collect();
            let split = allowed.partition_point(|(j, _)| *j < i);
            let sides = [&allowed[..], &allowed[..split], &allowed[split..]];
            for (side, allowed) in sides.into_iter().enumerate() {
                let mut rest = allowed.to_vec();
                for rank in i * k..(i + 1) * k {
                    let found = (arrays.distances[side][rank], arrays.indices[side][rank]);
                    let what = format!("{} {m} {normalize} {side} {i}", level.name());
                    reference::check(found, &rest, &what);
                    rest.retain(|(j, _)| *j as i64 != found.1);
                }
            }
        }
    }

    #[test]
    fn every_size_is_that_of_the_definition() {
        reference::each_case(|level, values, m| {
            for normalize in [true, false] {
                for k in [1, 3] {
                    check_case(level, values, m, normalize, k);
                }
            }
        });
    }
}
