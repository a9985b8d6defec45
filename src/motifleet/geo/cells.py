"""H3 cells: reports counted in hexagons of like size (h3geo.org)."""

from collections.abc import Iterable, Sequence
from itertools import repeat
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from motifleet.errors import InvalidArgumentError, UnknownColumnError
from motifleet.geo.arrow import ordered, pc, table_of
from motifleet.geo.positions import Positions, device_codes, positions
from motifleet.telemetry import signals_of
from motifleet.types import Floats

FINEST = 15


def cell_ids(longitude: Floats, latitude: Floats, resolution: int) -> NDArray[np.uint64]:
    """The H3 cell of each position: shape (n,).

    Positions that repeat, as those of parked vehicles do, are looked up once.

    Args:
        longitude: shape (n,), degrees.
        latitude: shape (n,), degrees.
        resolution: 0 (cells of 4 million km²) to 15 (1 m²).

    Raises:
        InvalidArgumentError: there is no such resolution.

    >>> [hex(cell) for cell in cell_ids(np.array([-93.6]), np.array([41.6]), 7)]
    ['0x87260d874ffffff']
    """
    from h3.api import basic_int as h3

    if not 0 <= resolution <= FINEST:
        raise InvalidArgumentError(f"expected a resolution from 0 to {FINEST}, got {resolution}")
    places, back = np.unique(longitude + 1j * latitude, return_inverse=True)
    found = map(h3.latlng_to_cell, places.imag.tolist(), places.real.tolist(), repeat(resolution))
    return np.fromiter(found, np.uint64, len(places))[back]


def cells(groups: Iterable[pa.Table], resolution: int, *, signals: Sequence[str] = ()) -> pa.Table:
    """Count reports and devices in H3 cells, the fullest cell first.

    Args:
        groups: tables of reports, each device in one of them.
        resolution: 0 to 15; 5 is about 250 km² a cell, 7 about 5 km², 9 about 0.1 km².
        signals: signals to take the mean of, over the reports that have a value.

    Returns:
        ``cell`` (hexadecimal, as H3 writes it), ``reports``, ``devices``, ``longitude`` and
        ``latitude`` of the cell's centre, and ``mean_<signal>`` for each signal.

    Raises:
        InvalidArgumentError: there is no such resolution.
        UnknownColumnError: there is no such signal.
    """
    counted = [_counted(group, resolution, signals) for group in groups]
    if not counted:
        return _named(_empty(signals), signals)
    sums = [name for name in counted[0].column_names if name != "cell"]
    merged = pa.concat_tables(counted).group_by("cell").aggregate([(name, "sum") for name in sums])
    merged = merged.rename_columns([name.removesuffix("_sum") for name in merged.column_names])
    return _named(ordered(merged, "-reports", "cell"), signals)


def _counted(reports: pa.Table, resolution: int, signals: Sequence[str]) -> pa.Table:
    found = positions(reports)
    ids, places = np.unique(
        cell_ids(found.longitude, found.latitude, resolution), return_inverse=True
    )
    codes, _ = device_codes(reports)
    pairs = np.unique(np.column_stack([places, codes[found.rows]]), axis=0)
    columns: dict[str, Any] = {
        "cell": ids,
        "reports": np.bincount(places, minlength=len(ids)),
        "devices": np.bincount(pairs[:, 0], minlength=len(ids)),
    }
    for signal in signals:
        values = _values(reports, signal, found)
        there = np.isfinite(values)
        weights = np.where(there, values, 0)
        columns[f"sum_{signal}"] = np.bincount(places, weights, minlength=len(ids))
        columns[f"count_{signal}"] = np.bincount(places, there, minlength=len(ids))
    return table_of(columns)


def _values(reports: pa.Table, signal: str, found: Positions) -> Floats:
    if signal not in reports.column_names:
        raise UnknownColumnError(signal, signals_of(reports.schema))
    column: Any = reports[signal]
    return np.asarray(column.cast(pa.float64()).to_numpy(), dtype=np.float64)[found.rows]


def _named(counted: pa.Table, signals: Sequence[str]) -> pa.Table:
    from h3.api import basic_int as h3

    ids = counted["cell"].to_pylist()
    centres = np.array([h3.cell_to_latlng(cell) for cell in ids]).reshape(-1, 2)
    columns: dict[str, Any] = {
        "cell": pa.array([h3.int_to_str(cell) for cell in ids], pa.string()),
        "reports": counted["reports"],
        "devices": counted["devices"],
        "longitude": centres[:, 1],
        "latitude": centres[:, 0],
    }
    for signal in signals:
        sums, counts = counted[f"sum_{signal}"], counted[f"count_{signal}"]
        some = pc.if_else(pc.greater(counts, 0), counts, pa.scalar(None, pa.float64()))
        columns[f"mean_{signal}"] = pc.divide(sums, some)
    return table_of(columns)


def _empty(signals: Sequence[str]) -> pa.Table:
    kinds: dict[str, Any] = {"cell": pa.uint64(), "reports": pa.int64(), "devices": pa.int64()}
    kinds |= {f"{kind}_{name}": pa.float64() for name in signals for kind in ("sum", "count")}
    return pa.schema(list(kinds.items())).empty_table()
