//! The multidimensional self-join and join: nearest neighbours over the best k of d channels.
//!
//! Distances of all channels are stepped along the diagonals; for every k the mean of the k
//! smallest is what a window is compared by (Yeh, Kavantzas and Keogh 2017).

mod best;
mod covariances;
mod differences;
#[cfg(test)]
mod edge_sizes;
mod improve;
mod levels;
mod many;
mod network;
mod pairing;
mod powers;
mod rows;
mod shapes;

use crate::ab_join::BANDS;
use crate::join::best::order;
use crate::join::search::{Options, Search};
use crate::join::{Band, Block, Walk};
use crate::norm::{Absolute, Powers, Real, Whole};
use crate::self_join::exclusion_zone;
use crate::simd::{Kernel, Simd};
use crate::stats::Frame;
use crate::watch::Watch;
use best::{Best, Margin, NONE};
use levels::Levels;
use pairing::{Operands, Order, Pairing, Working};
use powers::{Euclidean, Minkowski, Stepped};
use shapes::Shapes;

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
    /// Of the plain distance; `None` for the z-normalised one.
    pub powers: Option<Powers>,
    pub options: Options<'a>,
}

/// Distances and indices over k + 1 channels, at `k * windows + window`.
pub struct Profile {
    pub distance: Vec<f64>,
    pub index: Vec<i64>,
}

/// The distance of windows, channel by channel, and the loop over a block of diagonals.
trait Measure: Operands + Sync {
    /// What one thread keeps between blocks.
    type State: Send;

    fn state<S: Simd>(&self) -> Self::State;

    /// How far off a root may be where pairs are passed over.
    fn margin<S: Simd>() -> Margin;

    /// Walks a block to its end, or until the watch says stop.
    fn walk<S: Simd>(
        simd: S,
        pairing: &mut Pairing<Self>,
        state: &mut Self::State,
        block: Block,
        watch: &Watch,
    ) where
        Self: Sized;
}

impl Kernel for Join<'_> {
    type Output = Vec<Profile>;

    fn run<S: Simd>(self, simd: S) -> Vec<Profile> {
        let watch = self.options.watch;
        let Some(powers) = self.powers else {
            let series = self.each(|values| Shapes::new(values, self.channels, self.m, watch));
            return self.search(simd, series, (2.0 * self.m as f64).sqrt());
        };
        match powers {
            Powers::Square => self.plain(simd, Euclidean),
            Powers::Absolute => self.plain(
                simd,
                Minkowski {
                    powers,
                    term: Absolute,
                    p: 1.0,
                },
            ),
            Powers::Whole(p) => self.plain(
                simd,
                Minkowski {
                    powers,
                    term: Whole(p),
                    p: f64::from(p),
                },
            ),
            Powers::Real(p) => self.plain(
                simd,
                Minkowski {
                    powers,
                    term: Real(p),
                    p,
                },
            ),
        }
    }
}

impl Join<'_> {
    fn each<T>(&self, prepare: impl Fn(&[f64]) -> T) -> Vec<T> {
        self.series.iter().map(|values| prepare(values)).collect()
    }

    fn plain<S: Simd, P: Stepped>(&self, simd: S, powers: P) -> Vec<Profile> {
        let watch = self.options.watch;
        let frame = Frame::of(&self.series, watch);
        let terms = (self.m, powers);
        let series = self.each(|values| Levels::new(values, self.channels, terms, frame, watch));
        self.search(simd, series, frame.unscaled(1.0))
    }

    /// The profiles of all series; `scale` makes a distance of a root.
    fn search<S: Simd, O: Measure>(&self, simd: S, series: Vec<O>, scale: f64) -> Vec<Profile> {
        let order = Order::new(self.channels, self.fixed, self.farthest);
        let itself = [Band {
            rows: 0,
            first: exclusion_zone(self.m) + 1,
        }];
        let bands: &[Band] = if series.len() == 1 { &itself } else { &BANDS };
        let between = Between {
            series: &series,
            order: &order,
        };
        let bests = Search::new::<S>(&between, bands, self.options).run(simd);
        let windows = Vec::from_iter(series.iter().map(O::windows));
        let watch = self.options.watch;
        // What was compared makes room for the results.
        watch.free(series);
        let finished = bests.into_iter().zip(windows);
        let profile = |(best, windows)| {
            let profile = finish(&best, windows, scale, watch);
            watch.free([best]);
            profile
        };
        finished.map(profile).collect()
    }
}

