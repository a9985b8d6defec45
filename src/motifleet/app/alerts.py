"""Alert rules of an open home, and what became of them."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from motifleet.app.predictions import Predictions
from motifleet.config import prepare_home
from motifleet.errors import InvalidArgumentError
from motifleet.monitoring import Channels, Measures, Watcher, check_metric, checked_channel
from motifleet.workspace import (
    OWNER,
    AlertEvent,
    AlertState,
    Places,
    Rule,
    add_rule,
    alert_states_of,
    check,
    find_rule,
    list_alert_events,
    list_rules,
    now_ms,
    places,
    remove_rule,
    set_rule_active,
)

_LONG, _WEEK = 3_650 * 86_400.0, 7 * 86_400.0
_MOST_CHANNELS = 10


@dataclass(frozen=True, slots=True)
class Alert:
    """A rule, and how it stands.

    Args:
        rule: it.
        state: how it stands.
    """

    rule: Rule
    state: AlertState

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return {**self.rule.to_dict(), "state": asdict(self.state)}


@dataclass(frozen=True, slots=True)
class Alerts:
    """Makes alert rules, and tells what became of them.

    Args:
        monitoring: of the home, and in whose name.
        measures: what rules watch; made anew where there are none.
    """

    monitoring: Predictions
    _measures: list[Measures] = field(default_factory=list)

    def add(
        self,
        name: str,
        metric: str,
        target: str,
        threshold: float,
        *,
        project: str | None = None,
        above: bool | None = None,
        clear: float | None = None,
        for_seconds: float = 0.0,
        window_seconds: float | None = None,
        repeat_seconds: float = 0.0,
        channels: Sequence[str] = ("log",),
        options: dict[str, Any] | None = None,
    ) -> Rule:
        """Make a rule.

        Args:
            name: of it, within its project.
            metric: what is watched; `motifleet.monitoring.METRICS` has them.
            target: the endpoint; for "silence" the table.
            threshold: where it counts as over.
            project: where it belongs; None: the endpoint's project, or "default" for a table's.
            above: whether over means above; None: below for accuracy, recall and precision, else
                above.
            clear: where it is over no more; None: the threshold.
            for_seconds: how long it has to be over before it is told.
            window_seconds: over which time the metric is taken; None: 300, for silence a week or
                ten times the threshold.
            repeat_seconds: after how long it is told again while it goes on; 0: it is told once.
            channels: "log", "webhook:https://…", "email:ann@example.org".
            options: what the metric needs: for accuracy, recall and precision "truth",
                "predicted", "positive" and "least" (how many answers there have to be); for drift
                "feature"; for silence "without", a list of devices.

        Raises:
            InvalidArgumentError: something is out of its bounds.
            UnknownEndpointError, UnknownTableError: there is no such target.
            NotAllowedError: the role is too low.
        """
        check_metric(metric)
        falling = metric in ("accuracy", "recall", "precision")
        silence = metric == "silence"
        usual = max(_WEEK, 10 * threshold) if silence else 300.0
        rule = Rule(
            id="",
            project=project or self._project(target, table=silence),
            name=name,
            metric=metric,
            target=target,
            threshold=threshold,
            above=not falling if above is None else above,
            clear=threshold if clear is None else clear,
            for_seconds=for_seconds,
            window_seconds=usual if window_seconds is None else window_seconds,
            repeat_seconds=repeat_seconds,
            channels=tuple(checked_channel(each) for each in channels),
            options=options or {},
        )
        _check(rule)
        self._check_target(rule)
        return add_rule(self.monitoring.store, self.monitoring.actor, rule)

    def rules(self, project: str | None = None) -> list[Alert]:
        """The rules that the actor sees, with how they stand."""
        rules = list_rules(self.monitoring.store, self.monitoring.actor, project)
        states = alert_states_of(self.monitoring.store, [each.id for each in rules])
        return [Alert(each, states.get(each.id, AlertState())) for each in rules]

    def find(self, name: str) -> Alert:
        """A rule by its id or name."""
        rule = find_rule(self.monitoring.store, self.monitoring.actor, name)
        states = alert_states_of(self.monitoring.store, [rule.id])
        return Alert(rule, states.get(rule.id, AlertState()))

    def switch(self, name: str, active: bool) -> Rule:
        """Switch a rule on or off."""
        return set_rule_active(self.monitoring.store, self.monitoring.actor, name, active)

    def remove(self, name: str) -> Rule:
        """Take a rule away."""
        return remove_rule(self.monitoring.store, self.monitoring.actor, name)

    def events(self, name: str | None = None, *, limit: int = 100) -> list[AlertEvent]:
        """What was told, the newest first: of a rule, or of all that the actor sees."""
        store, actor = self.monitoring.store, self.monitoring.actor
        rule = None if name is None else find_rule(store, actor, name).id
        return list_alert_events(store, actor, rule=rule, limit=limit)

    def look(self, note: Callable[[str], None] = lambda _: None, now: int | None = None) -> int:
        """Look at all rules once, and send what is to be told; how many messages that were.

        Args:
            note: told what could not be done, a line each.
            now: milliseconds since 1970; None: now.
        """
        check(self.monitoring.actor, "audit.read")  # all projects' rules are the owner's
        rules = list_rules(self.monitoring.store, OWNER)
        return self._watcher(note).look(rules, now_ms() if now is None else now)

    def _watcher(self, note: Callable[[str], None]) -> Watcher:
        settings, store = self.monitoring.settings, self.monitoring.store
        if not self._measures:
            # What was read of tables is kept from one look to the next.
            self._measures.append(Measures(store, self.monitoring.tables, self._deployments))
        channels = Channels(settings, prepare_home(settings) / "logs" / "alerts.log")
        return Watcher(store, self._measures[0], channels, note)

    def _deployments(self, endpoint: str) -> tuple[str, ...]:
        seen = places(self.monitoring.store, OWNER, "prediction.read")
        return seen.endpoint(endpoint).deployments

    def _project(self, target: str, *, table: bool) -> str:
        if table:
            return "default"
        return self._places().endpoint(target).project

    def _check_target(self, rule: Rule) -> None:
        if rule.metric == "silence":
            check(self.monitoring.actor, "table.read")
            self.monitoring.tables.describe(rule.target)
            return
        place = self._places().endpoint(rule.target)
        if place.project != rule.project:
            raise InvalidArgumentError(
                f"expected an endpoint of project {rule.project}, got {rule.target!r}, which is "
                f"of {place.project}"
            )

    def _places(self) -> Places:
        return places(self.monitoring.store, self.monitoring.actor, "alert.write")


def _check(rule: Rule) -> None:
    """See that a rule makes sense."""
    numbers = (rule.threshold, rule.clear, rule.for_seconds, rule.window_seconds)
    if not all(abs(each) < 1e15 for each in numbers):
        raise InvalidArgumentError(f"expected finite numbers, got {numbers}")
    if rule.clear > rule.threshold if rule.above else rule.clear < rule.threshold:
        side = "at most" if rule.above else "at least"
        raise InvalidArgumentError(
            f"expected it to be over no more at {side} the threshold of {rule.threshold:g}, got "
            f"{rule.clear:g}"
        )
    if not 0 <= rule.for_seconds <= _LONG or not 1 <= rule.window_seconds <= _LONG:
        raise InvalidArgumentError("expected a duration of 0 and a window of 1 second or more")
    if rule.repeat_seconds and not 60 <= rule.repeat_seconds <= _LONG:
        raise InvalidArgumentError(
            f"expected a repetition after 60 seconds or more, got {rule.repeat_seconds:g}"
        )
    if rule.metric == "silence" and rule.window_seconds <= rule.threshold:
        raise InvalidArgumentError("expected a window longer than the silence, or none is noticed")
    without = rule.options.get("without", [])
    if not isinstance(without, list) or not all(isinstance(each, str) for each in without):
        raise InvalidArgumentError(f"expected 'without' to be a list of devices, got {without!r}")
    if not 1 <= len(rule.channels) <= _MOST_CHANNELS:
        raise InvalidArgumentError(f"expected 1 to {_MOST_CHANNELS} channels")
