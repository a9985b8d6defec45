"""Projects, users and keys of an open home."""

import getpass
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from motifleet.config import Settings, load_settings, prepare_home
from motifleet.errors import NotAllowedError, NotLoggedInError, StoreError, UnknownProjectError
from motifleet.workspace import (
    Actor,
    ApiKey,
    AuditEntry,
    Member,
    Origin,
    Project,
    Store,
    User,
    actor_of,
    add_api_key,
    add_project,
    add_user,
    check,
    check_home,
    find_project,
    list_api_keys,
    list_audit,
    list_members,
    list_projects,
    list_users,
    log_in,
    log_out,
    note,
    open_store,
    owner_token,
    remove_member,
    remove_project,
    remove_user,
    revoke_api_key,
    role_named,
    set_active,
    set_member,
    set_password,
)


@dataclass(frozen=True, slots=True)
class Workspace:
    """What somebody may do with projects, users and keys; each call is held to the table of roles.

    Args:
        settings: of the home.
        actor: who does it.
    """

    settings: Settings
    actor: Actor

    @property
    def store(self) -> Store:
        """The database."""
        return opened_store(self.settings)

    def acting(self, actor: Actor) -> "Workspace":
        """The same for somebody else."""
        return Workspace(self.settings, actor)

    def identify(self, secret: str) -> Actor:
        """Who comes with a session, an API key or the token of the home folder.

        Raises:
            NotLoggedInError: it is none of them, or no longer good.
        """
        return actor_of(self.store, secret, self.token())

    def token(self) -> str:
        """The token of the home folder, which may do everything; made where there is none."""
        return owner_token(prepare_home(self.settings))

    def log_in(self, name: str, password: str, address: str = "") -> str:
        """Begin a session; see `motifleet.workspace.log_in`."""
        return log_in(self.store, name, password, address)

    def log_out(self, secret: str) -> None:
        """End a session."""
        log_out(self.store, secret)

    def allow(self, action: str, project: str | None = None) -> None:
        """See that the actor may do something, in a project where one is named.

        Raises:
            UnknownProjectError: there is none that they see.
            NotAllowedError: they may not.
        """
        scope = None if project is None else find_project(self.store, self.actor, project).id
        check(self.actor, action, scope)

    def may(self, action: str, project: str | None = None) -> bool:
        """Whether `allow` would let it pass."""
        try:
            self.allow(action, project)
        except (NotAllowedError, UnknownProjectError):
            return False
        return True

    def note(self, action: str, subject: str, **details: Any) -> None:
        """See that the actor may do something outside the database, and write it to the audit log.

        Raises:
            NotAllowedError: they may not.
        """
        self.allow(action)
        note(self.store, self.actor, action, subject, **details)

    def projects(self) -> list[Project]:
        """The projects that the actor sees."""
        return list_projects(self.store, self.actor)

    def project(self, name: str) -> Project:
        """A project by its name."""
        self.allow("project.read", name)
        return find_project(self.store, self.actor, name)

    def add_project(
        self, name: str, *, guarded: bool = False, origin: Origin | None = None
    ) -> Project:
        """Make a project; see `motifleet.workspace.add_project`."""
        self.allow("project.create")
        folder = prepare_home(self.settings) / "projects" / name
        return add_project(self.store, self.actor, name, folder, guarded=guarded, origin=origin)

    def remove_project(self, name: str) -> None:
        """Remove a project with its models, jobs, keys and folder."""
        self.allow("project.remove", name)
        gone = remove_project(self.store, self.actor, name)
        ours = prepare_home(self.settings) / "projects"
        if gone.folder is not None and Path(gone.folder).parent == ours:
            shutil.rmtree(gone.folder, ignore_errors=True)

    def members(self, project: str) -> list[Member]:
        """Who has which role in a project."""
        self.allow("project.read", project)
        return list_members(self.store, self.actor, project)

    def set_member(self, project: str, user: str, role: str) -> Member:
        """Give a user a role in a project."""
        self.allow("member.write", project)
        return set_member(self.store, self.actor, project, user, role_named(role))

    def remove_member(self, project: str, user: str) -> None:
        """Take a user's role in a project away."""
        self.allow("member.write", project)
        remove_member(self.store, self.actor, project, user)

    def users(self) -> list[User]:
        """All users."""
        self.allow("user.read")
        return list_users(self.store)

    def add_user(self, name: str, password: str | None = None, *, owner: bool = False) -> User:
        """Make a user; without a password they come with keys alone."""
        self.allow("user.write")
        return add_user(self.store, self.actor, name, password, owner=owner)

    def set_password(self, name: str, password: str) -> User:
        """Give a user, not oneself, a new password; their sessions end."""
        self.allow("user.write")
        return set_password(self.store, self.actor, name, password)

    def change_password(self, present: str, password: str, address: str = "") -> None:
        """Change one's own password; all sessions end, this one too.

        Raises:
            NotAllowedError: the actor is no user with a password, but a token.
            NotLoggedInError: the present one is wrong.
            InvalidArgumentError: the new one is too short or too long.
        """
        self.allow("self.write")
        if self.actor.user_id is None:
            raise NotAllowedError("expected a user, got a token: log in with a password first")
        self.log_out(self.log_in(self.actor.name, present, address))
        set_password(self.store, self.actor, self.actor.name, password)

    def set_active(self, name: str, active: bool) -> User:
        """Lock a user out, or let them in again."""
        self.allow("user.write")
        return set_active(self.store, self.actor, name, active)

    def remove_user(self, name: str) -> None:
        """Remove a user with their keys and roles."""
        self.allow("user.write")
        remove_user(self.store, self.actor, name)

    def api_keys(self) -> list[ApiKey]:
        """One's own API keys; an owner sees all."""
        return list_api_keys(self.store, self._own)

    def add_key(
        self,
        role: str,
        *,
        user: str | None = None,
        name: str = "",
        project: str | None = None,
        seconds: float | None = None,
    ) -> tuple[ApiKey, str]:
        """Make an API key in one's own name, or an owner in another's; it is told this once."""
        self.allow("self.write")
        holder = user or self.actor.name
        if holder != self._own:
            self.allow("user.write")
        store, most = self.store, role_named(role)
        return add_api_key(
            store, self.actor, holder, most, name=name, project=project, seconds=seconds
        )

    def revoke_key(self, key: str) -> None:
        """Take a key of one's own away, or as an owner anybody's."""
        self.allow("self.write")
        revoke_api_key(self.store, self.actor, key, self._own)

    def audit(
        self,
        *,
        project: str | None = None,
        who: str | None = None,
        action: str | None = None,
        before: str | None = None,
        limit: int = 100,
    ) -> Sequence[AuditEntry]:
        """The audit log, the newest first: an owner's all of it, an admin's a project's."""
        if project is None or self.actor.owner:
            self.allow("audit.read")
        else:
            self.allow("audit.project", project)
        wanted = {"project": project, "who": who, "action": action, "before": before}
        return list_audit(self.store, **wanted, limit=limit)

    @property
    def _own(self) -> str | None:
        """Whose keys are meant where none are named; an owner means all."""
        if self.actor.owner:
            return None
        if self.actor.user_id is None:
            raise NotLoggedInError("expected a user, got nobody")
        return self.actor.name


def local_actor() -> Actor:
    """Who can read the home folder is its owner: its token lies there."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):
        name = "somebody"
    return Actor(f"local:{name}", owner=True)


def opened_store(settings: Settings) -> Store:
    """The database of a home, opened once in a process."""
    durable = settings.database_durable
    return _opened(settings.database_url, str(prepare_home(settings)), durable)


@cache
def _opened(url: str, home: str, durable: bool) -> Store:
    chosen = {"database_url": url} if url else {}
    store = open_store(load_settings(home, database_durable=durable, **chosen))
    if url:  # the one in the home folder goes where the folder goes
        try:
            check_home(store, Path(home))
        except StoreError:
            store.close()
            raise
    return store
