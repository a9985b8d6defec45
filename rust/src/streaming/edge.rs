//! The streams as Python holds them.

use super::LONGEST;
use super::covariances::Covariances;
use super::levels::Levels;
use super::memory::Memory;
use super::saved::{Reader, Saved};
use super::stream::{Kept, Profile, Series};
use super::together::{self, Together};
use crate::simd::Level;
use crate::watch::Watch;
use crate::{Array, interpreter, level};
use numpy::{IntoPyArray, PyReadonlyArray1};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

pub type Floats<'py> = PyReadonlyArray1<'py, f64>;
pub type Ints<'py> = PyReadonlyArray1<'py, i64>;
type Came<'py> = (Array<'py, i64>, Array<'py, f64>, Array<'py, i64>);
type Parts<'py> = (Floats<'py>, Ints<'py>, Floats<'py>, Ints<'py>);
type Saves<'py> = (Vec<Array<'py, f64>>, Vec<Array<'py, i64>>);
type Arrays<'py> = (
    Array<'py, f64>,
    Array<'py, i64>,
    Array<'py, f64>,
    Array<'py, i64>,
);

/// Values that are taken in before the caller is asked whether to go on.
const ASK: usize = 32;

/// Comparisons of windows that take some milliseconds.
const WORK: usize = 1 << 22;

/// A value for a longer memory than this may take a while.
const LONG: usize = 1 << 16;

/// How a stream compares, as Python says it; a history of 0 stands for one without end, and a p
/// of 0 for the z-normalised distance.
#[derive(FromPyObject)]
pub struct Terms {
    pub m: usize,
    pub history: usize,
    k: usize,
    p: f64,
    pub simd: String,
}

impl Terms {
    fn history(&self) -> Option<usize> {
        (self.history > 0).then_some(self.history)
    }

    pub fn p(&self) -> Option<f64> {
        (self.p != 0.0).then_some(self.p)
    }

    /// Whether a stream of so many values may remember `known` of them.
    pub fn fit(&self, total: u64, known: usize) -> bool {
        let (m, history) = (self.m, self.history);
        m > 0
            && self.k > 0
            && (self.p == 0.0 || self.p >= 1.0)
            && known as u64 <= total
            && total < LONGEST
            && (history == 0 || (m <= history && known <= history))
    }
}

/// One device's stream, or those of some of its channels, each with a profile of its own.
#[pyclass]
pub struct Stream {
    rows: Vec<Box<dyn Kept>>,
    level: Level,
}

#[pymethods]
impl Stream {
    /// A stream that has seen `total` values, and remembers of each channel values and a profile:
    /// distances, indices, left distances, left indices of their windows.
    #[new]
    fn new(
        py: Python<'_>,
        terms: Terms,
        total: u64,
        channels: Vec<(Floats<'_>, Parts<'_>)>,
    ) -> PyResult<Self> {
        let level = level(&terms.simd)?;
        let slices: PyResult<Vec<_>> = channels
            .iter()
            .map(|(values, parts)| Ok((values.as_slice()?, Slices::of(parts)?)))
            .collect();
        let slices = slices?;
        let rows = interpreter::watched(py, None, 0, |watch| {
            let rows = slices
                .iter()
                .map(|(values, parts)| row(&terms, total, values, parts, watch));
            rows.collect::<Option<Vec<_>>>()
        })?;
        Stream::of(rows, level)
    }

    /// The stream that `save` was called of.
    #[staticmethod]
    fn restored(
        py: Python<'_>,
        terms: Terms,
        channels: usize,
        floats: Vec<Floats<'_>>,
        whole: Vec<Ints<'_>>,
    ) -> PyResult<Self> {
        let level = level(&terms.simd)?;
        let (floats, whole) = (slices(&floats)?, slices(&whole)?);
        let rows = interpreter::watched(py, None, 0, |watch| {
            let mut saved = Reader::new(&floats, &whole);
            let rows = (0..channels).map(|_| saved_row(&terms, &mut saved, watch));
            let rows: Option<Vec<_>> = rows.collect();
            rows.filter(|_| saved.done())
        })?;
        Stream::of(rows, level)
    }

