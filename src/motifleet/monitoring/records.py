"""Predictions and aggregates as the records that the lab's notebooks read."""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from motifleet.workspace import Aggregate, Logged

if TYPE_CHECKING:
    import pandas as pd

Record = dict[str, Any]
FIELDS = (
    "modelCrn",
    "modelBuildCrn",
    "modelDeploymentCrn",
    "predictionUuid",
    "startTimeStampMs",
    "endTimeStampMs",
)
_PREFIX = "crn:motifleet:"


def id_of(crn: str) -> str:
    """The id in a long name; an id is taken as it is.

    >>> id_of("crn:motifleet:deployment:failures:dep-1"), id_of("dep-1")
    ('dep-1', 'dep-1')
    """
    return crn.rsplit(":", 1)[-1] if crn.startswith(_PREFIX) else crn


def records(
    predictions: Iterable[Logged],
    aggregates: Sequence[Aggregate],
    endpoint_of: Callable[[str], str],
) -> list[Record]:
    """Predictions and aggregates in one list, by their start.

    Args:
        predictions: by time.
        aggregates: of the same deployments.
        endpoint_of: the endpoint's name by the deployment's id.

    Returns:
        records with `FIELDS` and ``metrics``; an aggregate has no uuid and no build.
    """
    found = [_of_prediction(each, endpoint_of(each.deployment_id)) for each in predictions]
    found += [_of_aggregate(each, endpoint_of(each.deployment_id)) for each in aggregates]
    return sorted(found, key=lambda each: each["startTimeStampMs"])


def frame(found: Sequence[Record]) -> "pd.DataFrame":
    """Records as a data frame: each metric is a column, as in ``metrics.ground_truth``."""
    import pandas as pd

    rows = [
        {name: each[name] for name in FIELDS}
        | {f"metrics.{name}": value for name, value in each["metrics"].items()}
        for each in found
    ]
    return pd.DataFrame(rows, columns=None if rows else list(FIELDS))


def _of_prediction(told: Logged, endpoint: str) -> Record:
    return {
        "modelCrn": f"{_PREFIX}model:{endpoint}",
        "modelBuildCrn": f"{_PREFIX}build:{endpoint}:{told.build_id}",
        "modelDeploymentCrn": f"{_PREFIX}deployment:{endpoint}:{told.deployment_id}",
        "predictionUuid": told.uuid,
        "startTimeStampMs": told.started_ms,
        "endTimeStampMs": told.ended_ms,
        "metrics": dict(told.metrics),
    }


def _of_aggregate(told: Aggregate, endpoint: str) -> Record:
    return {
        "modelCrn": f"{_PREFIX}model:{endpoint}",
        "modelBuildCrn": None,
        "modelDeploymentCrn": f"{_PREFIX}deployment:{endpoint}:{told.deployment_id}",
        "predictionUuid": None,
        "startTimeStampMs": told.started_ms,
        "endTimeStampMs": told.ended_ms,
        "metrics": dict(told.metrics),
    }
