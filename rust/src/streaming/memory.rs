//! The latest values of one or more rows, laid out anew when they no longer fit.

use super::spread::Spread;

/// A memory has room for at least so many values more before it is laid out anew.
const ROOM: usize = 256;

/// Values laid out to be compared.
pub trait Layout: Sized {
    /// What a layout is told, beside the values.
    type Terms: Copy + Send + Sync;

    /// Lays values out with room for `capacity` in all; those ahead will be pushed next.
    ///
    /// Windows of up to `reach` apart are compared.
    fn lay_out(
        terms: Self::Terms,
        values: &[f64],
        ahead: &[f64],
        capacity: usize,
        reach: usize,
    ) -> Self;

    fn values(&self) -> &[f64];

    /// Whether there is room for a value, and it can be compared with the others as laid out.
    fn holds(&self, value: f64) -> bool;

    /// Whether values between these extremes, and none else in memory, are laid out finely enough.
    fn suits(&self, extremes: (f64, f64)) -> bool;
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
        values: &[Vec<f64>],
    ) -> Self {
        let known = values.first().map_or(0, Vec::len);
        let mut memory = Memory {
            terms,
            m,
            history,
            gone: total - known as u64,
            rows: Vec::new(),
            spreads: values.iter().map(|row| Spread::of(row, 0)).collect(),
        };
        memory.rows = values.iter().map(|row| memory.laid_out(row, &[])).collect();
        memory
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

    /// Lays the values in memory out anew: how many windows that drops.
    pub fn renew(&mut self) -> usize {
        self.renew_from(self.over(), &[])
    }

    fn renew_from(&mut self, first: usize, ahead: &[f64]) -> usize {
        let windows = first.min((self.len() + 1).saturating_sub(self.m));
        self.gone += first as u64;
        for at in 0..self.rows.len() {
            let values = &self.rows[at].values()[first..];
            let ahead = ahead.get(at..=at).unwrap_or(&[]);
            let spread = Spread::of(values, 0);
            self.rows[at] = self.laid_out(values, ahead);
            self.spreads[at] = spread;
        }
        windows
    }

    /// Values with room to grow: to twice their number, or by half of what is remembered at most.
    fn laid_out(&self, values: &[f64], ahead: &[f64]) -> L {
        let doubled = 2 * values.len().max(ROOM);
        let room = |history: usize| history.saturating_add((history / 2).max(ROOM));
        let capacity = self
            .history
            .map_or(doubled, |history| room(history).min(doubled));
        let oldest = self
            .history
            .map_or(capacity, |history| history.min(capacity));
        let reach = oldest.saturating_sub(self.m);
        L::lay_out(self.terms, values, ahead, capacity, reach)
    }

    /// Sees to it that a value can be pushed to each row: how many windows that drops, if all
    /// are laid out anew.
    pub fn make_room(&mut self, values: &[f64]) -> Option<usize> {
        let length = self.len();
        let first = self
            .history
            .map_or(0, |most| (length + 1).saturating_sub(most));
        let mut fits = true;
        for ((row, spread), value) in self.rows.iter().zip(&mut self.spreads).zip(values) {
            spread.forget(row.values(), first);
            spread.push(*value, length);
            let suits = spread.extremes().is_none_or(|extremes| row.suits(extremes));
            fits &= suits && row.holds(*value);
        }
        if fits {
            return None;
        }
        let dropped = self.renew_from(first, values);
        let length = self.len();
        for (spread, value) in self.spreads.iter_mut().zip(values) {
            spread.push(*value, length);
        }
        Some(dropped)
    }
}
