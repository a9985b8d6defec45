//! Long work beside the interpreter: released meanwhile, asked now and then whether to go on.

use crate::watch::Watch;
use pyo3::prelude::*;
use std::sync::Mutex;

/// Does the work without the interpreter's lock, and stops early at a signal (Ctrl-C) or when
/// `progress`, which is called with what is done and the total, raises.
pub fn watched<T: Send>(
    py: Python<'_>,
    progress: Option<&Py<PyAny>>,
    total: usize,
    work: impl FnOnce(&Watch) -> T + Send,
) -> PyResult<T> {
    let total = total as u64;
    let raised = Mutex::new(None);
    let ask = |py: Python<'_>, done: u64| {
        py.check_signals()?;
        progress.map_or(Ok(()), |progress| {
            progress.call1(py, (done.min(total), total)).map(drop)
        })
    };
    let go_on = |done| {
        Python::attach(|py| match (ask(py, done), raised.lock()) {
            (Err(error), Ok(mut raised)) => {
                *raised = Some(error);
                false
            }
            (asked, _) => asked.is_ok(),
        })
    };
    let result = py.detach(|| work(&Watch::new(&go_on)));
    match raised.into_inner() {
        Ok(Some(error)) => Err(error),
        _ => Ok(result),
    }
}
