"""Part 2 of the lab: a failure classifier, trained, served, and trained anew on the next batch."""

from typing import Any

from motifleet.app.lab.endpoints import redeployed
from motifleet.app.lab.step import Did
from motifleet.app.lab.workbench import (
    FAILURE,
    FAILURES,
    LARGE,
    PRD,
    SIGNALS,
    SMALL,
    Workbench,
)
from motifleet.models import FailureClassifier, Label, Version

LABEL = "iot_failure"
_CHAMPION = f"{FAILURE}@champion"


def payload(rows: list[list[float]]) -> dict[str, Any]:
    """The request of the lab's classifier."""
    return {"dataframe_split": {"columns": list(SIGNALS), "data": rows}}


def train(bench: Workbench) -> Did:
    """Train on the table's snapshot, tracked with where its rows come from."""
    version = bench.newest(FAILURE, FAILURES) or _trained(bench)
    lineage = bench.fleet.models.lineage(version.reference).lineage
    verdict = bench.fleet.models.verdict(version.run_id)
    told = (
        f"{version.reference} of snapshot {lineage.snapshot_id} ({lineage.rows:,} rows): {verdict}"
    )
    return Did(told, f"motifleet lineage {version.reference}")


def deploy(bench: Workbench) -> Did:
    """Build it, deploy it, and test it with the lab's payload."""
    bench.project(PRD, guarded=True)
    build, deployment = bench.deploy(FAILURE, _CHAMPION, SMALL)
    answer = bench.ask(FAILURE, payload([[3, 5, 52, 104]]))["prediction"]
    return Did(
        f"{build.id} of {build.source} as {deployment.id}; {answer}",
        f"motifleet deployment show {FAILURE}",
    )


def retrain(bench: Workbench) -> Did:
    """Train on the new snapshot, compare with the champion on the same unseen reports, promote."""
    version = bench.newest(FAILURE, FAILURES) or _trained(bench)
    if "champion" in version.aliases:
        return Did(
            f"{version.reference} is the champion already",
            f"motifleet model list {FAILURE}",
        )
    reference = version.reference
    compared = bench.fleet.models.compare(_CHAMPION, reference)
    bench.fleet.models.promote(reference)
    return Did(
        f"{compared.verdict} {reference}, which saw the new batch, is promoted",
        f"motifleet model compare {FAILURE}@previous {_CHAMPION}",
    )


def redeploy(bench: Workbench) -> Did:
    """The new version, with more resources and replicas, under load."""
    return Did(
        redeployed(bench, FAILURE, payload([[3, 5, 52, 104]]), LARGE),
        f"motifleet deployment list {FAILURE}",
    )


def _trained(bench: Workbench) -> Version:
    return bench.train(FAILURE, FailureClassifier(Label(LABEL)), FAILURES)
