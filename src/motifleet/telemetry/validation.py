"""From raw rows to accepted reports and rejected rows, each with its reason."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeAlias

import numpy as np
import pyarrow as pa

from motifleet.errors import InvalidArgumentError
from motifleet.telemetry.arrow import Column, Mask, mask_of, nowhere, pc, taken
from motifleet.telemetry.blocks import RawBlock
from motifleet.telemetry.cast import to_names, to_numbers
from motifleet.telemetry.columns import ColumnMapping, KeyColumns, check_names, find_columns
from motifleet.telemetry.duplicates import SeenReports
from motifleet.telemetry.findings import Findings
from motifleet.telemetry.roles import Roles
from motifleet.telemetry.schema import DEVICE_ID, EVENT_TS, LATITUDE, LONGITUDE, TIME_TYPE
from motifleet.telemetry.times import to_times
from motifleet.types import Ints

Existing: TypeAlias = Callable[[pa.Table], Mask]
"""From a table of ``device_id`` and ``event_ts`` to a mask: which are in the table already."""

IN_TABLE: Final = "device and time are in the table already"
_AHEAD: Final = timedelta(days=1)
_EARLIEST: Final = datetime(1900, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, eq=False)
class CheckedBatch:
    """A batch of a file after validation; every row of it is in one of the two tables.

    Args:
        number: which batch of the file it is, from 0.
        accepted: a report batch: ``device_id``, ``event_ts``, then the position, where the file
            has it, then labels and signals in the file's order.
        rejected: ``row`` (its number in the file; the first data row is 1), ``reason`` (several
            are joined with "; ") and ``report`` (the raw row as JSON).
        counts: how many rows were rejected for what; a row may count under several.
    """

    number: int
    accepted: pa.Table
    rejected: pa.Table
    counts: dict[str, int]


class Validator:
    """Checks the batches of one file; what is told apart in one holds for those that follow.

    Args:
        keys: the file's device, time and position columns.
        mapping: what the user said of the columns.
        now: the moment that the far future is counted from; without it the time of the check.
        existing: which reports are in the table already.
    """

    def __init__(
        self,
        keys: KeyColumns,
        mapping: ColumnMapping,
        now: datetime | None = None,
        existing: Existing | None = None,
    ) -> None:
        self._keys = keys
        self._ignore = frozenset(mapping.ignore)
        self.roles = Roles(mapping)
        self._now = now
        self._existing = existing
        self._seen = SeenReports()

    def check(self, batch: RawBlock, number: int) -> CheckedBatch:
        """Check a batch."""
        findings = Findings(batch)
        reports = pa.table(self._columns(batch.table, findings))
        self._check_repeats(reports, findings)
        accepted = reports.filter(pa.array(~findings.bad)) if findings.bad.any() else reports
        return CheckedBatch(
            number, _with_keys(accepted), findings.rejected(), dict(findings.counts)
        )

    def close(self) -> None:
        """Forget the reports that have come."""
        self._seen.close()

    def _columns(self, raw: pa.Table, findings: Findings) -> dict[str, Any]:
        columns: dict[str, Any] = {
            DEVICE_ID: _device(_column(raw, self._keys.device), findings),
            EVENT_TS: _time(_column(raw, self._keys.time), findings, self._latest()),
        }
        for own, name, limit in (
            (self._keys.longitude, LONGITUDE, 180),
            (self._keys.latitude, LATITUDE, 90),
        ):
            if own is not None:
                columns[name] = _degrees(_column(raw, own), name, limit, findings)
        taken = self._ignore | self._keys.renamed().keys()
        for name in raw.column_names:
            if name not in taken:
                columns.update(self._other(name, raw[name], findings))
        return columns

    def _other(self, name: str, column: Column, findings: Findings) -> dict[str, Any]:
        role = self.roles.role(name, column)
        if role is None:
            return {}
        if role == "label":
            return {name: to_names(column)}
        return {name: _numbers(column, f"signal {name}", findings)}

    def _check_repeats(self, reports: pa.Table, findings: Findings) -> None:
        keys = reports.select([DEVICE_ID, EVENT_TS])
        _check(keys, findings, "duplicate device and time", self._repeated)
        if self._existing is not None:
            _check(keys, findings, IN_TABLE, self._existing)

    def _repeated(self, keys: pa.Table) -> Mask:
        return self._seen.repeated(keys[DEVICE_ID], _micros(keys[EVENT_TS]))

    def _latest(self) -> datetime:
        now = self._now or datetime.now(UTC)
        return (now if now.tzinfo else now.replace(tzinfo=UTC)) + _AHEAD


def validate(
    raw: pa.Table | pa.RecordBatch,
    mapping: ColumnMapping | None = None,
    *,
    now: datetime | None = None,
    existing: Existing | None = None,
) -> CheckedBatch:
    """Check rows that are in memory.

    Args:
        raw: rows in columns of any name and type.
        mapping: what the columns mean; without it they are guessed from their names.
        now: the moment that the far future is counted from; without it the time of the call.
        existing: from keys to a mask of those that are in the table already.

    Returns:
        The accepted reports, and the rejected rows with their reasons.

    Raises:
        ReadError: no device or time column can be told.

    >>> raw = pa.table({"vin": ["a", "a", None], "ts": [0, 0, 60], "lon": [8.5, 8.5, 200.0]})
    >>> checked = validate(raw)
    >>> checked.accepted.num_rows, checked.rejected["reason"].to_pylist()
    (1, ['duplicate device and time', 'no device; longitude 200.0 out of range [-180, 180]'])
    """
    mapping = mapping or ColumnMapping()
    table = pa.Table.from_batches([raw]) if isinstance(raw, pa.RecordBatch) else raw
    if not isinstance(table, pa.Table):
        raise InvalidArgumentError(f"expected an Arrow table, got {type(raw).__name__}")
    check_names(table.column_names, "the batch")
    validator = Validator(
        find_columns(table.column_names, mapping, "the batch"), mapping, now, existing
    )
    try:
        return validator.check(RawBlock(table, np.arange(1, table.num_rows + 1)), 0)
    finally:
        validator.close()


def _column(raw: pa.Table, name: str) -> Column:
    if name in raw.column_names:
        return raw[name]
    return pa.chunked_array([pa.nulls(raw.num_rows, pa.string())])


def _device(column: Column, findings: Findings) -> Column:
    names = to_names(column)
    findings.add("no device", mask_of(names.is_null()))
    return names


def _time(column: Column, findings: Findings, latest: datetime) -> Column:
    cast = to_times(column)
    what = "time not understood"
    findings.add(
        what, cast.bad, lambda at: [f"{what}: {each!r}" for each in taken(column, at).to_pylist()]
    )
    findings.add("no time", mask_of(cast.values.is_null()) & ~cast.bad)
    for kind, beyond in (
        ("time in the far future", pc.greater(cast.values, pa.scalar(latest, TIME_TYPE))),
        ("time in the far past", pc.less(cast.values, pa.scalar(_EARLIEST, TIME_TYPE))),
    ):
        findings.add(kind, mask_of(beyond))
    return cast.values


def _degrees(column: Column, name: str, limit: int, findings: Findings) -> Column:
    degrees = _numbers(column, name, findings)
    findings.add(
        f"{name} out of range",
        mask_of(pc.greater(pc.abs(degrees), limit)),
        lambda at: [
            f"{name} {each} out of range [-{limit}, {limit}]"
            for each in taken(degrees, at).to_pylist()
        ],
    )
    return degrees


def _numbers(column: Column, what: str, findings: Findings) -> Column:
    cast = to_numbers(column)
    findings.add(
        "not a number",
        cast.bad,
        lambda at: [f"{what}: not a number: {each!r}" for each in taken(column, at).to_pylist()],
    )
    return cast.values


def _check(keys: pa.Table, findings: Findings, kind: str, judge: Existing) -> None:
    """Ask a judge about the rows that are good so far."""
    good = np.flatnonzero(~findings.bad)
    if len(good):
        where = nowhere(len(findings.bad))
        where[good] = judge(keys if len(good) == keys.num_rows else pc.take(keys, pa.array(good)))
        findings.add(kind, where)


def _with_keys(reports: pa.Table) -> pa.Table:
    """The table with a schema that says that device and time are never null."""
    keys = (DEVICE_ID, EVENT_TS)
    fields = [field.with_nullable(field.name not in keys) for field in reports.schema]
    return reports.cast(pa.schema(fields))


def _micros(times: Column) -> Ints:
    return np.asarray(pc.cast(times, pa.int64()).to_numpy(), dtype=np.int64)
