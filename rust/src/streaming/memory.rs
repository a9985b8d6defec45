//! The latest values of one or more rows, laid out anew when they no longer fit.

use super::saved::{Reader, Saved};
use super::spread::Spread;
use super::{LONGEST, Stopped};
use crate::watch::Watch;

/// A memory has room for at least so many values more before it is laid out anew.
const ROOM: usize = 256;

/// Values laid out to be compared.
pub trait Layout: Sized {
    /// What a layout is told, beside the values.
    type Terms: Copy + Send + Sync;

    /// Lays values out; those ahead will be pushed next.
    fn lay_out(
        terms: Self::Terms,
        values: &[f64],
        ahead: &[f64],
        room: Room,
        watch: &Watch,
    ) -> Self;

    /// All that a layout cannot be made of its values anew from, to the last bit.
    fn save(&self, saved: &mut Saved);

    /// The layout that was saved; `None` where these are no parts of one.
    fn restore(
        terms: Self::Terms,
        values: &[f64],
        room: Room,
        saved: &mut Reader,
        watch: &Watch,
    ) -> Option<Self>;

    fn values(&self) -> &[f64];

    fn room(&self) -> Room;

    /// Whether there is room for a value, and it can be compared with the others as laid out.
    fn holds(&self, value: f64) -> bool;

    /// Whether values between these extremes, and none else in memory, are laid out finely enough.
    fn suits(&self, extremes: (f64, f64)) -> bool;
}

/// How many values a layout has room for, and how far apart the windows are that it compares.
#[derive(Clone, Copy)]
pub struct Room {
    pub capacity: usize,
    pub reach: usize,
}

/// Rows of equal length, remembered alike.
pub struct Memory<L: Layout> {
    terms: L::Terms,
    m: usize,
    /// How many values of a row are remembered; `None`: all.
    history: Option<usize>,
    /// How many values of a row came before the first that is laid out.
    pub gone: u64,
    pub rows: Vec<L>,
    spreads: Vec<Spread>,
}

impl<L: Layout> Memory<L> {
    /// A memory of rows that have seen `total` values, and remember `values`.
    pub fn new(
        terms: L::Terms,
        m: usize,
        history: Option<usize>,
        total: u64,
        values: &[&[f64]],
        watch: &Watch,
    ) -> Self {
        let known = values.first().map_or(0, |row| row.len());
        let spread = |row: &&[f64]| Spread::of(row, 0, watch);
        let mut memory = Memory {
            terms,
            m,
            history,
            gone: total - known as u64,
            rows: Vec::new(),
            spreads: values.iter().map(spread).collect(),
        };
        let laid_out = |row: &&[f64]| memory.laid_out(row, &[], watch);
        memory.rows = values.iter().map(laid_out).collect();
        memory
    }

    /// All of it, to the last bit: also what is forgotten, and not yet taken out.
    pub fn save(&self, saved: &mut Saved) {
        let capacity = self.rows.first().map_or(0, |row| row.room().capacity);
        saved.whole(&[self.gone as i64, self.rows.len() as i64, capacity as i64]);
        for row in &self.rows {
            saved.floats(row.values());
            row.save(saved);
        }
    }

    /// The memory that was saved; `None` where these are no parts of one.
    pub fn restore(
        terms: L::Terms,
        m: usize,
        history: Option<usize>,
        saved: &mut Reader,
        watch: &Watch,
    ) -> Option<Self> {
        let [gone, rows, capacity] = *saved.whole()? else {
            return None;
        };
        let mut memory = Memory {
            terms,
            m,
            history,
            gone: u64::try_from(gone).ok().filter(|gone| *gone < LONGEST)?,
            rows: Vec::new(),
            spreads: Vec::new(),
        };
        let capacity = usize::try_from(capacity).ok()?;
        for _ in 0..rows {
            let values = saved.floats()?;
            // No more than a layout of as many values, or of fewer, would have.
            let fits = values.len() <= capacity && capacity <= 2 * values.len().max(ROOM);
            let known = memory
                .rows
                .first()
                .map_or(values.len(), |row: &L| row.values().len());
            if !fits || known != values.len() {
                return None;
            }
            let room = memory.room(capacity);
            memory
                .rows
                .push(L::restore(terms, values, room, saved, watch)?);
        }
        memory.spreads = memory.looked_over();
        (!memory.rows.is_empty()).then_some(memory)
    }

