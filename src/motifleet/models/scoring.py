"""Batch scoring: a table in, a table of predictions out.

Each group of devices is one batch of the predictions' table, named by the model's version, the
snapshot and the group. A batch lands once, so that scoring again changes nothing, and one that was
cut short goes on where it stopped.
"""

from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any, Protocol

import numpy as np
import pyarrow as pa

from motifleet.engines import Kernels, LocalEngine
from motifleet.errors import InvalidArgumentError, ModelError, UnknownTableError
from motifleet.models.discord_detector import DiscordDetector
from motifleet.models.failure_classifier import FailureClassifier
from motifleet.models.prepared import Progress, unseen
from motifleet.models.registry import Registry
from motifleet.models.source import Source
from motifleet.models.values import Version
from motifleet.tables import Appended, ByDevice, Page
from motifleet.telemetry import DEVICE_ID, EVENT_TS

_TOLD = ("model", "model_version", "table", "snapshot_id")
GROUP_BYTES = 32_000_000
"""Of a group's columns in memory; part of the batches' names, since other groups are other batches.
Three groups are in memory at most: one that is read, one that is scored, one that is written."""


@dataclass(frozen=True, slots=True)
class Scored:
    """What batch scoring did.

    Args:
        model: the version, such as "failures@3".
        table: what was scored.
        snapshot_id: at which snapshot.
        into: the table of the predictions.
        rows: predictions that landed now.
        already: predictions that had landed before.
    """

    model: str
    table: str
    snapshot_id: int
    into: str
    rows: int
    already: int

    def to_dict(self) -> dict[str, Any]:
        """The fields."""
        return asdict(self)


class Scorer(Protocol):
    """What a model kind does with a group of whole devices."""

    columns: list[str]

    def score(self, rows: pa.Table) -> pa.Table:
        """The predictions of rows by device and time: device, time, and the kind's columns.

        Args:
            rows: the device, as a dictionary, the time and `columns`.
        """
        ...


def score_table(
    registry: Registry,
    source: Source,
    reference: str,
    into: str,
    *,
    progress: Progress = unseen,
) -> Scored:
    """Score a table at one snapshot into another table, in bounded memory.

    Args:
        registry: where the model is.
        source: what to score.
        reference: the model, as in "failures@champion".
        into: the table of the predictions; made where it is not there.
        progress: told the number of rows scored, and of all.

    Raises:
        UnknownModelError, UnknownTableError: there is no such thing.
        UnknownColumnError: the table lacks a signal of the model.
        InvalidArgumentError: a value is missing where the model has never seen one missing, or
            the table is to be written into itself, or into one that holds no predictions.
        ModelError: models of this kind score no tables.
    """
    if into == source.table:
        raise InvalidArgumentError(f"expected another table to write to, got {into!r} itself")
    source = source.pinned()
    version, model = registry.model(reference)
    scorer = _scorer(version, model)
    source.signals(scorer.columns)
    return _Run(source, version, scorer, into, progress).go()


