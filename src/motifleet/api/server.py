"""The server itself."""

from fastapi import APIRouter
from pydantic import BaseModel

from motifleet import __version__
from motifleet.api.access import Fleet, rule
from motifleet.errors import ServingError

router = APIRouter(prefix="/server", tags=["server"])


class Server(BaseModel):
    """What answers here.

    Args:
        version: of Motifleet.
        gateway: where endpoints answer; None: none runs.
    """

    version: str
    gateway: str | None


@router.get("", **rule("server.ask", "server.read"))
def read_server(fleet: Fleet) -> Server:
    """See that the server is there, and where its endpoints answer."""
    try:
        gateway = fleet.serving.address
    except ServingError:
        return Server(version=__version__, gateway=None)
    return Server(version=__version__, gateway=gateway)
