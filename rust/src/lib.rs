//! The matrix profile kernels of Motifleet, and their edge to Python.
//!
//! The functions here take NumPy arrays, release the interpreter, and return NumPy arrays. What
//! a user may do wrong is refused in Python; the errors here guard against misuse of this edge.

mod ab_join;
mod correlator;
mod distance_profile;
mod dots;
mod fleet;
mod interpreter;
mod join;
mod mp_distance;
mod multidimensional;
mod nearest;
mod norm;
mod pair_distances;
mod plain_distances;
mod profile;
#[cfg(test)]
mod reference;
mod reseed;
mod self_join;
mod simd;
mod stats;
mod streaming;
mod threads;
mod watch;

use ab_join::AbJoin;
use fleet::Fleet;
use join::search::Options;
use mp_distance::MpDistances;
use multidimensional::Join;
use nearest::elsewhere::Elsewhere;
use nearest::{Found, Nearest};
use norm::{Norm, Powers};
use numpy::{IntoPyArray, PyArray1, PyReadonlyArray1, PyReadonlyArray2, PyUntypedArrayMethods};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use simd::Level;
use watch::Watch;

type Array<'py, T> = Bound<'py, PyArray1<T>>;
type Side<'py> = (Array<'py, f64>, Array<'py, i64>);

#[pymodule]
mod _core {
    use super::*;

