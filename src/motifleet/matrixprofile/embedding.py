"""Windows as short vectors, so that near windows have near vectors.

A window is laid on the first cosines of the orthonormal discrete cosine transform (DCT-II), which
hold most of what smooth signals have. What they do not hold, the residual, is a number more: two
windows' residuals are hardly ever alike, so that their squared lengths add to the squared
distance. In the stored vector it is a coordinate of its own, 0 in the vectors that are sought with.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from motifleet.matrixprofile.nearest import complete_windows
from motifleet.matrixprofile.ranking import constant_windows
from motifleet.types import Floats, Ints

Vectors = NDArray[np.float32]
SPREADS = 4.0
"""Divides before a difference is taken, lest it overflow."""
LARGEST = 1e3
"""Scaled values beyond are as if they were so large: half precision ends at 65,504."""


@dataclass(frozen=True, slots=True)
class Scaling:
    """How values are shifted and scaled, so that vectors of levels fit into half precision.

    Args:
        centre: what is taken from every value.
        scale: what it is then multiplied by.
    """

    centre: float = 0.0
    scale: float = 1.0

    @classmethod
    def of(cls, values: Floats, normalize: bool) -> "Scaling":
        """Choose it by the first values that there are; shapes need none."""
        finite = values[np.isfinite(values)]
        if normalize or not len(finite):
            return cls()
        centre = float(np.median(finite))
        spread = float(np.abs(finite / SPREADS - centre / SPREADS).max()) * SPREADS
        return cls(centre, 1 / spread if 0 < spread < np.inf else 1.0)

    def apply(self, values: Floats) -> Floats:
        """Shift and scale."""
        if self == Scaling():
            return values
        return np.asarray(np.clip((values - self.centre) * self.scale, -LARGEST, LARGEST))


@dataclass(frozen=True, slots=True)
class Embedding:
    """How windows become vectors.

    Args:
        m: the windows' length.
        normalize: whether level and scale are taken out; then the vectors have length 1 at most,
            and a distance d of windows is one of d / √m between vectors.
        constant: whether windows that hold a single value are taken.
        dimensions: how many cosines.
    """

    m: int
    normalize: bool
    constant: bool
    dimensions: int

    @property
    def size(self) -> int:
        """How many numbers a vector has: the cosines' shares and the residual."""
        return self.dimensions + 1

    def starts(self, values: Floats) -> Ints:
        """Tell where the windows begin that can be compared."""
        if len(values) < self.m:
            return np.zeros(0, np.int64)
        usable = complete_windows(values, self.m)
        if not self.constant or self.normalize:
            # Without scale, a window of a single value has no shape to be found by.
            usable &= ~constant_windows(values, self.m)
        return np.flatnonzero(usable)

    def chosen(self, values: Floats, most: int) -> tuple[Ints, int]:
        """Choose at most so many windows, evenly spread over those that can be compared.

        Returns:
            where they begin, and how many can be compared.
        """
        starts = self.starts(values)
        count = len(starts)
        if count <= most:
            return starts, count
        return starts[(2 * np.arange(most) + 1) * count // (2 * most)], count

    def vectors(self, values: Floats, starts: Ints, *, stored: bool) -> tuple[Vectors, Floats]:
        """Make a vector of each window that begins at a start.

        Returns:
            shape (starts, size), and the squared length of what the cosines do not hold; to be
            added to the squared distances of vectors that are sought with.
        """
        windows = np.lib.stride_tricks.sliding_window_view(values, self.m)[starts]
        if self.normalize:
            # By the largest first, lest a square overflow.
            windows = windows - windows[:, :1]
            largest = np.abs(windows).max(axis=1, keepdims=True, initial=0.0)
            windows = windows / np.where(largest > 0, largest, 1.0)
            windows -= windows.mean(axis=1, keepdims=True)
            norms = np.linalg.norm(windows, axis=1, keepdims=True)
            windows /= np.where(norms > 0, norms, 1.0)
        vectors = np.zeros((len(starts), self.size), np.float32)
        vectors[:, :-1] = windows @ self._cosines()
        whole = np.einsum("ij,ij->i", windows, windows)
        held = np.einsum("ij,ij->i", vectors, vectors)
        rest = np.maximum(whole - held, 0.0)
        if stored:
            vectors[:, -1] = np.sqrt(rest)
        return vectors, rest

    def _cosines(self) -> Floats:
        """Return an orthonormal basis, shape (m, dimensions); the constant comes first or not."""
        first = 1 if self.normalize else 0
        frequencies = np.arange(first, first + self.dimensions)
        places = (np.arange(self.m) + 0.5) * np.pi / self.m
        basis = np.cos(np.outer(places, frequencies)) * np.sqrt(2 / self.m)
        basis[:, frequencies == 0] /= np.sqrt(2)
        return np.asarray(basis)
