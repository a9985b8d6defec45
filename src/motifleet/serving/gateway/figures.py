"""What is counted of each deployment, for Prometheus."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

Usage = dict[str, dict[str, tuple[float, int]]]
"""Seconds of cores and bytes of memory, by deployment and replica."""

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_SIZES = (1, 2, 4, 8, 16, 32, 64, 128)


@dataclass(frozen=True, slots=True)
class Figures:
    """One deployment's counters."""

    requests: dict[int, Any]
    seconds: Any
    batch: Any
    waiting: Any
    refused: Any
    count: Any

    def done(self, status: int, seconds: float) -> None:
        """Count an answer."""
        counter = self.requests.get(status)
        if counter is None:
            counter = self.requests[status] = self.count(status)
        counter.inc()
        self.seconds.observe(seconds)


class Replicas(Collector):
    """What replicas use, as the supervisor told it last: those that are gone are not told of."""

    def __init__(self) -> None:
        self.usage: Usage = {}

    def collect(self) -> Iterator[Any]:
        """Cores and memory of each replica."""
        labels = ["deployment", "replica"]
        cpu = CounterMetricFamily(
            "motifleet_replica_cpu_seconds", "Seconds of cores that were used.", labels=labels
        )
        memory = GaugeMetricFamily(
            "motifleet_replica_memory_bytes", "Bytes held in memory.", labels=labels
        )
        for deployment, replicas in self.usage.items():
            for replica, (seconds, resident) in replicas.items():
                cpu.add_metric([deployment, replica], seconds)
                memory.add_metric([deployment, replica], resident)
        return iter((cpu, memory))


class Counters:
    """The counters of all deployments."""

    def __init__(self) -> None:
        # A time beside each counter, which nobody asks for.
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self.replicas = Replicas()
        self._registry = CollectorRegistry()
        where, registry = ["endpoint", "deployment"], self._registry
        self._requests = Counter(
            "motifleet_requests", "Answers by status.", [*where, "status"], registry=registry
        )
        self._seconds = Histogram(
            "motifleet_request_seconds",
            "From request to answer.",
            where,
            buckets=_SECONDS,
            registry=registry,
        )
        self._batch = Histogram(
            "motifleet_batch_size",
            "Requests asked at once.",
            where,
            buckets=_SIZES,
            registry=registry,
        )
        self._waiting = Gauge(
            "motifleet_requests_open", "Requests under way.", where, registry=registry
        )
        self._replicas = Gauge(
            "motifleet_replicas", "Replicas that answer.", where, registry=registry
        )
        self._refused = Counter(
            "motifleet_requests_refused",
            "Requests turned away, since the queue was full.",
            where,
            registry=registry,
        )
        registry.register(self.replicas)
        self.unlogged = Counter(
            "motifleet_log_failures", "Commits of the log that failed.", registry=self._registry
        )

    def of(self, endpoint: str, deployment: str) -> Figures:
        """One deployment's counters."""
        return Figures(
            {},
            self._seconds.labels(endpoint, deployment),
            self._batch.labels(endpoint, deployment),
            self._waiting.labels(endpoint, deployment),
            self._refused.labels(endpoint, deployment),
            lambda status: self._requests.labels(endpoint, deployment, str(status)),
        )

    def tell(self, endpoint: str, deployment: str, open_requests: int, replicas: int) -> None:
        """Set what is true now."""
        self._waiting.labels(endpoint, deployment).set(open_requests)
        self._replicas.labels(endpoint, deployment).set(replicas)

    def page(self) -> bytes:
        """All of it in Prometheus's text format."""
        return generate_latest(self._registry)
