"""The whole demo: the lab's two parts, then real flights and a plausible fleet."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from motifleet.app.background import BackgroundServer
from motifleet.app.demo import DemoResult, run_demo
from motifleet.app.home import Motifleet
from motifleet.app.lab.run import run_lab
from motifleet.app.lab.step import LabResult, StepResult
from motifleet.app.lab.workbench import FAILURE, MOTIF, QUERY
from motifleet.app.server import Addresses
from motifleet.errors import UnknownDeploymentError, UnknownEndpointError

BEYOND = "3"
"""The name of what the lab has no data for, beside the names of its steps."""

_STOP_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Demonstration:
    """What came of the demo.

    Args:
        lab: what the lab's steps did.
        found: what was found in flights and fleet; None: that was not asked for.
    """

    lab: LabResult
    found: DemoResult | None

    @property
    def steps(self) -> list[StepResult]:
        """All that was done, in order: step, title, what, seconds, look."""
        return [*self.lab.steps, *self._beyond()]

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        found = {} if self.found is None else self.found.to_dict()
        steps = [asdict(each) for each in self.steps]
        return {**found, "home": str(self.lab.home), "steps": steps}

    def _beyond(self) -> list[StepResult]:
        if self.found is None:
            return []
        report = str(self.found.report)
        return [
            StepResult(f"{BEYOND}.{number:02d}", phase.name, phase.did, phase.seconds, report)
            for number, phase in enumerate(self.found.phases)
        ]


def demonstrate(
    fleet: Motifleet,
    names: Sequence[str] = (),
    *,
    report: Path | None = None,
    on_step: Callable[[str], None] = lambda _: None,
    keep: bool = False,
    up: Callable[[Demonstration, Addresses], None] | None = None,
) -> Demonstration:
    """Do the lab's steps, then find patterns in real flights and in a simulated fleet.

    What is there already is not made again.

    Args:
        fleet: the home to work in.
        names: of the lab's steps, with those that they need, or ``3`` for what comes after it;
            none: all.
        report: where to write the page of what was found; None: ``report.html`` in the home folder.
        on_step: told what is done now.
        keep: leave the deployments as they are, so that the next server runs them.
        up: told what came of it and the addresses; the server then goes on until Ctrl-C.

    Raises:
        InvalidArgumentError: there is no such step.
        MotifleetError: a step could not be done; what was done before stays.
    """
    of_lab = [name for name in names if name != BEYOND]
    server = BackgroundServer(fleet, ()) if up else BackgroundServer(fleet)
    try:
        lab = LabResult(fleet.settings.home.absolute())
        if of_lab or not names:
            lab = run_lab(fleet, of_lab, server=server, on_step=on_step)
        found = None
        if BEYOND in names or not names:
            found = run_demo(fleet, on_phase=on_step, report=report)
        told = Demonstration(lab, found)
        if up is not None:
            up(told, server.start())
            server.wait()
        elif not keep and server.ours:
            _stop(fleet)
        return told
    finally:
        server.stop()


def _stop(fleet: Motifleet) -> None:
    """Stop the lab's deployments, so that the next server does not begin with them."""
    for name in (QUERY, MOTIF, FAILURE):
        with suppress(UnknownEndpointError, UnknownDeploymentError):
            fleet.serving.stop(name, wait=_STOP_SECONDS)
