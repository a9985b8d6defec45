"""Which role may do what: the one table of it, which the documentation prints."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias, get_args

from motifleet.errors import InvalidArgumentError, NotAllowedError

MemberRole: TypeAlias = Literal["viewer", "operator", "contributor", "admin"]
Least: TypeAlias = Literal["anyone", "user", "viewer", "operator", "contributor", "admin", "owner"]

ROLES: tuple[MemberRole, ...] = get_args(MemberRole)
_LADDER: tuple[Least, ...] = get_args(Least)

ACTIONS: dict[str, tuple[Least, str]] = {
    "server.ask": ("anyone", "see that the server is there, and log in"),
    "self.read": ("user", "see oneself: name and roles"),
    "self.write": (
        "user",
        "change one's password and own keys; not with an API key",
    ),
    "project.list": ("user", "list the projects that one is a member of"),
    "project.read": ("viewer", "see a project and its members"),
    "table.read": ("viewer", "read tables, snapshots and rows"),
    "model.read": ("viewer", "see experiments, runs, versions and lineage"),
    "build.read": ("viewer", "see builds and their logs"),
    "deployment.read": ("viewer", "see deployments, replicas and their logs"),
    "job.read": ("viewer", "see jobs, their runs and logs"),
    "prediction.read": ("viewer", "read the prediction log, metrics and drift"),
    "alert.read": ("viewer", "see alert rules and what became of them"),
    "job.run": ("operator", "start and stop runs of jobs"),
    "deployment.restart": ("operator", "restart the replicas of a deployment"),
    "alert.silence": ("operator", "switch alert rules on and off"),
    "file.write": ("contributor", "write files of a project that is not guarded"),
    "table.write": ("contributor", "land telemetry in tables"),
    "model.train": ("contributor", "train and register models"),
    "build.create": ("contributor", "make builds"),
    "deployment.create": ("contributor", "deploy and stop in projects that are not guarded"),
    "prediction.truth": ("contributor", "hand in ground truth and aggregate metrics"),
    "job.write": ("contributor", "make, change and remove jobs"),
    "alert.write": ("contributor", "make, change and remove alert rules"),
    "deployment.guarded": ("admin", "deploy and stop in a guarded project"),
    "access_key.write": ("admin", "make, rotate and revoke access keys of endpoints"),
    "member.write": ("admin", "give and take roles in a project"),
    "audit.project": ("admin", "read a project's part of the audit log"),
    "project.create": ("owner", "make projects"),
    "project.remove": ("owner", "remove projects"),
    "user.read": ("owner", "list users"),
    "user.write": ("owner", "make, lock and remove users, and reset their passwords"),
    "audit.read": ("owner", "read the whole audit log"),
}
"""Each action with the least role for it, and what it is in words."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks, and what they are in which project.

    Args:
        name: as the audit log has it.
        user_id: None: not a user, but whoever holds this installation's token or home folder.
        owner: whether they may do everything.
        roles: by project id.
        everywhere: the role in all projects, of an owner's key.
        key: whether they come with an API key, which cannot make another one.
    """

    name: str
    user_id: str | None = None
    owner: bool = False
    roles: Mapping[str, MemberRole] = field(default_factory=dict)
    everywhere: MemberRole | None = None
    key: bool = False

    def role_in(self, project: str | None) -> Least:
        """The role in a project; of None, the highest anywhere: tables belong to no project."""
        if self.owner:
            return "owner"
        held: list[Least] = ["user"] if self.everywhere is None else [self.everywhere]
        if project is None:
            held += self.roles.values()
        elif project in self.roles:
            held.append(self.roles[project])
        return max(held, key=_LADDER.index)

    def may(self, action: str, project: str | None = None) -> bool:
        """Whether the table of actions allows it."""
        if self.key and action == "self.write":
            return False
        return _LADDER.index(self.role_in(project)) >= _LADDER.index(ACTIONS[action][0])

    def sees(self, project: str) -> bool:
        """Whether they are to know that there is such a project."""
        return self.may("project.read", project)


def check(actor: Actor, action: str, project: str | None = None) -> None:
    """See that somebody may do something.

    Raises:
        NotAllowedError: they may not.

    >>> check(Actor("ann", roles={"prj-1": "viewer"}), "table.write", "prj-1")
    Traceback (most recent call last):
    motifleet.errors.NotAllowedError: table.write needs the role contributor, 'ann' is viewer: ...
    """
    if actor.key and action == "self.write":
        raise NotAllowedError("an API key cannot change passwords and keys: log in for that")
    if not actor.may(action, project):
        least, held = ACTIONS[action][0], actor.role_in(project)
        hint = "only who owns this installation" if least == "owner" else "an admin can give it"
        raise NotAllowedError(f"{action} needs the role {least}, {actor.name!r} is {held}: {hint}")


def role_named(name: str) -> MemberRole:
    """A role by its name.

    Raises:
        InvalidArgumentError: there is none of that name.
    """
    for role in ROLES:
        if role == name:
            return role
    raise InvalidArgumentError(f"expected a role of {', '.join(ROLES)}, got {name!r}")


def lower(first: MemberRole, second: MemberRole) -> MemberRole:
    """The role of the two that may do less."""
    return min(first, second, key=ROLES.index)


def roles_table() -> str:
    """The table of actions in Markdown, for the documentation."""
    lines = ["| action | least role | what it is |", "|---|---|---|"]
    return "\n".join(lines + [f"| `{name}` | {r} | {t} |" for name, (r, t) in ACTIONS.items()])
