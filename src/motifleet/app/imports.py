"""Telemetry on its way into tables: each batch lands once, whole, or not at all."""

from pathlib import Path

from motifleet.app.landing import Landing, file_batches
from motifleet.app.progress import Progress, unseen
from motifleet.app.results import FileCheck, ImportResult
from motifleet.tables import Tables
from motifleet.telemetry import ColumnMapping, column_roles, read_reports

_EXAMPLES = 5


def validate_file(
    path: Path | str, *, mapping: ColumnMapping | None = None, progress: Progress = unseen
) -> FileCheck:
    r"""Check a file of reports without landing it.

    Args:
        path: a CSV, Parquet or JSON Lines file.
        mapping: what its columns mean; without it they are guessed from their names.
        progress: told the number of rows checked.

    Raises:
        ReadError: the file cannot be read as telemetry.

    >>> file = getfixture("tmp_path") / "reports.csv"
    >>> _ = file.write_text("device,time,speed\n1,2024-05-01,50\n1,2024-05-01,60\n")
    >>> validate_file(file).reasons
    Counter({'duplicate device and time': 1})
    """
    with read_reports(path, mapping) as reader:
        check = FileCheck(hints=reader.hints)
        for batch in reader:
            check.accepted += batch.accepted.num_rows
            check.rejected += batch.rejected.num_rows
            check.reasons.update(batch.counts)
            check.columns |= column_roles(batch.accepted.schema)
            room = _EXAMPLES - len(check.examples)
            check.examples += batch.rejected.slice(0, room).to_pylist()
            progress(check.accepted + check.rejected)
    return check


def import_file(
    tables: Tables,
    path: Path,
    table: str,
    *,
    mapping: ColumnMapping,
    batch_rows: int,
    progress: Progress,
) -> ImportResult:
    """Land a file of reports; an import that was cut short goes on where it stopped.

    A batch's id comes from the file's content, the mapping, and the batch's size and number, so
    that each batch of a file lands once. Rows whose device and time the table has from elsewhere
    are rejected as such.

    Raises:
        InvalidArgumentError: the table is the one that rejected rows go to.
        ReadError: the file cannot be read as telemetry.
        TableError: the table cannot take it.
    """
    with read_reports(
        path,
        mapping,
        batch_rows=batch_rows,
        source=path.name,
        existing=lambda keys: landing.existing(keys),  # noqa: PLW0108 (bound when it is called)
    ) as reader:
        result = ImportResult(table, path.name, hints=reader.hints)
        landing = Landing(tables, result, file_batches(path, mapping, batch_rows))
        for batch in reader:
            landing.land(batch)
            progress(result.accepted + result.already + result.rejected)
    return result
