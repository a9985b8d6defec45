"""The lab's deployments: models in the project PRD, other resources under load."""

from functools import partial
from typing import Any

from motifleet.app.lab.load import under_load
from motifleet.app.lab.patterns import PATTERN
from motifleet.app.lab.step import Did
from motifleet.app.lab.workbench import (
    LARGE,
    MOTIF,
    PRD,
    QUERY,
    SIGNALS,
    SMALL,
    TELEMETRY,
    Workbench,
)
from motifleet.errors import ServingError
from motifleet.workspace import Resources

_ROWS = 40


def query_payload() -> dict[str, Any]:
    """The request of the lab's first model."""
    return {"pattern": list(PATTERN)}


def motif_payload(bench: Workbench) -> dict[str, Any]:
    """The request of the lab's second model: rows of its signals by their number."""
    rows = bench.fleet.scan(TELEMETRY, columns=[*SIGNALS], limit=_ROWS).to_pylist()
    return {str(number): row for number, row in enumerate(rows)}


def deploy_query(bench: Workbench) -> Did:
    """The project PRD, and the first model behind its endpoint."""
    bench.project(PRD, guarded=True)
    told = _deployed(bench, QUERY, SMALL)
    answer = bench.ask(QUERY, query_payload())["prediction"]
    nearest = answer[0]["nearest_neighbor"]
    return Did(
        f"{told}; {query_payload()} is nearest to report {nearest}",
        f"motifleet deployment show {QUERY}",
    )


def deploy_motif(bench: Workbench) -> Did:
    """The second model behind its endpoint."""
    told = _deployed(bench, MOTIF, SMALL)
    answer = bench.ask(MOTIF, motif_payload(bench))["prediction"]
    motifs = [f"{len(each['channels'])} signals at row {each['index']}" for each in answer]
    return Did(f"{told}; motifs of {', '.join(motifs)}", f"motifleet deployment show {MOTIF}")


def redeploy_query(bench: Workbench) -> Did:
    """The same model with more resources and replicas, under load."""
    return Did(
        redeployed(bench, QUERY, query_payload(), LARGE),
        f"motifleet deployment list {QUERY}",
    )


def redeployed(bench: Workbench, name: str, request: Any, resources: Resources) -> str:
    """A new build and deployment while requests go on.

    Raises:
        ServingError: a request failed.
    """
    bench.server.start()
    ask = partial(bench.fleet.serving.ask, bench.key(name), request)
    with under_load(ask) as load:
        told = _deployed(bench, name, resources)
    if load.failed:
        raise ServingError(
            f"expected no failed request while {name} was deployed anew, got "
            f"{len(load.failed)} of {load.answered + len(load.failed)}: {load.failed[0]}"
        )
    return f"{told}; {load.answered:,} requests meanwhile, none failed"


def _deployed(bench: Workbench, name: str, resources: Resources) -> str:
    build, deployment = bench.deploy(name, f"{name}@champion", resources)
    return (
        f"{build.id} of {build.source} as {deployment.id}, {resources.least} replica(s) with "
        f"{resources.cpu:g} cores and {resources.memory / (1 << 30):g} GB"
    )
