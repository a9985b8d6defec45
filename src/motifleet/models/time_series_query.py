"""Have you seen this pattern? A model that holds the telemetry that it searches."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa

from motifleet.errors import InvalidArgumentError
from motifleet.matrixprofile import match, matrix_profile
from motifleet.models.card import model_card
from motifleet.models.prepared import (
    Prepared,
    Progress,
    array_of,
    column,
    param,
    requirements,
    unseen,
)
from motifleet.models.source import Source
from motifleet.models.telemetry_file import write_telemetry
from motifleet.models.training import Signature, Training
from motifleet.telemetry import DEVICE_ID, EVENT_TS, fleet_series
from motifleet.types import FleetSeries, Floats, Series

_PLANTED = 50


@dataclass(frozen=True, slots=True)
class TimeSeriesQuery:
    """A pattern against the telemetry that the model was trained on.

    Args:
        signal: which one.
        window: the length of the patterns that the model is tried with, in reports.
        steps: True: reports are laid out at equal steps, and no pattern is found over a gap; False:
            one report follows the other, whatever the time between them.
        seed: of these patterns.

    Raises:
        InvalidArgumentError: the window is below 3.
    """

    name: ClassVar[str] = "time-series-query"

    signal: str
    window: int = 30
    steps: bool = True
    seed: int = 0

    def __post_init__(self) -> None:
        if self.window < 3:
            raise InvalidArgumentError(f"expected a window of at least 3, got {self.window}")

    def prepare(self, source: Source, experiment: str, progress: Progress = unseen) -> Prepared:
        """Put the telemetry into a model, and try it; see `Kind`.

        Raises:
            UnknownColumnError: there is no such signal.
            InvalidArgumentError: no device has as many reports as a window.
        """
        source.signals([self.signal])
        fleet = self._laid_out(source.read([self.signal]))
        metrics = self._tried(fleet, progress)
        lineage = source.lineage()
        training = Training(
            kind=self.name,
            experiment=experiment,
            signature=_SIGNATURE,
            example=[{"pattern": _first_window(fleet, 8).tolist()}],
            params=asdict(self),
            metrics=metrics,
            tags=lineage.tags(),
            requirements=requirements("mlflow", "numpy", "pandas", "pyarrow", "motifleet"),
        )
        verdict = (
            f"Of {int(metrics['patterns'])} patterns cut from the telemetry and blurred with a "
            f"tenth of their spread as noise, {metrics['found']:.0%} are found where they were cut."
        )
        card = model_card(
            "Time series query",
            purpose=f"Says where in {self.signal} of {len(fleet):,} devices a pattern was seen.",
            lineage=lineage,
            data=[f"{len(fleet.values):,} values of {self.signal}, held in the model as Arrow."],
            metrics=metrics,
            verdict=verdict,
            limits=[
                "Shapes are compared: level and scale are taken out, unless normalize is false.",
                "A pattern needs at least 3 numbers, and none of them missing.",
                "The index counts the device's reports, at equal steps with the gaps between them."
                if self.steps
                else "The index counts the device's reports, whatever the time between them.",
                "Where it runs, the package motifleet must be installed, for its kernels.",
            ],
        )
        figures = {"motif": matrix_profile(_longest(fleet), self.window).plot()}
        return Prepared(training, _writer(fleet), figures, card, verdict)

    def _laid_out(self, rows: pa.Table) -> FleetSeries:
        if self.steps:
            return fleet_series(rows, self.signal)
        encoded = rows[DEVICE_ID].combine_chunks().dictionary_encode()
        names = tuple(map(str, encoded.dictionary.to_pylist()))
        offsets = np.searchsorted(encoded.indices.to_numpy(), np.arange(len(names) + 1))
        values, times = rows[self.signal].to_numpy(), rows[EVENT_TS].to_numpy()
        return FleetSeries(values, offsets.astype(np.int64), names, self.signal, times)

    def _tried(self, fleet: FleetSeries, progress: Progress) -> dict[str, float]:
        """Cut patterns, blur them, and look whether they are found where they were cut."""
        rng = np.random.default_rng(self.seed)
        windows = _whole_windows(fleet, self.window)
        places = rng.choice(windows, min(_PLANTED, len(windows)), replace=False)
        found = 0
        for done, place in enumerate(sorted(places.tolist()), 1):
            pattern = fleet.values[place : place + self.window]
            noise = rng.standard_normal(self.window) * 0.1 * pattern.std()
            nearest = match(pattern + noise, fleet, k=1)[0]
            start = int(fleet.offsets[fleet.index(str(nearest.device_id))]) + nearest.index
            found += abs(start - place) <= self.window // 4
            progress(done, len(places))
        return {
            "patterns": float(len(places)),
            "found": found / len(places),
            "found_baseline": min(1.0, (self.window // 4 * 2 + 1) / len(windows)),
            "values": float(len(fleet.values)),
            "devices": float(len(fleet)),
        }


def _whole_windows(fleet: FleetSeries, m: int) -> Any:
    """Where windows begin that hold no gap and are not constant.

    Raises:
        InvalidArgumentError: there is none.
    """
    starts = []
    for number, series in enumerate(fleet):
        if len(series) >= m:
            views = np.lib.stride_tricks.sliding_window_view(series.values, m)
            varied = np.isfinite(views.sum(axis=1)) & (np.ptp(views, axis=1) > 0)
            starts.append(np.flatnonzero(varied) + fleet.offsets[number])
    found = np.concatenate(starts) if starts else np.zeros(0, np.int64)
    if not len(found):
        raise InvalidArgumentError(
            f"expected a device with {m} reports in a row that vary, got none: choose a shorter "
            "window or another signal"
        )
    return found


def _first_window(fleet: FleetSeries, m: int) -> Floats:
    for length in (m, 3):
        for series in fleet:
            there = np.convolve(np.isfinite(series.values), np.ones(length), "valid") == length
            if len(series) >= length and there.any():
                first = int(np.argmax(there))
                return series.values[first : first + length]
    raise InvalidArgumentError("expected three reports of a device in a row, got none")


def _longest(fleet: FleetSeries) -> Series:
    return fleet[int(np.argmax(np.diff(fleet.offsets)))]


def _writer(fleet: FleetSeries) -> Any:
    def write(folder: Path) -> None:
        write_telemetry(fleet, folder / "telemetry.arrow")

    return write


_MATCH = {
    "type": "object",
    "properties": {
        "index": {"type": "long", "required": True},
        "device_id": {"type": "string", "required": False},
        "event_ts": {"type": "string", "required": False},
        "distance": {"type": "double", "required": True},
    },
}
_SIGNATURE = Signature(
    [column("pattern", "any")],
    [
        column("nearest_neighbor", "long"),
        column("device_id", "string", required=False),
        column("event_ts", "string", required=False),
        column("distance"),
        column("matches", array_of(_MATCH)),
    ],
    [param("k", "long", 1), param("normalize", "boolean", True)],
)
