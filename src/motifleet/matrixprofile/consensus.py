"""The consensus motif: the one shape that every device of a fleet has."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from motifleet.errors import InvalidArgumentError
from motifleet.matrixprofile import findings, kernels
from motifleet.matrixprofile.findings import Match, Place, place
from motifleet.matrixprofile.measure import Z_NORMALISED, Measure
from motifleet.matrixprofile.nearest import complete_windows, nearest
from motifleet.matrixprofile.options import Progress
from motifleet.matrixprofile.ranking import SAME, constant_windows
from motifleet.matrixprofile.series import fleet_values
from motifleet.matrixprofile.steps import Steps
from motifleet.types import FleetSeries, Floats, Frozen, Series

if TYPE_CHECKING:
    import pyarrow as pa
    from plotly.graph_objects import Figure


@dataclass(frozen=True, slots=True, repr=False)
class ConsensusMotif(Frozen, Place):
    """The window that is nearest to every device of a fleet.

    Args:
        radius: the z-normalised distance within which every device has a window like it.
        occurrences: the nearest window of each device, in the fleet's order; the motif's own
            device with the motif itself at distance 0.
        passed_over: devices without a complete window of that length, which take no part.
        windows: shape (occurrences, m), their values.

    >>> import numpy as np
    >>> values = np.random.default_rng(4).normal(size=600)
    >>> for start in (20, 230, 510):
    ...     values[start : start + 30] = 4 * np.hanning(30) + values[start : start + 30] / 20
    >>> fleet = FleetSeries(values, np.array([0, 200, 400, 600]), ("a", "b", "c"), "speed")
    >>> found = consensus_motif(fleet, 30)
    >>> len(found), found.radius < 1, found.windows.shape
    (3, True, (3, 30))
    """

    radius: float
    occurrences: tuple[Match, ...]
    passed_over: tuple[str, ...]
    windows: Floats = field(compare=False)

    def __len__(self) -> int:
        return len(self.occurrences)

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as JSON has them, times in ISO 8601."""
        occurrences = [found.to_dict() for found in self.occurrences]
        where = Place(self.device_id, self.signal, self.index, self.event_ts, self.m).to_dict()
        found = {"radius": self.radius, "occurrences": occurrences}
        return {**where, **found, "passed_over": list(self.passed_over)}

    def to_arrow(self) -> "pa.Table":
        """Lay out one row for each occurrence: device, signal, index, time, m and distance."""
        return findings.findings_table(self.occurrences)

    def plot(self) -> "Figure":
        """Draw the occurrences over one another, the motif in colour: as they are, and shapes."""
        from motifleet.matrixprofile.windows_figure import windows_figure

        own = [number for number, at in enumerate(self.occurrences) if at.distance == 0][:1]
        title = f"what {len(self)} devices have in common: windows of {self.m} reports"
        return windows_figure(self.windows, self.occurrences, own, title)


def consensus_motif(
    fleet: FleetSeries,
    m: int,
    *,
    constant: bool = False,
    progress: Progress | None = None,
    threads: int = 0,
    simd: str = "auto",
) -> ConsensusMotif:
    """Find the shape that all devices have in common: the one nearest to every device.

    Ostinato of Kamgar and others, "Matrix Profile XV: Exploiting Time Series Consensus Motifs to
    Find Structure in Time Series Sets" (ICDM 2019). The radius of a window is the distance to its
    nearest windows in all other devices, the farthest of these; the consensus motif has the least.
    Of several with that radius it is the most central one, by the mean of its distances.

    Args:
        fleet: one signal of at least two devices.
        m: the window length, at least 3.
        constant: whether windows that hold a single value can be the motif. Parked vehicles all
            have them in common, so by default they cannot.
        progress: called now and then with the pairs of windows compared so far and None, since
            nobody knows how many there will be; what it raises stops the work, as Ctrl-C does.
        threads: how many to use; 0: ``MOTIFLEET_THREADS``, else one for each core.
        simd: the instruction set, "auto": ``MOTIFLEET_SIMD``, else the widest there is.

    Raises:
        InvalidArgumentError: m is out of its bounds, fewer than two devices have a complete
            window of that length, or no device has one that may be the motif.

    >>> import numpy as np
    >>> values = np.random.default_rng(4).normal(size=600)
    >>> for start in (20, 230, 510):
    ...     values[start : start + 30] = 4 * np.hanning(30) + values[start : start + 30] / 20
    >>> fleet = FleetSeries(values, np.array([0, 200, 400, 600]), ("a", "b", "c"), "speed")
    >>> [(at.device_id, abs(at.index - s) < 5) for at, s in zip(
    ...     consensus_motif(fleet, 30).occurrences, (20, 30, 110))]
    [('a', True), ('b', True), ('c', True)]
    """
    m, fleet = kernels.window_length(m), fleet_values(fleet)
    whole = [bool(complete_windows(each.values, m).any()) for each in fleet]
    taking_part = [each for each, has in zip(fleet, whole, strict=True) if has]
    if len(taking_part) < 2:
        raise InvalidArgumentError(
            f"expected at least two devices with a complete window of {m} values, "
            f"got {len(taking_part)}: choose a shorter window or more devices"
        )
    search = Ostinato([each.values for each in taking_part], m, threads, simd, progress=progress)
    radius, device, index = search.run(constant)
    if device < 0:
        raise InvalidArgumentError(
            f"expected a window of {m} values that is not constant, got none: pass constant=True"
        )
    passed_over = tuple(name for name, has in zip(fleet.device_ids, whole, strict=True) if not has)
    return _motif(taking_part, search, (radius, device, index), passed_over)


