"""Looks at all rules, notes what becomes of them, and sends what is to be told."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from motifleet.errors import MonitoringError, MotifleetError
from motifleet.monitoring.alerts.channels import Channels, Message
from motifleet.monitoring.alerts.measures import SHARES, Measured, Measures
from motifleet.monitoring.alerts.states import next_state
from motifleet.workspace import (
    CLAIM,
    AlertEvent,
    AlertState,
    EventKind,
    Rule,
    Store,
    alert_states_of,
    change_state,
    claim_events,
    note_sent,
    shown_channel,
)

_PATIENCE_MS, _OLDEST_MS = 120_000, 86_400_000
_TRIES, _AGAIN_MS = 5, 30_000


@dataclass(frozen=True, slots=True)
class Watcher:
    """Holds rules against what is measured.

    Args:
        store: the database.
        measures: says what the metrics are now.
        channels: tells people and programs.
        note: told what could not be done, a line each.
    """

    store: Store
    measures: Measures
    channels: Channels
    note: Callable[[str], None] = lambda _: None

    def look(self, rules: Sequence[Rule], now: int) -> int:
        """Look at rules once, and send what is to be told.

        Args:
            rules: those that are active are looked at.
            now: milliseconds since 1970.

        Returns:
            how many messages were sent, or tried to.
        """
        active = [each for each in rules if each.active]
        states = alert_states_of(self.store, [each.id for each in active])
        for rule in active:
            try:
                measured = self.measures.of(rule, now)
            except MotifleetError as error:
                self.note(f"alert {rule.name}: {error}")
                measured = Measured(None, str(error))
            self._judge(rule, states.get(rule.id, AlertState()), measured, now)
        return self.send({each.id: each for each in rules}, now)

    def send(self, rules: dict[str, Rule], now: int) -> int:
        """Send what has not been sent, and what failed and is to be tried again."""
        events = claim_events(self.store, now, _PATIENCE_MS, now - _OLDEST_MS)
        for event in events:
            rule = rules.get(event.rule_id)
            sent = event.sent if rule is None else self._tell(rule, event, now)
            note_sent(self.store, event.id, {k: v for k, v in sent.items() if k != CLAIM})
        return len(events)

    def _judge(self, rule: Rule, state: AlertState, measured: Measured, now: int) -> None:
        after, kind = next_state(rule, state, measured.value, now)
        event = None if kind is None else (kind, words(rule, kind, measured))
        change_state(self.store, rule.id, state, after, event)

    def _tell(self, rule: Rule, event: AlertEvent, now: int) -> dict[str, Any]:
        message = Message(
            title=f"[{event.kind}] {rule.project}/{rule.name}",
            text=event.message,
            details={
                "event": event.id,
                "kind": event.kind,
                "project": rule.project,
                "alert": rule.name,
                "metric": rule.metric,
                "target": rule.target,
                "value": event.value,
                "threshold": rule.threshold,
                "at": event.at,
            },
        )
        sent = dict(event.sent)
        for channel in rule.channels:
            name = shown_channel(channel)
            before = sent.get(name, {})
            if before and before.get("again_at", now + 1) > now:
                continue
            sent[name] = self._try(channel, message, before.get("tries", 0) + 1, now)
        return sent

    def _try(self, channel: str, message: Message, tries: int, now: int) -> dict[str, Any]:
        try:
            self.channels.send(channel, message)
        except MonitoringError as error:
            self.note(f"alert {message.details['alert']}: {error}")
            told: dict[str, Any] = {"error": str(error), "tries": tries}
            again = {} if tries >= _TRIES else {"again_at": now + _AGAIN_MS * 2 ** (tries - 1)}
            return told | again
        return {"at": now, "tries": tries}


def words(rule: Rule, kind: EventKind, measured: Measured) -> str:
    """What is told, in a sentence."""
    value = "unknown" if measured.value is None else _shown(rule, measured.value)
    than = "above" if rule.above else "below"
    note = f" ({measured.note})" if measured.note else ""
    threshold = _shown(rule, rule.threshold)
    if kind == "resolved":
        return f"{rule.metric} of {rule.target} is {value}{note}: over"
    still = "still " if kind == "repeated" else ""
    return f"{rule.metric} of {rule.target} is {value}{note}, {still}{than} {threshold}"


def _shown(rule: Rule, value: float) -> str:
    if rule.metric in SHARES:
        return f"{value:.1%}"
    if rule.metric.startswith("latency_"):
        return f"{value:,.1f} ms"
    if rule.metric == "silence":
        return f"{value:,.0f} s"
    return f"{value:,.4g}" if rule.metric != "memory" else f"{value / 1e6:,.0f} MB"