@dataclass(frozen=True, slots=True)
class _Run:
    source: Source
    version: Version
    scorer: Scorer
    into: str
    progress: Progress

    def go(self) -> Scored:
        """Score the groups that have not landed; one is read and one written meanwhile."""
        source = self.source
        self._check_into()
        reader = source.tables.reader(
            source.table, columns=self.scorer.columns, where=source.where, as_of=source.as_of
        )
        pages = reader.pages(self._group_rows)
        there = self._landed()
        already = sum(there.get(self._batch_id(page), 0) for page in pages)
        left = [page for page in pages if self._batch_id(page) not in there]
        landed, told = Counter({"already": already}), sum(page.rows for page in pages)
        with ThreadPoolExecutor(1) as writer:
            waiting: list[Future[Appended]] = []
            done = told - sum(page.rows for page in left)
            for page, group in LocalEngine().run(_Groups(reader, self), left):
                _count(landed, waiting)
                if group.num_rows:
                    waiting.append(writer.submit(self._land, self._batch_id(page), group))
                done += page.rows
                self.progress(done, told)
            _count(landed, waiting)
        if not landed.total():
            raise InvalidArgumentError(
                f"expected reports to score, got an empty table: {source.table!r}"
            )
        return Scored(
            self.version.reference,
            source.table,
            self._snapshot,
            self.into,
            landed["new"],
            landed["already"],
        )

    @property
    def _group_rows(self) -> int:
        """Rows of a group: of eight bytes in each column, with device and time."""
        return max(1, GROUP_BYTES // (8 * (len(self.scorer.columns) + 2)))

    @property
    def _snapshot(self) -> int:
        return int(str(self.source.as_of))

    def named(self, scored: pa.Table) -> pa.Table:
        """The predictions with the version and the snapshot that they are of."""
        told: list[Any] = [
            pa.scalar(self.version.name),
            pa.scalar(self.version.version, pa.int64()),
            pa.scalar(self.source.table),
            pa.scalar(self._snapshot, pa.int64()),
        ]
        for name, value in zip(_TOLD, told, strict=True):
            scored = scored.append_column(name, pa.repeat(value, scored.num_rows))
        return scored

    def _check_into(self) -> None:
        """Refuse a table that holds something else than predictions.

        Raises:
            InvalidArgumentError: it does.
        """
        try:
            columns = self.source.tables.scan(self.into, limit=0).schema.names
        except UnknownTableError:
            return
        lacking = [name for name in _TOLD if name not in columns]
        if lacking:
            raise InvalidArgumentError(
                f"expected a new table or one of predictions to write to, got {self.into!r}, "
                f"which has no {', '.join(lacking)}"
            )

    def _landed(self) -> dict[str, int]:
        """The batches that the table of predictions has, with their rows."""
        try:
            snapshots = self.source.tables.snapshots(self.into)
        except UnknownTableError:
            return {}
        return {each.batch_id: each.added_rows for each in snapshots if each.batch_id}

    def _batch_id(self, page: Page) -> str:
        return (
            f"{self.version.reference} on {self.source.table} {self._snapshot} "
            f"{self.source.where or ''} group {page.number} of {self._group_rows}"
        )

    def _land(self, batch_id: str, group: pa.Table) -> Appended:
        return self.source.tables.append(self.into, group, batch_id=batch_id)


@dataclass(frozen=True, slots=True)
class _Groups:
    """Reading and scoring, as an engine takes them."""

    reader: ByDevice
    run: _Run

    def load(self, page: Page) -> pa.Table:
        return self.reader.read(page)

    def work(self, rows: pa.Table, how: Kernels) -> pa.Table:
        del how
        return self.run.named(self.run.scorer.score(rows))


def _count(landed: Counter[str], waiting: "list[Future[Appended]]") -> None:
    """Wait until a group has landed, so that no more than one waits for it."""
    while waiting:
        done = waiting.pop().result()
        landed["already" if done.already else "new"] += done.rows


def _scorer(version: Version, model: Any) -> Scorer:
    if version.kind == FailureClassifier.name:
        return _Classifier(model)
    if version.kind == DiscordDetector.name:
        return _Detector(model.detector)
    raise ModelError(
        f"expected a model that scores reports, got {version.reference}, a "
        f"{version.kind or 'model of no kind that Motifleet knows'}: ask it by requests"
    )


class _Classifier:
    """A probability and a label for each report."""

    def __init__(self, model: Any) -> None:
        self._model = model
        self.columns = list(model.terms["signals"])

    def score(self, rows: pa.Table) -> pa.Table:
        columns = {name: rows[name].to_numpy() for name in self.columns}
        offsets = _offsets(rows) if self._model.terms["features"] else None
        try:
            scored = self._model.score(columns, offsets)
        except ValueError as error:
            raise InvalidArgumentError(str(error)) from error
        return _keyed(rows, scored)


class _Detector:
    """How unusual the window is that each report completes, beside its device's past."""

    def __init__(self, detector: Any) -> None:
        self._detector = detector
        self.columns = [detector.telemetry.signal]

    def score(self, rows: pa.Table) -> pa.Table:
        values = rows[self.columns[0]].to_numpy()
        times = rows[EVENT_TS].to_numpy()
        devices, offsets = rows[DEVICE_ID], _offsets(rows)
        distances = np.full(len(values), np.nan)
        for start, end in pairwise(offsets):
            stream = self._stream(devices[start].as_py(), times[start])
            distances[start:end] = stream.append(values[start:end]).left_distances
        there = np.flatnonzero(np.isfinite(distances))
        found = distances[there]
        unusual = found >= self._detector.threshold
        fleet = np.full(len(found), np.nan)
        for place in np.flatnonzero(unusual).tolist():
            last = int(there[place])
            window = values[last - self._detector.window + 1 : last + 1]
            if last + 1 >= self._detector.window and np.isfinite(window).all():
                fleet[place] = self._detector.fleet_distance(window)
        return _keyed(
            rows.take(there),
            {
                "distance": found,
                "score": self._detector.scores(found),
                "fleet_distance": pa.array(fleet, from_pandas=True),
                "unusual": unusual,
            },
        )

    def _stream(self, device: str, first: Any) -> Any:
        """A stream that remembers what the device did before the first report to score."""
        from motifleet.matrixprofile import StreamingProfile

        detector = self._detector
        options = {"history": detector.history, "normalize": detector.normalize}
        stream = StreamingProfile(detector.window, **options)
        if device in detector.telemetry.device_ids:
            past = detector.telemetry[device]
            if past.event_ts is not None:
                values = past.values[past.event_ts < first]
                if len(values):
                    stream.append(values[-detector.history :])
        return stream


def _offsets(rows: pa.Table) -> list[int]:
    devices: Any = rows[DEVICE_ID].combine_chunks()
    changes = np.flatnonzero(np.diff(devices.indices.to_numpy())) + 1
    return [0, *changes.tolist(), rows.num_rows]


def _keyed(rows: pa.Table, scored: dict[str, Any]) -> pa.Table:
    columns: dict[str, Any] = {DEVICE_ID: rows[DEVICE_ID], EVENT_TS: rows[EVENT_TS]}
    return pa.table(columns | {name: pa.array(values) for name, values in scored.items()})
