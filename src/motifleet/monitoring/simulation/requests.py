"""What simulated callers ask: the lab's queries, motif batches and reports, or lines of a file."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeAlias, get_args

import numpy as np
import pyarrow as pa

from motifleet.errors import InvalidArgumentError
from motifleet.telemetry import signals_of, simulate_lab

Kind: TypeAlias = Literal["query", "motifs", "failures"]
KINDS: tuple[Kind, ...] = get_args(Kind)
LABEL = "iot_failure"
_QUERIED, _PATTERN = "iot_signal_3", 4
_BATCH = 1_440


class Asked(NamedTuple):
    """A request, and what is known of it later.

    Args:
        request: what the model is asked.
        truth: metrics that are told afterwards; empty: none.
    """

    request: Any
    truth: Mapping[str, Any]


def kind_of(columns: Sequence[str]) -> Kind | None:
    """What a model is, by the columns that it takes; None where that does not tell.

    >>> kind_of(["pattern"]), kind_of(["speed", "rows"]), kind_of(["speed"])
    ('query', 'motifs', 'failures')
    """
    if not columns:
        return None
    if "pattern" in columns:
        return "query"
    return "motifs" if "rows" in columns else "failures"


def reports(count: int, seed: int = 0) -> pa.Table:
    """Reports of the lab's second part, with a failure label."""
    return pa.Table.from_batches(simulate_lab(reports=count, seed=seed, part=2))


def queries(
    rows: pa.Table, count: int, *, signal: str = _QUERIED, m: int = _PATTERN
) -> list[Asked]:
    """Queries for patterns of a signal: windows of m values.

    >>> queries(reports(100), 2)[0].request
    {'pattern': [50.0, 54.0, 54.0, 52.0]}
    """
    _check(rows, [signal])
    values = rows[signal].to_numpy()
    if len(values) < m:
        raise InvalidArgumentError(f"expected at least {m} reports, got {len(values)}")
    starts = np.arange(count) * m % (len(values) - m + 1)
    return [Asked({"pattern": values[at : at + m].tolist()}, {}) for at in starts]


def batches(rows: pa.Table, count: int, signals: Sequence[str], size: int = _BATCH) -> list[Asked]:
    """Whole batches of reports, in which a motif of several signals is sought.

    Args:
        rows: the reports.
        count: how many batches.
        signals: the columns.
        size: reports of a batch.
    """
    _check(rows, signals)
    chosen = rows.select(list(signals))
    if not len(chosen):
        raise InvalidArgumentError("expected reports, got none")
    parts = (chosen.slice(at * size % len(chosen), size).to_pylist() for at in range(count))
    return [Asked({str(at): row for at, row in enumerate(part)}, {}) for part in parts]


def rows_of_reports(
    rows: pa.Table,
    count: int,
    signals: Sequence[str],
    *,
    label: str | None = LABEL,
    truth: str = "ground_truth",
    shift: float = 0.0,
) -> list[Asked]:
    """Single reports for a classifier, with their label as what is known later.

    Args:
        rows: the reports.
        count: how many requests.
        signals: what the model takes.
        label: the column that holds the truth; None: there is none.
        truth: the name that the truth is told by.
        shift: is added to every signal, so that inputs drift.
    """
    _check(rows, [*signals, *([label] if label else [])])
    chosen = rows.select(list(signals)).to_pylist()
    known: list[Any] = rows[label].to_pylist() if label else [None] * len(chosen)
    if not chosen:
        raise InvalidArgumentError("expected reports, got none")
    return [
        Asked(
            {"dataframe_split": {"columns": list(signals), "data": [_shifted(chosen[at], shift)]}},
            {} if known[at] is None else {truth: int(known[at])},
        )
        for at in (number % len(chosen) for number in range(count))
    ]


def of_file(file: Path, count: int | None = None) -> list[Asked]:
    """Requests of a file of JSON Lines, each with ``request`` and perhaps ``truth``.

    Args:
        file: it.
        count: so many requests, the file again and again; None: each line once.

    Raises:
        InvalidArgumentError: the file cannot be read, or a line is none of these.
    """
    try:
        found = list(_lines(file))
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise InvalidArgumentError(
            f"expected JSON Lines with a request each in {file.name}: {error}"
        ) from error
    if not found:
        raise InvalidArgumentError(f"expected requests in {file.name}, got an empty file")
    return found if count is None else [found[at % len(found)] for at in range(count)]


def _lines(file: Path) -> Iterator[Asked]:
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                told = json.loads(line)
                yield Asked(told["request"], dict(told.get("truth") or {}))


def _shifted(row: Mapping[str, Any], shift: float) -> list[Any]:
    values = list(row.values())
    return [each if each is None or not shift else each + shift for each in values]


def _check(rows: pa.Table, columns: Sequence[str]) -> None:
    missing = [name for name in columns if name not in rows.column_names]
    if missing:
        raise InvalidArgumentError(
            f"expected reports with {', '.join(columns)}, got none of {', '.join(missing)}: "
            f"there are {', '.join(signals_of(rows.schema))}; name a --table that has them"
        )
