"""What the prediction log keeps of an endpoint's requests: how much of them, and of how many."""

from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import select, update

from motifleet.errors import DeploymentError
from motifleet.workspace.allowed import OWNER, allow, seen
from motifleet.workspace.builds import model_id
from motifleet.workspace.roles import Actor
from motifleet.workspace.schema import models
from motifleet.workspace.store import Store

_LARGEST = 5_000_000


@dataclass(frozen=True, slots=True)
class Keeping:
    """What is kept of each prediction beside its uuid, times, status and metrics.

    Args:
        inputs: the bytes of a request that are kept at most; a longer one is left out; 0: none.
        outputs: the same of an answer.
        sample: the share of predictions whose inputs and outputs are kept.

    Raises:
        DeploymentError: they are out of their bounds.
    """

    inputs: int = 16_384
    outputs: int = 16_384
    sample: float = 1.0

    def __post_init__(self) -> None:
        if not (0 <= self.inputs <= _LARGEST and 0 <= self.outputs <= _LARGEST):
            raise DeploymentError(
                f"expected 0 to {_LARGEST:,} bytes, got {self.inputs} and {self.outputs}"
            )
        if not 0 <= self.sample <= 1:
            raise DeploymentError(f"expected a share from 0 to 1, got {self.sample}")

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return asdict(self)


def keepings(store: Store, *, actor: Actor = OWNER) -> dict[str, Keeping]:
    """What is kept, by endpoint, of those that somebody sees."""
    with store.read() as connection:
        rows = connection.execute(select(models.c.name, models.c.settings).where(seen(actor)))
        return {row.name: _keeping(row.settings) for row in rows}


def set_keeping(store: Store, endpoint: str, keeping: Keeping, *, actor: Actor = OWNER) -> None:
    """Change what is kept from now on.

    Raises:
        UnknownEndpointError: there is no such endpoint.
    """
    with store.write() as connection:
        model = model_id(connection, endpoint, actor)
        settings = connection.scalar(select(models.c.settings).where(models.c.id == model)) or {}
        changed = {**settings, "keeping": keeping.to_dict()}
        allow(connection, actor, "deployment.create", endpoint, endpoint, **keeping.to_dict())
        connection.execute(update(models).where(models.c.id == model).values(settings=changed))


def _keeping(settings: dict[str, Any] | None) -> Keeping:
    return Keeping(**(settings or {}).get("keeping", {}))
