"""What is watched by itself while an installation runs: samples, alerts, drift, the archive."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from motifleet.app.alerts import Alerts
from motifleet.app.drift import Drift
from motifleet.app.gateway_page import metrics_page
from motifleet.app.predictions import Predictions
from motifleet.config import prepare_home
from motifleet.monitoring import Archive, Sampler
from motifleet.workspace import now_ms

_TICK_SECONDS, _ARCHIVE_SECONDS, _LATER_SECONDS = 0.5, 86_400.0, 60.0
_DAY_MS = 86_400_000
_LARGEST_LOG = 1 << 20


@dataclass(slots=True)
class Turn:
    """Something that is done again and again.

    Args:
        name: of it.
        seconds: how often; 0: never.
        work: what is done.
        due: when it is next, on the monotonic clock.
    """

    name: str
    seconds: float
    work: Callable[[], object]
    due: float = 0.0


@dataclass(slots=True)
class Watch:
    """Does all of it, until it is stopped.

    Args:
        monitoring: of the home, in its owner's name.
        note: told what could not be done, a line each; it is in ``logs/monitoring.log`` too.
    """

    monitoring: Predictions
    note: Callable[[str], None] = lambda _: None
    _said: dict[str, str] = field(default_factory=dict)

    def run(self, stop: threading.Event) -> None:
        """Watch until the event is set; what fails is noted, and tried again at its next turn."""
        turns = self._turns(stop, time.monotonic())
        while not stop.wait(_TICK_SECONDS):
            for turn in turns:
                if turn.seconds and time.monotonic() >= turn.due and not stop.is_set():
                    turn.due = time.monotonic() + turn.seconds
                    self._do(turn)

    def _turns(self, stop: threading.Event, now: float) -> list[Turn]:
        settings, monitoring = self.monitoring.settings, self.monitoring
        alerts, drift = Alerts(monitoring), Drift(monitoring)
        home = prepare_home(settings)
        sampler = Sampler(monitoring.store, lambda: metrics_page(home), settings.sample_days)
        days = settings.archive_days

        def archive() -> None:
            archive = Archive(monitoring.store, monitoring.tables)
            archive.move(now_ms() - round(days * _DAY_MS), stopped=stop.is_set)

        later = now + _LATER_SECONDS
        return [
            Turn("samples", settings.sample_seconds, lambda: sampler.sample(now_ms())),
            Turn("alerts", settings.alert_seconds, lambda: alerts.look(self._say)),
            Turn("drift", settings.drift_seconds, drift.measure_all, later),
            Turn("archive", _ARCHIVE_SECONDS if days else 0.0, archive, later),
        ]

    def _do(self, turn: Turn) -> None:
        try:
            turn.work()
        except Exception as error:
            told = f"{turn.name}: {type(error).__name__}: {error}"
            if self._said.get(turn.name) != told:  # once, and not at every turn
                self._said[turn.name] = told
                self._say(told)
        else:
            self._said.pop(turn.name, None)

    def _say(self, text: str) -> None:
        self.note(text)
        path = prepare_home(self.monitoring.settings) / "logs" / "monitoring.log"
        _write(path, f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ} {text}\n")


def _write(path: Path, line: str) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if path.exists() and path.stat().st_size > _LARGEST_LOG:
        path.replace(path.with_suffix(".log.1"))
    with path.open("a", encoding="utf-8") as log:
        log.write(line)
