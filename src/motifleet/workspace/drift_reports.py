"""Reports of drift, as they were made."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import delete, insert, select

from motifleet.workspace.ids import new_id, now_ms
from motifleet.workspace.schema import drift_reports
from motifleet.workspace.store import Store

_KEPT = 1_000


@dataclass(frozen=True, slots=True)
class KeptDrift:
    """A report of drift.

    Args:
        id: of it.
        deployment_id: whose predictions.
        started_ms, ended_ms: of which time, in milliseconds since 1970.
        report: what it says.
        created_at: when it was made.
    """

    id: str
    deployment_id: str
    started_ms: int
    ended_ms: int
    report: dict[str, Any]
    created_at: int

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return asdict(self)


def add_drift(
    store: Store, deployment: str, started_ms: int, ended_ms: int, report: dict[str, Any]
) -> KeptDrift:
    """Keep a report; of each deployment the latest 1,000 stay."""
    made = KeptDrift(new_id("dft"), deployment, started_ms, ended_ms, report, now_ms())
    table = drift_reports.c
    stay = select(table.id).where(table.deployment_id == deployment).order_by(table.id.desc())
    with store.write() as connection:
        connection.execute(insert(drift_reports).values(**asdict(made)))
        last = connection.scalar(stay.offset(_KEPT - 1).limit(1))
        if last is not None:
            older = (table.deployment_id == deployment, table.id < last)
            connection.execute(delete(drift_reports).where(*older))
    return made


def list_drift(
    store: Store, deployments: Sequence[str] | None = None, *, limit: int = 100
) -> list[KeptDrift]:
    """The latest reports, the oldest of them first."""
    query = select(drift_reports).order_by(drift_reports.c.id.desc()).limit(limit)
    if deployments is not None:
        query = query.where(drift_reports.c.deployment_id.in_(deployments))
    with store.read() as connection:
        found = [KeptDrift(**row._mapping) for row in connection.execute(query)]
    return found[::-1]
