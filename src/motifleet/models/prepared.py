"""What every model kind gives when it has been trained, and the contract of the kinds."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from motifleet.models.source import Source
from motifleet.models.training import Training

if TYPE_CHECKING:
    from plotly.graph_objects import Figure


class Progress(Protocol):
    """Told how far the training is."""

    def __call__(self, done: int, total: int | None = None) -> None:
        """Take the news."""


def unseen(done: int, total: int | None = None) -> None:
    """The progress that nobody watches."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A trained model that is not written yet.

    Args:
        training: what is told of it.
        write: writes its files into a folder; the name before the dot is the artifact's.
        figures: by name.
        card: the model card, in Markdown.
        verdict: what came of it, in a sentence or two.
    """

    training: Training
    write: Callable[[Path], None]
    figures: Mapping[str, "Figure"]
    card: str
    verdict: str


class Kind(Protocol):
    """A model kind with all that was chosen for it: it learns from a source."""

    @property
    def name(self) -> str:
        """Its name, such as "failure-classifier"; that of the carried file, with underscores."""
        ...

    def prepare(self, source: Source, experiment: str, progress: Progress = unseen) -> Prepared:
        """Train on a pinned source; the same source and choices give the same model."""
        ...


def requirements(*names: str) -> list[str]:
    """The packages that a model needs where it runs, each as it is installed here."""
    return [f"{name}=={_version(name)}" for name in names]


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "0"


def column(name: str, kind: object = "double", *, required: bool = True) -> dict[str, object]:
    """A column of a signature, as MLflow writes it.

    >>> column("speed")
    {'name': 'speed', 'type': 'double', 'required': True}
    """
    fields = kind if isinstance(kind, dict) else {"type": kind}
    return {"name": name, **fields, "required": required}


def param(name: str, kind: str, default: object) -> dict[str, object]:
    """A parameter of a signature, as MLflow writes it."""
    return {"name": name, "type": kind, "default": default, "shape": None}


def array_of(kind: object) -> dict[str, object]:
    """The type of a list, as MLflow writes it."""
    return {"type": "array", "items": kind if isinstance(kind, dict) else {"type": kind}}
