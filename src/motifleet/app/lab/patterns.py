"""The lab's training of the matrix profile: motifs, discords, a pattern, two devices, signals."""

import pyarrow as pa

from motifleet.app.figures import overlay_figure
from motifleet.app.lab.step import Did
from motifleet.app.lab.workbench import MOTIF, QUERY, SIGNALS, TELEMETRY, Workbench
from motifleet.matrixprofile import ab_join, match, matrix_profile, multidimensional_profile
from motifleet.models import Kind, MultiDimMotif, TimeSeriesQuery
from motifleet.telemetry import DEVICE_ID, EVENT_TS
from motifleet.types import Floats

PATTERN = (54, 53, 52, 51)
SIGNAL, WINDOW, SHORT = "iot_signal_3", 30, 8


def training(bench: Workbench) -> Did:
    """What repeats, what is unusual, where a pattern was seen; two models are registered."""
    reports = bench.fleet.scan(TELEMETRY).sort_by([(EVENT_TS, "ascending")])
    values = _values(reports, SIGNAL)
    profile = matrix_profile(values, WINDOW)
    motif, discord = profile.motifs(1)[0], profile.discords(1)[0]
    bench.keep("02_motif_and_discord", profile.plot())
    found = match(PATTERN, values, k=3)
    windows = [(f"report {each.index}", values[each.index : each.index + 4]) for each in found]
    bench.keep("02_pattern", overlay_figure(_floats(PATTERN), windows))
    first, second = _two_longest(reports)
    shared = ab_join(_of(reports, first), _of(reports, second), SHORT)
    bench.keep("02_two_devices", shared.plot())
    told = [
        f"motif at reports {motif.index} and {motif.neighbor_index}, discord at {discord.index}",
        f"{list(PATTERN)} seen {found[0].distance:.2f} away at report {found[0].index}",
        f"{first} and {second} share a pattern {shared.motifs(1)[0].distance:.2f} apart",
        *_several(bench, reports),
        *(_trained(bench, name, kind) for name, kind in kinds().items()),
    ]
    return Did("; ".join(told), str(bench.folder / "02_motif_and_discord.html"))


def kinds() -> dict[str, Kind]:
    """The models of part 1, by the names that the lab gives them."""
    return {
        QUERY: TimeSeriesQuery(SIGNAL, WINDOW, steps=False),
        MOTIF: MultiDimMotif(SIGNALS, SHORT),
    }


def _several(bench: Workbench, reports: pa.Table) -> list[str]:
    """Motifs over two and over four signals."""
    told = []
    for names in (SIGNALS[:2], SIGNALS):
        channels = {name: _values(reports, name) for name in names}
        profile = multidimensional_profile(channels, WINDOW)
        motif = profile.motifs(1, dimensions=len(names))[0]
        bench.keep(f"02_{len(names)}_signals", profile.plot(dimensions=len(names)))
        at = f"reports {motif.index} and {motif.neighbor_index}"
        told.append(f"{len(names)} signals together at {at}")
    return told


def _trained(bench: Workbench, name: str, kind: Kind) -> str:
    version = bench.newest(name, TELEMETRY) or bench.train(name, kind, TELEMETRY)
    return f"{version.reference} registered"


def _two_longest(reports: pa.Table) -> tuple[str, str]:
    """The two devices that reported most."""
    counted = reports.group_by(DEVICE_ID).aggregate([([], "count_all")])
    most = counted.sort_by([("count_all", "descending"), (DEVICE_ID, "ascending")])
    first, second = most[DEVICE_ID][:2].to_pylist()
    return str(first), str(second)


def _of(reports: pa.Table, device: str) -> Floats:
    return _values(reports.filter(pa.compute.field(DEVICE_ID) == device), SIGNAL)


def _values(reports: pa.Table, signal: str) -> Floats:
    values: Floats = reports[signal].to_numpy()
    return values


def _floats(values: tuple[int, ...]) -> Floats:
    floats: Floats = pa.array(values, pa.float64()).to_numpy()
    return floats