def _motif(
    series: list[Series],
    search: "Ostinato",
    best: tuple[float, int, int],
    passed_over: tuple[str, ...],
) -> ConsensusMotif:
    radius, device, index = best
    distances, places = search.across(device, index)
    occurrences = tuple(
        findings.match_at(each, search.m, float(distances[number]), int(places[number]))
        for number, each in enumerate(series)
    )
    return ConsensusMotif(
        **place(series[device], search.m, index),
        radius=radius,
        occurrences=occurrences,
        passed_over=passed_over,
        windows=np.array(
            [
                each.values[at.index : at.index + search.m]
                for each, at in zip(series, occurrences, strict=True)
            ]
        ),
    )


class Ostinato:
    """The search for the window with the least radius over some series."""

    def __init__(
        self,
        series: list[Floats],
        m: int,
        threads: int,
        simd: str,
        measure: Measure = Z_NORMALISED,
        *,
        progress: Progress | None = None,
    ) -> None:
        self.series, self.m = series, m
        self.steps = Steps(progress, None)
        self.threads, self.simd, self.measure = threads, simd, measure
        # Plain distances have no scale that rounding could be measured by.
        self.slack = SAME * m**0.5 if measure.normalize else 0.0

    def run(self, constant: bool) -> tuple[float, int, int]:
        """Return radius, series and index of the most central motif; infinity, -1 where none."""
        best = (np.inf, -1, -1)
        for number, values in enumerate(self.series):
            if best[0] <= self.slack:
                break
            following = (number + 1) % len(self.series)
            other = self.series[following]
            lower = self._nearest(values, other)
            if not constant:
                lower = np.where(constant_windows(values, self.m), np.inf, lower)
            best = self._improved(best, number, lower)
        best = self._central(best, constant) if best[1] >= 0 else best
        self.steps.finished()
        return best

    def _nearest(self, values: Floats, other: Floats) -> Floats:
        """Measure how far each window of a series is from the nearest of another."""
        pairs = max(len(values) - self.m + 1, 0) * max(len(other) - self.m + 1, 0)
        (lower, _), _ = nearest(
            values,
            other,
            self.m,
            self.measure,
            progress=self.steps.part(pairs),
            threads=self.threads,
            simd=self.simd,
        )
        return lower

    def _improved(
        self, best: tuple[float, int, int], number: int, lower: Floats
    ) -> tuple[float, int, int]:
        """Try the windows of a series, those first that are nearest to the following one."""
        for index in np.argsort(lower, kind="stable").tolist():
            improves = best[1] < 0 or lower[index] < best[0] - self.slack
            if not improves or lower[index] == np.inf:
                break
            radius = self._radius(number, index, float(lower[index]), best[0])
            if radius < best[0] - self.slack or (best[1] < 0 and radius < np.inf):
                best = (radius, number, index)
        return best

    def _radius(self, number: int, index: int, radius: float, enough: float) -> float:
        """Widen a radius series by series; give up once it is no improvement."""
        pattern = self._window(number, index)
        for step in range(2, len(self.series)):
            if radius >= enough:
                break
            other = self.series[(number + step) % len(self.series)]
            radius = max(radius, float(self._profile(pattern, other).min()))
        return radius

    def across(self, number: int, index: int) -> tuple[Floats, list[int]]:
        """Return the nearest window of every series: distances and indices; its own at 0."""
        pattern = self._window(number, index)
        distances, places = np.zeros(len(self.series)), []
        for other, values in enumerate(self.series):
            profile = self._profile(pattern, values)
            at = index if other == number else int(np.argmin(profile))
            distances[other] = 0.0 if other == number else profile[at]
            places.append(at)
        return distances, places

    def _central(self, best: tuple[float, int, int], constant: bool) -> tuple[float, int, int]:
        """Choose, of the motif and those at its radius, the one nearest to all on the mean."""
        radius, number, index = best
        distances, places = self.across(number, index)
        least = distances.mean()
        for other in np.flatnonzero(np.isclose(distances, radius)).tolist():
            at = places[other]
            theirs, _ = self.across(other, at)
            flat = bool(np.ptp(self._window(other, at)) == 0)
            fits = np.isclose(theirs.max(), radius) and (constant or not flat)
            if fits and theirs.mean() < least - self.slack:
                best, least = (radius, other, at), theirs.mean()
        return best

    def _window(self, number: int, index: int) -> Floats:
        return np.ascontiguousarray(self.series[number][index : index + self.m])

    def _profile(self, pattern: Floats, values: Floats) -> Floats:
        span = np.array([0, len(values)], np.int64)
        return kernels.distance_profile(
            pattern,
            values,
            span,
            normalize=self.measure.normalize,
            p=self.measure.p,
            progress=self.steps.part(max(len(values) - self.m + 1, 0)),
            threads=self.threads,
            simd=self.simd,
        )
