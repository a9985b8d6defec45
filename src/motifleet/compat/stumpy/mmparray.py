"""What a multidimensional matrix profile is returned in."""

from typing import NamedTuple

from motifleet.types import Floats, Ints


class mparray(NamedTuple):  # noqa: N801
    """Distances and indices, each of shape (d, n - m + 1); row k - 1 is over k dimensions.

    >>> import numpy as np
    >>> profile = mparray(np.zeros((2, 5)), np.ones((2, 5), np.int64))
    >>> P, I = profile
    >>> P.shape, profile.I_[1].tolist()
    ((2, 5), [1, 1, 1, 1, 1])
    """

    P_: Floats
    I_: Ints