/// A series and itself, or two.
struct Between<'a, O> {
    series: &'a [O],
    order: &'a Order,
}

impl<O> Between<'_, O> {
    /// The number of a side's series.
    fn number(&self, side: usize) -> usize {
        side.min(self.series.len() - 1)
    }
}

impl<O: Measure> Walk for Between<'_, O> {
    type State = (O::State, Working);
    type Found = Vec<Best>;

    fn state<S: Simd>(&self) -> Self::State {
        let first = &self.series[0];
        (first.state::<S>(), Working::new(first.channels()))
    }

    fn lanes<S: Simd>(&self) -> usize {
        S::BLOCK
    }

    fn windows(&self, side: usize) -> usize {
        self.series[self.number(side)].windows()
    }

    /// For every number of channels the one nearest neighbour is kept.
    fn nothing<S: Simd>(&self, _k: usize, watch: &Watch) -> Vec<Best> {
        let best = |of: &O| Best::new(of.windows(), of.channels(), O::margin::<S>(), watch);
        self.series.iter().map(best).collect()
    }

    fn merge(&self, mine: Vec<Best>, others: Vec<Best>, watch: &Watch) -> Vec<Best> {
        let itself = self.series.len() == 1;
        let both = mine.into_iter().zip(others).enumerate();
        both.map(|(side, (mine, other))| {
            let order = |window, neighbour| {
                let (second, lag) = order(window, neighbour, side == 0);
                (second && !itself, lag)
            };
            mine.merge(other, order, watch)
        })
        .collect()
    }

    fn walk<S: Simd>(
        &self,
        simd: S,
        (state, working): &mut Self::State,
        bests: &mut Vec<Best>,
        block: Block,
        watch: &Watch,
    ) {
        let sides = [block.band.rows, 1 - block.band.rows].map(|side| self.number(side));
        let mut pairing = Pairing {
            row: &self.series[sides[0]],
            column: &self.series[sides[1]],
            order: self.order,
            bests,
            sides,
            working,
        };
        O::walk(simd, &mut pairing, state, block, watch);
    }
}

/// Turns sums of roots into mean distances.
fn finish(best: &Best, windows: usize, scale: f64, watch: &Watch) -> Profile {
    let mut profile = Profile {
        distance: Vec::with_capacity(windows * best.channels()),
        index: Vec::with_capacity(windows * best.channels()),
    };
    for k in 0..best.channels() {
        for piece in watch.pieces(windows) {
            let part = k * best.stride + piece.start..k * best.stride + piece.end;
            let mean = |sum: &f64| match *sum < NONE {
                true => sum * scale / (k + 1) as f64,
                false => f64::INFINITY,
            };
            profile
                .distance
                .extend(best.sum[part.clone()].iter().map(mean));
            profile.index.extend_from_slice(&best.index[part]);
        }
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
                let plain = [Powers::Square, Powers::Real(1.5)].map(Some);
                for (threads, powers) in [(1, None), (2, None), (2, plain[0]), (1, plain[1])] {
                    let profiles = level.visit(Join {
                        series: vec![&values],
                        channels,
                        m: 40,
                        fixed: 0,
                        farthest: false,
                        powers,
                        options: Options {
                            k: 1,
                            threads,
                            share: 1.0,
                            skip: 0.0,
                            watch: &Watch::new(&|_| true),
                        },
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
}
