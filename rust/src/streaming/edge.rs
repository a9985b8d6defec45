//! The streams as Python holds them.

use super::devices::Devices;
use super::stream::{Profile, Series};
use crate::{Array, level, threads};
use numpy::{IntoPyArray, PyReadonlyArray1};
use pyo3::exceptions::{PyMemoryError, PyValueError};
use pyo3::prelude::*;

type Neighbours<'py> = (Array<'py, f64>, Array<'py, i64>);
type Floats<'py> = PyReadonlyArray1<'py, f64>;
type Ints<'py> = PyReadonlyArray1<'py, i64>;

/// More values than any stream will see; indices stay far from overflow.
const LONGEST: u64 = 1 << 62;

/// One device's stream; a history of 0 stands for one without end.
#[pyclass]
pub struct Stream(Series);

#[pymethods]
impl Stream {
    /// A stream that has seen `total` values and remembers `values`, with `profile`:
    /// nearness, distances, indices, left distances, left indices of their windows.
    #[new]
    fn new(
        m: usize,
        history: usize,
        total: u64,
        values: Floats<'_>,
        profile: (Floats<'_>, Floats<'_>, Ints<'_>, Floats<'_>, Ints<'_>),
    ) -> PyResult<Self> {
        let values = values.as_slice()?.to_vec();
        let profile = Profile {
            nearness: profile.0.as_slice()?.to_vec(),
            distance: profile.1.as_slice()?.to_vec(),
            index: profile.2.as_slice()?.to_vec(),
            left_distance: profile.3.as_slice()?.to_vec(),
            left_index: profile.4.as_slice()?.to_vec(),
        };
        let known = values.len();
        let fits = known as u64 <= total
            && total < LONGEST
            && (history == 0 || (m <= history && known <= history));
        let whole = m > 0 && profile.holds((known + 1).saturating_sub(m));
        if !fits || !whole {
            return Err(PyValueError::new_err(
                "the parts of a stream do not fit together",
            ));
        }
        let history = (history > 0).then_some(history);
        Ok(Stream(Series::new(m, history, total, values, profile)))
    }

    /// Appends values: (begins, left distances, left indices) of the windows they complete.
    fn append<'py>(
        &mut self,
        py: Python<'py>,
        values: Floats<'py>,
        simd: &str,
    ) -> PyResult<(Array<'py, i64>, Array<'py, f64>, Array<'py, i64>)> {
        let level = level(simd)?;
        let values = values.as_slice()?;
        let first = self.0.first();
        let begins = Vec::from_iter((first..).take(values.len()).map(|begin| begin.max(-1)));
        let mut distance = vec![f64::INFINITY; values.len()];
        let mut index = vec![-1; values.len()];
        let series = &mut self.0;
        py.detach(|| series.append(level, values, &mut distance, &mut index));
        Ok((
            begins.into_pyarray(py),
            distance.into_pyarray(py),
            index.into_pyarray(py),
        ))
    }

    /// Lays the memory out anew: a stream made of it goes on exactly as this one.
    fn renew(&mut self) {
        self.0.renew();
    }

    #[getter]
    fn total(&self) -> u64 {
        self.0.total()
    }

    #[getter]
    fn values<'py>(&self, py: Python<'py>) -> Array<'py, f64> {
        self.0.memory().to_vec().into_pyarray(py)
    }

    /// Nearness, distances, indices, left distances, left indices of the windows in memory.
    #[getter]
    #[expect(clippy::type_complexity, reason = "five arrays are not worth a name")]
    fn profile<'py>(
        &self,
        py: Python<'py>,
    ) -> (
        Array<'py, f64>,
        Array<'py, f64>,
        Array<'py, i64>,
        Array<'py, f64>,
        Array<'py, i64>,
    ) {
        let profile = self.0.profile();
        (
            profile.nearness.into_pyarray(py),
            profile.distance.into_pyarray(py),
            profile.index.into_pyarray(py),
            profile.left_distance.into_pyarray(py),
            profile.left_index.into_pyarray(py),
        )
    }
}

/// The streams of many devices.
#[pyclass]
pub struct DeviceStreams(Devices);

#[pymethods]
impl DeviceStreams {
    /// Streams that have seen `totals` values and remember `memory`, a row for each device.
    #[new]
    fn new(
        m: usize,
        history: usize,
        totals: Ints<'_>,
        memory: Option<Floats<'_>>,
    ) -> PyResult<Self> {
        let totals: Vec<u64> = totals
            .as_slice()?
            .iter()
            .map(|total| *total as u64)
            .collect();
        let size = totals.len().checked_mul(history);
        let memory = match memory {
            Some(memory) => memory.as_slice()?.to_vec(),
            None => zeros(size.unwrap_or(usize::MAX))?,
        };
        let sane = totals.iter().all(|total| *total < LONGEST);
        if m == 0 || history < m || !sane || size != Some(memory.len()) {
            return Err(PyValueError::new_err(
                "the parts of the streams do not fit together",
            ));
        }
        Ok(DeviceStreams(Devices {
            m,
            history,
            memory,
            totals,
        }))
    }

    /// Appends a row of values to each device: (left distances, left indices), laid end to end.
    fn append<'py>(
        &mut self,
        py: Python<'py>,
        devices: Ints<'py>,
        values: Floats<'py>,
        threads: usize,
        simd: &str,
    ) -> PyResult<Neighbours<'py>> {
        let level = level(simd)?;
        let values = values.as_slice()?;
        let known = self.0.totals.len();
        let place = |device: &i64| usize::try_from(*device).ok().filter(|at| *at < known);
        let devices: Option<Vec<usize>> = devices.as_slice()?.iter().map(place).collect();
        let devices = devices.filter(|devices| values.len() % devices.len().max(1) == 0);
        let Some(devices) = devices else {
            return Err(PyValueError::new_err(
                "expected known devices and a row for each",
            ));
        };
        let mut distance = vec![f64::INFINITY; values.len()];
        let mut index = vec![-1; values.len()];
        let (all, threads) = (&mut self.0, threads::count(threads));
        py.detach(|| all.append(&devices, values, threads, level, &mut distance, &mut index));
        Ok((distance.into_pyarray(py), index.into_pyarray(py)))
    }

    #[getter]
    fn totals<'py>(&self, py: Python<'py>) -> Array<'py, i64> {
        let totals = self.0.totals.iter().map(|total| *total as i64);
        Vec::from_iter(totals).into_pyarray(py)
    }

    /// The rows of all devices.
    #[getter]
    fn memory<'py>(&self, py: Python<'py>) -> Array<'py, f64> {
        self.0.memory.clone().into_pyarray(py)
    }

    /// The values of a device in memory.
    fn values<'py>(&self, py: Python<'py>, device: usize) -> PyResult<Array<'py, f64>> {
        let missing = || PyValueError::new_err("no such device");
        let row = self
            .0
            .memory
            .chunks(self.0.history)
            .nth(device)
            .ok_or_else(missing)?;
        Ok(row[..self.0.remembered(device)].to_vec().into_pyarray(py))
    }
}

fn zeros(count: usize) -> PyResult<Vec<f64>> {
    let mut zeros = Vec::new();
    let reserved = zeros.try_reserve_exact(count);
    reserved.map_err(|_| PyMemoryError::new_err("there is not as much memory"))?;
    zeros.resize(count, 0.0);
    Ok(zeros)
}
