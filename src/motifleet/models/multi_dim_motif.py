"""The motif of several signals at once, for each number of signals."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from motifleet.errors import InvalidArgumentError
from motifleet.matrixprofile import MultidimensionalProfile, multidimensional_profile
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
from motifleet.models.training import Signature, Training
from motifleet.telemetry import DEVICE_ID
from motifleet.types import Floats

_LONGEST = 20_000


@dataclass(frozen=True, slots=True)
class MultiDimMotif:
    """What several signals do twice at the same time.

    Args:
        signals: at least two; None: all of the table.
        window: in reports.

    Raises:
        InvalidArgumentError: the window is below 3, or fewer than two signals are named.
    """

    name: ClassVar[str] = "multi-dim-motif"

    signals: Sequence[str] | None = None
    window: int = 30

    def __post_init__(self) -> None:
        if self.window < 3:
            raise InvalidArgumentError(f"expected a window of at least 3, got {self.window}")
        if self.signals and len(set(self.signals)) < 2:
            raise InvalidArgumentError(f"expected at least two signals, got {self.signals[0]!r}")

    def prepare(self, source: Source, experiment: str, progress: Progress = unseen) -> Prepared:
        """Note signals and window, and try the model on the device with the most reports.

        Raises:
            UnknownColumnError: there is no such signal.
            InvalidArgumentError: no device has enough reports for two windows.
        """
        signals = source.signals(self.signals)
        device, rows = _longest_device(source, signals, self.window)
        profile = multidimensional_profile(rows, self.window, progress=progress)
        metrics = _metrics(profile, len(signals))
        lineage = source.lineage()
        training = Training(
            kind=self.name,
            experiment=experiment,
            signature=_signature(signals),
            example=_example(rows, self.window),
            params={"signals": ", ".join(signals), "window": self.window, "tried_on": device},
            metrics=metrics,
            tags=lineage.tags(),
            requirements=requirements("mlflow", "numpy", "pandas", "motifleet"),
        )
        verdict = _verdict(device, metrics, self.window)
        card = model_card(
            "Multidimensional motif",
            purpose=f"Says what {', '.join(signals)} do twice at the same time.",
            lineage=lineage,
            data=[f"Tried on {len(next(iter(rows.values()))):,} reports of {device}."],
            metrics=metrics,
            verdict=verdict,
            limits=[
                "The motif is searched for within the rows of a request, in their order.",
                f"A request needs rows for two windows of {self.window} that do not overlap.",
                "Shapes are compared: level and scale are taken out.",
                "Where it runs, the package motifleet must be installed, for its kernels.",
            ],
        )
        terms = {"signals": signals, "window": self.window}
        return Prepared(training, _writer(terms), {"motif": profile.plot()}, card, verdict)


def _longest_device(
    source: Source, signals: Sequence[str], window: int
) -> tuple[str, dict[str, Floats]]:
    rows = source.read(signals)
    names, counts = np.unique(rows[DEVICE_ID].to_numpy(zero_copy_only=False), return_counts=True)
    place = int(np.argmax(counts))
    if counts[place] < 2 * window:
        raise InvalidArgumentError(
            f"expected a device with reports for two windows of {window}, got {counts[place]} "
            f"at most, of {names[place]!r}: choose a shorter window"
        )
    first = int(counts[:place].sum())
    some = rows.slice(first, min(int(counts[place]), _LONGEST))
    return str(names[place]), {name: some[name].to_numpy() for name in signals}


def _metrics(profile: MultidimensionalProfile, count: int) -> dict[str, float]:
    """The best motif's distance for each number of signals, beside a window's median one."""
    found: dict[str, float] = {}
    for k in range(1, count + 1):
        motifs = profile.motifs(1, dimensions=k)
        finite = profile.distances[k - 1][np.isfinite(profile.distances[k - 1])]
        if motifs and len(finite):
            found[f"distance_{k}"] = motifs[0].distance
            found[f"distance_{k}_baseline"] = float(np.median(finite))
    return found


def _verdict(device: str, metrics: dict[str, float], window: int) -> str:
    best = [f"{value:.2f}" for name, value in metrics.items() if not name.endswith("_baseline")]
    return (
        f"The nearest pairs of windows of {window} reports of {device} are {', '.join(best)} "
        "apart over one signal, two, and so on; the baseline is a window's median distance."
    )


def _example(rows: dict[str, Floats], window: int) -> list[dict[str, float]]:
    count = len(next(iter(rows.values())))
    return [
        {name: float(values[at]) for name, values in rows.items()}
        for at in range(min(count, 4 * window))
    ]


def _writer(terms: dict[str, Any]) -> Any:
    def write(folder: Path) -> None:
        text = json.dumps(terms, indent=2)
        (folder / "terms.json").write_text(text, encoding="utf-8")

    return write


def _signature(signals: Sequence[str]) -> Signature:
    inputs = [column(name, required=False) for name in signals]
    return Signature(
        [*inputs, column("rows", "any", required=False)],
        [
            column("dimensions", "long"),
            column("index", "long"),
            column("neighbor", "long"),
            column("distance"),
            column("channels", array_of("string")),
        ],
        [param("window", "long", 0)],
    )
