"""What a simulated fleet's ground truth says of a finding."""

from collections import defaultdict
from datetime import datetime
from typing import Any

import pyarrow as pa

_TELLING = ("failure", "sensor fault", "degradation", "manoeuvre")


class GroundTruth:
    """Looks up what was injected into a stretch of a device's signals.

    Args:
        events: device_id, kind, name, start, end and signal of all that was injected.

    >>> from datetime import UTC
    >>> nine, ten = (datetime(2026, 3, 2, hour, tzinfo=UTC) for hour in (9, 10))
    >>> event = {"device_id": "truck-7", "kind": "sensor fault", "name": "stuck value"}
    >>> event |= {"start": nine, "end": ten, "signal": "vibration"}
    >>> truth = GroundTruth(pa.Table.from_pylist([event]))
    >>> truth.of("truck-7", nine, ten), truth.of("truck-8", nine, ten)
    ('sensor fault: stuck value (vibration)', None)
    """

    def __init__(self, events: pa.Table) -> None:
        self._events: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for event in events.to_pylist():
            self._events[event["device_id"]].append(event)

    def of(self, device_id: str, start: datetime, end: datetime) -> str | None:
        """The most telling events that overlap a stretch of time; None where there was none."""
        overlapping = [
            event
            for event in self._events[device_id]
            if event["start"] <= end and event["end"] >= start
        ]
        for kind in _TELLING:
            names = sorted({_named(event) for event in overlapping if event["kind"] == kind})
            if names:
                return f"{kind}: {', '.join(names)}"
        return None


def _named(event: dict[str, Any]) -> str:
    return f"{event['name']} ({event['signal']})" if event["signal"] else str(event["name"])
