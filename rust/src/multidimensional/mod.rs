//! The multidimensional self-join and join: nearest neighbours over the best k of d channels.
//!
//! Distances of all channels come from covariances stepped along the diagonals; for every k the
//! mean of the k smallest is what a window is compared by (Yeh, Kavantzas and Keogh 2017).

mod best;
mod improve;
mod many;
mod network;
mod operands;
mod rows;
mod schedule;

use crate::dots::{Dot, Dots, Scaled};
use crate::self_join::exclusion_zone;
use crate::simd::{Kernel, Simd};
use crate::threads;
use best::{Best, NONE};
use improve::{Order, Pairing, WIDTH};
use many::Many;
use network::IN_REGISTERS;
use operands::Operands;
use rows::Rows;
use schedule::Event;

/// Fewer pairs than this, times the channels, are not worth a second thread.
const SHARED: usize = 1 << 20;

/// Rows that a block is walked through before the next lanes: what they read stays in the cache.
const TILE: usize = 512;

/// What is asked for.
pub struct Join<'a> {
    /// One series of values, or two; the channels of each are laid end to end.
    pub series: Vec<&'a [f64]>,
    pub channels: usize,
    pub m: usize,
    /// So many channels always take part.
    pub fixed: usize,
    /// Whether the channels that are farthest apart count first, not the nearest.
    pub farthest: bool,
    pub threads: usize,
}

/// Distances and indices over k + 1 channels, at `k * windows + window`.
pub struct Profile {
    pub distance: Vec<f64>,
    pub index: Vec<i64>,
}

impl Kernel for Join<'_> {
    type Output = Vec<Profile>;

    fn run<S: Simd>(self, simd: S) -> Vec<Profile> {
        let series: Vec<Operands> = self
            .series
            .iter()
            .map(|values| Operands::new(values, self.channels, self.m))
            .collect();
        let order = Order::new(self.channels, self.fixed, self.farthest);
        let plan = Plan::new(&series, self.m, S::BLOCK);
        let pairs: usize = [0, series.len() - 1]
            .map(|s| series[s].windows())
            .iter()
            .product();
        let threads = if pairs * self.channels < SHARED {
            1
        } else {
            self.threads
        };
        let start = || Search::new(simd, &series, &order, &plan);
        let found = threads::fold(threads, plan.jobs, start, Search::job);
        let merged = found
            .into_iter()
            .map(|search| search.bests)
            .reduce(|mine, others| {
                let both = mine.into_iter().zip(others).enumerate();
                both.map(|(side, (mine, other))| {
                    mine.merge(other, |window, neighbour| plan.job(side, window, neighbour))
                })
                .collect()
            });
        let merged = merged.unwrap_or_default();
        let finished = merged.iter().zip(&series);
        finished
            .map(|(best, of)| finish(best, of.windows(), self.m))
            .collect()
    }
}

/// Which diagonals there are: a job is a block of them.
///
/// One series is joined with itself to the right of the exclusion zone. Two take turns in being
/// the rows: together these two triangles are the whole matrix.
struct Plan {
    block: usize,
    /// The first diagonal of each turn.
    first: Vec<usize>,
    jobs: usize,
}

impl Plan {
    fn new(series: &[Operands], m: usize, block: usize) -> Self {
        let first = match series.len() {
            1 => vec![exclusion_zone(m) + 1],
            _ => vec![0, 1],
        };
        let longest = series.iter().map(Operands::windows).max().unwrap_or(0);
        let blocks = longest.saturating_sub(first[0]).div_ceil(block);
        Plan {
            block,
            jobs: blocks * first.len(),
            first,
        }
    }

    /// The rows' series, the columns' series and the first diagonal of a job.
    fn place(&self, job: usize) -> (usize, usize, usize) {
        let turns = self.first.len();
        let turn = job % turns;
        (
            turn,
            turns - 1 - turn,
            self.first[turn] + job / turns * self.block,
        )
    }

    /// The job that compares a window of a series with a neighbour.
    fn job(&self, side: usize, window: usize, neighbour: usize) -> usize {
        let turns = self.first.len();
        let below = if side == 0 {
            neighbour < window
        } else {
            neighbour > window
        };
        let turn = usize::from(turns == 2 && below);
        (window.abs_diff(neighbour) - self.first[turn]) / self.block * turns + turn
    }
}

/// What walks the diagonals, and what one thread keeps between them.
struct Search<'a, S> {
    simd: S,
    series: &'a [Operands],
    order: &'a Order,
    plan: &'a Plan,
    bests: Vec<Best>,
    covariance: Vec<f64>,
    events: Vec<Event>,
    centred: Vec<f64>,
    roots: Vec<[f64; WIDTH]>,
    singles: Vec<[f32; WIDTH]>,
}

impl<'a, S: Simd> Search<'a, S> {
    fn new(simd: S, series: &'a [Operands], order: &'a Order, plan: &'a Plan) -> Self {
        let channels = series[0].channels.len();
        let bests = series
            .iter()
            .map(|of| Best::new(of.windows(), channels, S::ROOT_ERROR));
        Search {
            simd,
            series,
            order,
            plan,
            bests: bests.collect(),
            covariance: vec![0.0; channels * S::BLOCK],
            events: Vec::new(),
            centred: vec![0.0; series[0].channels[0].m],
            roots: vec![[0.0; WIDTH]; channels],
            singles: vec![[0.0; WIDTH]; channels],
        }
    }

