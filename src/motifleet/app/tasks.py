"""What a search asks of each group of devices: pure functions from series to rows of findings."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, ClassVar, Literal, Protocol, TypeAlias, cast

import pyarrow as pa
import pyarrow.compute as pc

from motifleet import matrixprofile
from motifleet.engines import Kernels
from motifleet.matrixprofile import (
    Anomaly,
    Discord,
    Match,
    Motif,
    MultidimensionalDiscord,
    MultidimensionalMatch,
    MultidimensionalMotif,
    Place,
    findings_from,
    findings_table,
)
from motifleet.types import FleetSeries

Channels: TypeAlias = Mapping[str, FleetSeries]
Against: TypeAlias = Literal["self", "past", "fleet"]


class Task(Protocol):
    """A question to one or more signals of many devices; it can be pickled.

    Most are answered once all pages are searched; others go on with another task.
    """

    noun: ClassVar[str]
    """What is found, as a result table is called."""
    ranked_by: ClassVar[tuple[str, Literal["ascending", "descending"]]]
    """The column that ranks findings, and its direction."""

    @property
    def m(self) -> int:
        """The window's length."""

    @property
    def k(self) -> int:
        """How many findings are wanted."""

    def parameters(self) -> dict[str, Any]:
        """All that decides the answer, but m and k."""

    def find(self, channels: Channels, how: Kernels) -> pa.Table:
        """Find the k best of these devices, a row for each."""

    def following(self, parts: Sequence[pa.Table]) -> "Task | None":
        """The task that goes on from what was found in all pages; None: there is the answer."""

    def answer(self, parts: Sequence[pa.Table]) -> pa.Table:
        """Put together what was found in all pages: the k best, the best first."""

    def findings(self, rows: pa.Table) -> Sequence[Place]:
        """Make findings of their rows."""


def best(task: Task, parts: Sequence[pa.Table]) -> pa.Table:
    """Choose the k best findings out of those of all groups, the best first."""
    rows = pa.concat_tables(parts)
    order = pc.sort_indices(rows, sort_keys=[task.ranked_by])
    return rows.take(order[: task.k])


class OneStep:
    """A task that is answered by the best of all pages; its fields are its parameters."""

    __slots__ = ()

    def following(self, parts: Sequence[pa.Table]) -> Task | None:  # noqa: ARG002
        """There is none."""
        return None

    def answer(self, parts: Sequence[pa.Table]) -> pa.Table:
        """The k best of all pages."""
        return best(cast(Task, self), parts)

    def parameters(self) -> dict[str, Any]:
        """All that decides the answer, but m and k."""
        every = asdict(self)  # type: ignore[call-overload]
        return {name: value for name, value in every.items() if name not in ("m", "k")}


@dataclass(frozen=True, slots=True)
class Motifs(OneStep):
    """What repeats: the closest pairs of windows within a device."""

    noun: ClassVar[str] = "motifs"
    ranked_by: ClassVar[tuple[str, Literal["ascending", "descending"]]] = ("distance", "ascending")

    m: int
    k: int
    each: int | None = None
    dimensions: int | None = None

    def find(self, channels: Channels, how: Kernels) -> pa.Table:
        """Find the k closest pairs of these devices."""
        if len(channels) == 1:
            (fleet,) = channels.values()
            profile = matrixprofile.fleet_profile(fleet, self.m, **asdict(how))
            return findings_table(profile.motifs(self.k, each=self.each), Motif)
        found = matrixprofile.multidimensional_motifs(
            channels, self.m, k=self.k, each=self.each, dimensions=self.dimensions, **asdict(how)
        )
        return findings_table(found, MultidimensionalMotif)

    def findings(self, rows: pa.Table) -> list[Motif]:
        """Make motifs of their rows."""
        kind = MultidimensionalMotif if "channels" in rows.column_names else Motif
        return findings_from(rows, kind)


