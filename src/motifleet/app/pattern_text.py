"""A pattern as a person types or pastes it."""

import re

import numpy as np

from motifleet.errors import InvalidArgumentError
from motifleet.types import Floats

LONGEST = 100_000


def parse_pattern(text: str) -> Floats:
    """The values of a pattern: numbers between commas, spaces or lines, with brackets or without.

    Raises:
        InvalidArgumentError: there is something else, or fewer than three numbers.

    >>> parse_pattern("[54, 53.5; 52] 51").tolist()
    [54.0, 53.5, 52.0, 51.0]
    """
    words = [word for word in re.split(r"[\s,;\[\]()]+", text) if word]
    try:
        values = np.array([float(word) for word in words[: LONGEST + 1]])
    except ValueError:
        raise InvalidArgumentError(
            f"expected numbers such as 54, 53, 52, 51, got {text.strip()[:60]!r}"
        ) from None
    if not 3 <= len(values) <= LONGEST or not np.isfinite(values).all():
        raise InvalidArgumentError(
            f"expected 3 to {LONGEST:,} finite numbers for a pattern, got {len(values):,}"
        )
    return values