    #[pymodule_export]
    use streaming::{DeviceStreams, MultidimensionalStream, Stream};

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
        how: How,
    ) -> PyResult<[Side<'py>; 3]> {
        let level = level(&how.simd)?;
        let powers = how.powers()?;
        let fleet = fleet(&values, &offsets, m)?;
        let arrays = how.watched(py, fleet.pairs(), |options| {
            fleet.self_join(level, powers, options)
        })?;
        let [overall, left, right] = arrays.distances.map(|array| array.into_pyarray(py));
        let [overall_index, left_index, right_index] =
            arrays.indices.map(|array| array.into_pyarray(py));
        Ok([
            (overall, overall_index),
            (left, left_index),
            (right, right_index),
        ])
    }

    /// The AB-join of two series: (distances, indices) of the first's windows, of the second's.
    #[pyfunction]
    fn ab_join<'py>(
        py: Python<'py>,
        a: PyReadonlyArray1<'py, f64>,
        b: PyReadonlyArray1<'py, f64>,
        m: usize,
        how: How,
    ) -> PyResult<[Side<'py>; 2]> {
        let level = level(&how.simd)?;
        let powers = how.powers()?;
        let series = [a.as_slice()?, b.as_slice()?];
        let [of_a, of_b] = series.map(|values| (values.len() + 1).saturating_sub(m));
        if m == 0 || of_a == 0 || of_b == 0 {
            return Err(PyValueError::new_err("expected series of m values or more"));
        }
        let found = how.watched(py, of_a * of_b, |options| {
            level.visit(AbJoin {
                series,
                m,
                powers,
                constant: true,
                options,
            })
        })?;
        Ok(
            found
                .map(|(distances, indices)| (distances.into_pyarray(py), indices.into_pyarray(py))),
        )
    }

    /// MPdist of a series to each of many; `rank` is which of the windows' distances counts, as a
    /// share of all, and whether windows that hold one value for long do.
    #[pyfunction]
    fn mp_distances<'py>(
        py: Python<'py>,
        series: PyReadonlyArray1<'py, f64>,
        values: PyReadonlyArray1<'py, f64>,
        offsets: PyReadonlyArray1<'py, i64>,
        m: usize,
        rank: (f64, bool),
        how: How,
    ) -> PyResult<Array<'py, f64>> {
        let level = level(&how.simd)?;
        let powers = how.powers()?;
        let (series, fleet) = (series.as_slice()?, fleet(&values, &offsets, m)?);
        if series.len() < m {
            return Err(PyValueError::new_err(
                "expected a series of m values or more",
            ));
        }
        let pairs = (series.len() + 1 - m) * fleet.windows();
        let (share, constant) = rank;
        let distances = how.watched(py, pairs, |options| {
            MpDistances {
                series,
                fleet: &fleet,
                share,
                constant,
                powers,
                options,
            }
            .compute(level)
        })?;
        Ok(distances.into_pyarray(py))
    }

    /// The multidimensional profile of `values` (channels, n), or of it and `other` joined.
    ///
    /// The order of channels is how many come first as they are, and whether of the others
    /// the farthest do. Distances that are not normalised are p-norms.
    #[pyfunction]
    fn multidimensional<'py>(
        py: Python<'py>,
        values: PyReadonlyArray2<'py, f64>,
        other: Option<PyReadonlyArray2<'py, f64>>,
        m: usize,
        order: (usize, bool),
        how: How,
    ) -> PyResult<Vec<Side<'py>>> {
        let level = level(&how.simd)?;
        let powers = how.powers()?;
        let both: Vec<_> = std::iter::once(&values).chain(&other).collect();
        check_channels(&both, m, order.0)?;
        let series: PyResult<Vec<_>> = both.iter().map(|each| Ok(each.as_slice()?)).collect();
        let series = series?;
        let windows = |of: &PyReadonlyArray2<'_, f64>| of.shape()[1] + 1 - m;
        let pairs = match &other {
            None => crate::self_join::pairs(windows(&values), m),
            Some(other) => windows(&values) * windows(other),
        };
        let channels = values.shape()[0];
        let profiles = how.watched(py, pairs, |options| {
            level.visit(Join {
                series,
                channels,
                m,
                fixed: order.0,
                farthest: order.1,
                powers,
                options,
            })
        })?;
        let sides = profiles.into_iter().map(|profile| {
            (
                profile.distance.into_pyarray(py),
                profile.index.into_pyarray(py),
            )
        });
        Ok(sides.collect())
    }

    /// The distances of a pattern to all windows of all series.
    #[pyfunction]
    fn distance_profile<'py>(
        py: Python<'py>,
        pattern: PyReadonlyArray1<'py, f64>,
        values: PyReadonlyArray1<'py, f64>,
        offsets: PyReadonlyArray1<'py, i64>,
        normalize: bool,
        p: f64,
        work: Work,
    ) -> PyResult<Array<'py, f64>> {
        let level = level(&work.simd)?;
        let norm = norm(normalize, p)?;
        let pattern = pattern.as_slice()?;
        let fleet = fleet(&values, &offsets, pattern.len())?;
        let distances = work.watched(py, fleet.windows(), |threads, watch| {
            fleet.distance_profile(pattern, norm, level, threads, watch)
        })?;
        Ok(distances.into_pyarray(py))
    }

    /// The distance of every window to the one of its series that `others` names; infinity for -1.
    #[pyfunction]
    fn pair_distances<'py>(
        py: Python<'py>,
        values: PyReadonlyArray1<'py, f64>,
        offsets: PyReadonlyArray1<'py, i64>,
        m: usize,
        others: PyReadonlyArray1<'py, i64>,
        work: Work,
    ) -> PyResult<Array<'py, f64>> {
        let level = level(&work.simd)?;
        let (fleet, others) = (fleet(&values, &offsets, m)?, others.as_slice()?);
        if others.len() != fleet.windows() {
            return Err(PyValueError::new_err("expected a number for each window"));
        }
        let distances = work.watched(py, fleet.windows(), |threads, watch| {
            fleet.pair_distances(others, level, threads, watch)
        })?;
        Ok(distances.into_pyarray(py))
    }

    /// The windows nearest to a pattern, none overlapping: (devices, indices, distances).
    #[pyfunction]
    fn nearest<'py>(
        py: Python<'py>,
        pattern: PyReadonlyArray1<'py, f64>,
        values: PyReadonlyArray1<'py, f64>,
        offsets: PyReadonlyArray1<'py, i64>,
        k: usize,
        max_distance: f64,
        work: Work,
    ) -> PyResult<(Array<'py, i64>, Array<'py, i64>, Array<'py, f64>)> {
        let level = level(&work.simd)?;
        let pattern = pattern.as_slice()?;
        let fleet = fleet(&values, &offsets, pattern.len())?;
        let found = work.watched(py, fleet.windows(), |threads, watch| {
            let nearest = Nearest {
                fleet: &fleet,
                pattern,
                k,
                max_distance,
                level,
                watch,
            };
            nearest.find(threads)
        })?;
        let column = |of: fn(&Found) -> i64| Vec::from_iter(found.iter().map(of));
        Ok((
            column(|each| each.device as i64).into_pyarray(py),
            column(|each| each.index as i64).into_pyarray(py),
            Vec::from_iter(found.iter().map(|each| each.distance)).into_pyarray(py),
        ))
    }

    /// For some windows, the nearest one on any device but their own: (devices, indices, distances).
    ///
    /// The search for one ends when a neighbour nearer than `enough` is found; the device is -1
    /// where none is nearer than the bound.
    #[pyfunction]
    #[expect(clippy::too_many_arguments, reason = "the edge takes plain arguments")]
    fn elsewhere<'py>(
        py: Python<'py>,
        patterns: PyReadonlyArray2<'py, f64>,
        bounds: PyReadonlyArray1<'py, f64>,
        own: PyReadonlyArray1<'py, i64>,
        enough: f64,
        values: PyReadonlyArray1<'py, f64>,
        offsets: PyReadonlyArray1<'py, i64>,
        work: Work,
    ) -> PyResult<(Array<'py, i64>, Array<'py, i64>, Array<'py, f64>)> {
        let level = level(&work.simd)?;
        let fleet = fleet(&values, &offsets, patterns.shape()[1])?;
        let (bounds, own) = (bounds.as_slice()?, own.as_slice()?);
        if [bounds.len(), own.len()] != [patterns.shape()[0]; 2] {
            return Err(PyValueError::new_err(
                "expected a bound and a device for each window",
            ));
        }
        let patterns = patterns.as_slice()?;
        let comparisons = bounds.len() * fleet.len();
        let found = work.watched(py, comparisons, |threads, watch| {
            let search = Elsewhere {
                fleet: &fleet,
                patterns,
                bounds,
                own,
                enough,
                level,
                watch,
            };
            search.find(threads)
        })?;
        let device = |each: &Found| i64::try_from(each.device).unwrap_or(-1);
        Ok((
            Vec::from_iter(found.iter().map(device)).into_pyarray(py),
            Vec::from_iter(found.iter().map(|each| each.index as i64)).into_pyarray(py),
            Vec::from_iter(found.iter().map(|each| each.distance)).into_pyarray(py),
        ))
    }
}

