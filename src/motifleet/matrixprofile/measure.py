"""How windows are compared: z-normalised, or plainly by a p-norm."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from motifleet.errors import InvalidArgumentError

LARGEST_OF_JOINS = 20.0
"""Of a sum of larger powers, float64 keeps too little: a join cannot step along it."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A distance between windows.

    Args:
        normalize: whether a window's level and scale are taken out before it is compared.
        p: of the norm of the difference; a z-normalised distance has 2.
    """

    normalize: bool = True
    p: float = 2.0

    @classmethod
    def checked(cls, normalize: Any, p: Any) -> "Measure":
        """Check what a user passed.

        >>> Measure.checked(True, 1.0)
        Traceback (most recent call last):
            ...
        motifleet.errors.InvalidArgumentError: expected p = 2 for z-normalised distances, got 1.0: pass normalize=False for another norm
        """  # noqa: E501
        normalize, p = flag("normalize", normalize), norm(p)
        if normalize and p != 2:
            raise InvalidArgumentError(
                f"expected p = 2 for z-normalised distances, got {p}: "
                "pass normalize=False for another norm"
            )
        return cls(normalize, p)

    @classmethod
    def of_join(cls, normalize: Any, p: Any) -> "Measure":
        """Check what a user passed to a join, whose p is finite and not too large."""
        measure = cls.checked(normalize, p)
        if measure.p > LARGEST_OF_JOINS:
            raise InvalidArgumentError(
                f"expected a norm p of at most {LARGEST_OF_JOINS:g} for a join, got {measure.p}: "
                "match and distance_profile take any, infinity among them"
            )
        return measure


Z_NORMALISED = Measure()


def norm(p: Any) -> float:
    """Return the p of a norm as a float of at least 1, infinity among them."""
    if isinstance(p, bool | np.bool_) or not isinstance(p, int | float | np.number):
        raise InvalidArgumentError(f"expected a norm p as a number, got {p!r}")
    if not p >= 1:
        raise InvalidArgumentError(
            f"expected a norm p of at least 1, got {p}: below, it is no distance"
        )
    return float(p)


def flag(name: str, value: Any) -> bool:
    """Return the value as True or False; anything else is refused."""
    if not isinstance(value, bool | np.bool_):
        raise InvalidArgumentError(f"expected {name} as True or False, got {value!r}")
    return bool(value)
