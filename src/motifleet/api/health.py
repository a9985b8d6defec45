"""Whether the server is there."""

from fastapi import APIRouter
from pydantic import BaseModel

from motifleet import __version__
from motifleet.api.access import rule

router = APIRouter(tags=["health"])


class Health(BaseModel):
    """That it answers."""

    status: str = "ok"
    version: str = __version__


@router.get("/health", **rule("server.ask", "health.read"))
def read_health() -> Health:
    """See that the server answers."""
    return Health()
