//! Many devices: nothing is kept but their latest values.
//!
//! A block is compared with a device's memory by laying the memory out, computing the products
//! of the first new window and stepping on from there. That costs little more than stepping alone,
//! a tenth of the memory, and rounding has no past.

use super::covariances::Covariances;
use super::levels::Levels;
use super::measure::{Found, Measure};
use super::memory::Room;
use crate::simd::{Kernel, Level, Simd};
use crate::threads;
use crate::watch::Watch;

/// Values that are taken in before the caller is asked whether to go on.
const ASK: usize = 64;

/// Comparisons of windows that take some milliseconds.
const WORK: usize = 1 << 22;

pub struct Devices {
    pub m: usize,
    pub history: usize,
    /// The p of the plain distance; `None`: z-normalised.
    pub p: Option<f64>,
    /// A row of `history` values for each device, the oldest first.
    pub memory: Vec<f64>,
    /// How many values of each device have come.
    pub totals: Vec<u64>,
}

impl Devices {
    /// How many values of a device are in memory.
    pub fn remembered(&self, device: usize) -> usize {
        remembered(self.totals[device], self.history)
    }

    /// Appends a row of values to each of the devices, which must differ.
    ///
    /// Writes for each value the left neighbour of the window that it completes. Where the caller
    /// stops it, some values have been taken in, and `totals` tells which.
    pub fn append(
        &mut self,
        devices: &[usize],
        values: &[f64],
        (threads, level, watch): (usize, Level, &Watch),
        distance: &mut [f64],
        index: &mut [i64],
    ) {
        let (m, p, history) = (self.m, self.p, self.history);
        let width = values.len() / devices.len().max(1);
        if width == 0 {
            return;
        }
        let rows = self.memory.chunks_mut(history).zip(&mut self.totals);
        let mut rows: Vec<_> = rows.map(Some).collect();
        let outputs = distance.chunks_mut(width).zip(index.chunks_mut(width));
        let inputs = devices.iter().zip(values.chunks(width));
        let jobs = inputs
            .zip(outputs)
            .filter_map(|((device, values), (distance, index))| {
                let (memory, total) = rows[*device].take()?;
                Some(Append {
                    m,
                    memory,
                    total,
                    values,
                    distance,
                    index,
                    watch,
                })
            })
            .collect();
        threads::each(threads, watch, jobs, |job: Append| match p {
            None => level.visit(With::<Covariances>(job, m)),
            Some(p) => level.visit(With::<Levels>(job, (m, p))),
        });
    }
}

fn remembered(total: u64, history: usize) -> usize {
    usize::try_from(total).map_or(history, |total| total.min(history))
}

struct Append<'a> {
    m: usize,
    memory: &'a mut [f64],
    total: &'a mut u64,
    values: &'a [f64],
    distance: &'a mut [f64],
    index: &'a mut [i64],
    watch: &'a Watch<'a>,
}

/// A block and the distance that it is compared by.
struct With<'a, M: Measure>(Append<'a>, M::Terms);

impl<M: Measure> Kernel for With<'_, M> {
    type Output = ();

    fn run<S: Simd>(self, simd: S) {
        let With(job, terms) = self;
        if job.watch.stopped() {
            return;
        }
        let history = job.memory.len();
        let known = remembered(*job.total, history);
        let gone = *job.total as i64 - known as i64;
        let capacity = known + job.values.len();
        let memory = &job.memory[..known];
        let room = Room {
            capacity,
            reach: history - job.m,
        };
        let mut layout = M::lay_out(terms, memory, job.values, room, job.watch);
        if job.watch.stopped() {
            return;
        }
        // Nobody asks for the profile of what came before.
        let screen = job.watch.filled(M::CLOSED, capacity);
        // Where the memory is long, a value takes a while.
        let ask = (WORK / history).clamp(1, ASK);
        let mut found = Found::default();
        let out = job.distance.chunks_mut(ask).zip(job.index.chunks_mut(ask));
        for (values, (distance, index)) in job.values.chunks(ask).zip(out) {
            if job.watch.stopped() {
                break;
            }
            for (at, value) in values.iter().enumerate() {
                let window = layout.push(simd, *value, &screen, 1, &mut found);
                let left = window.and_then(|_| found.left.first());
                (distance[at], index[at]) =
                    left.map_or((f64::INFINITY, -1), |(left, j)| (*left, gone + *j as i64));
            }
            job.watch.step(values.len());
        }
        let all = layout.values();
        *job.total += (all.len() - known) as u64;
        let kept = &all[all.len().saturating_sub(history)..];
        job.memory[..kept.len()].copy_from_slice(kept);
    }
}
