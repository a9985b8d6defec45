//! The streams as Python holds them.

use super::covariances::Covariances;
use super::devices::Devices;
use super::levels::Levels;
use super::memory::Memory;
use super::stream::{Kept, Profile, Series};
use super::together::{self, Together};
use crate::simd::Level;
use crate::{Array, interpreter, level, threads};
use numpy::{IntoPyArray, PyReadonlyArray1};
use pyo3::exceptions::{PyMemoryError, PyValueError};
use pyo3::prelude::*;

type Neighbours<'py> = (Array<'py, f64>, Array<'py, i64>);
type Floats<'py> = PyReadonlyArray1<'py, f64>;
type Ints<'py> = PyReadonlyArray1<'py, i64>;
type Came<'py> = (Array<'py, i64>, Array<'py, f64>, Array<'py, i64>);
type Parts<'py> = (Floats<'py>, Ints<'py>, Floats<'py>, Ints<'py>);
type Arrays<'py> = (
    Array<'py, f64>,
    Array<'py, i64>,
    Array<'py, f64>,
    Array<'py, i64>,
);

/// More values than any stream will see; indices stay far from overflow.
const LONGEST: u64 = 1 << 62;

/// Values that are taken in before the caller is asked whether to go on.
const ASK: usize = 32;

/// How a stream compares, as Python says it; a history of 0 stands for one without end, and a p
/// of 0 for the z-normalised distance.
#[derive(FromPyObject)]
struct Terms {
    m: usize,
    history: usize,
    k: usize,
    p: f64,
    simd: String,
}

impl Terms {
    fn history(&self) -> Option<usize> {
        (self.history > 0).then_some(self.history)
    }

    fn p(&self) -> Option<f64> {
        (self.p != 0.0).then_some(self.p)
    }