    /// All of it, to the last bit: arrays of floats, and of whole numbers.
    fn save<'py>(&self, py: Python<'py>) -> PyResult<Saves<'py>> {
        let save = |saved: &mut Saved| self.rows.iter().for_each(|row| row.save(saved));
        saves(py, save)
    }

    /// Appends a row of values to each channel, laid end to end: (begins, left distances, left
    /// indices) of the windows that they complete.
    fn append<'py>(
        &mut self,
        py: Python<'py>,
        values: Floats<'py>,
        progress: Option<Py<PyAny>>,
    ) -> PyResult<Came<'py>> {
        let values = values.as_slice()?;
        let (rows, level) = (&mut self.rows, self.level);
        let width = values.len() / rows.len();
        if width * rows.len() != values.len() {
            return Err(PyValueError::new_err("expected a row for each channel"));
        }
        let (next, count) = (rows[0].next_window(), rows.len());
        let found = interpreter::watched(py, progress.as_ref(), values.len(), |watch| {
            let mut distance = watch.filled(f64::INFINITY, values.len());
            let mut index = watch.fill(vec![0; values.len()], -1);
            let mut start = 0;
            while start < width && !watch.stopped() {
                let work = rows.iter().map(|row| row.work()).sum::<usize>().max(1);
                let several = rows.len() > 1;
                let at_once = match several && work > LONG {
                    true => 1,
                    false => (WORK / work).clamp(1, ASK),
                };
                // All channels take in a value, or none does.
                let value = |at: usize| values[at * width + start];
                if several && at_once == 1 && !make_room(rows, value, watch) {
                    break;
                }
                let mut end = width.min(start + at_once);
                let before = rows[0].total();
                for (at, row) in rows.iter_mut().enumerate() {
                    let part = at * width + start..at * width + end;
                    let out = (&mut distance[part.clone()], &mut index[part.clone()]);
                    let watch = if several { &Watch::idle() } else { watch };
                    row.append(level, &values[part], out, watch);
                    end = start + (row.total() - before) as usize;
                }
                watch.step((end - start) * rows.len());
                start = end;
            }
            (begins(next, width, count), distance, index)
        })?;
        Ok(came(py, found))
    }

    /// Appends a value to the first channel: the left distance of the window that it completes.
    fn update(&mut self, py: Python<'_>, value: f64) -> PyResult<f64> {
        let (row, level) = (&mut self.rows[0], self.level);
        let (mut distance, mut index) = ([f64::INFINITY], [-1]);
        let long = row.work() > LONG;
        let mut work = |watch: &Watch| {
            row.append(level, &[value], (&mut distance, &mut index), watch);
        };
        if long {
            interpreter::watched(py, None, 0, work)?;
        } else {
            py.detach(|| work(&Watch::idle()));
        }
        Ok(distance[0])
    }

    #[getter]
    fn total(&self) -> u64 {
        self.rows[0].total()
    }

    #[getter]
    fn channels(&self) -> usize {
        self.rows.len()
    }

    /// The values of a channel in memory.
    fn values<'py>(&self, py: Python<'py>, channel: usize) -> PyResult<Array<'py, f64>> {
        let row = self.rows.get(channel).ok_or_else(unfit)?;
        Ok(row.values().to_vec().into_pyarray(py))
    }

    /// Distances, indices, left distances, left indices of a channel's windows in memory.
    fn profile<'py>(&self, py: Python<'py>, channel: usize) -> PyResult<Arrays<'py>> {
        let profile = self.rows.get(channel).ok_or_else(unfit)?.profile();
        Ok((
            profile.distance.into_pyarray(py),
            profile.index.into_pyarray(py),
            profile.left_distance.into_pyarray(py),
            profile.left_index.into_pyarray(py),
        ))
    }
}

impl Stream {
    fn of(rows: Option<Vec<Box<dyn Kept>>>, level: Level) -> PyResult<Self> {
        let rows = rows.filter(|rows| {
            let mut lengths = rows.iter().map(|row| (row.total(), row.values().len()));
            let first = lengths.next();
            first.is_some() && lengths.all(|length| Some(length) == first)
        });
        let rows = rows.ok_or_else(unfit)?;
        Ok(Stream { rows, level })
    }
}

/// Distances, indices, left distances, left indices.
struct Slices<'a>(&'a [f64], &'a [i64], &'a [f64], &'a [i64]);

