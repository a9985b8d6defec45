"""Endpoints: their access keys, and what the prediction log keeps of them."""

from fastapi import APIRouter
from pydantic import BaseModel, Field

from motifleet.api.access import Served, rule
from motifleet.api.once import OnceRoute
from motifleet.api.paging import Cursor, Limit, Page, page
from motifleet.app import AccessKey, Deployment, Endpoint, Keeping

router = APIRouter(prefix="/endpoints", tags=["endpoints"], route_class=OnceRoute)


class NewAccessKey(BaseModel):
    """An access key to be made."""

    seconds: float | None = Field(default=None, gt=0, lt=1e9)
    overlap: float | None = Field(
        default=None, ge=0, lt=1e9, description="Rotate: the others end after so many seconds."
    )


class MadeAccessKey(BaseModel):
    """An access key, shown this once."""

    id: str
    key: str
    expires_at: int | None


class Back(BaseModel):
    """Where to roll back to."""

    to: str | None = Field(default=None, max_length=100, description="None: the one before.")


class Kept(BaseModel):
    """What the prediction log keeps of each prediction: at most so many bytes, of a share."""

    inputs: int = Field(default=16_384, ge=0, le=5_000_000)
    outputs: int = Field(default=16_384, ge=0, le=5_000_000)
    sample: float = Field(default=1.0, ge=0, le=1)


@router.get("", **rule("deployment.read", "endpoints.list"))
def list_endpoints(
    served: Served, project: str | None = None, limit: Limit = 100, cursor: Cursor = None
) -> Page[Endpoint]:
    """List the endpoints, by name."""
    found = [each for each in served.endpoint_list() if project in (None, each.project)]
    return page(found, lambda each: each.name, limit, cursor)


@router.get("/{endpoint}", **rule("deployment.read", "endpoints.read"))
def read_endpoint(endpoint: str, served: Served) -> Endpoint:
    """See an endpoint, and which project it belongs to."""
    return served.endpoint_named(endpoint)


@router.get("/{endpoint}/keeping", **rule("deployment.read", "endpoints.keeping"))
def read_keeping(endpoint: str, served: Served) -> Keeping:
    """See what the prediction log keeps of requests and answers."""
    return served.keeping(endpoint)


@router.put("/{endpoint}/keeping", **rule("deployment.create", "endpoints.set_keeping"))
def set_keeping(endpoint: str, new: Kept, served: Served) -> Keeping:
    """Change what the prediction log keeps, within half a second."""
    chosen = Keeping(new.inputs, new.outputs, new.sample)
    served.keep(endpoint, chosen)
    return chosen


@router.post(
    "/{endpoint}/rollback", status_code=201, **rule("deployment.create", "endpoints.roll_back")
)
def roll_back(endpoint: str, back: Back, served: Served) -> Deployment:
    """Deploy once more what an endpoint's deployment was before."""
    return served.roll_back(endpoint, back.to)


@router.get("/{endpoint}/keys", **rule("access_key.write", "access_keys.list"))
def list_access_keys(
    endpoint: str, served: Served, limit: Limit = 100, cursor: Cursor = None
) -> Page[AccessKey]:
    """List an endpoint's access keys; what they are was shown when they were made."""
    return page(served.keys(endpoint), lambda each: each.id, limit, cursor)


@router.post("/{endpoint}/keys", status_code=201, **rule("access_key.write", "access_keys.create"))
def create_access_key(endpoint: str, new: NewAccessKey, served: Served) -> MadeAccessKey:
    """Make an access key, which is shown this once; with an overlap the others end after it."""
    made, secret = served.make_key(endpoint, seconds=new.seconds, overlap=new.overlap)
    return MadeAccessKey(id=made.id, key=secret, expires_at=made.expires_at)


@router.delete(
    "/{endpoint}/keys/{key}", status_code=204, **rule("access_key.write", "access_keys.revoke")
)
def revoke_access_key(endpoint: str, key: str, served: Served) -> None:
    """Take an access key away at once."""
    served.revoke_key(key, endpoint)
