"""Which reports a table holds already, by device and time."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pyiceberg.table import Table

from motifleet.errors import InvalidArgumentError
from motifleet.tables.scan import batches_of
from motifleet.tables.schema import DEVICE, TIME, holds_reports
from motifleet.tables.selection import Selection, plan
from motifleet.types import Ints

Values: TypeAlias = "pa.ChunkedArray[Any] | pa.Array[Any]"


def holds_keys(
    table: Table, keys: pa.Table, as_of: int | str | datetime | None = None
) -> NDArray[np.bool_]:
    """Tell which pairs of device and time the table holds.

    Args:
        table: a table of reports.
        keys: columns ``device_id`` and ``event_ts``.
        as_of: a snapshot's id or a time; None: the newest.

    Returns:
        shape (rows of keys,); only files whose time range meets that of the keys are read.

    Raises:
        InvalidArgumentError: the keys lack one of the two columns.
    """
    if not {DEVICE, TIME} <= set(keys.column_names):
        raise InvalidArgumentError(
            f"expected keys with the columns {DEVICE!r} and {TIME!r}, got {keys.column_names}"
        )
    if not holds_reports(table.schema()) or keys[TIME].null_count == keys.num_rows:
        return np.zeros(keys.num_rows, dtype=bool)
    lookup = _KeyLookup(keys)
    scan = plan(table, replace(lookup.range(), as_of=as_of))
    for batch in batches_of(scan, scan.plan_files()):
        lookup.mark(batch)
    return lookup.found()


class _KeyLookup:
    """Numbers each pair of device and time of the keys, and marks the pairs that it is shown."""

    def __init__(self, keys: pa.Table) -> None:
        self._devices = keys[DEVICE].unique().drop_null()
        self._times = keys[TIME].unique().drop_null()
        self._codes, self._places = np.unique(self._encode(keys), return_inverse=True)
        self._seen = np.zeros(len(self._codes), dtype=bool)

    def range(self) -> Selection:
        first, last = pc.min(self._times).as_py(), pc.max(self._times).as_py()
        end = last + timedelta(microseconds=1)
        return Selection(columns=[DEVICE, TIME], start=first, end=end)

    def mark(self, batch: pa.RecordBatch) -> None:
        codes = self._encode(batch)
        codes = codes[codes >= 0]
        places = np.minimum(np.searchsorted(self._codes, codes), len(self._codes) - 1)
        self._seen[places[self._codes[places] == codes]] = True

    def found(self) -> NDArray[np.bool_]:
        return self._seen[self._places]

    def _encode(self, rows: pa.Table | pa.RecordBatch) -> Ints:
        devices, times = _places(rows[DEVICE], self._devices), _places(rows[TIME], self._times)
        return np.where((devices < 0) | (times < 0), -1, devices * len(self._times) + times)


def _places(values: Values, known: Values) -> Ints:
    found = pc.index_in(values, value_set=known).fill_null(-1)
    return found.to_numpy(zero_copy_only=False).astype(np.int64)
