//! The streams of many devices as Python holds them.

use super::devices::Devices;
use super::edge::{Floats, Ints, Terms, unfit};
use crate::simd::Level;
use crate::{Array, interpreter, level, threads};
use numpy::IntoPyArray;
use pyo3::exceptions::{PyMemoryError, PyValueError};
use pyo3::prelude::*;

type Neighbours<'py> = (Array<'py, f64>, Array<'py, i64>);

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
    fn new(
        py: Python<'_>,
        terms: Terms,
        totals: Ints<'_>,
        memory: Option<Floats<'_>>,
    ) -> PyResult<Self> {
        let level = level(&terms.simd)?;
        let totals: Vec<u64> = totals
            .as_slice()?
            .iter()
            .map(|total| *total as u64)
            .collect();
        let size = totals.len().checked_mul(terms.history);
        let fit = terms.history > 0 && totals.iter().all(|total| terms.fit(*total, 0));
        let known = memory
            .as_ref()
            .map(|memory| memory.as_slice())
            .transpose()?;
        if !fit || known.is_some_and(|known| size != Some(known.len())) {
            return Err(unfit());
        }
        let memory = match known {
            Some(known) => interpreter::watched(py, None, 0, |watch| watch.copied(known))?,
            None => zeros(py, size.unwrap_or(usize::MAX))?,
        };
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
        // Every one is written to, by the threads.
        let (mut distance, mut index) = (vec![0.0; values.len()], vec![0; values.len()]);
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

/// The pages of a large memory are claimed here, not by the first values.
fn zeros(py: Python<'_>, count: usize) -> PyResult<Vec<f64>> {
    let mut zeros = Vec::new();
    let reserved = zeros.try_reserve_exact(count);
    reserved.map_err(|_| PyMemoryError::new_err("there is not as much memory"))?;
    interpreter::watched(py, None, 0, |watch| {
        for piece in watch.pieces(count) {
            zeros.resize(piece.end, 0.0);
        }
    })?;
    Ok(zeros)
}
