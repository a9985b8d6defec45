"""What is desired: deployments and endpoints as the database has them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

Role = Literal["primary", "canary", "shadow"]
Status = Literal["starting", "running", "stopping"]


@dataclass(frozen=True, slots=True)
class Desired:
    """One deployment that is to run, or to end.

    Args:
        id, crn: of it.
        endpoint: the name of the endpoint that it answers for.
        build: the build's id, and ``folder`` where it is.
        version: what it serves, as people call it.
        role, share: whether it answers all requests, a share of them, or none (shadow).
        status: how far it has come.
        cpu, memory: cores and bytes of each replica.
        least, most: how many replicas; least 0 scales to zero.
        idle_seconds: without requests, after which it is scaled down.
        queue: how many requests may be under way.
        inputs, outputs, sample: what the log keeps.
        restart: grows when somebody asks for new replicas.
    """

    id: str
    crn: str
    endpoint: str
    build: str
    folder: Path
    version: str
    role: Role
    share: float
    status: Status
    cpu: float
    memory: int
    least: int
    most: int
    idle_seconds: float = 300.0
    queue: int = 256
    inputs: int = 16_384
    outputs: int = 16_384
    sample: float = 1.0
    restart: int = 0


class Ledger(Protocol):
    """The database, as far as the supervisor needs it."""

    def desired(self) -> list[Desired]:
        """All deployments that start, run or stop."""

    def keys(self) -> dict[str, dict[str, float]]:
        """The access keys of every endpoint: SHA-256 and when it expires (0: never)."""

    def started(self, deployment: str) -> None:
        """It runs: whatever had its role at its endpoint before is to stop."""

    def failed(self, deployment: str, reason: str) -> None:
        """It could not be started."""

    def stopped(self, deployment: str) -> None:
        """Its replicas are gone."""
