"""The lab's steps in their order, and how they are run."""

from collections.abc import Callable, Sequence
from time import perf_counter

from motifleet.app.background import BackgroundServer
from motifleet.app.home import Motifleet
from motifleet.app.lab import endpoints, failures, patterns, requests, telemetry
from motifleet.app.lab.step import LabResult, Step, StepResult
from motifleet.app.lab.workbench import Workbench
from motifleet.errors import InvalidArgumentError

STEPS: tuple[Step, ...] = (
    Step("1.00", "Datagen", telemetry.datagen),
    Step("1.01A", "Maps", telemetry.maps, ("1.00",)),
    Step("1.01B", "Geospatial", telemetry.geospatial, ("1.00",)),
    Step("1.02", "Training", patterns.training, ("1.00",)),
    Step("1.03", "Deployment: TimeSeriesQuery", endpoints.deploy_query, ("1.02",)),
    Step("1.04", "Deployment: MultiDimMotif", endpoints.deploy_motif, ("1.02",)),
    Step("1.05", "Simulation", requests.simulate, ("1.03", "1.04")),
    Step("1.06", "Monitoring", requests.monitor, ("1.05",)),
    Step("1.07", "Redeployment", endpoints.redeploy_query, ("1.03",)),
    Step("2.00", "Datagen with failures", telemetry.failures_datagen),
    Step("2.01", "Train the classifier", failures.train, ("2.00",)),
    Step("2.02", "Endpoint", failures.deploy, ("2.01",)),
    Step("2.03", "A new batch", telemetry.new_batch, ("2.00",)),
    Step("2.04", "Retraining", failures.retrain, ("2.03", "2.01")),
    Step("2.05", "Redeployment", failures.redeploy, ("2.04", "2.02")),
    Step("2.06", "Requests, and ground truth later", requests.judge, ("2.02",)),
    Step("2.07", "Accuracy and drift", requests.accuracy, ("2.06",)),
    Step("2.08", "Lineage of one prediction", requests.lineage, ("2.06",)),
)
_NAMES = tuple(step.name for step in STEPS)


def steps_named(names: Sequence[str]) -> list[Step]:
    """The steps of these names and those that they need, in the lab's order; of none, all.

    Raises:
        InvalidArgumentError: there is no such step.

    >>> [step.title for step in steps_named(["1.01B"])]
    ['Datagen', 'Geospatial']
    """
    wanted = set(names)
    for name in names:
        if name not in _NAMES:
            raise InvalidArgumentError(f"expected steps of {', '.join(_NAMES)}, got {name!r}")
    for step in reversed(STEPS):
        if step.name in wanted:
            wanted.update(step.needs)
    return [step for step in STEPS if not names or step.name in wanted]


def run_lab(
    fleet: Motifleet,
    names: Sequence[str] = (),
    *,
    server: BackgroundServer | None = None,
    on_step: Callable[[str], None] = lambda _: None,
    done: Callable[[StepResult], None] = lambda _: None,
) -> LabResult:
    """Do the lab's steps; what is there already is not made again.

    Args:
        fleet: the home.
        names: of the steps; none: all.
        server: what the endpoints answer on; None: one that ends with the lab.
        on_step: told what is done now.
        done: told each step's result as it ends.

    Raises:
        InvalidArgumentError: there is no such step.
        MotifleetError: a step could not be done; what was done before stays.
    """
    chosen = steps_named(names)
    home = fleet.settings.home.absolute()
    answering = server or BackgroundServer(fleet)
    bench = Workbench(fleet, home / "lab", answering)
    result = LabResult(home)
    try:
        for step in chosen:
            on_step(f"{step.name} {step.title}")
            start = perf_counter()
            did = step.run(bench)
            told = StepResult(step.name, step.title, did.what, perf_counter() - start, did.look)
            result.steps.append(told)
            done(told)
    finally:
        if server is None:
            answering.stop()
    return result
