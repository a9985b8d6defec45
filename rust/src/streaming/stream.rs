//! One device: its profile and left profile, kept up with every value.

use super::latest::{Latest, NONE};
use super::spread::Spread;
use super::tape::Tape;
use crate::simd::{Kernel, Level, Simd};

/// A memory has room for at least so many values more before it is laid out anew.
const ROOM: usize = 256;

/// What is known of the windows in memory, by window.
#[derive(Clone, Debug, Default)]
pub struct Profile {
    /// The correlation with the nearest neighbour.
    pub nearness: Vec<f64>,
    pub distance: Vec<f64>,
    pub index: Vec<i64>,
    pub left_distance: Vec<f64>,
    pub left_index: Vec<i64>,
}

impl Profile {
    fn push(&mut self) {
        self.nearness.push(NONE);
        self.distance.push(f64::INFINITY);
        self.index.push(-1);
        self.left_distance.push(f64::INFINITY);
        self.left_index.push(-1);
    }

    fn forget(&mut self, windows: usize) {
        for array in [
            &mut self.nearness,
            &mut self.distance,
            &mut self.left_distance,
        ] {
            array.drain(..windows);
        }
        for array in [&mut self.index, &mut self.left_index] {
            array.drain(..windows);
        }
    }

    /// Whether every array has that many entries.
    pub fn holds(&self, windows: usize) -> bool {
        let floats = [&self.nearness, &self.distance, &self.left_distance];
        let indices = [&self.index, &self.left_index];
        floats.iter().all(|array| array.len() == windows)
            && indices.iter().all(|array| array.len() == windows)
    }
}

pub struct Series {
    m: usize,
    /// How many values are remembered; `None`: all.
    history: Option<usize>,
    /// How many values came before the first on the tape.
    gone: u64,
    latest: Latest,
    spread: Spread,
    profile: Profile,
}

impl Series {
    /// A stream that has seen `total` values, of which it remembers `values` with their profile.
    pub fn new(
        m: usize,
        history: Option<usize>,
        total: u64,
        values: Vec<f64>,
        profile: Profile,
    ) -> Self {
        let gone = total - values.len() as u64;
        let spread = Spread::of(&values, 0);
        Series {
            m,
            history,
            gone,
            spread,
            latest: lay_out(m, history, &values, &[]),
            profile,
        }
    }

    /// How many values have come.
    pub fn total(&self) -> u64 {
        self.gone + self.values().len() as u64
    }

    /// Where the window begins that the next value completes; negative before there is one.
    pub fn first(&self) -> i64 {
        self.total() as i64 + 1 - self.m as i64
    }

    fn values(&self) -> &[f64] {
        &self.latest.tape.values
    }

    fn over(&self) -> usize {
        let length = self.values().len();
        self.history
            .map_or(0, |history| length.saturating_sub(history))
    }

    /// The values in memory.
    pub fn memory(&self) -> &[f64] {
        &self.values()[self.over()..]
    }

    /// The profile of the windows in memory.
    pub fn profile(&self) -> Profile {
        let mut profile = self.profile.clone();
        profile.forget(self.over().min(profile.index.len()));
        profile
    }

    /// Lays the memory out anew: a stream made of it goes on exactly as this one.
    pub fn renew(&mut self) {
        self.renew_from(self.over(), &[]);
    }

    fn renew_from(&mut self, first: usize, ahead: &[f64]) {
        self.profile.forget(first.min(self.profile.index.len()));
        self.gone += first as u64;
        self.latest = lay_out(self.m, self.history, &self.values()[first..], ahead);
        self.spread = Spread::of(self.values(), 0);
    }

    /// Sees to it that a value can be pushed.
    fn make_room(&mut self, value: f64) {
        let length = self.values().len();
        let first = self
            .history
            .map_or(0, |most| (length + 1).saturating_sub(most));
        self.spread.forget(&self.latest.tape.values, first);
        self.spread.push(value, length);
        let tape = &self.latest.tape;
        let suits = self
            .spread
            .extremes()
            .is_none_or(|extremes| tape.suits(extremes));
        if !suits || !tape.holds(value) {
            self.renew_from(first, &[value]);
            self.spread.push(value, self.values().len());
        }
    }

    /// Appends values; writes for each the left neighbour of the window that it completes.
    pub fn append(
        &mut self,
        level: Level,
        values: &[f64],
        distance: &mut [f64],
        index: &mut [i64],
    ) {
        level.visit(Append {
            series: self,
            values,
            distance,
            index,
        });
    }

    fn push<S: Simd>(&mut self, simd: S, value: f64) -> (f64, i64) {
        self.make_room(value);
        if self.values().len() + 1 >= self.m {
            self.profile.push();
        }
        let Some(arrival) = self.latest.push(simd, value, &mut self.profile.nearness) else {
            return (f64::INFINITY, -1);
        };
        let (i, tape, profile) = (arrival.window, &self.latest.tape, &mut self.profile);
        for (j, correlation) in self.latest.improved.iter().copied() {
            let distance = tape.distance(simd, i, j, correlation);
            if distance < profile.distance[j] {
                profile.distance[j] = distance;
                profile.index[j] = self.gone as i64 + i as i64;
            }
        }
        if let Some((correlation, j)) = arrival.left {
            let distance = tape.distance(simd, i, j, correlation);
            let index = self.gone as i64 + j as i64;
            profile.nearness[i] = correlation;
            (profile.distance[i], profile.index[i]) = (distance, index);
            (profile.left_distance[i], profile.left_index[i]) = (distance, index);
        }
        (profile.left_distance[i], profile.left_index[i])
    }
}

/// A memory with room to grow: to twice its size, or by half of what is remembered at most.
fn lay_out(m: usize, history: Option<usize>, values: &[f64], ahead: &[f64]) -> Latest {
    let doubled = 2 * values.len().max(ROOM);
    let most = history.map(|history| history.saturating_add((history / 2).max(ROOM)));
    let capacity = most.map_or(doubled, |most| most.min(doubled));
    let oldest = history.map_or(capacity, |history| history.min(capacity));
    let tape = Tape::new(values, ahead, m, capacity);
    Latest::new(tape, oldest.saturating_sub(m))
}

struct Append<'a> {
    series: &'a mut Series,
    values: &'a [f64],
    distance: &'a mut [f64],
    index: &'a mut [i64],
}

impl Kernel for Append<'_> {
    type Output = ();

    fn run<S: Simd>(self, simd: S) {
        let out = self.distance.iter_mut().zip(self.index);
        for (value, (distance, index)) in self.values.iter().zip(out) {
            (*distance, *index) = self.series.push(simd, *value);
        }
    }
}
