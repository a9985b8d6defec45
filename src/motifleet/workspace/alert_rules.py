"""Alert rules: what is watched, from when on it is told, and to whom."""

from dataclasses import asdict, dataclass, field
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Connection, Row, Select, delete, insert, select, update

from motifleet.errors import NameTakenError, UnknownAlertError, UnknownProjectError
from motifleet.workspace.ids import new_id, now_ms
from motifleet.workspace.names import check_name
from motifleet.workspace.record import record
from motifleet.workspace.roles import Actor, check
from motifleet.workspace.schema import alert_events, alert_rules, alert_states, projects
from motifleet.workspace.store import Store


@dataclass(frozen=True, slots=True)
class Rule:
    """An alert rule.

    Args:
        id: of it; "" where it is not kept yet.
        project: its name.
        name: of the rule, within the project.
        metric: what is watched.
        target: of which endpoint, or table.
        threshold: where it counts as over.
        above: whether over means above the threshold, and not below it.
        clear: where it counts as over no more; the threshold where nothing else is said.
        for_seconds: how long it has to be over before it is told.
        window_seconds: over which time the metric is taken.
        repeat_seconds: after how long it is told again while it goes on; 0: it is told once.
        channels: to whom: "log", "webhook:https://…", "email:ann@example.org".
        options: what the metric needs beside its target.
        active: whether it is watched.
        created_at: milliseconds since 1970.
    """

    id: str
    project: str
    name: str
    metric: str
    target: str
    threshold: float
    above: bool = True
    clear: float = 0.0
    for_seconds: float = 0.0
    window_seconds: float = 300.0
    repeat_seconds: float = 0.0
    channels: tuple[str, ...] = ("log",)
    options: dict[str, Any] = field(default_factory=dict)
    active: bool = True
    created_at: int = 0

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for JSON; the address of a webhook is a secret, and told by its host."""
        return {**asdict(self), "channels": [shown_channel(each) for each in self.channels]}


def shown_channel(channel: str) -> str:
    """A channel as it may be seen.

    >>> shown_channel("webhook:https://hooks.example.org/services/T0/secret")
    'webhook:https://hooks.example.org/…'
    """
    kind, _, address = channel.partition(":")
    if kind != "webhook":
        return channel
    parts = urlsplit(address)
    return f"webhook:{parts.scheme}://{parts.netloc.rpartition('@')[2]}/…"


def add_rule(store: Store, actor: Actor, rule: Rule) -> Rule:
    """Keep a rule.

    Raises:
        UnknownProjectError: there is no such project that the actor sees.
        NotAllowedError: the role is too low.
        NameTakenError: the project has a rule of that name.
        InvalidArgumentError: the name is none that can be had.
    """
    check_name("alert", rule.name)
    with store.write() as connection:
        project = _project(connection, actor, rule.project)
        check(actor, "alert.write", project)
        same = select(alert_rules.c.id).where(
            alert_rules.c.project_id == project, alert_rules.c.name == rule.name
        )
        if connection.scalar(same) is not None:
            raise NameTakenError("alert", rule.name)
        row = asdict(rule) | {"id": new_id("alr"), "created_at": now_ms(), "project_id": project}
        row["channels"] = list(rule.channels)
        del row["project"]
        connection.execute(insert(alert_rules).values(**row))
        shown = {name: rule.to_dict()[name] for name in ("metric", "target", "channels")}
        about = {"project": rule.project, **shown}
        record(connection, actor, "alert.write", rule.name, **about)
        return _one(connection, actor, row["id"])


def list_rules(store: Store, actor: Actor, project: str | None = None) -> list[Rule]:
    """The rules that somebody may read: of a project, or of all that they see.

    Raises:
        UnknownProjectError: there is no such project that the actor sees.
        NotAllowedError: the role is too low.
    """
    query = _query().order_by(projects.c.name, alert_rules.c.name)
    with store.read() as connection:
        if project is not None:
            scope = _project(connection, actor, project)
            check(actor, "alert.read", scope)
            query = query.where(alert_rules.c.project_id == scope)
        rows = connection.execute(query)
        return [_rule(row) for row in rows if actor.may("alert.read", row.project_id)]


def find_rule(store: Store, actor: Actor, name: str) -> Rule:
    """A rule by its id, or by its name where only one project has one of it.

    Raises:
        UnknownAlertError: there is none that the actor sees.
    """
    with store.read() as connection:
        return _one(connection, actor, name)


def set_rule_active(store: Store, actor: Actor, name: str, active: bool) -> Rule:
    """Switch a rule on or off; what it was told of is over then.

    Raises:
        UnknownAlertError: there is none that the actor sees.
        NotAllowedError: the role is too low.
    """
    with store.write() as connection:
        found = _one(connection, actor, name)
        check(actor, "alert.silence", _project(connection, actor, found.project))
        changed = update(alert_rules).where(alert_rules.c.id == found.id)
        connection.execute(changed.values(active=active))
        if not active:
            connection.execute(delete(alert_states).where(alert_states.c.rule_id == found.id))
        project = found.project
        record(connection, actor, "alert.silence", found.name, project=project, active=active)
        return _one(connection, actor, found.id)


def remove_rule(store: Store, actor: Actor, name: str) -> Rule:
    """Take a rule away, with what became of it.

    Raises:
        UnknownAlertError: there is none that the actor sees.
        NotAllowedError: the role is too low.
    """
    with store.write() as connection:
        found = _one(connection, actor, name)
        check(actor, "alert.write", _project(connection, actor, found.project))
        connection.execute(delete(alert_states).where(alert_states.c.rule_id == found.id))
        connection.execute(delete(alert_events).where(alert_events.c.rule_id == found.id))
        connection.execute(delete(alert_rules).where(alert_rules.c.id == found.id))
        record(connection, actor, "alert.write", found.name, project=found.project, change="remove")
        return found


def _project(connection: Connection, actor: Actor, name: str) -> str:
    rows = list(connection.execute(select(projects.c.id, projects.c.name)))
    for row in rows:
        if row.name == name and actor.sees(row.id):
            return str(row.id)
    raise UnknownProjectError(name, [row.name for row in rows if actor.sees(row.id)])


def _one(connection: Connection, actor: Actor, name: str) -> Rule:
    found = [row for row in connection.execute(_query()) if actor.sees(row.project_id)]
    fitting = [row for row in found if row.id == name] or [row for row in found if row.name == name]
    if len(fitting) != 1:
        raise UnknownAlertError(name, [row.id if fitting else row.name for row in found])
    return _rule(fitting[0])


def _query() -> Select[Any]:
    columns = list(alert_rules.c)
    name = projects.c.name.label("project")
    return select(name, *columns).select_from(alert_rules.join(projects))


def _rule(row: Row[Any]) -> Rule:
    told = row._mapping
    names = [name for name in Rule.__dataclass_fields__ if name != "channels"]
    return Rule(**{name: told[name] for name in names}, channels=tuple(told["channels"]))