impl<'a> Slices<'a> {
    fn of(parts: &'a Parts<'_>) -> PyResult<Self> {
        Ok(Slices(
            parts.0.as_slice()?,
            parts.1.as_slice()?,
            parts.2.as_slice()?,
            parts.3.as_slice()?,
        ))
    }
}

/// A channel; `None` where its parts do not fit together.
fn row(
    terms: &Terms,
    total: u64,
    values: &[f64],
    parts: &Slices<'_>,
    watch: &Watch,
) -> Option<Box<dyn Kept>> {
    let profile = Profile {
        distance: watch.copied(parts.0),
        index: watch.copied(parts.1),
        left_distance: watch.copied(parts.2),
        left_index: watch.copied(parts.3),
    };
    let (m, k, history) = (terms.m, terms.k, terms.history());
    let windows = (values.len() + 1).saturating_sub(m);
    let fit = terms.fit(total, values.len()) && profile.holds(windows, k);
    if !fit || watch.stopped() {
        return None;
    }
    Some(match terms.p() {
        None => {
            let memory = Memory::<Covariances>::new(m, m, history, total, &[values], watch);
            Box::new(Series::new(k, memory, profile, watch))
        }
        Some(p) => {
            let memory = Memory::<Levels>::new((m, p), m, history, total, &[values], watch);
            Box::new(Series::new(k, memory, profile, watch))
        }
    })
}

/// Sees to it that all rows can take in their next value at once, unless the watch says stop.
fn make_room(rows: &mut [Box<dyn Kept>], next: impl Fn(usize) -> f64, watch: &Watch) -> bool {
    let mut numbered = rows.iter_mut().enumerate();
    numbered.all(|(at, row)| row.make_room(next(at), watch).is_ok() && watch.step(0))
}

/// A channel that was saved; `None` where its parts do not fit together.
fn saved_row(terms: &Terms, saved: &mut Reader, watch: &Watch) -> Option<Box<dyn Kept>> {
    let (m, k, history) = (terms.m, terms.k, terms.history());
    if !terms.fit(0, 0) {
        return None;
    }
    Some(match terms.p() {
        None => {
            let terms = (m, m, history);
            Box::new(Series::<Covariances>::restore(k, terms, saved, watch)?)
        }
        Some(p) => {
            let terms = ((m, p), m, history);
            Box::new(Series::<Levels>::restore(k, terms, saved, watch)?)
        }
    })
}

