"""Training, start to finish: read, learn, keep, log, register."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from motifleet.errors import InvalidArgumentError, ModelError, TrackingError
from motifleet.models.prepared import Kind, Progress, unseen
from motifleet.models.registry import VERDICT, Registry, check_name
from motifleet.models.source import Source
from motifleet.models.training import Training, Trainings
from motifleet.models.values import PREFIX, Version

_NAME = f"{PREFIX}register_as"


@dataclass(frozen=True, slots=True)
class Trained:
    """What came of a training.

    Args:
        id: the training's.
        kind: the model kind.
        run_id: the run that it was logged as.
        version: the model's version, where it was registered.
        params: what was chosen.
        metrics: what was measured.
        verdict: what that says.
    """

    id: str
    kind: str
    run_id: str
    version: Version | None
    params: dict[str, Any] = field(default_factory=dict)
    metrics: dict[str, float] = field(default_factory=dict)
    verdict: str = ""

    def to_dict(self) -> dict[str, Any]:
        """The fields as JSON has them."""
        version = None if self.version is None else self.version.to_dict()
        return {**asdict(self), "version": version}


@dataclass(frozen=True, slots=True)
class Trainer:
    """Trains models and brings them to the tracking server.

    Args:
        registry: where they go.
        trainings: where they are until they are there.
    """

    registry: Registry
    trainings: Trainings

    def train(
        self,
        kind: Kind,
        source: Source,
        *,
        experiment: str = "motifleet",
        name: str | None = None,
        progress: Progress = unseen,
    ) -> Trained:
        """Train on a table's snapshot, log the run, and register its model.

        Args:
            kind: what to train.
            source: the telemetry.
            experiment: made where it is not there.
            name: register the model under this name; None: not at all.
            progress: told how far the training is.

        Raises:
            InvalidArgumentError: the experiment's or the model's name can be none.
            TrackingError: the tracking server could not be reached; the training is kept, and the
                message says how it is uploaded.
        """
        if not experiment.strip():
            raise InvalidArgumentError("expected an experiment's name, got an empty one")
        if name is not None:
            check_name(name)
        prepared = kind.prepare(source.pinned(), experiment, progress)
        training = prepared.training
        training.tags.setdefault(VERDICT, prepared.verdict)
        if name is not None:
            training.tags[_NAME] = name
        self.trainings.save(training, prepared.write, prepared.figures, prepared.card)
        trained = self._bring(training)
        return Trained(**{**_fields(trained), "verdict": prepared.verdict})

    def upload(self, ids: Sequence[str] = ()) -> list[Trained]:
        """Log the trainings that are waiting; those named, or all.

        Raises:
            UnknownModelError: there is no such training.
            TrackingError: the server cannot be reached; what is not logged stays.
        """
        wanted = [self.trainings.load(each) for each in ids] or self.trainings.waiting()
        return [self._bring(training) for training in wanted]

    def _bring(self, training: Training) -> Trained:
        folder, name = self.trainings.folder / training.id, training.tags.get(_NAME)
        try:
            # An upload that was cut short after the run was whole is not made twice.
            logged = self.registry.logged(training.id)
            run_id = logged.id if logged else self.registry.log(training, folder)
            version = self.registry.register(run_id, name) if name is not None else None
        except TrackingError as error:
            raise TrackingError(
                f"{error}; the training is finished and kept: "
                f"`motifleet model upload {training.id}` brings it there later"
            ) from error
        self.trainings.forget(training.id)
        return Trained(
            training.id,
            training.kind,
            run_id,
            version,
            training.params,
            training.metrics,
            training.tags.get(VERDICT, ""),
        )


def _fields(trained: Trained) -> dict[str, Any]:
    return {name: getattr(trained, name) for name in trained.__slots__}


def expect_kind(version: Version, kind: str, doing: str) -> None:
    """Refuse a version of another kind.

    Raises:
        ModelError: it is of another kind.
    """
    if version.kind != kind:
        raise ModelError(
            f"expected a {kind} to {doing}, got {version.reference}, which is a "
            f"{version.kind or 'model of no kind that Motifleet knows'}"
        )
