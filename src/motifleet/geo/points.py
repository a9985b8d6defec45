"""Named points: depots, customers, wherever devices are wanted near to."""

import csv
from collections.abc import Sequence
from pathlib import Path

from motifleet.errors import GeometryError
from motifleet.geo.near import Point
from motifleet.geo.positions import check_point
from motifleet.telemetry import LATITUDE, LONGITUDE


def read_points(path: Path | str) -> dict[str, Point]:
    r"""Read named points from a CSV file with the columns name, longitude and latitude.

    Raises:
        GeometryError: the file cannot be read, or a point is not on the earth.

    >>> path = getfixture("tmp_path") / "depots.csv"
    >>> _ = path.write_text("name,longitude,latitude\nDes Moines,-93.6,41.6\n")
    >>> read_points(path)
    {'Des Moines': (-93.6, 41.6)}
    """
    file = Path(path)
    try:
        with file.open(newline="", encoding="utf-8-sig") as lines:
            rows = list(csv.DictReader(lines))
        points = {row["name"]: (float(row[LONGITUDE]), float(row[LATITUDE])) for row in rows}
    except (OSError, UnicodeDecodeError, KeyError, TypeError, ValueError, csv.Error) as error:
        raise GeometryError(
            f"expected {file.name} as CSV with the columns name, longitude and latitude: {error}"
        ) from None
    for name, (longitude, latitude) in points.items():
        check_point(longitude, latitude, f"point {name!r}")
    return points


def parse_numbers(text: str, names: Sequence[str]) -> list[float]:
    """Read as many numbers as there are names, as in ``"-93.6,41.6"``.

    Raises:
        GeometryError: there are more or fewer, or something is no number.

    >>> parse_numbers("-93.6, 41.6", ["longitude", "latitude"])
    [-93.6, 41.6]
    """
    try:
        numbers = [float(part) for part in text.replace(",", " ").split()]
    except ValueError:
        numbers = []
    if len(numbers) != len(names):
        raise GeometryError(f"expected {', '.join(names)} as numbers, got {text!r}")
    return numbers
