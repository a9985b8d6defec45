"""What alert rules can watch: each metric with the value that it has now."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa

from motifleet.errors import InvalidArgumentError
from motifleet.monitoring.joined import joined
from motifleet.monitoring.log import PredictionLog
from motifleet.monitoring.quality import quality
from motifleet.monitoring.sampler import percentiles
from motifleet.tables import Tables
from motifleet.workspace import (
    GATEWAY,
    Rule,
    Store,
    Wanted,
    latencies,
    list_drift,
    list_samples,
)

_LEAST_ANSWERS, _TOLD_DEVICES = 30, 10
METRICS: dict[str, str] = {
    "latency_p50": "milliseconds that half of the requests take at most",
    "latency_p95": "milliseconds that 95 % of the requests take at most",
    "latency_p99": "milliseconds that 99 % of the requests take at most",
    "errors": "the share of requests that failed with a status from 500",
    "requests": "how many requests there were",
    "cpu": "cores that the busiest replica uses",
    "memory": "bytes that the largest replica holds",
    "accuracy": "the share of answers that were right, by ground truth",
    "recall": "the share of positives that were found, by ground truth",
    "precision": "the share of positive answers that are, by ground truth",
    "drift": "the largest PSI of a feature in the latest report of drift",
    "silence": "seconds since the last report of the device that is silent longest",
}
"""Each metric with what it is in words."""

SHARES = ("errors", "accuracy", "recall", "precision")


@dataclass(frozen=True, slots=True)
class Measured:
    """A metric's value now.

    Args:
        value: None: nothing is known.
        note: what it is of, in words; "" where there is nothing to say.
    """

    value: float | None
    note: str = ""


@dataclass(slots=True)
class _Seen:
    """When each device of a rule's table reported last, as far as it was read.

    Args:
        snapshot: the one that was read; None: none yet.
        at: when that was, in milliseconds since 1970.
        last: milliseconds since 1970 by device.
    """

    snapshot: int | None = None
    at: int = 0
    last: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class Measures:
    """Measures what rules watch.

    Args:
        store: the database.
        tables: the tables of telemetry.
        deployments: the ids of an endpoint's deployments, by its name.
    """

    store: Store
    tables: Tables
    deployments: Callable[[str], tuple[str, ...]]
    _seen: dict[str, "_Seen"] = field(default_factory=dict)

    def of(self, rule: Rule, now: int) -> Measured:
        """The value of a rule's metric.

        Args:
            rule: what is watched.
            now: milliseconds since 1970.

        Raises:
            MotifleetError: its target is not there.
        """
        if rule.metric == "silence":
            return self._silence(rule, now)
        deployments = self.deployments(rule.target)
        start = now - round(rule.window_seconds * 1000)
        if rule.metric.startswith("latency_") or rule.metric in ("errors", "requests"):
            return self._requests(rule.metric, start, now, deployments)
        if rule.metric in ("cpu", "memory"):
            return self._usage(rule.metric, start, deployments)
        if rule.metric == "drift":
            return self._drift(deployments, rule.options)
        if rule.metric in SHARES:
            return self._quality(rule, start, now, deployments)
        raise InvalidArgumentError(
            f"expected a metric of {', '.join(METRICS)}, got {rule.metric!r}"
        )

    def _requests(
        self, metric: str, start: int, end: int, deployments: tuple[str, ...]
    ) -> Measured:
        logged = latencies(self.store, start, end + 1, deployments)
        if metric == "requests":
            return Measured(float(len(logged)))
        if not logged:
            return Measured(None)
        if metric == "errors":
            failed = Counter(each.status for each in logged if each.status >= 500)
            return Measured(failed.total() / len(logged), f"of {len(logged):,} requests")
        found = percentiles([each.milliseconds for each in logged])
        name = metric.removeprefix("latency_")
        return Measured(found[f"{name}_ms"], f"of {len(logged):,} requests")

    def _usage(self, metric: str, start: int, deployments: tuple[str, ...]) -> Measured:
        found = list_samples(self.store, deployments, start_ms=start)
        told = [
            (float(value), each.source)
            for each in found
            if each.source != GATEWAY and (value := getattr(each, metric)) is not None
        ]
        value, replica = max(told, default=(None, ""))
        return Measured(value, replica)

    def _drift(self, deployments: tuple[str, ...], options: Mapping[str, Any]) -> Measured:
        reports = list_drift(self.store, deployments, limit=1)
        wanted = options.get("feature")
        report = reports[-1].report if reports else {"inputs": [], "outputs": []}
        features = [*report["inputs"], *report["outputs"]]
        told = [
            (float(each["psi"]), str(each["name"]))
            for each in features
            if each["psi"] is not None and wanted in (None, each["name"])
            # What chance makes is no drift.
            if each["psi"] > each["chance"]
        ]
        judged = any(each["psi"] is not None for each in features)
        value, name = max(told, default=(0.0 if judged else None, ""))
        return Measured(value, name and f"of {name}")

    def _quality(self, rule: Rule, start: int, end: int, deployments: tuple[str, ...]) -> Measured:
        options = rule.options
        wanted = Wanted(
            deployments=deployments, start_ms=start, end_ms=end + 1, failed=False, shadow=False
        )
        truth, said = options.get("truth", "ground_truth"), options.get("predicted", "label")
        answers = list(joined(PredictionLog(self.store, self.tables).all(wanted), truth, said))
        if len(answers) < options.get("least", _LEAST_ANSWERS):
            return Measured(None, f"{len(answers)} answers with ground truth")
        found = quality(answers, options.get("positive", 1))
        value = float(getattr(found, rule.metric).value)
        return Measured(None if value != value else value, f"of {found.count:,} answers")  # noqa: PLR0124

    def _silence(self, rule: Rule, now: int) -> Measured:
        """How long the quietest device has been silent.

        A device counts that has reported since a window before the rule was made. It counts from
        then on, so that one which falls silent stays so until it reports again.
        """
        since = silence_since(rule, now)
        without = set(rule.options.get("without", ()))
        last = {
            device: at
            for device, at in self._last(rule, since, now).items()
            if at >= since and device not in without
        }
        if not last:
            return Measured(None)
        silent = sorted((at, device) for device, at in last.items())
        beyond = [name for at, name in silent if silent_too_long(rule, name, at, now)]
        told = ", ".join(beyond[:_TOLD_DEVICES]) + (", …" if len(beyond) > _TOLD_DEVICES else "")
        value = (now - silent[0][0]) / 1000
        what = "device" if len(beyond) == 1 else "devices"
        return Measured(max(0.0, value), f"{len(beyond):,} {what}: {told}" if beyond else "")

    def _last(self, rule: Rule, since: int, now: int) -> dict[str, int]:
        """When each device reported last; of a table that has changed what is new is read."""
        snapshot = self.tables.snapshot(rule.target).id
        seen = self._seen.setdefault(rule.id, _Seen())
        if seen.snapshot == snapshot:
            return seen.last
        recent = now - round(rule.window_seconds * 1000)
        start = since if seen.snapshot is None else max(since, min(recent, seen.at))
        for batch in self.tables.scan_batches(
            rule.target,
            columns=["device_id", "event_ts"],
            start=datetime.fromtimestamp(start / 1000, UTC),
            as_of=snapshot,
        ):
            grouped = pa.Table.from_batches([batch]).group_by("device_id")
            for row in grouped.aggregate([("event_ts", "max")]).to_pylist():
                at = round(row["event_ts_max"].timestamp() * 1000)
                seen.last[row["device_id"]] = max(seen.last.get(row["device_id"], 0), at)
        seen.snapshot, seen.at = snapshot, now
        return seen.last


def silence_since(rule: Rule, now: int) -> int:
    """Since when a device must have reported to count for a rule, in milliseconds since 1970."""
    return min(now, rule.created_at) - round(rule.window_seconds * 1000)


def silent_too_long(rule: Rule, device: str, last: int, now: int) -> bool:
    """Whether a device is silent for longer than a rule allows.

    Args:
        rule: of the metric "silence".
        device: its name.
        last: when it reported last, in milliseconds since 1970.
        now: milliseconds since 1970.

    >>> rule = Rule("", "DEV", "gone", "silence", "trucks", 60.0, created_at=3_950_000)
    >>> [silent_too_long(rule, "van", last, 4_000_000) for last in (3_999_000, 3_900_000, 100_000)]
    [False, True, False]
    """
    if last < silence_since(rule, now) or device in rule.options.get("without", ()):
        return False
    return (now - last) / 1000 > rule.threshold


def check_metric(metric: str) -> str:
    """See that there is such a metric.

    Raises:
        InvalidArgumentError: there is none.
    """
    if metric not in METRICS:
        raise InvalidArgumentError(f"expected a metric of {', '.join(METRICS)}, got {metric!r}")
    return metric
