"""A finished training: a folder with the model and all that is told of it.

A training is written to the home folder first and logged to the tracking server from there, so that
it survives a server that cannot be reached: what could not be logged stays and is uploaded later.
"""

import json
import shutil
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from motifleet.errors import UnknownModelError
from motifleet.models.figures import figures_page

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

CARRIED = Path(__file__).parent / "carried"
MANIFEST, CODE, FILES, REPORT = "training.json", "code", "files", "report"
PAGE = "figures.html"


@dataclass(frozen=True, slots=True)
class Signature:
    """What a model takes and gives: columns as MLflow's signatures write them in JSON."""

    inputs: Sequence[Mapping[str, Any]]
    outputs: Sequence[Mapping[str, Any]]
    params: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True, slots=True)
class Trial:
    """One try of a search for hyper-parameters.

    Args:
        number: from 0.
        params: what was tried.
        value: the validation's PR-AUC; None where the trial was pruned or failed.
    """

    number: int
    params: Mapping[str, Any]
    value: float | None


@dataclass(slots=True)
class Training:
    """A finished training, before or after it was logged.

    Args:
        kind: the model kind, such as "failure-classifier".
        experiment: the experiment that it belongs to.
        signature: what the model takes and gives.
        example: rows of input; the model is run on them when it is logged.
        params: what was chosen.
        metrics: what was measured, by name; a baseline is named as its metric, with "baseline".
        tags: where the data came from, and more.
        requirements: what the model needs where it runs, as pip takes it.
        trials: of the search for hyper-parameters.
        id: its name among the trainings.
        finished_at: when it was finished, in ISO 8601.
    """

    kind: str
    experiment: str
    signature: Signature
    example: Sequence[Mapping[str, Any]]
    params: dict[str, Any] = field(default_factory=dict)
    metrics: dict[str, float] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    requirements: Sequence[str] = ()
    trials: Sequence[Trial] = ()
    id: str = field(default_factory=lambda: uuid.uuid4().hex[:12])
    finished_at: str = field(default_factory=lambda: datetime.now(UTC).isoformat())

    @property
    def code(self) -> str:
        """The name of the file that MLflow runs."""
        return f"{self.kind.replace('-', '_')}.py"


@dataclass(frozen=True, slots=True)
class Trainings:
    """The trainings that are finished but not logged yet.

    Args:
        folder: where they are, each in a folder of its own.
    """

    folder: Path

    def save(
        self,
        training: Training,
        write: Callable[[Path], None],
        figures: Mapping[str, "Figure"],
        card: str,
    ) -> Path:
        """Write a training, visible only when it is whole.

        Args:
            training: what is told of it.
            write: writes the model's files into a folder.
            figures: by name.
            card: the model card, in Markdown.

        Returns:
            its folder.
        """
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        unfinished = self.folder / f".{training.id}"
        for name in (CODE, FILES, REPORT):
            (unfinished / name).mkdir(mode=0o700, parents=True)
        try:
            shutil.copy(CARRIED / training.code, unfinished / CODE / training.code)
            write(unfinished / FILES)
            write_figures(figures, unfinished / REPORT)
            (unfinished / REPORT / "model_card.md").write_text(card, encoding="utf-8")
            text = json.dumps(asdict(training), indent=2, default=str)
            (unfinished / MANIFEST).write_text(text, encoding="utf-8")
        except BaseException:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise
        return unfinished.rename(self.folder / training.id)

    def waiting(self) -> list[Training]:
        """Those that are not logged yet, the oldest first."""
        found = [self.load(path.parent.name) for path in self.folder.glob(f"[!.]*/{MANIFEST}")]
        return sorted(found, key=lambda each: each.finished_at)

    def load(self, training_id: str) -> Training:
        """Read a training.

        Raises:
            UnknownModelError: there is none of that id.
        """
        path = self.folder / training_id / MANIFEST
        known = [each.parent.name for each in self.folder.glob(f"[!.]*/{MANIFEST}")]
        if training_id not in known:
            raise UnknownModelError("training", training_id, known)
        values = json.loads(path.read_text(encoding="utf-8"))
        values["signature"] = Signature(**values["signature"])
        values["trials"] = [Trial(**each) for each in values["trials"]]
        return Training(**values)

    def forget(self, training_id: str) -> None:
        """Remove a training that was logged."""
        shutil.rmtree(self.folder / training_id, ignore_errors=True)


def write_figures(figures: Mapping[str, "Figure"], folder: Path) -> None:
    """Write the figures as one page, which needs no other file, and each as JSON."""
    (folder / PAGE).write_text(figures_page(figures), encoding="utf-8")
    for name, figure in figures.items():
        figure.write_json(folder / f"{name}.json")