@dataclass(frozen=True, slots=True)
class Discords(OneStep):
    """What is unusual: the windows farthest from any other, or any earlier one, of their device."""

    noun: ClassVar[str] = "discords"
    ranked_by: ClassVar[tuple[str, Literal["ascending", "descending"]]] = ("distance", "descending")

    m: int
    k: int
    against: Against = "self"
    min_windows: int = 1
    each: int | None = None
    dimensions: int | None = None

    def find(self, channels: Channels, how: Kernels) -> pa.Table:
        """Find the k farthest windows of these devices."""
        limits: dict[str, Any] = {"k": self.k, "each": self.each, "min_windows": self.min_windows}
        if len(channels) == 1:
            (fleet,) = channels.values()
            profile = matrixprofile.fleet_profile(fleet, self.m, **asdict(how))
            found = profile.discords(**limits, past=self.against == "past")
            return findings_table(found, Discord)
        several = matrixprofile.multidimensional_discords(
            channels, self.m, **limits, dimensions=self.dimensions, **asdict(how)
        )
        return findings_table(several, MultidimensionalDiscord)

    def findings(self, rows: pa.Table) -> list[Discord]:
        """Make discords of their rows."""
        kind = MultidimensionalDiscord if "channels" in rows.column_names else Discord
        return findings_from(rows, kind)


@dataclass(frozen=True, slots=True)
class Matches(OneStep):
    """Have you seen this pattern? The windows nearest to it.

    Args:
        patterns: m values of each signal, in the signals' order.
        k: how many.
        max_distance: only windows at most this far.
        dimensions: in how many of the signals a window has to be like the pattern.
    """

    noun: ClassVar[str] = "matches"
    ranked_by: ClassVar[tuple[str, Literal["ascending", "descending"]]] = ("distance", "ascending")

    patterns: tuple[tuple[float, ...], ...]
    k: int
    max_distance: float | None = None
    dimensions: int | None = None

    @property
    def m(self) -> int:
        """The window's length: that of the pattern."""
        return len(self.patterns[0])

    def parameters(self) -> dict[str, Any]:
        """The pattern, and what limits the matches."""
        return {
            "pattern": self.patterns,
            "max_distance": self.max_distance,
            "dimensions": self.dimensions,
        }

    def find(self, channels: Channels, how: Kernels) -> pa.Table:
        """Find the k nearest windows of these devices."""
        limits = {"k": self.k, "max_distance": self.max_distance, **asdict(how)}
        if len(channels) == 1:
            (fleet,) = channels.values()
            return findings_table(matrixprofile.match(self.patterns[0], fleet, **limits), Match)
        pattern = dict(zip(channels, self.patterns, strict=True))
        found = matrixprofile.multidimensional_match(
            pattern, channels, dimensions=self.dimensions, **limits
        )
        return findings_table(found, MultidimensionalMatch)

    def findings(self, rows: pa.Table) -> list[Match]:
        """Make matches of their rows."""
        kind = MultidimensionalMatch if "channels" in rows.column_names else Match
        return findings_from(rows, kind)


@dataclass(frozen=True, slots=True)
class Anomalies(OneStep):
    """What is unusual in shape, level, spread or at a point, by what is usual for its device."""

    noun: ClassVar[str] = "anomalies"
    ranked_by: ClassVar[tuple[str, Literal["ascending", "descending"]]] = ("score", "descending")

    m: int
    k: int
    min_score: float = 0.0
    min_windows: int = 1

    def find(self, channels: Channels, how: Kernels) -> pa.Table:
        """Find the k windows of these devices with the highest scores."""
        (fleet,) = channels.values()
        found = matrixprofile.fleet_anomalies(fleet, **asdict(self), **asdict(how))
        rows = findings_table(found, Anomaly)
        for kind in matrixprofile.ANOMALY_KINDS:
            scores = pa.array([each.scores.get(kind) for each in found], pa.float64())
            rows = rows.append_column(f"{kind}_score", scores)
        return rows

    def findings(self, rows: pa.Table) -> list[Anomaly]:
        """Make anomalies of their rows."""
        found = []
        names = [field.name for field in fields(Anomaly) if field.name != "scores"]
        for row in rows.to_pylist():
            kinds = {kind: row[f"{kind}_score"] for kind in matrixprofile.ANOMALY_KINDS}
            scores = {kind: score for kind, score in kinds.items() if score is not None}
            found.append(Anomaly(**{name: row[name] for name in names}, scores=scores))
        return found
