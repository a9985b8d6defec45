"""What became of alert rules: their states, and the messages that were sent of them."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from sqlalchemy import Connection, Row, Select, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from motifleet.workspace.ids import new_id
from motifleet.workspace.roles import Actor
from motifleet.workspace.schema import alert_events, alert_rules, alert_states, projects
from motifleet.workspace.store import Store

EventKind = Literal["firing", "repeated", "resolved"]
CLAIM = "claimed_at"


@dataclass(frozen=True, slots=True)
class AlertState:
    """How a rule stands.

    Args:
        firing: whether it was told, and is not over.
        since: since when the metric is over, in milliseconds since 1970; None: it is not.
        sent_at: when it was told last.
        value: of the metric; None: nothing is known.
        checked_at: when it was looked at last.
    """

    firing: bool = False
    since: int | None = None
    sent_at: int | None = None
    value: float | None = None
    checked_at: int = 0


@dataclass(frozen=True, slots=True)
class AlertEvent:
    """A message of a rule.

    Args:
        id: of it.
        rule_id: of which rule; ``rule`` and ``project`` name it.
        kind: "firing", "repeated" or "resolved".
        value: of the metric.
        message: in words.
        sent: what became of it, by channel.
        at: milliseconds since 1970.
    """

    id: str
    rule_id: str
    rule: str
    project: str
    kind: EventKind
    value: float | None
    message: str
    sent: dict[str, Any]
    at: int

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return asdict(self)


def alert_states_of(store: Store, rules: Sequence[str]) -> dict[str, AlertState]:
    """How rules stand, by their ids; those that were never looked at are left out."""
    query = select(alert_states).where(alert_states.c.rule_id.in_(rules))
    with store.read() as connection:
        return {row.rule_id: _state(row) for row in connection.execute(query)}


def change_state(
    store: Store,
    rule: str,
    before: AlertState,
    after: AlertState,
    event: tuple[EventKind, str] | None,
) -> bool:
    """Note how a rule stands now, and with it the message that is to be sent.

    Args:
        store: the database.
        rule: its id.
        before: how it stood when it was looked at.
        after: how it stands.
        event: the kind of message and its words.

    Returns:
        False where somebody else was quicker, or the rule has gone: nothing is noted then.
    """
    with store.write() as connection:
        query = select(alert_states).where(alert_states.c.rule_id == rule).with_for_update()
        row = connection.execute(query).first()
        there = AlertState() if row is None else _state(row)
        active = select(alert_rules.c.active).where(alert_rules.c.id == rule)
        if there != before or not connection.scalar(active):
            return False
        _put(connection, rule, after)
        if event is not None:
            kind, message = event
            made: dict[str, Any] = {"id": new_id("ale"), "rule_id": rule, "kind": kind}
            made |= {"message": message, "value": after.value, "sent": {}, "at": after.checked_at}
            connection.execute(insert(alert_events).values(**made))
        return True


def claim_events(store: Store, now: int, patience_ms: int, since: int) -> list[AlertEvent]:
    """Messages that are to be sent now; nobody else gets them for a while.

    Args:
        store: the database.
        now: milliseconds since 1970.
        patience_ms: for how long they are the caller's.
        since: older ones are let be.
    """
    query = _query().where(alert_events.c.at >= since).order_by(alert_events.c.id)
    with store.write() as connection:
        found = [_event(row) for row in connection.execute(query)]
        mine = [each for each in found if _due(each.sent, now, patience_ms)]
        for each in mine:
            _set_sent(connection, each.id, each.sent | {CLAIM: now})
        return mine


def note_sent(store: Store, event: str, sent: dict[str, Any]) -> None:
    """Note what became of a message, by channel."""
    with store.write() as connection:
        _set_sent(connection, event, sent)


def list_alert_events(
    store: Store, actor: Actor, *, rule: str | None = None, limit: int = 100
) -> list[AlertEvent]:
    """Messages that somebody may read, the newest first."""
    query = _query().order_by(alert_events.c.id.desc())
    if rule is not None:
        query = query.where(alert_events.c.rule_id == rule)
    if not actor.owner:
        scope = [name for name in _projects(store) if actor.may("alert.read", name)]
        query = query.where(alert_rules.c.project_id.in_(scope))
    with store.read() as connection:
        return [_event(row) for row in connection.execute(query.limit(limit))]


def _projects(store: Store) -> list[str]:
    with store.read() as connection:
        return list(connection.scalars(select(projects.c.id)))


def _due(sent: dict[str, Any], now: int, patience_ms: int) -> bool:
    """Whether it is anybody's: not sent, not tried just now, and no one is at it."""
    if now - sent.get(CLAIM, -patience_ms) < patience_ms:
        return False
    told = [each for name, each in sent.items() if name != CLAIM]
    return not told or any(each.get("again_at", now + 1) <= now for each in told)


def _put(connection: Connection, rule: str, state: AlertState) -> None:
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    statement = dialect.insert(alert_states).values(rule_id=rule, **asdict(state))
    connection.execute(
        statement.on_conflict_do_update(index_elements=["rule_id"], set_=asdict(state))
    )


def _set_sent(connection: Connection, event: str, sent: dict[str, Any]) -> None:
    connection.execute(update(alert_events).where(alert_events.c.id == event).values(sent=sent))


def _query() -> Select[Any]:
    columns = (alert_rules.c.name.label("rule"), projects.c.name.label("project"))
    joined = alert_events.join(alert_rules).join(projects)
    return select(alert_events, *columns).select_from(joined)


def _state(row: Row[Any]) -> AlertState:
    told = row._mapping
    return AlertState(**{name: told[name] for name in AlertState.__dataclass_fields__})


def _event(row: Row[Any]) -> AlertEvent:
    return AlertEvent(**row._mapping)
