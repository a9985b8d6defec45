//! The matrix profile kernels of Motifleet, and their edge to Python.
//!
//! The functions here take NumPy arrays, release the interpreter, and return NumPy arrays. What
//! a user may do wrong is refused in Python; the errors here guard against misuse of this edge.

mod correlator;
mod distance_profile;
mod dots;
mod fleet;
mod profile;
mod self_join;
mod simd;
mod stats;
mod threads;

use fleet::Fleet;
use numpy::{IntoPyArray, PyArray1, PyReadonlyArray1};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use simd::Level;

type Array<'py, T> = Bound<'py, PyArray1<T>>;
type Side<'py> = (Array<'py, f64>, Array<'py, i64>);

#[pymodule]
mod _core {
    use super::*;

    /// The instruction sets that this machine has, the widest last.
    #[pyfunction]
    fn simd_levels() -> Vec<&'static str> {
        Level::available().into_iter().map(Level::name).collect()
    }

    /// The self-joins of all series: (distances, indices) overall, to the left, to the right.
    #[pyfunction]
    fn self_join<'py>(
        py: Python<'py>,
        values: PyReadonlyArray1<'py, f64>,
        offsets: PyReadonlyArray1<'py, i64>,
        m: usize,
        threads: usize,
        simd: &str,
    ) -> PyResult<[Side<'py>; 3]> {
        let level = level(simd)?;
        let fleet = fleet(&values, &offsets, m)?;
        let threads = threads::count(threads);
        let arrays = py.detach(|| fleet.self_join(level, threads));
        let [overall, left, right] = arrays.distances.map(|array| array.into_pyarray(py));
        let [overall_index, left_index, right_index] =
            arrays.indices.map(|array| array.into_pyarray(py));
        Ok([
            (overall, overall_index),
            (left, left_index),
            (right, right_index),
        ])
    }

    /// The distances of a pattern to all windows of all series.
    #[pyfunction]
    fn distance_profile<'py>(
        py: Python<'py>,
        pattern: PyReadonlyArray1<'py, f64>,
        values: PyReadonlyArray1<'py, f64>,
        offsets: PyReadonlyArray1<'py, i64>,
        threads: usize,
        simd: &str,
    ) -> PyResult<Array<'py, f64>> {
        let level = level(simd)?;
        let pattern = pattern.as_slice()?;
        let fleet = fleet(&values, &offsets, pattern.len())?;
        let threads = threads::count(threads);
        let distances = py.detach(|| fleet.distance_profile(pattern, level, threads));
        Ok(distances.into_pyarray(py))
    }
}

fn level(name: &str) -> PyResult<Level> {
    Level::named(name)
        .ok_or_else(|| PyValueError::new_err(format!("this machine has no instructions {name:?}")))
}

fn fleet<'a>(
    values: &'a PyReadonlyArray1<'_, f64>,
    offsets: &'a PyReadonlyArray1<'_, i64>,
    m: usize,
) -> PyResult<Fleet<'a>> {
    Fleet::new(values.as_slice()?, offsets.as_slice()?, m)
        .ok_or_else(|| PyValueError::new_err("expected offsets from 0 to the number of values"))
}
