"""What a step of the lab is, and what came of it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from motifleet.app.lab.workbench import Workbench


@dataclass(frozen=True, slots=True)
class Did:
    """What a step did.

    Args:
        what: in a line.
        look: where to look: a file, or a command.
    """

    what: str
    look: str


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the lab.

    Args:
        name: the part and the lab's own number, as in ``1.02``.
        title: as in "Training".
        run: does it.
        needs: the steps that have to be there before.
    """

    name: str
    title: str
    run: Callable[[Workbench], Did]
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StepResult:
    """A step that was done: what happened, how long it took, and where to look."""

    step: str
    title: str
    what: str
    seconds: float
    look: str


@dataclass(slots=True)
class LabResult:
    """What came of the lab.

    Args:
        home: the home folder.
        steps: what was done, in order.
    """

    home: Path
    steps: list[StepResult] = field(default_factory=list)
