"""What a model was trained on, and answers to it: what drift is measured against.

A sample of the training snapshot, and the model's answers to some of it, are taken once and kept
in a file, so that drift can be measured after the snapshot has been expired, too.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from motifleet.errors import ModelError, MonitoringError, MotifleetError
from motifleet.models import Lineage, Registry
from motifleet.monitoring.inputs import Features
from motifleet.tables import Tables

ROWS, ANSWERS = 10_000, 2_000
_INPUT, _OUTPUT = "input:", "output:"
_KEYS = ("device_id", "event_ts")


@dataclass(frozen=True, slots=True)
class Baseline:
    """What drift is measured against.

    Args:
        lineage: the table and snapshot that the model was trained on.
        inputs, outputs: values by feature; there are no outputs where the model could not be
            asked.
    """

    lineage: Lineage
    inputs: Features
    outputs: Features


def baseline_of(
    registry: Registry, tables: Tables, folder: Path, reference: str, columns: Sequence[str]
) -> Baseline:
    """The baseline of a version: from its file, or made.

    Args:
        registry: where the version is.
        tables: where its table is.
        folder: of baselines.
        reference: the version, as in ``failures@3``.
        columns: what the model takes.

    Raises:
        MonitoringError: the build is of no registered version, or it tells of no data.
        UnknownTableError, UnknownSnapshotError: the snapshot has gone before it was ever read.
    """
    try:
        version = registry.version(reference)
    except (ModelError, ValueError) as error:
        raise MonitoringError(
            f"expected a build of a registered version to measure drift against its training, got "
            f"{reference}: give an earlier time in its place"
        ) from error
    if version.lineage is None:
        raise MonitoringError(f"expected a version that tells its snapshot, got {reference}")
    lineage = version.lineage
    name = f"{version.reference} {version.digest} {lineage.table} {lineage.snapshot_id}"
    path = folder / f"{sha256(name.encode()).hexdigest()[:32]}.parquet"
    if not path.exists():
        signal = registry.run(version.run_id).params.get("signal")
        inputs = _sampled(tables, lineage, columns, signal)
        outputs = _answers(registry, version.reference, inputs, columns)
        _write(path, inputs, outputs)
    return Baseline(lineage, *_read(path))


def _sampled(
    tables: Tables, lineage: Lineage, columns: Sequence[str], signal: str | None
) -> dict[str, Any]:
    """A sample of the snapshot's rows; a pattern's values are those of its signal."""
    there = tables.scan(lineage.table, as_of=lineage.snapshot_id, limit=0).schema.names
    wanted = [name for name in columns if name in there]
    renamed = {}
    if "pattern" in columns and signal in there and signal is not None:
        wanted, renamed = [*wanted, signal], {signal: "pattern"}
    if not wanted:
        raise MonitoringError(
            f"expected a model that takes columns of table {lineage.table!r}, got one that takes "
            f"{', '.join(columns) or 'anything'}"
        )
    rows = _sample(tables, lineage, wanted)
    return {renamed.get(name, name): rows[name].to_pylist() for name in rows.column_names}


def _sample(tables: Tables, lineage: Lineage, columns: list[str]) -> pa.Table:
    """Rows drawn at random from all of a snapshot, in bounded memory."""
    rng, some = np.random.default_rng(0), []
    keys = np.array([])
    held: pa.Table | None = None
    for batch in tables.scan_batches(lineage.table, columns=columns, as_of=lineage.snapshot_id):
        some.append(pa.Table.from_batches([batch]))
        keys = np.concatenate([keys, rng.random(batch.num_rows)])
        held = pa.concat_tables([*([] if held is None else [held]), some.pop()])
        if len(keys) > ROWS:
            chosen = np.argpartition(keys, ROWS)[:ROWS]
            held, keys = held.take(np.sort(chosen)), keys[np.sort(chosen)]
    if held is None or not held.num_rows:
        raise MonitoringError(f"expected rows in snapshot {lineage.snapshot_id}, got none")
    return held


def _answers(
    registry: Registry, reference: str, inputs: dict[str, Any], columns: Sequence[str]
) -> dict[str, Any]:
    """What the model says to some of the rows, where single rows are what it takes."""
    if "pattern" in columns or "rows" in columns or set(_KEYS) & set(columns):
        return {}
    import pandas as pd

    some = pd.DataFrame({name: values[:ANSWERS] for name, values in inputs.items()})
    try:
        said = pd.DataFrame(registry.load(reference)[1].predict(some))
    except MotifleetError:
        raise
    except Exception:
        return {}  # whatever a model raises: its inputs are compared nevertheless
    plain = said.select_dtypes(["number", "bool", "object", "string"])
    return {str(name): plain[name].tolist() for name in plain.columns}


def _write(path: Path, inputs: dict[str, Any], outputs: dict[str, Any]) -> None:
    columns = {_INPUT + name: values for name, values in inputs.items()}
    columns |= {_OUTPUT + name: values for name, values in outputs.items()}
    longest = max(len(values) for values in columns.values())
    padded = {
        name: [*values, *[None] * (longest - len(values))] for name, values in columns.items()
    }
    table = pa.table(padded).replace_schema_metadata(
        {name: str(len(values)) for name, values in columns.items()}
    )
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = path.with_suffix(f".{os.getpid()}.part")
    pq.write_table(table, part)
    part.replace(path)


def _read(path: Path) -> tuple[Features, Features]:
    table = pq.read_table(path)
    counts = {key.decode(): int(value) for key, value in (table.schema.metadata or {}).items()}
    values = {name: table[name].to_pylist()[: counts[name]] for name in table.column_names}
    sides = (
        {name.removeprefix(side): each for name, each in values.items() if name.startswith(side)}
        for side in (_INPUT, _OUTPUT)
    )
    return next(sides), next(sides)