    /// How many values are laid out.
    pub fn len(&self) -> usize {
        self.rows.first().map_or(0, |row| row.values().len())
    }

    /// How many values have come.
    pub fn total(&self) -> u64 {
        self.gone + self.len() as u64
    }

    /// Where the window begins that the next value completes; negative before there is one.
    pub fn next_window(&self) -> i64 {
        self.total() as i64 + 1 - self.m as i64
    }

    /// How many of the values laid out are forgotten.
    pub fn over(&self) -> usize {
        self.history
            .map_or(0, |history| self.len().saturating_sub(history))
    }

    /// How many of the windows laid out are forgotten.
    pub fn windows_over(&self) -> usize {
        self.over().min((self.len() + 1).saturating_sub(self.m))
    }

    /// The values in memory.
    pub fn values(&self, row: usize) -> &[f64] {
        &self.rows[row].values()[self.over()..]
    }

    /// Lays the values from `first` on out anew: how many windows that drops. Where the caller
    /// stops it, all is as it was.
    fn renew_from(&mut self, first: usize, ahead: &[f64], watch: &Watch) -> Result<usize, Stopped> {
        let windows = first.min((self.len() + 1).saturating_sub(self.m));
        let mut rows = Vec::with_capacity(self.rows.len());
        for (at, row) in self.rows.iter().enumerate() {
            let ahead = ahead.get(at..=at).unwrap_or(&[]);
            let values = &row.values()[first..];
            let laid_out = self.laid_out(values, ahead, watch);
            rows.push((laid_out, Spread::of(values, 0, watch)));
        }
        if watch.stopped() {
            return Err(Stopped);
        }
        self.gone += first as u64;
        (self.rows, self.spreads) = rows.into_iter().unzip();
        Ok(windows)
    }

    /// Values with room to grow: to twice their number, or by half of what is remembered at most.
    fn laid_out(&self, values: &[f64], ahead: &[f64], watch: &Watch) -> L {
        let doubled = 2 * values.len().max(ROOM);
        let room = |history: usize| history.saturating_add((history / 2).max(ROOM));
        let capacity = self
            .history
            .map_or(doubled, |history| room(history).min(doubled));
        L::lay_out(self.terms, values, ahead, self.room(capacity), watch)
    }

    fn room(&self, capacity: usize) -> Room {
        let oldest = self
            .history
            .map_or(capacity, |history| history.min(capacity));
        let reach = oldest.saturating_sub(self.m);
        Room { capacity, reach }
    }

    /// Sees to it that these values can be pushed, one to each row: how many windows that drops,
    /// if all are laid out anew. To ask for the same again costs nothing. Where the caller stops it, no value is to be pushed.
    pub fn make_room(&mut self, values: &[f64], watch: &Watch) -> Result<Option<usize>, Stopped> {
        let length = self.len();
        let first = self
            .history
            .map_or(0, |most| (length + 1).saturating_sub(most));
        let mut fits = true;
        for ((row, spread), value) in self.rows.iter().zip(&mut self.spreads).zip(values) {
            spread.forget(row.values(), first, watch);
            let mut with = *spread;
            with.push(*value, length);
            let suits = with.extremes().is_none_or(|extremes| row.suits(extremes));
            fits &= suits && row.holds(*value);
        }
        if fits && !watch.stopped() {
            return Ok(None);
        }
        let Ok(dropped) = self.renew_from(first, values, watch) else {
            self.spreads = self.looked_over();
            return Err(Stopped);
        };
        Ok(Some(dropped))
    }

    /// Takes note of the values that were pushed to the rows.
    pub fn took(&mut self, values: &[f64]) {
        let at = self.len() - 1;
        for (spread, value) in self.spreads.iter_mut().zip(values) {
            spread.push(*value, at);
        }
    }

    /// The spreads of the values in memory.
    fn looked_over(&self) -> Vec<Spread> {
        let first = self.over();
        let rows = self.rows.iter();
        rows.map(|row| Spread::of(row.values(), first, &Watch::idle()))
            .collect()
    }
}