/// How a join is done, as Python says it.
#[derive(FromPyObject)]
struct How {
    k: usize,
    normalize: bool,
    p: f64,
    share: f64,
    skip: f64,
    progress: Option<Py<PyAny>>,
    threads: usize,
    simd: String,
}

impl How {
    /// Of the plain distance; `None` for the z-normalised one.
    fn powers(&self) -> PyResult<Option<Powers>> {
        let Some(norm) = norm(self.normalize, self.p)? else {
            return Ok(None);
        };
        let powers = norm.powers();
        let powers = powers.ok_or_else(|| PyValueError::new_err("expected a p of at most 20"))?;
        Ok(Some(powers))
    }

    fn watched<T: Send>(
        &self,
        py: Python<'_>,
        pairs: usize,
        join: impl FnOnce(Options) -> T + Send,
    ) -> PyResult<T> {
        if self.k == 0 {
            return Err(PyValueError::new_err("expected a k of at least 1"));
        }
        let (k, share, skip) = (self.k, self.share, self.skip);
        let threads = threads::count(self.threads);
        let total = (pairs as f64 * (share - skip)) as usize;
        interpreter::watched(py, self.progress.as_ref(), total, move |watch| {
            join(Options {
                k,
                threads,
                share,
                skip,
                watch,
            })
        })
    }
}

/// How work without a join is done, as Python says it.
#[derive(FromPyObject)]
struct Work {
    progress: Option<Py<PyAny>>,
    threads: usize,
    simd: String,
}

impl Work {
    fn watched<T: Send>(
        &self,
        py: Python<'_>,
        total: usize,
        work: impl FnOnce(usize, &Watch) -> T + Send,
    ) -> PyResult<T> {
        let threads = threads::count(self.threads);
        interpreter::watched(py, self.progress.as_ref(), total, |watch| {
            work(threads, watch)
        })
    }
}

fn level(name: &str) -> PyResult<Level> {
    Level::named(name)
        .ok_or_else(|| PyValueError::new_err(format!("this machine has no instructions {name:?}")))
}

fn norm(normalize: bool, p: f64) -> PyResult<Option<Norm>> {
    if normalize {
        return Ok(None);
    }
    let norm = Norm::new(p).ok_or_else(|| PyValueError::new_err("expected a p of at least 1"))?;
    Ok(Some(norm))
}

fn fleet<'a>(
    values: &'a PyReadonlyArray1<'_, f64>,
    offsets: &'a PyReadonlyArray1<'_, i64>,
    m: usize,
) -> PyResult<Fleet<'a>> {
    Fleet::new(values.as_slice()?, offsets.as_slice()?, m)
        .ok_or_else(|| PyValueError::new_err("expected offsets from 0 to the number of values"))
}

fn check_channels(both: &[&PyReadonlyArray2<'_, f64>], m: usize, fixed: usize) -> PyResult<()> {
    let channels = both[0].shape()[0];
    let fits = |each: &&PyReadonlyArray2<'_, f64>| {
        each.shape()[0] == channels && (1..=each.shape()[1]).contains(&m)
    };
    if channels == 0 || fixed > channels || !both.iter().all(fits) {
        return Err(PyValueError::new_err(
            "expected equal channels and m values in each",
        ));
    }
    Ok(())
}
