"""Technical metrics over time: a sample of each deployment and each replica every few seconds."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

from sqlalchemy import delete, insert, select

from motifleet.workspace.schema import predictions, samples
from motifleet.workspace.store import Store

GATEWAY = "gateway"


@dataclass(frozen=True, slots=True)
class Sample:
    """What was measured of a deployment, or of one of its replicas, since the sample before.

    Args:
        deployment_id: of it.
        source: "gateway", with requests, errors, latencies, queue and batch; or a replica's id,
            with cpu and memory.
        at: milliseconds since 1970.
        requests: how many were answered or refused.
        errors: how many of them by a failure of ours (a status from 500, or a full queue).
        p50_ms, p95_ms, p99_ms: latencies; None where there was no request.
        queue: requests under way.
        batch: the mean number of requests that were asked at once.
        cpu: cores in use.
        memory: bytes.
    """

    deployment_id: str
    source: str
    at: int
    requests: int = 0
    errors: int = 0
    p50_ms: float | None = None
    p95_ms: float | None = None
    p99_ms: float | None = None
    queue: float | None = None
    batch: float | None = None
    cpu: float | None = None
    memory: int | None = None

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return asdict(self)


class Latency(NamedTuple):
    """How long one request took, and what became of it."""

    deployment_id: str
    milliseconds: int
    status: int


def add_samples(store: Store, group: Sequence[Sample], keep_from: int) -> None:
    """Keep samples, and let go of those from before a time."""
    with store.write() as connection:
        connection.execute(delete(samples).where(samples.c.at < keep_from))
        if group:
            connection.execute(insert(samples), [asdict(each) for each in group])


def list_samples(
    store: Store,
    deployments: Sequence[str] | None = None,
    *,
    start_ms: int | None = None,
    end_ms: int | None = None,
    limit: int = 100_000,
) -> list[Sample]:
    """Samples by time; where there are more than the limit, the latest ones.

    Args:
        store: the database.
        deployments: of these; None: of all.
        start_ms: of this time or later.
        end_ms: before this time.
        limit: so many at most.
    """
    table = samples.c
    query = select(samples).order_by(table.at.desc(), table.source).limit(limit)
    if deployments is not None:
        query = query.where(table.deployment_id.in_(deployments))
    if start_ms is not None:
        query = query.where(table.at >= start_ms)
    if end_ms is not None:
        query = query.where(table.at < end_ms)
    with store.read() as connection:
        found = [Sample(**row._mapping) for row in connection.execute(query)]
    return found[::-1]


def latencies(
    store: Store,
    start_ms: int,
    end_ms: int,
    deployments: Sequence[str] | None = None,
    *,
    longest_ms: int = 3_600_000,
) -> list[Latency]:
    """How long the requests took that ended in some time; shadow traffic is left out.

    Args:
        store: the database.
        start_ms: ended at this time or later.
        end_ms: ended before this time.
        deployments: of these; None: of all.
        longest_ms: no request takes longer.
    """
    table = predictions.c
    took = table.ended_ms - table.started_ms
    query = select(table.deployment_id, took, table.status).where(
        table.started_ms >= start_ms - longest_ms,
        table.started_ms < end_ms,
        table.ended_ms >= start_ms,
        table.ended_ms < end_ms,
        table.shadow.is_(False),
    )
    if deployments is not None:
        query = query.where(table.deployment_id.in_(deployments))
    with store.read() as connection:
        return [Latency(*row) for row in connection.execute(query)]
