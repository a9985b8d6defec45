"""When an alert is told: for-duration, hysteresis, one message for each firing."""

from dataclasses import replace

from motifleet.workspace import AlertState, EventKind, Rule


def is_over(rule: Rule, value: float) -> bool:
    """Whether a value is beyond the threshold."""
    return value > rule.threshold if rule.above else value < rule.threshold


def is_clear(rule: Rule, value: float) -> bool:
    """Whether a value is back where the alert is over."""
    return value <= rule.clear if rule.above else value >= rule.clear


def next_state(
    rule: Rule, state: AlertState, value: float | None, now: int
) -> tuple[AlertState, EventKind | None]:
    """How a rule stands after a look at its metric, and what is to be told of it.

    A firing alert is over when the metric is clear, not as soon as it is below the threshold.
    Where nothing is known, a firing alert goes on, and one that was about to fire begins anew.

    Args:
        rule: the rule.
        state: how it stood.
        value: of the metric; None: nothing is known.
        now: milliseconds since 1970.

    >>> rule = Rule("", "DEV", "slow", "latency_p95", "failures", 100, clear=80, for_seconds=60)
    >>> state, told = next_state(rule, AlertState(), 120.0, 0)
    >>> state, told = next_state(rule, state, 130.0, 60_000)
    >>> told, next_state(rule, state, 90.0, 70_000)[1], next_state(rule, state, 80.0, 70_000)[1]
    ('firing', None, 'resolved')
    """
    seen = replace(state, value=value, checked_at=now)
    if value is None:
        return (seen if state.firing else replace(seen, since=None)), None
    if state.firing:
        return _while_firing(rule, seen, value, now)
    if not is_over(rule, value):
        return replace(seen, since=None), None
    since = now if state.since is None else state.since
    if now - since < rule.for_seconds * 1000:
        return replace(seen, since=since), None
    return replace(seen, since=since, firing=True, sent_at=now), "firing"


def _while_firing(
    rule: Rule, seen: AlertState, value: float, now: int
) -> tuple[AlertState, EventKind | None]:
    if is_clear(rule, value):
        return replace(seen, firing=False, since=None, sent_at=now), "resolved"
    repeat = rule.repeat_seconds * 1000
    if repeat and now - (seen.sent_at or now) >= repeat:
        return replace(seen, sent_at=now), "repeated"
    return seen, None
