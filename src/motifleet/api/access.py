"""Who asks, and whether they may: each route says which action it is."""

from dataclasses import replace
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from motifleet.app import Motifleet, Serving, Workspace
from motifleet.errors import NotLoggedInError

_BEARER = HTTPBearer(auto_error=False, description="A session, an API key, or the home's token.")
Credentials = Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)]


def fleet_of(request: Request) -> Motifleet:
    """The open home that the site is over."""
    fleet: Motifleet = request.app.state.fleet
    return fleet


Fleet = Annotated[Motifleet, Depends(fleet_of)]


def workspace_of(fleet: Fleet, credentials: Credentials) -> Workspace:
    """What whoever asks may do.

    Raises:
        NotLoggedInError: they come with nothing that is good.
    """
    if credentials is None:
        raise NotLoggedInError("expected `Authorization: Bearer …`, got none: log in first")
    workspace = fleet.workspace
    return workspace.acting(workspace.identify(credentials.credentials))


Desk = Annotated[Workspace, Depends(workspace_of)]


def serving_of(fleet: Fleet, desk: Desk) -> Serving:
    """Builds, deployments and endpoints as whoever asks sees them."""
    return replace(fleet.serving, actor=desk.actor)


Served = Annotated[Serving, Depends(serving_of)]


def rule(action: str, name: str) -> dict[str, Any]:
    """What a route is declared with: only who may do the action gets through.

    A route with a ``project`` in its path is about that one; another is about all of them, and
    what it shows or changes is held to the project that it belongs to where it is looked up.

    Args:
        action: as in the table of roles.
        name: of the operation, as the client has it: ``noun.verb``.
    """

    def allowed(request: Request, desk: Desk) -> None:
        desk.allow(action, request.path_params.get("project"))

    checked = [] if action == "server.ask" else [Depends(allowed)]
    extra = {"x-action": action}
    return {"dependencies": checked, "openapi_extra": extra, "operation_id": name}
