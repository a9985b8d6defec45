//! The search for nearest neighbours: blocks of diagonals spread over threads.

use super::{Band, Block, Walk};
use crate::simd::Simd;
use crate::threads;
use crate::watch::Watch;

/// Windows that a thread finishes at once.
pub const CHUNK: usize = 1024;

/// Windows that all threads finish before the memory of what was kept of them is given back.
pub const AT_ONCE: usize = 32 * CHUNK;

/// Windows that are finished before the watch is asked.
pub const FEW: usize = 64;

/// How a join is done.
#[derive(Clone, Copy)]
pub struct Options<'a> {
    /// How many neighbours of each window are kept.
    pub k: usize,
    pub threads: usize,
    /// The share of the blocks of diagonals that is walked, chosen at random; 1 for all.
    pub share: f64,
    /// The share of them, within the former, that was walked before.
    pub skip: f64,
    pub watch: &'a Watch<'a>,
}

/// A join whose blocks are laid out.
pub struct Search<'a, M> {
    pub measure: &'a M,
    pub options: Options<'a>,
    blocks: Vec<Block>,
}

impl<'a, M: Walk> Search<'a, M> {
    pub fn new<S: Simd>(measure: &'a M, bands: &[Band], mut options: Options<'a>) -> Self {
        let lanes = measure.lanes::<S>();
        let mut blocks = Vec::new();
        for band in bands {
            let (rows, columns) = (measure.windows(band.rows), measure.windows(1 - band.rows));
            blocks.extend((band.first..columns).step_by(lanes).map(|lag| Block {
                band: *band,
                lag,
                rows: rows.min(columns - lag),
                number: 0,
            }));
        }
        let pairs: usize = blocks.iter().map(|block| block.rows * lanes).sum();
        if pairs < measure.worth_sharing() {
            options.threads = 1;
        }
        Search {
            measure,
            options,
            blocks: some(blocks, options.skip, options.share),
        }
    }

    /// The nearest neighbours of both sides' windows.
    pub fn run<S: Simd>(&self, simd: S) -> M::Found {
        let Options {
            k, threads, watch, ..
        } = self.options;
        let nothing = || self.measure.nothing::<S>(k, watch);
        let start = || (self.measure.state::<S>(), nothing());
        let found = threads::fold(
            threads,
            watch,
            self.blocks.len(),
            start,
            |worker, number| {
                if !watch.stopped() {
                    let (state, found) = worker;
                    let block = Block {
                        number,
                        ..self.blocks[number]
                    };
                    self.measure.walk(simd, state, found, block, watch);
                }
            },
        );
        let all = found.into_iter().map(|(_, found)| found);
        let merged = all.reduce(|mine, others| match watch.stopped() {
            true => mine,
            false => self.measure.merge(mine, others, watch),
        });
        merged.unwrap_or_else(nothing)
    }
}

/// A share of the blocks, chosen at random but always alike, in their order; without those that
/// a smaller share, to be skipped, has.
fn some(mut blocks: Vec<Block>, skip: f64, share: f64) -> Vec<Block> {
    let [skipped, count] = [skip, share].map(|share| (blocks.len() as f64 * share).ceil() as usize);
    if skipped == 0 && count >= blocks.len() {
        return blocks;
    }
    let count = count.min(blocks.len());
    let mut numbers: Vec<usize> = (0..blocks.len()).collect();
    for place in 0..count {
        let rest = numbers.len() - place;
        numbers.swap(
            place,
            place + (scrambled(place as u64) % rest as u64) as usize,
        );
    }
    numbers.truncate(count);
    numbers.drain(..skipped.min(count));
    numbers.sort_unstable();
    for (place, number) in numbers.iter().enumerate() {
        blocks[place] = blocks[*number];
    }
    blocks.truncate(numbers.len());
    blocks
}

/// A number that looks random (SplitMix64, Steele and others 2014).
fn scrambled(number: u64) -> u64 {
    let mut z = (number + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