fn slices<'a, T: numpy::Element>(arrays: &'a [PyReadonlyArray1<'_, T>]) -> PyResult<Vec<&'a [T]>> {
    let slices = arrays.iter().map(|array| Ok(array.as_slice()?));
    slices.collect()
}

fn saves(py: Python<'_>, save: impl FnOnce(&mut Saved) + Send) -> PyResult<Saves<'_>> {
    let (floats, whole) = interpreter::watched(py, None, 0, |watch| {
        let mut saved = Saved::new(watch);
        save(&mut saved);
        (saved.floats, saved.whole)
    })?;
    Ok((
        Vec::from_iter(floats.into_iter().map(|array| array.into_pyarray(py))),
        Vec::from_iter(whole.into_iter().map(|array| array.into_pyarray(py))),
    ))
}

fn came(py: Python<'_>, (begins, distance, index): (Vec<i64>, Vec<f64>, Vec<i64>)) -> Came<'_> {
    (
        begins.into_pyarray(py),
        distance.into_pyarray(py),
        index.into_pyarray(py),
    )
}

fn begins(first: i64, width: usize, rows: usize) -> Vec<i64> {
    let row = (first..).take(width).map(|begin| begin.max(-1));
    Vec::from_iter(row).repeat(rows)
}

pub fn unfit() -> PyErr {
    PyValueError::new_err("the parts of a stream do not fit together")
}

/// Several channels of one device together, with a profile for every number of them.
#[pyclass]
pub struct MultidimensionalStream {
    stream: Together,
    level: Level,
}

#[pymethods]
impl MultidimensionalStream {
    /// A stream that has seen `total` values of each channel and remembers `values`, with a
    /// profile, laid end to end for every k.
    #[new]
    fn new(
        py: Python<'_>,
        terms: Terms,
        total: u64,
        values: Vec<Floats<'_>>,
        profile: Parts<'_>,
    ) -> PyResult<Self> {
        let level = level(&terms.simd)?;
        let (rows, parts) = (slices(&values)?, Slices::of(&profile)?);
        let known = rows.first().map_or(0, |row| row.len());
        let windows = (known + 1).saturating_sub(terms.m);
        let size = windows * rows.len();
        let equal = rows.iter().all(|row| row.len() == known);
        let sizes = [parts.0.len(), parts.1.len(), parts.2.len(), parts.3.len()];
        if rows.is_empty() || !equal || sizes != [size; 4] || !terms.fit(total, known) {
            return Err(unfit());
        }
        let stream = interpreter::watched(py, None, 0, |watch| {
            let profile = together::Profile {
                distance: dimensions(parts.0, windows, rows.len()),
                index: dimensions(parts.1, windows, rows.len()),
                left_distance: dimensions(parts.2, windows, rows.len()),
                left_index: dimensions(parts.3, windows, rows.len()),
            };
            Together::new(terms.m, terms.history(), total, &rows, profile, watch)
        })?;
        Ok(MultidimensionalStream { stream, level })
    }

    /// The stream that `save` was called of.
    #[staticmethod]
    fn restored(
        py: Python<'_>,
        terms: Terms,
        floats: Vec<Floats<'_>>,
        whole: Vec<Ints<'_>>,
    ) -> PyResult<Self> {
        let level = level(&terms.simd)?;
        let (floats, whole) = (slices(&floats)?, slices(&whole)?);
        let stream = interpreter::watched(py, None, 0, |watch| {
            let mut saved = Reader::new(&floats, &whole);
            let fits = terms.fit(0, 0);
            let stream = fits.then(|| {
                let stream = Together::restore(terms.m, terms.history(), &mut saved, watch);
                stream.filter(|_| saved.done())
            });
            stream.flatten()
        })?;
        let stream = stream.ok_or_else(unfit)?;
        Ok(MultidimensionalStream { stream, level })
    }

    /// All of it, to the last bit: arrays of floats, and of whole numbers.
    fn save<'py>(&self, py: Python<'py>) -> PyResult<Saves<'py>> {
        saves(py, |saved| self.stream.save(saved))
    }

    /// Appends `width` values of each channel, one moment's after the other's: (begins, left
    /// distances, left indices) of the windows that they complete, for every k.
    fn append<'py>(
        &mut self,
        py: Python<'py>,
        values: Floats<'py>,
        progress: Option<Py<PyAny>>,
    ) -> PyResult<Came<'py>> {
        let values = values.as_slice()?;
        let (stream, level) = (&mut self.stream, self.level);
        let channels = stream.channels();
        if values.len() % channels != 0 {
            return Err(PyValueError::new_err("expected a value of each channel"));
        }
        let next = stream.next_window();
        let found = interpreter::watched(py, progress.as_ref(), values.len(), |watch| {
            let mut distance = watch.filled(f64::INFINITY, values.len());
            let mut index = watch.fill(vec![0; values.len()], -1);
            let out = distance
                .chunks_mut(channels)
                .zip(index.chunks_mut(channels));
            for (values, out) in values.chunks(channels).zip(out) {
                stream.append(level, values, out, watch);
                if !watch.step(channels) {
                    break;
                }
            }
            (begins(next, values.len() / channels, 1), distance, index)
        })?;
        Ok(came(py, found))
    }

    #[getter]
    fn total(&self) -> u64 {
        self.stream.total()
    }

    #[getter]
    fn channels(&self) -> usize {
        self.stream.channels()
    }

    /// The values of a channel in memory.
    fn values<'py>(&self, py: Python<'py>, channel: usize) -> PyResult<Array<'py, f64>> {
        if channel >= self.stream.channels() {
            return Err(unfit());
        }
        Ok(self.stream.values(channel).to_vec().into_pyarray(py))
    }

    /// Distances, indices, left distances, left indices, laid end to end for every k.
    fn profile<'py>(&self, py: Python<'py>) -> Arrays<'py> {
        let profile = self.stream.profile();
        (
            profile.distance.concat().into_pyarray(py),
            profile.index.concat().into_pyarray(py),
            profile.left_distance.concat().into_pyarray(py),
            profile.left_index.concat().into_pyarray(py),
        )
    }
}

fn dimensions<T: Copy>(flat: &[T], windows: usize, channels: usize) -> Vec<Vec<T>> {
    let row = |k: usize| flat[k * windows..][..windows].to_vec();
    (0..channels).map(row).collect()
}
