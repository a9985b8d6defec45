"""Sessions, users, API keys and the audit log."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field

from motifleet.api.access import Credentials, Desk, Fleet, rule
from motifleet.api.once import OnceRoute
from motifleet.api.paging import Cursor, Limit, Page, closed, opened, page
from motifleet.app import ApiKey, AuditEntry, User

router = APIRouter(tags=["people"], route_class=OnceRoute)
Text = Annotated[str | None, Query(max_length=200)]


class Login(BaseModel):
    """A name and its password."""

    name: str = Field(max_length=100)
    password: str = Field(max_length=1000)


class Session(BaseModel):
    """What to send as ``Authorization: Bearer`` from now on."""

    token: str


class NewPassword(BaseModel):
    """A password in the place of the present one."""

    present: str = Field(max_length=1000)
    password: str = Field(max_length=1000)


class NewUser(BaseModel):
    """A user to be made."""

    name: str = Field(max_length=100)
    password: str | None = Field(default=None, max_length=1000)
    owner: bool = False


class NewKey(BaseModel):
    """An API key to be made."""

    role: str = Field(max_length=20)
    user: str | None = Field(default=None, max_length=100)
    project: str | None = Field(default=None, max_length=100)
    name: str = Field(default="", max_length=200)
    seconds: float | None = Field(default=None, gt=0, lt=1e9)


class MadeKey(BaseModel):
    """An API key, shown this once."""

    id: str
    key: str


class Self(BaseModel):
    """Who one is."""

    name: str
    owner: bool
    projects: list[str]


@router.post("/session", status_code=201, **rule("server.ask", "session.log_in"))
def log_in(login: Login, fleet: Fleet, request: Request) -> Session:
    """Log in with a password."""
    address = request.client.host if request.client else ""
    return Session(token=fleet.workspace.log_in(login.name, login.password, address))


@router.delete("/session", status_code=204, **rule("self.read", "session.log_out"))
def log_out(desk: Desk, credentials: Credentials) -> None:
    """End this session."""
    if credentials is not None:
        desk.log_out(credentials.credentials)


@router.get("/self", **rule("self.read", "me.read"))
def who_am_i(desk: Desk) -> Self:
    """See who one is, and in which projects."""
    names = [each.name for each in desk.projects()]
    return Self(name=desk.actor.name, owner=desk.actor.owner, projects=names)


@router.put("/self/password", status_code=204, **rule("self.write", "me.change_password"))
def change_password(new: NewPassword, desk: Desk, request: Request) -> None:
    """Change one's own password; all sessions end."""
    address = request.client.host if request.client else ""
    desk.change_password(new.present, new.password, address)


@router.get("/users", **rule("user.read", "users.list"))
def list_users(desk: Desk, limit: Limit = 100, cursor: Cursor = None) -> Page[User]:
    """List the users, by name."""
    return page(desk.users(), lambda each: each.name, limit, cursor)


@router.post("/users", status_code=201, **rule("user.write", "users.create"))
def create_user(new: NewUser, desk: Desk) -> User:
    """Make a user; without a password they come with keys alone."""
    return desk.add_user(new.name, new.password, owner=new.owner)


@router.delete("/users/{user}", status_code=204, **rule("user.write", "users.remove"))
def remove_user(user: str, desk: Desk) -> None:
    """Remove a user with their keys and roles."""
    desk.remove_user(user)


@router.post("/users/{user}/lock", **rule("user.write", "users.lock"))
def lock_user(user: str, desk: Desk) -> User:
    """Lock a user out: password, sessions and keys."""
    return desk.set_active(user, False)


@router.post("/users/{user}/unlock", **rule("user.write", "users.unlock"))
def unlock_user(user: str, desk: Desk) -> User:
    """Let a user in again."""
    return desk.set_active(user, True)


@router.get("/keys", **rule("self.read", "keys.list"))
def list_keys(desk: Desk, limit: Limit = 100, cursor: Cursor = None) -> Page[ApiKey]:
    """List one's own API keys; an owner sees all."""
    return page(desk.api_keys(), lambda each: each.id, limit, cursor)


@router.post("/keys", status_code=201, **rule("self.write", "keys.create"))
def create_key(new: NewKey, desk: Desk) -> MadeKey:
    """Make an API key, which is shown this once."""
    scope = {"user": new.user, "project": new.project}
    made, secret = desk.add_key(new.role, **scope, name=new.name, seconds=new.seconds)
    return MadeKey(id=made.id, key=secret)


@router.delete("/keys/{key}", status_code=204, **rule("self.write", "keys.revoke"))
def revoke_key(key: str, desk: Desk) -> None:
    """Take an API key away at once."""
    desk.revoke_key(key)


@router.get("/audit", **rule("audit.read", "audit.list"))
def read_audit(
    desk: Desk,
    *,
    project: Text = None,
    who: Text = None,
    action: Text = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[AuditEntry]:
    """Read who did what, the newest first."""
    before = None if cursor is None else opened(cursor)
    chosen = {"project": project, "who": who, "action": action, "before": before}
    found = list(desk.audit(**chosen, limit=limit))
    following = closed(found[-1].id) if len(found) == limit else None
    return Page(items=found, next=following)
