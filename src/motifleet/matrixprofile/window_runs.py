"""Chosen windows of many devices as one series, so that one join compares all of them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from motifleet.types import Floats, Ints, Series

if TYPE_CHECKING:
    import pyarrow as pa


class Run(NamedTuple):
    """Values that some windows of a device are in."""

    device_id: str
    values: Floats
    places: Ints
    """Where the windows begin in the values."""
    indices: Ints
    """Where they begin in the device's series."""


def runs_of(series: Series, windows: Ints, m: int) -> Iterator[Run]:
    """Cut a series to the windows that are wanted, in as few values as there can be.

    Windows less than their length apart stay in one run: a gap between runs costs a window.

    >>> series = Series(np.arange(30.0), "truck-7")
    >>> [(len(run.values), run.places.tolist()) for run in runs_of(series, [2, 3, 6, 20], 5)]
    [(9, [0, 1, 4]), (5, [0])]
    """
    wanted = np.asarray(windows, np.int64)
    for part in np.split(wanted, np.flatnonzero(np.diff(wanted) > m) + 1):
        if len(part):
            values = series.values[part[0] : part[-1] + m]
            yield Run(str(series.device_id), values, part - part[0], part)


def parts_of(run: Run, most: int, m: int) -> Iterator[Run]:
    """Cut a run so that no part has more windows than so many."""
    for start in range(0, len(run.places), most):
        places, indices = run.places[start : start + most], run.indices[start : start + most]
        values = run.values[places[0] : places[-1] + m]
        yield Run(run.device_id, values, places - places[0], indices)


@dataclass(frozen=True, slots=True, eq=False)
class WindowRuns:
    """Windows of many devices in one series: runs of values, each scaled, with a gap between.

    Args:
        m: the window length.
        values: the series.
        starts: shape (windows,), where they begin in it.
        device_ids: shape (windows,), whose each one is.
        indices: shape (windows,), where they begin in their own series.
    """

    m: int
    values: Floats
    starts: Ints
    device_ids: NDArray[np.object_]
    indices: Ints

    def __len__(self) -> int:
        return len(self.starts)

    @classmethod
    def of(cls, runs: Iterable[Run], m: int) -> "WindowRuns":
        """Lay runs end to end, each around 0 and of spread 1, for no distance depends on that."""
        gap = np.array([np.nan])
        parts: list[Floats] = []
        starts: list[Ints] = []
        devices: list[str] = []
        indices: list[Ints] = []
        length = 0
        for run in runs:
            parts += [_scaled(run.values), gap]
            starts.append(run.places + length)
            indices.append(run.indices)
            devices += [run.device_id] * len(run.places)
            length += len(run.values) + 1
        return cls(
            m,
            np.concatenate(parts[:-1]),
            np.concatenate(starts),
            np.array(devices, np.object_),
            np.concatenate(indices),
        )

    @staticmethod
    def size(devices: Iterable[tuple[Series, NDArray[np.bool_]]], m: int) -> int:
        """Count the values that the windows left of some devices would take."""
        total = 0
        for _, left in devices:
            windows = np.flatnonzero(left)
            if len(windows):
                steps = np.diff(windows)
                total += int(np.minimum(steps, m + 1).sum()) + m + 1
        return total

    @staticmethod
    def table(runs: Iterable[Run]) -> "pa.Table":
        """Lay out one row for each run."""
        import pyarrow as pa

        rows = list(runs)
        floats: Any = pa.list_(pa.float64())
        ints: Any = pa.list_(pa.int64())
        columns: dict[str, Any] = {
            "device_id": pa.array([run.device_id for run in rows], pa.string()),
            "values": pa.array([run.values for run in rows], floats),
            "places": pa.array([run.places for run in rows], ints),
            "indices": pa.array([run.indices for run in rows], ints),
        }
        return pa.table(columns)

    @classmethod
    def from_bytes(cls, data: bytes, m: int) -> "WindowRuns":
        """Read the rows of `table` from Arrow's stream format."""
        import pyarrow as pa

        return cls.of(runs_from(pa.ipc.open_stream(data).read_all()), m)


def runs_from(rows: "pa.Table") -> list[Run]:
    """Make runs of their rows."""

    def arrays(name: str) -> list[Any]:
        return [np.asarray(each.values.to_numpy(zero_copy_only=False)) for each in rows[name]]

    columns = rows["device_id"].to_pylist(), *map(arrays, ("values", "places", "indices"))
    return [Run(*each) for each in zip(*columns, strict=True)]


def as_bytes(rows: "pa.Table") -> bytes:
    """Write rows in Arrow's stream format."""
    import pyarrow as pa

    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, rows.schema) as writer:
        writer.write_table(rows)
    return sink.getvalue().to_pybytes()


def _scaled(values: Floats) -> Floats:
    known = np.isfinite(values)
    largest = float(np.abs(values[known]).max())
    # By the largest first, lest a sum overflow.
    shares = np.where(known, values, np.nan) / (largest if largest > 0 else 1.0)
    centred = shares - shares[known].mean()
    spread = float(np.abs(centred[known]).max())
    return np.asarray(centred / spread if spread > 0 else centred)
