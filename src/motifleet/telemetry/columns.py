"""Which column of a file is the device, which the time, which the position."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from motifleet.errors import ReadError
from motifleet.telemetry.schema import DEVICE_ID, EVENT_TS, LATITUDE, LONGITUDE

# Spelled without case, blanks and punctuation. A group nearer the front wins over the ones
# behind it; two columns out of the same group leave the choice to the user.
_DEVICE_NAMES: Final = (
    ("deviceid",),
    ("device", "vehicleid", "truckid", "trailerid", "tankid", "assetid", "unitid", "sensorid"),
    ("vin", "imei", "icao24", "mmsi", "serialnumber"),
    ("vehicle", "truck", "trailer", "tank", "asset", "sensor", "callsign", "licenseplate"),
)
_TIME_NAMES: Final = (
    ("eventts",),
    ("timestamp", "time", "datetime", "ts", "eventtime", "eventtimestamp"),
    ("recordedat", "reportedat", "gpstime", "timestamputc", "timeutc", "utc"),
    ("date", "receivedat", "createdat"),
)
_LONGITUDE_NAMES: Final = (("longitude",), ("lon", "lng", "long", "gpslongitude", "gpslon"))
_LATITUDE_NAMES: Final = (("latitude",), ("lat", "gpslatitude", "gpslat"))
_LABEL_NAMES: Final = frozenset(
    ("eventtype", "manufacturer", *(name for group in _DEVICE_NAMES for name in group))
)


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """What the columns of a file mean; what is not said is guessed from the names.

    Well-known names are found in any case and spelling: ``Vehicle ID`` or ``imei`` for the device,
    ``timestamp`` or ``recordedAt`` for the time, ``lon`` and ``lat`` for the position. All other
    columns keep their names: one that holds numbers is a signal, any other a label.

    Args:
        device: the column that names the device.
        time: the column with the time of the report.
        longitude: the column with the longitude, in degrees.
        latitude: the column with the latitude, in degrees.
        ignore: columns to leave out.
        signals: columns to take as numbers whatever they look like.
        labels: columns to take as text whatever they look like.

    >>> ColumnMapping(device="truck", ignore=("id",)).time is None
    True
    """

    device: str | None = None
    time: str | None = None
    longitude: str | None = None
    latitude: str | None = None
    ignore: Sequence[str] = ()
    signals: Sequence[str] = ()
    labels: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class KeyColumns:
    """The file's own names of the columns that every report table has."""

    device: str
    time: str
    longitude: str | None
    latitude: str | None

    def renamed(self) -> dict[str, str]:
        """From the file's names to the schema's."""
        pairs = (
            (self.device, DEVICE_ID),
            (self.time, EVENT_TS),
            (self.longitude, LONGITUDE),
            (self.latitude, LATITUDE),
        )
        return {own: canonical for own, canonical in pairs if own is not None}


def find_columns(names: Sequence[str], mapping: ColumnMapping, source: str) -> KeyColumns:
    """Find the device, time and position among a file's column names.

    Raises:
        ReadError: a named column is not there, a guess finds no column or more than one, or two
            columns would have the same name.
    """
    _check_options(names, mapping, source)
    free = [name for name in names if name not in mapping.ignore]
    found = KeyColumns(
        device=mapping.device or _required(free, _DEVICE_NAMES, "device", source),
        time=mapping.time or _required(free, _TIME_NAMES, "time", source),
        longitude=mapping.longitude or _guess(free, _LONGITUDE_NAMES, "longitude", source),
        latitude=mapping.latitude or _guess(free, _LATITUDE_NAMES, "latitude", source),
    )
    _check_clashes(free, found, source)
    return found


def check_names(names: Sequence[str], source: str) -> None:
    """Refuse a file that names two columns alike.

    Raises:
        ReadError: a name is there twice.
    """
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ReadError(
            f"{source}: expected every column name once, got {twice[0]!r} "
            f"{names.count(twice[0])} times: rename the columns in the file"
        )


def is_known_label(name: str) -> bool:
    """Whether a column of this name is a label even where all of its values are numbers.

    >>> is_known_label("IMEI"), is_known_label("speed")
    (True, False)
    """
    return _plain(name) in _LABEL_NAMES


def _check_options(names: Sequence[str], mapping: ColumnMapping, source: str) -> None:
    wanted = [
        ("--device-column", mapping.device),
        ("--time-column", mapping.time),
        ("--longitude-column", mapping.longitude),
        ("--latitude-column", mapping.latitude),
        *(("--signal", name) for name in mapping.signals),
        *(("--label", name) for name in mapping.labels),
    ]
    for option, name in [*wanted, *(("--ignore", name) for name in mapping.ignore)]:
        if name is not None and name not in names:
            near = get_close_matches(name, names, n=1, cutoff=0.5)
            hint = f"did you mean {near[0]!r}?" if near else f"there are {_listed(names)}"
            raise ReadError(f"{source}: no column {name!r} ({option}): {hint}")
    for option, name in wanted:
        if name in mapping.ignore:
            raise ReadError(f"{source}: {name!r} is asked for ({option}) and left out (--ignore)")


def _check_clashes(free: Sequence[str], found: KeyColumns, source: str) -> None:
    renamed = found.renamed()
    if len(renamed) < sum(name is not None for name in _fields(found)):
        raise ReadError(
            f"{source}: expected different columns for device, time, longitude and latitude, "
            f"got {_listed([name for name in _fields(found) if name])}"
        )
    for own, canonical in renamed.items():
        if own != canonical and canonical in free:
            raise ReadError(
                f"{source}: {own!r} becomes {canonical!r}, but there is a column of that name "
                f"already: leave it out with --ignore {canonical}, or rename it"
            )


def _fields(found: KeyColumns) -> tuple[str | None, ...]:
    return found.device, found.time, found.longitude, found.latitude


def _required(names: Sequence[str], groups: Sequence[Sequence[str]], role: str, source: str) -> str:
    found = _guess(names, groups, role, source)
    if found is None:
        raise ReadError(
            f"{source}: no column looks like the {role}: there are {_listed(names)}; "
            f"name it with --{role}-column"
        )
    return found


def _guess(
    names: Sequence[str], groups: Sequence[Sequence[str]], role: str, source: str
) -> str | None:
    for group in groups:
        found = [name for name in names if _plain(name) in group]
        if len(found) > 1:
            raise ReadError(
                f"{source}: the {role} could be any of {_listed(found)}: "
                f"choose with --{role}-column"
            )
        if found:
            return found[0]
    return None


def _plain(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())


def _listed(names: Sequence[str]) -> str:
    few = ", ".join(repr(name) for name in names[:12])
    return f"{few}, … ({len(names)} in all)" if len(names) > 12 else few
