//! What is kept of a stream that is saved: arrays in a fixed order.

use crate::watch::Watch;

/// Arrays that are saved.
pub struct Saved<'a> {
    pub floats: Vec<Vec<f64>>,
    pub whole: Vec<Vec<i64>>,
    watch: &'a Watch<'a>,
}

impl<'a> Saved<'a> {
    pub fn new(watch: &'a Watch<'a>) -> Self {
        Saved {
            floats: Vec::new(),
            whole: Vec::new(),
            watch,
        }
    }

    pub fn floats(&mut self, array: &[f64]) {
        self.floats.push(self.watch.copied(array));
    }

    pub fn whole(&mut self, array: &[i64]) {
        self.whole.push(self.watch.copied(array));
    }
}

/// Arrays that were saved, one after the other.
pub struct Reader<'a> {
    floats: std::slice::Iter<'a, &'a [f64]>,
    whole: std::slice::Iter<'a, &'a [i64]>,
}

impl<'a> Reader<'a> {
    pub fn new(floats: &'a [&'a [f64]], whole: &'a [&'a [i64]]) -> Self {
        Reader {
            floats: floats.iter(),
            whole: whole.iter(),
        }
    }

    pub fn floats(&mut self) -> Option<&'a [f64]> {
        self.floats.next().copied()
    }

    pub fn whole(&mut self) -> Option<&'a [i64]> {
        self.whole.next().copied()
    }

    /// The next array, if it has so many numbers.
    pub fn floats_of(&mut self, length: usize) -> Option<&'a [f64]> {
        self.floats().filter(|array| array.len() == length)
    }

    /// The next array, if it has so many numbers.
    pub fn whole_of(&mut self, length: usize) -> Option<&'a [i64]> {
        self.whole().filter(|array| array.len() == length)
    }

    /// Whether all has been read.
    pub fn done(&self) -> bool {
        self.floats.len() == 0 && self.whole.len() == 0
    }
}
