"""How unusual what a device does now is, beside its past and its fleet."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from motifleet.errors import InvalidArgumentError
from motifleet.matrixprofile import StreamingProfile, match
from motifleet.models import figures
from motifleet.models.card import model_card
from motifleet.models.prepared import (
    Prepared,
    Progress,
    column,
    requirements,
    unseen,
)
from motifleet.models.source import Source
from motifleet.models.telemetry_file import write_telemetry
from motifleet.models.training import Signature, Training
from motifleet.telemetry import fleet_series
from motifleet.types import FleetSeries, Floats

_QUANTILES = 1001
_TOLD_BY = 10
"""Windows beyond a quantile from which on it is more than a guess."""


@dataclass(frozen=True, slots=True)
class DiscordScore:
    """How unusual a window is.

    Args:
        device_id: whose window.
        distance: to the nearest window of the device's past; None where it has none.
        score: the share of the fleet's windows in training that were nearer to their past, 0 to 1.
        fleet_distance: to the nearest window of the whole fleet in training.
        unusual: whether the distance is beyond the threshold, to the past and to the fleet.
    """

    device_id: str
    distance: float | None
    score: float
    fleet_distance: float
    unusual: bool

    def to_dict(self) -> dict[str, Any]:
        """The fields."""
        return asdict(self)


@dataclass(frozen=True, slots=True, eq=False)
class Detector:
    """Scores windows; the same in batch, on streams and in a served model.

    Args:
        telemetry: the fleet's in training.
        window: in reports.
        history: how many reports of its past a device's window is compared with.
        normalize: whether shapes alone are compared.
        threshold: the distance from which on a window is unusual.
        usual: quantiles of the windows' distances in training, rising.
    """

    telemetry: FleetSeries
    window: int
    history: int
    normalize: bool
    threshold: float
    usual: Floats

    @classmethod
    def of(cls, telemetry: FleetSeries, terms: Mapping[str, Any]) -> "Detector":
        """The detector of a model's telemetry and terms."""
        return cls(
            telemetry,
            int(terms["window"]),
            int(terms["history"]),
            bool(terms["normalize"]),
            float(terms["threshold"]),
            np.asarray(terms["usual"], np.float64),
        )

    def newest(self, device_id: str, values: Floats) -> DiscordScore:
        """Score the newest window of values that come after the device's telemetry.

        Raises:
            InvalidArgumentError: there are fewer values than a window, or values are missing.
        """
        newest = values[-self.window :]
        if len(newest) < self.window or not np.isfinite(newest).all():
            raise InvalidArgumentError(
                f"expected at least {self.window} numbers of {device_id!r}, "
                f"got {int(np.isfinite(newest).sum())}"
            )
        distance = float(self.stream(device_id).append(values).left_distances[-1])
        return self._judged(device_id, distance, newest)

    def stream(self, device_id: str) -> StreamingProfile:
        """A stream of a device that remembers its telemetry; a new device's is empty."""
        stream = StreamingProfile(self.window, history=self.history, normalize=self.normalize)
        if device_id in self.telemetry.device_ids:
            stream.append(self.telemetry[device_id].values[-self.history :])
        return stream

    def scores(self, distances: Floats) -> Floats:
        """The share of training's windows that were nearer to their past; shape of distances."""
        found: Floats = np.searchsorted(self.usual, distances) / len(self.usual)
        return found

    def fleet_distance(self, newest: Floats) -> float:
        """How far a window is from the nearest of the whole fleet in training."""
        found = match(newest, self.telemetry, k=1, normalize=self.normalize)
        return found[0].distance if found else float("inf")

    def _judged(self, device_id: str, distance: float, newest: Floats) -> DiscordScore:
        fleet = self.fleet_distance(newest)
        has_past = bool(np.isfinite(distance))
        compared = distance if has_past else fleet
        unusual = min(compared, fleet) >= self.threshold
        score = float(self.scores(np.array([compared]))[0])
        return DiscordScore(device_id, distance if has_past else None, score, fleet, unusual)


