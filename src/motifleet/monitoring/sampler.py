"""Technical metrics over time: from the prediction log, and from what the gateway tells Prometheus.

Requests, errors and latencies are those of the log, so that they are exact. What the log cannot
know (what waits, how large batches were, cores and memory of replicas, whom the gateway turned
away) is read from the gateway's ``/metrics``.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from motifleet.workspace import GATEWAY, Latency, Sample, Store, add_samples, latencies

_LAG_MS = 1_000
Page = dict[tuple[str, str, str], float]
"""By metric, deployment and replica (or status)."""


@dataclass(slots=True)
class Sampler:
    """Takes a sample at a time, and keeps the latest ones.

    Args:
        store: the database.
        fetch: the gateway's page of metrics; None where no gateway runs.
        keep_days: for how long samples stay.
    """

    store: Store
    fetch: Callable[[], str | None]
    keep_days: float = 7.0
    _before: Page = field(default_factory=dict)
    _at: int | None = None

    def sample(self, now: int) -> list[Sample]:
        """Take a sample, and keep it; the first one only begins the count.

        Args:
            now: milliseconds since 1970.
        """
        since, self._at = self._at, now
        page, before = pages(self.fetch() or ""), self._before
        self._before = page
        if since is None or now <= since:
            return []
        logged = latencies(self.store, since - _LAG_MS, now - _LAG_MS)
        found = [
            *samples_of_log(logged, growth(page, before), page, now),
            *samples_of_replicas(page, before, now, (now - since) / 1000),
        ]
        add_samples(self.store, found, now - round(self.keep_days * 86_400_000))
        return found


def pages(text: str) -> Page:
    """What Prometheus is told, by metric, deployment and replica or status."""
    from prometheus_client.parser import text_string_to_metric_families

    found: Page = {}
    for family in text_string_to_metric_families(text):
        for each in family.samples:
            labels = each.labels
            if "deployment" in labels and "le" not in labels:
                part = labels.get("replica") or labels.get("status") or ""
                found[each.name, labels["deployment"], part] = float(each.value)
    return found


def growth(page: Page, before: Page) -> Page:
    """How much each counter has grown; one that is smaller began anew."""
    grown = {key: value - before.get(key, 0.0) for key, value in page.items()}
    return {key: page[key] if value < 0 else value for key, value in grown.items()}


def samples_of_log(logged: Iterable[Latency], grown: Page, page: Page, at: int) -> list[Sample]:
    """A sample for each deployment that runs, or was asked something.

    Args:
        logged: the requests since the sample before.
        grown: how much the gateway's counters have grown.
        page: what the gateway tells now.
        at: milliseconds since 1970.
    """
    by_deployment: dict[str, list[Latency]] = defaultdict(list)
    for each in logged:
        by_deployment[each.deployment_id].append(each)
    running = {name for metric, name, _ in page if metric == "motifleet_replicas"}
    return [
        _of_deployment(name, by_deployment.get(name, []), grown, page, at)
        for name in sorted(running | set(by_deployment))
    ]


def samples_of_replicas(page: Page, before: Page, at: int, seconds: float) -> list[Sample]:
    """A sample for each replica: cores in use since the sample before, and bytes."""
    found = []
    for (metric, deployment, replica), memory in sorted(page.items()):
        if metric == "motifleet_replica_memory_bytes":
            key = ("motifleet_replica_cpu_seconds_total", deployment, replica)
            used = page.get(key, 0.0) - before.get(key, page.get(key, 0.0))
            cpu = max(0.0, used) / seconds
            found.append(Sample(deployment, replica, at, cpu=cpu, memory=int(memory)))
    return found


def percentiles(milliseconds: Sequence[float]) -> dict[str, float | None]:
    """p50, p95 and p99; None of nothing.

    >>> percentiles([1, 2, 3, 4])["p50_ms"]
    2.5
    """
    names = ("p50_ms", "p95_ms", "p99_ms")
    if not len(milliseconds):
        return dict.fromkeys(names)
    return dict(zip(names, np.percentile(milliseconds, [50, 95, 99]).tolist(), strict=True))


def _of_deployment(
    name: str, logged: Sequence[Latency], grown: Page, page: Page, at: int
) -> Sample:
    refused = int(grown.get(("motifleet_requests_refused_total", name, ""), 0))
    failed = sum(each.status >= 500 for each in logged)
    batches = grown.get(("motifleet_batch_size_count", name, ""), 0.0)
    told: dict[str, Any] = percentiles([each.milliseconds for each in logged])
    sample = Sample(name, GATEWAY, at, len(logged) + refused, failed + refused, **told)
    if batches:
        mean = grown.get(("motifleet_batch_size_sum", name, ""), 0.0) / batches
        sample = replace(sample, batch=mean)
    return replace(sample, queue=page.get(("motifleet_requests_open", name, "")))
