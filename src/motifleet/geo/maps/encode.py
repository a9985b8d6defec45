"""Columns as text that a script can hold: short, and closed to what data might smuggle in."""

import json
import re
from collections.abc import Sequence
from itertools import accumulate
from typing import Any

import numpy as np

from motifleet.types import Floats, Ints

DEGREE = 100_000
"""Positions are whole numbers of such parts of a degree, about a metre."""

_UNSAFE = re.compile("[<>&'\u2028\u2029\x7f]")


def as_script(value: Any) -> str:
    r"""A value as JSON that may stand in a script of a page.

    No character is left that could end the script or begin markup.

    >>> as_script({"name": "</script><b>"})
    '{"name":"\\u003c/script\\u003e\\u003cb\\u003e"}'
    """
    text = json.dumps(value, separators=(",", ":"), allow_nan=False)
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def steps(values: Floats | Ints, scale: float = 1) -> list[int]:
    """Whole numbers as the differences to the one before, which are short where values go along.

    >>> steps(np.array([8.5, 8.50001, 8.50003]), DEGREE)
    [850000, 1, 2]
    """
    whole = np.rint(np.asarray(values) * scale).astype(np.int64)
    return [int(step) for step in np.diff(whole, prepend=0).tolist()]


def places(longitude: Floats, latitude: Floats, scale: int = DEGREE) -> dict[str, Any]:
    """Positions as a script reads them."""
    return {"scale": scale, "lon": steps(longitude, scale), "lat": steps(latitude, scale)}


def moments(micros: Ints) -> dict[str, Any]:
    """Times as a script reads them: whole seconds where they are, else milliseconds."""
    ticks = 1 if not np.any(micros % 1_000_000) else 1000
    return {"ticks": ticks, "time": steps(micros // (1_000_000 // ticks))}


def numbers(values: Floats) -> list[float | int | None]:
    """Values to five digits; None where there is none.

    >>> numbers(np.array([3.14159265, 200000.0, np.nan]))
    [3.1416, 200000, None]
    """
    return [_number(value) for value in values.tolist()]


def _number(value: float) -> float | int | None:
    if not np.isfinite(value):
        return None
    if value.is_integer():
        return int(value)
    return float(f"{value:.5g}")


def ends(lengths: Sequence[int] | Ints) -> list[int]:
    """Where parts of these lengths end when they are laid end to end."""
    return list(accumulate(int(length) for length in lengths))