    /// Whether a stream of so many values may remember `known` of them.
    fn fit(&self, total: u64, known: usize) -> bool {
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
    fn new(terms: Terms, total: u64, channels: Vec<(Floats<'_>, Parts<'_>)>) -> PyResult<Self> {
        let level = level(&terms.simd)?;
        let rows: PyResult<Vec<_>> = channels
            .iter()
            .map(|(values, parts)| row(&terms, total, values.as_slice()?, parts))
            .collect();
        let rows = rows?;
        let mut lengths = rows.iter().map(|row| row.values().len());
        let first = lengths.next();
        if first.is_none() || lengths.any(|length| Some(length) != first) {
            return Err(unfit());
        }
        Ok(Stream { rows, level })
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
        let begins = begins(rows[0].next_window(), width, rows.len());
        let mut distance = vec![f64::INFINITY; values.len()];
        let mut index = vec![-1; values.len()];
        interpreter::watched(py, progress.as_ref(), values.len(), |watch| {
            for start in (0..width).step_by(ASK) {
                let count = ASK.min(width - start);
                for (at, row) in rows.iter_mut().enumerate() {
                    let part = at * width + start..at * width + start + count;
                    let (distance, index) = (&mut distance[part.clone()], &mut index[part.clone()]);
                    row.append(level, &values[part], distance, index);
                }
                if !watch.step(count * rows.len()) {
                    return;
                }
            }
        })?;
        Ok((
            begins.into_pyarray(py),
            distance.into_pyarray(py),
            index.into_pyarray(py),
        ))
    }

    /// Appends a value to the first channel: the left distance of the window that it completes.
    fn update(&mut self, py: Python<'_>, value: f64) -> f64 {
        let (row, level) = (&mut self.rows[0], self.level);
        let (mut distance, mut index) = ([f64::INFINITY], [-1]);
        py.detach(|| row.append(level, &[value], &mut distance, &mut index));
        distance[0]
    }

    /// Lays the memory out anew: a stream made of it goes on exactly as this one.
    fn renew(&mut self) {
        self.rows.iter_mut().for_each(|row| row.renew());
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

fn row(terms: &Terms, total: u64, values: &[f64], parts: &Parts<'_>) -> PyResult<Box<dyn Kept>> {
    let profile = Profile {
        distance: parts.0.as_slice()?.to_vec(),
        index: parts.1.as_slice()?.to_vec(),
        left_distance: parts.2.as_slice()?.to_vec(),
        left_index: parts.3.as_slice()?.to_vec(),
    };
    let windows = (values.len() + 1).saturating_sub(terms.m);
    if !terms.fit(total, values.len()) || !profile.holds(windows, terms.k) {
        return Err(unfit());
    }
    let (m, k, history, values) = (terms.m, terms.k, terms.history(), [values.to_vec()]);
    Ok(match terms.p() {
        None => {
            let memory = Memory::<Covariances>::new(m, m, history, total, &values);
            Box::new(Series::new(k, memory, profile))
        }
        Some(p) => {
            let memory = Memory::<Levels>::new((m, p), m, history, total, &values);
            Box::new(Series::new(k, memory, profile))
        }
    })
}

fn begins(first: i64, width: usize, rows: usize) -> Vec<i64> {
    let row = (first..).take(width).map(|begin| begin.max(-1));
    Vec::from_iter(row).repeat(rows)
}

fn unfit() -> PyErr {
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
        terms: Terms,
        total: u64,
        values: Vec<Floats<'_>>,
        profile: Parts<'_>,
    ) -> PyResult<Self> {
        let level = level(&terms.simd)?;
        let rows: PyResult<Vec<_>> = values
            .iter()
            .map(|row| Ok(row.as_slice()?.to_vec()))
            .collect();
        let rows = rows?;
        let known = rows.first().map_or(0, Vec::len);
        let windows = (known + 1).saturating_sub(terms.m);
        let size = windows * rows.len();
        let (floats, ints) = ([&profile.0, &profile.2], [&profile.1, &profile.3]);
        let equal = rows.iter().all(|row| row.len() == known);
        let sizes = [
            floats.map(|each| each.len().ok()),
            ints.map(|each| each.len().ok()),
        ];
        let whole = sizes
            .as_flattened()
            .iter()
            .all(|length| *length == Some(size));
        if rows.is_empty() || !equal || !whole || !terms.fit(total, known) {
            return Err(unfit());
        }
        let profile = together::Profile {
            distance: dimensions(profile.0.as_slice()?, windows, rows.len()),
            index: dimensions(profile.1.as_slice()?, windows, rows.len()),
            left_distance: dimensions(profile.2.as_slice()?, windows, rows.len()),
            left_index: dimensions(profile.3.as_slice()?, windows, rows.len()),
        };
        let stream = Together::new(terms.m, terms.history(), total, &rows, profile);
        Ok(MultidimensionalStream { stream, level })
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
        let begins = begins(stream.next_window(), values.len() / channels, 1);
        let mut distance = vec![f64::INFINITY; values.len()];
        let mut index = vec![-1; values.len()];
        interpreter::watched(py, progress.as_ref(), values.len(), |watch| {
            let out = distance
                .chunks_mut(channels)
                .zip(index.chunks_mut(channels));
            for (values, (distance, index)) in values.chunks(channels).zip(out) {
                stream.append(level, values, distance, index);
                if !watch.step(channels) {
                    return;
                }
            }
        })?;
        Ok((
            begins.into_pyarray(py),
            distance.into_pyarray(py),
            index.into_pyarray(py),
        ))
    }

    /// Lays the memory out anew: a stream made of it goes on exactly as this one.
    fn renew(&mut self) {
        self.stream.renew();
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

/// The streams of many devices.
#[pyclass]
pub struct DeviceStreams {
    devices: Devices,
    level: Level,
}

#[pymethods]
impl DeviceStreams {
    /// Streams that have seen `totals` values and remember `memory`, a row for each device.
    #[new]
    fn new(terms: Terms, totals: Ints<'_>, memory: Option<Floats<'_>>) -> PyResult<Self> {
        let level = level(&terms.simd)?;
        let totals: Vec<u64> = totals
            .as_slice()?
            .iter()
            .map(|total| *total as u64)
            .collect();
        let size = totals.len().checked_mul(terms.history);
        let memory = match memory {
            Some(memory) => memory.as_slice()?.to_vec(),
            None => zeros(size.unwrap_or(usize::MAX))?,
        };
        let fit = terms.history > 0 && totals.iter().all(|total| terms.fit(*total, 0));
        if !fit || size != Some(memory.len()) {
            return Err(unfit());
        }
        let devices = Devices {
            m: terms.m,
            history: terms.history,
            p: terms.p(),
            memory,
            totals,
        };
        Ok(DeviceStreams { devices, level })
    }

    /// Appends a row of values to each device: (left distances, left indices), laid end to end.
    fn append<'py>(
        &mut self,
        py: Python<'py>,
        devices: Ints<'py>,
        values: Floats<'py>,
        progress: Option<Py<PyAny>>,
        threads: usize,
    ) -> PyResult<Neighbours<'py>> {
        let values = values.as_slice()?;
        let known = self.devices.totals.len();
        let place = |device: &i64| usize::try_from(*device).ok().filter(|at| *at < known);
        let places: Option<Vec<usize>> = devices.as_slice()?.iter().map(place).collect();
        let places = places.filter(|places| values.len() % places.len().max(1) == 0);
        let Some(places) = places else {
            return Err(PyValueError::new_err(
                "expected known devices and a row for each",
            ));
        };
        let mut distance = vec![f64::INFINITY; values.len()];
        let mut index = vec![-1; values.len()];
        let (all, level, threads) = (&mut self.devices, self.level, threads::count(threads));
        interpreter::watched(py, progress.as_ref(), values.len(), |watch| {
            let how = (threads, level, watch);
            all.append(&places, values, how, &mut distance, &mut index);
        })?;
        Ok((distance.into_pyarray(py), index.into_pyarray(py)))
    }

    #[getter]
    fn totals<'py>(&self, py: Python<'py>) -> Array<'py, i64> {
        let totals = self.devices.totals.iter().map(|total| *total as i64);
        Vec::from_iter(totals).into_pyarray(py)
    }

    /// The rows of all devices.
    #[getter]
    fn memory<'py>(&self, py: Python<'py>) -> Array<'py, f64> {
        self.devices.memory.clone().into_pyarray(py)
    }

    /// The values of a device in memory.
    fn values<'py>(&self, py: Python<'py>, device: usize) -> PyResult<Array<'py, f64>> {
        let missing = || PyValueError::new_err("no such device");
        let mut rows = self.devices.memory.chunks(self.devices.history);
        let row = rows.nth(device).ok_or_else(missing)?;
        let known = self.devices.remembered(device);
        Ok(row[..known].to_vec().into_pyarray(py))
    }
}

fn zeros(count: usize) -> PyResult<Vec<f64>> {
    let mut zeros = Vec::new();
    let reserved = zeros.try_reserve_exact(count);
    reserved.map_err(|_| PyMemoryError::new_err("there is not as much memory"))?;
    zeros.resize(count, 0.0);
    Ok(zeros)
}
