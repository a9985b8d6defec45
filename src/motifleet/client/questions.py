"""Questions to a table's reports: patterns, devices together, and where devices are."""

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict, Unpack, cast

from motifleet.client.noun import Noun
from motifleet.client.records import Document

Point = tuple[float, float]
"""Longitude and latitude, in degrees."""


class Reports(TypedDict, total=False):
    """Which reports of a table are meant; without a word all of the current snapshot."""

    devices: Sequence[str]
    start: str
    end: str
    where: str
    as_of: int | str


class Stepped(Reports, total=False):
    """How many findings at most, and the seconds between reports (each device's median)."""

    k: int
    step: float


class Several(Stepped, total=False):
    """At most so many findings of each device; of several signals, how many count."""

    each: int
    dimensions: int


class Discords(Several, total=False):
    """Which discords: against "self", "past" or "fleet"; of devices with so many windows."""

    against: str
    min_windows: int


class Anomalies(Stepped, total=False):
    """Which anomalies: with so high a score, of devices with so many windows."""

    min_score: float
    min_windows: int


class Matches(Stepped, total=False):
    """Which windows: at most so far; of several signals, how many count."""

    max_distance: float
    dimensions: int


class Shared(Stepped, total=False):
    """Which motifs: shared by so many devices, at most so far."""

    min_devices: float
    max_distance: float


class Alike(Stepped, total=False):
    """How devices are compared."""

    constant: bool
    normalize: bool
    share: float
    exact: bool


class Clusters(Alike, total=False):
    """Which clusters: of so many devices at least, chosen from a sample."""

    least: int
    sample: int
    seed: int


class Rows(Reports, total=False):
    """How many rows of what is found at most."""

    limit: int


class Fenced(Rows, total=False):
    """Areas by name, each as WKT; without any the US states."""

    fences: Mapping[str, str]


class Lasting(Fenced, total=False):
    """Seconds without a report that a stay does not bridge."""

    max_gap: float


class Moved(Rows, total=False):
    """What counts as a trip (metres) and as a stop (seconds)."""

    min_trip: float
    min_stop: float
    max_gap: float


class Question(Noun):
    """Something that a table's reports are asked."""

    def _ask(self, path: str, more: Mapping[str, Any], **asked: Any) -> Document:
        return cast("Document", self._wire.ask("POST", path, json={**more, **asked}))


class Patterns(Question):
    """Patterns in signals; each finding is as its ``to_dict`` has it in Python."""

    def motifs(
        self, table: str, signal: str | Sequence[str], m: int, **more: Unpack[Several]
    ) -> list[Document]:
        """What repeats: the closest pairs of windows of each device."""
        return self._find("motifs", more, table=table, signal=signal, m=m)

    def discords(
        self, table: str, signal: str | Sequence[str], m: int, **more: Unpack[Discords]
    ) -> list[Document]:
        """What is unusual: the windows least like any other of their device, or of the fleet."""
        return self._find("discords", more, table=table, signal=signal, m=m)

    def anomalies(
        self, table: str, signal: str, m: int, **more: Unpack[Anomalies]
    ) -> list[Document]:
        """What is unusual in shape, level, spread or at a point."""
        return self._find("anomalies", more, table=table, signal=signal, m=m)

    def match(
        self,
        table: str,
        signal: str | Sequence[str],
        pattern: Sequence[float] | Sequence[Sequence[float]],
        **more: Unpack[Matches],
    ) -> list[Document]:
        """Have you seen this pattern? The windows nearest to it, over all devices."""
        return self._find("match", more, table=table, signal=signal, pattern=pattern)

    def shared(self, table: str, signal: str, m: int, **more: Unpack[Shared]) -> list[Document]:
        """The motifs that many devices share, and every occurrence."""
        return self._find("shared", more, table=table, signal=signal, m=m)

    def _find(self, verb: str, more: Mapping[str, Any], **asked: Any) -> list[Document]:
        return cast("list[Document]", self._ask(f"/patterns/{verb}", more, **asked)["found"])


class Devices(Question):
    """Devices together."""

    def similar(
        self, table: str, device: str, signal: str, m: int, **more: Unpack[Alike]
    ) -> Document:
        """The devices that behave most like one."""
        return self._ask("/devices/similar", more, table=table, device=device, signal=signal, m=m)

    def clusters(self, table: str, signal: str, m: int, **more: Unpack[Clusters]) -> Document:
        """The groups of devices that behave alike, and those that are like no others."""
        return self._ask("/devices/clusters", more, table=table, signal=signal, m=m)


class Geo(Question):
    """Where devices are and were; answers have ``found``, and ``rows``: how many there are."""

    def locate(self, table: str, *, last: bool = False, **more: Unpack[Fenced]) -> Document:
        """The fence that each report is in."""
        return self._ask("/geo/locate", more, table=table, last=last)

    def count(self, table: str, **more: Unpack[Fenced]) -> Document:
        """Reports and devices in each fence."""
        return self._ask("/geo/count", more, table=table)

    def visits(self, table: str, **more: Unpack[Lasting]) -> Document:
        """When devices were in fences, and for how long."""
        return self._ask("/geo/visits", more, table=table)

    def events(self, table: str, **more: Unpack[Lasting]) -> Document:
        """When devices entered and left fences."""
        return self._ask("/geo/events", more, table=table)

    def within(self, table: str, point: Point, metres: float, **more: Unpack[Rows]) -> Document:
        """The reports within a distance of a point, the nearest first."""
        return self._ask("/geo/within", more, table=table, point=point, metres=metres)

    def box(
        self,
        table: str,
        west: float,
        south: float,
        east: float,
        north: float,
        **more: Unpack[Rows],
    ) -> Document:
        """The reports in a box; one whose west is greater than its east crosses longitude 180."""
        box = {"west": west, "south": south, "east": east, "north": north}
        return self._ask("/geo/box", more, table=table, **box)

    def nearest(
        self,
        table: str,
        points: Mapping[str, Point],
        k: int = 5,
        *,
        ever: bool = False,
        **more: Unpack[Rows],
    ) -> Document:
        """The devices nearest to each point, by their last report or by any."""
        return self._ask("/geo/nearest", more, table=table, points=points, k=k, ever=ever)

    def trips(self, table: str, **more: Unpack[Moved]) -> Document:
        """The devices' trips."""
        return self._ask("/geo/trips", more, table=table)

    def stops(self, table: str, **more: Unpack[Moved]) -> Document:
        """The devices' stops."""
        return self._ask("/geo/stops", more, table=table)

    def distance(self, table: str, *, max_gap: float = 3600.0, **more: Unpack[Rows]) -> Document:
        """How far and how fast each device went."""
        return self._ask("/geo/distance", more, table=table, max_gap=max_gap)

    def cells(
        self, table: str, resolution: int, *, signals: Sequence[str] = (), **more: Unpack[Rows]
    ) -> Document:
        """Reports and devices in H3 cells."""
        asked = {"table": table, "resolution": resolution, "signals": signals}
        return self._ask("/geo/cells", more, **asked)

    def sql(self, query: str, **more: Unpack[Rows]) -> Document:
        """One statement of spatial SQL over the tables, read-only."""
        return self._ask("/geo/sql", more, query=query)
