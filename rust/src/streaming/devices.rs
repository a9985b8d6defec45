//! Many devices: nothing is kept but their latest values.
//!
//! A block is compared with a device's memory by laying the memory out, computing the covariances
//! of the first new window and stepping on from there. That costs little more than stepping alone,
//! a tenth of the memory, and rounding has no past.

use super::latest::Latest;
use super::tape::Tape;
use crate::simd::{Kernel, Level, Simd};
use crate::threads;

pub struct Devices {
    pub m: usize,
    pub history: usize,
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
    /// Writes for each value the left neighbour of the window that it completes.
    pub fn append(
        &mut self,
        devices: &[usize],
        values: &[f64],
        threads: usize,
        level: Level,
        distance: &mut [f64],
        index: &mut [i64],
    ) {
        let (m, history) = (self.m, self.history);
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
                })
            })
            .collect();
        threads::each(threads, jobs, |job: Append| level.visit(job));
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
}

impl Kernel for Append<'_> {
    type Output = ();

    fn run<S: Simd>(self, simd: S) {
        let history = self.memory.len();
        let known = remembered(*self.total, history);
        let gone = *self.total as i64 - known as i64;
        let capacity = known + self.values.len();
        let tape = Tape::new(&self.memory[..known], self.values, self.m, capacity);
        let mut latest = Latest::new(tape, history - self.m);
        // Nobody asks for the profile of what came before: nothing is nearer than this.
        let mut best = vec![f64::INFINITY; capacity];
        let out = self.distance.iter_mut().zip(self.index);
        for (value, (distance, index)) in self.values.iter().zip(out) {
            let arrival = latest.push(simd, *value, &mut best);
            let left = arrival.and_then(|at| at.left.map(|(near, j)| (at.window, j, near)));
            (*distance, *index) = left.map_or((f64::INFINITY, -1), |(i, j, near)| {
                (latest.tape.distance(simd, i, j, near), gone + j as i64)
            });
        }
        let all = &latest.tape.values;
        let kept = &all[all.len().saturating_sub(history)..];
        self.memory[..kept.len()].copy_from_slice(kept);
        *self.total += self.values.len() as u64;
    }
}
