"""Experiments and models of an open home."""

import os
import signal
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from motifleet.app.progress import Progress, unseen
from motifleet.app.selection import EVERYTHING, Selection
from motifleet.config import Settings, prepare_home
from motifleet.errors import InvalidArgumentError
from motifleet.models import (
    Comparison,
    Kind,
    LineageOf,
    Registry,
    Run,
    Saw,
    Scored,
    Search,
    Source,
    Store,
    Trained,
    Trainer,
    Training,
    Trainings,
    Version,
    compare,
    lineage_of,
    score_table,
    trainings_that_saw,
)
from motifleet.tables import Tables

_PATIENCE_SECONDS = 5
_POLL_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Models:
    """Trains models on tables, and knows what was trained and registered.

    Args:
        settings: of the home.
        tables: its tables.
    """

    settings: Settings
    tables: Tables

    @property
    def registry(self) -> Registry:
        """Runs, versions and aliases, as the tracking server knows them."""
        return Registry.of(self.settings)

    @property
    def waiting(self) -> list[Training]:
        """Finished trainings that have not reached the tracking server."""
        return self._trainer.trainings.waiting()

    def open_store(self) -> None:
        """Load MLflow, and make its database in a new home, so that no question waits for that.

        Raises:
            TrackingError: the store cannot be opened.
        """
        Store.of(self.settings).open()

    def search(self, trials: int) -> Search:
        """A search for hyper-parameters that is kept in the home, and goes on from there."""
        return Search(trials, prepare_home(self.settings) / "searches")

    def train(
        self,
        kind: Kind,
        table: str,
        *,
        experiment: str = "motifleet",
        name: str | None = None,
        selection: Selection = EVERYTHING,
        progress: Progress = unseen,
    ) -> Trained:
        """Train on a table's snapshot, log the run, and register its model under a name.

        Args:
            kind: what to train, such as ``FailureClassifier(Label("iot_failure"))``.
            table: the table's name.
            experiment: the experiment; made where it is not there.
            name: the model's name in the registry; None: it is not registered.
            selection: which reports, at which snapshot.
            progress: told how far the training is.

        Raises:
            UnknownTableError, UnknownColumnError, UnknownSnapshotError: there is no such thing.
            InvalidArgumentError: there is nothing to learn from.
            TrackingError: the tracking server cannot be reached; the training is kept.
        """
        source = Source(self.tables, table, **selection.arguments())
        return self._trainer.train(
            kind, source, experiment=experiment, name=name, progress=progress
        )

    def upload(self, ids: Sequence[str] = ()) -> list[Trained]:
        """Bring finished trainings to the tracking server: those named, or all that wait."""
        return self._trainer.upload(ids)

    def experiments(self) -> list[dict[str, Any]]:
        """Each experiment with its number of runs and the newest run's time."""
        return self.registry.experiments()

    def runs(self, experiment: str | None = None) -> list[Run]:
        """The trainings that were logged, the newest first."""
        return self.registry.runs(experiment)

    def versions(self, name: str | None = None) -> list[Version]:
        """All versions of a model, or of all models."""
        return self.registry.models() if name is None else self.registry.versions(name)

    def verdict(self, run_id: str) -> str:
        """What came of a run, in a sentence or two."""
        return self.registry.tags(run_id).get("motifleet.verdict", "")

    def register(self, run_id: str, name: str) -> Version:
        """Make a run's model the next version of a registered model."""
        return self.registry.register(run_id, name)

    def promote(self, reference: str) -> Version:
        """Make a version the champion."""
        return self.registry.promote(reference)

    def roll_back(self, name: str) -> Version:
        """Make the previous champion the champion again."""
        return self.registry.roll_back(name)

    def predict(self, reference: str, rows: Any, params: dict[str, Any] | None = None) -> Any:
        """Ask a model, as any MLflow client would.

        Args:
            reference: the version.
            rows: records, or columns by name.
            params: of the model's signature.

        Returns:
            the answer, a DataFrame; its ``attrs["ignored"]`` names columns that the model does not
            take.

        Raises:
            UnknownModelError: there is no such version.
            ModelChangedError: its files are not those that were registered.
            InvalidArgumentError: the model refuses the input.
        """
        import pandas as pd

        _, model = self.registry.load(reference)
        try:
            frame = pd.DataFrame(rows)
            taken = model.metadata.get_input_schema().input_names()
            ignored = [str(name) for name in frame.columns if name not in taken]
            frame = frame[[name for name in frame.columns if name in taken]]
            # JSON writes 3.0 as 3, and MLflow takes no whole numbers where it expects others.
            whole = frame.select_dtypes("integer").columns
            answer = model.predict(frame.astype(dict.fromkeys(whole, "float64")), params=params)
        except Exception as error:
            says = str(error).rsplit("Error: ", 1)[-1]  # MLflow's begins with all of the input
            raise InvalidArgumentError(f"{reference} refuses the input: {says}") from error
        answer.attrs["ignored"] = ignored
        return answer

    def compare(self, first: str, second: str, *, as_of: int | str | None = None) -> Comparison:
        """Lay two versions side by side; see `motifleet.models.compare`."""
        return compare(self.registry, self.tables, first, second, as_of=as_of)

    def lineage(self, reference: str) -> LineageOf:
        """Which batches a version saw."""
        return lineage_of(self.registry, self.tables, reference)

    def saw(
        self, table: str, *, snapshot: int | str | None = None, batch: str | None = None
    ) -> list[Saw]:
        """Which trainings saw a batch."""
        return trainings_that_saw(self.registry, self.tables, table, snapshot=snapshot, batch=batch)

    def score(
        self,
        reference: str,
        table: str,
        into: str,
        *,
        as_of: int | str | None = None,
        where: str | None = None,
        progress: Progress = unseen,
    ) -> Scored:
        """Score a table at a snapshot into another table; the same again changes nothing."""
        source = Source(self.tables, table, as_of=as_of, where=where)
        return score_table(self.registry, source, reference, into, progress=progress)

    def serve_page(self, port: int) -> None:
        """Serve MLflow's own page over this home's store, on this machine alone, until stopped.

        Raises:
            InvalidArgumentError: the store is a server, which has a page of its own.
            ServingError: the port is taken.
        """
        from motifleet.serving import Listen

        with Listen(port=port).open() as listening, self._page(listening.fileno()) as page:
            try:
                # A wait without end would not hear Ctrl-C: libraries that MLflow loads take the
                # signal with a handler that lets system calls go on.
                while page.poll() is None:
                    time.sleep(_POLL_SECONDS)
            finally:
                _end_group(page)

    def _page(self, fd: int) -> subprocess.Popen[bytes]:
        command, more = Store.of(self.settings).page(fd)
        return subprocess.Popen(  # noqa: S603 -- our own words
            command, env={**os.environ, **more}, pass_fds=[fd], start_new_session=True
        )

    @property
    def _trainer(self) -> Trainer:
        folder: Path = prepare_home(self.settings) / "trainings"
        return Trainer(self.registry, Trainings(folder))


def _end_group(leader: subprocess.Popen[bytes]) -> None:
    """End a process and its children: asked first, killed where they do not listen."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(leader.pid, number)
        with suppress(subprocess.TimeoutExpired):
            leader.wait(_PATIENCE_SECONDS)