    /// Walks one block of diagonals.
    fn job(&mut self, job: usize) {
        let (row_side, column_side, lag) = self.plan.place(job);
        let (row, column) = (&self.series[row_side], &self.series[column_side]);
        let rows = row.windows().min(column.windows().saturating_sub(lag));
        let mut events = std::mem::take(&mut self.events);
        events.clear();
        for channel in 0..row.channels.len() {
            let m = row.channels[channel].m;
            let drops = [row, column].map(|of| of.drops[channel].as_slice());
            schedule::events(channel, m, drops, lag, S::BLOCK, rows, &mut events);
        }
        events.sort_unstable();
        let mut at = 0;
        while let Some(Event { row: start, .. }) = events.get(at).copied() {
            while let Some(event) = events.get(at).filter(|event| event.row == start) {
                self.seed(row, column, lag, *event);
                at += 1;
            }
            let end = events.get(at).map_or(rows, |next| next.row);
            for from in (start..end).step_by(TILE) {
                self.walk([row_side, column_side], lag, from..end.min(from + TILE));
            }
        }
        self.events = events;
    }

    /// Computes covariances afresh.
    fn seed(&mut self, row: &Operands, column: &Operands, lag: usize, event: Event) {
        let Event {
            row: i,
            channel,
            lane,
        } = event;
        let (row, column) = (&row.channels[channel], &column.channels[channel]);
        let block = &mut self.covariance[channel * S::BLOCK..][..S::BLOCK];
        let Some(lane) = lane else {
            for (centred, x) in self.centred.iter_mut().zip(row.window(i)) {
                *centred = x - row.mean[i];
            }
            return self.simd.vectorize(Dots {
                pattern: &self.centred,
                windows: column,
                first: i + lag,
                out: block,
            });
        };
        let pair = (
            Scaled::centred(row, i),
            Scaled::centred(column, i + lag + lane),
        );
        block[lane] = self.simd.vectorize(Dot(pair.0, pair.1));
    }

    fn walk(&mut self, sides: [usize; 2], lag: usize, rows: std::ops::Range<usize>) {
        let channels = self.roots.len();
        let order = self.order;
        let mut pairing = Pairing {
            row: &self.series[sides[0]],
            column: &self.series[sides[1]],
            order,
            bests: &mut self.bests,
            sides,
            roots: &mut self.roots,
        };
        let covariance = &mut self.covariance;
        macro_rules! in_registers {
            ($($channels:literal)*) => {
                match (channels, order.farthest) {
                    $(
                    ($channels, false) => self.simd.vectorize(Rows::<$channels, false> {
                        pairing: &mut pairing, covariance, lag, rows,
                    }),
                    ($channels, true) => self.simd.vectorize(Rows::<$channels, true> {
                        pairing: &mut pairing, covariance, lag, rows,
                    }),
                    )*
                    _ => unreachable!("more channels are kept in memory"),
                }
            };
        }
        if order.fixed == 0 && channels <= IN_REGISTERS {
            in_registers!(1 2 3 4 5 6 7 8);
        } else {
            self.simd.vectorize(Many {
                pairing: &mut pairing,
                covariance,
                lag,
                rows,
                singles: &mut self.singles,
            });
        }
    }
}

/// Turns sums of roots into mean distances.
fn finish(best: &Best, windows: usize, m: usize) -> Profile {
    let scale = (2.0 * m as f64).sqrt();
    let mut profile = Profile {
        distance: Vec::with_capacity(best.sum.len()),
        index: Vec::with_capacity(best.sum.len()),
    };
    let rows = best
        .sum
        .chunks(best.stride)
        .zip(best.index.chunks(best.stride));
    for (k, (sums, indices)) in rows.enumerate() {
        let mean = |sum: &f64| match *sum < NONE {
            true => sum * scale / (k + 1) as f64,
            false => f64::INFINITY,
        };
        profile.distance.extend(sums[..windows].iter().map(mean));
        profile.index.extend(&indices[..windows]);
    }
    profile
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simd::Level;

    #[test]
    fn every_instruction_set_and_thread_finds_what_two_channels_did() {
        let channel = |factor: usize| (0..900).map(move |i| ((i * i * factor) % 1009) as f64);
        for channels in [2, 3, 9] {
            let mut values: Vec<f64> = (0..channels).flat_map(|c| channel(31 + c)).collect();
            values.copy_within(100..140, 700);
            values.copy_within(1000..1040, 1600);
            values[400] = f64::NAN;
            for level in Level::available() {
                for threads in [1, 2] {
                    let profiles = level.visit(Join {
                        series: vec![&values],
                        channels,
                        m: 40,
                        fixed: 0,
                        farthest: false,
                        threads,
                    });
                    let windows = profiles[0].index.len() / channels;
                    let two = windows..2 * windows;
                    let (distance, index) =
                        (&profiles[0].distance[two.clone()], &profiles[0].index[two]);
                    assert_eq!((index[100], index[700]), (700, 100), "{}", level.name());
                    assert!(distance[100] < 1e-12);
                    if channels == 2 {
                        assert_eq!((index[380], distance[380]), (-1, f64::INFINITY));
                    }
                }
            }
        }
    }

    #[test]
    fn the_jobs_of_two_series_are_the_whole_matrix() {
        let series = [30, 50].map(|length| {
            let values: Vec<f64> = (0..length).map(f64::from).collect();
            Operands::new(&values, 1, 3)
        });
        let plan = Plan::new(&series, 3, 4);
        for i in 0..series[0].windows() {
            for j in 0..series[1].windows() {
                let job = plan.job(0, i, j);
                assert_eq!(job, plan.job(1, j, i));
                assert!(job < plan.jobs);
                let (row, _, lag) = plan.place(job);
                let apart = if row == 0 {
                    j as isize - i as isize
                } else {
                    i as isize - j as isize
                };
                assert!((lag as isize..lag as isize + 4).contains(&apart), "{i} {j}");
            }
        }
    }
}