@dataclass(frozen=True, slots=True)
class DiscordDetector:
    """Scores a device's newest window against its past and its fleet.

    Args:
        signal: which one.
        window: in reports.
        history: how many reports of its past a window is compared with.
        normalize: True: shapes alone are compared; False: levels too.
        quantile: a window is unusual from this quantile of training's distances on.

    Raises:
        InvalidArgumentError: a number is out of its bounds.
    """

    name: ClassVar[str] = "discord-detector"

    signal: str
    window: int = 60
    history: int = 1440
    normalize: bool = True
    quantile: float = 0.999

    def __post_init__(self) -> None:
        if self.window < 3:
            raise InvalidArgumentError(f"expected a window of at least 3, got {self.window}")
        if self.history < 2 * self.window:
            raise InvalidArgumentError(
                f"expected a history of at least two windows, {2 * self.window}, got {self.history}"
            )
        if not 0 < self.quantile < 1:
            raise InvalidArgumentError(f"expected a quantile between 0 and 1, got {self.quantile}")

    def prepare(self, source: Source, experiment: str, progress: Progress = unseen) -> Prepared:
        """Learn which distances are usual; see `Kind`.

        Raises:
            UnknownColumnError: there is no such signal.
            InvalidArgumentError: no device has a past to compare with.
        """
        source.signals([self.signal])
        fleet = fleet_series(source.read([self.signal]), self.signal)
        distances = self._distances(fleet, progress)
        threshold = float(np.quantile(distances, self.quantile))
        terms = {
            "window": self.window,
            "history": self.history,
            "normalize": self.normalize,
            "threshold": threshold,
            "usual": np.quantile(distances, np.linspace(0, 1, _QUANTILES)).tolist(),
        }
        lineage = source.lineage()
        metrics = self._metrics(distances, threshold)
        training = Training(
            kind=self.name,
            experiment=experiment,
            signature=_SIGNATURE,
            example=_example(fleet, self.window),
            params={"signal": self.signal, **asdict(self)},
            metrics=metrics,
            tags=lineage.tags(),
            requirements=requirements("mlflow", "numpy", "pandas", "pyarrow", "motifleet"),
        )
        verdict = (
            f"Half of the {len(distances):,} windows in training are {metrics['median']:.3g} or "
            f"less from their device's past; from {threshold:.3g} on a window is unusual, as "
            f"{metrics['unusual_share']:.2%} of them are."
        )
        if len(distances) * (1 - self.quantile) < _TOLD_BY:
            verdict += (
                f" So few windows do not tell where {1 - self.quantile:.3g} of them begins: "
                "take more reports, or a lower quantile."
            )
        card = self._card(fleet, lineage, metrics, verdict)
        drawn = {"distances": figures.distances_figure(distances, threshold)}
        return Prepared(training, _writer(fleet, terms), drawn, card, verdict)

    def _distances(self, fleet: FleetSeries, progress: Progress) -> Floats:
        """The distance of each window with a whole history's chance to its device's past."""
        found = []
        for done, series in enumerate(fleet, 1):
            stream = StreamingProfile(self.window, history=self.history, normalize=self.normalize)
            left = stream.append(series.values).left_distances[2 * self.window :]
            found.append(left[np.isfinite(left)])
            progress(done, len(fleet))
        distances = np.concatenate(found) if found else np.zeros(0)
        if not len(distances):
            raise InvalidArgumentError(
                f"expected a device with more than two windows of {self.window} reports, got "
                "none: choose a shorter window"
            )
        return distances

    def _metrics(self, distances: Floats, threshold: float) -> dict[str, float]:
        return {
            "windows": float(len(distances)),
            "median": float(np.median(distances)),
            "threshold": threshold,
            "unusual_share": float(np.mean(distances >= threshold)),
            "unusual_share_baseline": 1 - self.quantile,
        }

    def _card(
        self, fleet: FleetSeries, lineage: Any, metrics: dict[str, float], verdict: str
    ) -> str:
        return model_card(
            "Discord detector",
            purpose=f"Says how unusual a device's newest {self.window} reports of {self.signal} "
            "are, beside its own past and the fleet.",
            lineage=lineage,
            data=[f"{len(fleet.values):,} values of {len(fleet):,} devices, as Arrow."],
            metrics=metrics,
            verdict=verdict,
            limits=[
                "Nothing says that what is unusual is bad, or that what is usual is good.",
                "Where a signal is flat, its noise is all the shape there is, unless levels count.",
                "A device without a past is compared with the fleet alone.",
                "Where it runs, the package motifleet must be installed, for its kernels.",
            ],
        )


def _example(fleet: FleetSeries, window: int) -> list[dict[str, Any]]:
    for series in fleet:
        finite = np.convolve(np.isfinite(series.values), np.ones(window), "valid") == window
        if len(series) >= window and finite.any():
            last = int(np.flatnonzero(finite)[-1])
            return [
                {
                    "device_id": str(series.device_id),
                    "values": series.values[last : last + window].tolist(),
                }
            ]
    raise InvalidArgumentError(f"expected {window} reports of a device in a row, got none")


def _writer(fleet: FleetSeries, terms: dict[str, Any]) -> Any:
    def write(folder: Path) -> None:
        write_telemetry(fleet, folder / "telemetry.arrow")
        (folder / "terms.json").write_text(json.dumps(terms), encoding="utf-8")

    return write


_SIGNATURE = Signature(
    [column("device_id", "string"), column("values", "any")],
    [
        column("device_id", "string"),
        column("distance", required=False),
        column("score"),
        column("fleet_distance"),
        column("unusual", "boolean"),
    ],
)
