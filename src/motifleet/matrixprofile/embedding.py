"""Windows as short vectors, so that near windows have near vectors.

A window is laid on the first cosines of the orthonormal discrete cosine transform (DCT-II), which
hold most of what smooth signals have. Of the rest the length is one number more: what two windows'
rests differ by is at least the difference of their lengths. So the distance of two vectors is never
more than that of their windows, and nearly as much.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from motifleet.matrixprofile.nearest import complete_windows
from motifleet.matrixprofile.ranking import constant_windows, idle_windows
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
        constant: whether windows that hold one value for more than half of them are taken.
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

    def chosen(self, values: Floats, offsets: Ints, most: int) -> tuple[Ints, Ints, Ints]:
        """Choose windows of each device, evenly spread over those that can be compared.

        Args:
            values: shape (n,), of all devices laid end to end.
            offsets: shape (devices + 1,), where each one's values begin.
            most: how many windows of a device at most.

        Returns:
            where the windows begin, the device of each, and for each device how many windows can
            be compared.
        """
        usable = np.flatnonzero(self._usable(values))
        devices = np.searchsorted(offsets, usable, side="right") - 1
        inside = usable + self.m <= offsets[devices + 1]
        usable, devices = usable[inside], devices[inside]
        counts = np.bincount(devices, minlength=len(offsets) - 1)
        kept = np.minimum(counts, most)
        firsts, ranks = np.cumsum(counts) - counts, np.cumsum(kept) - kept
        owner = np.repeat(np.arange(len(kept)), kept)
        place = np.arange(len(owner)) - ranks[owner]
        chosen = firsts[owner] + (2 * place + 1) * counts[owner] // (2 * kept[owner])
        return usable[chosen], owner, counts

    def _usable(self, values: Floats) -> NDArray[np.bool_]:
        """Tell which windows can be compared; shape (n - m + 1,)."""
        if len(values) < self.m:
            return np.zeros(0, np.bool_)
        usable = complete_windows(values, self.m)
        if not self.constant:
            usable &= ~idle_windows(values, self.m)
        elif self.normalize:
            # Without scale, a window of a single value has no shape to be found by.
            usable &= ~constant_windows(values, self.m)
        return usable

    def vectors(self, values: Floats, starts: Ints) -> Vectors:
        """Make a vector of each window that begins at a start; shape (starts, size)."""
        if not len(starts):
            return np.zeros((0, self.size), np.float32)
        windows = np.lib.stride_tricks.sliding_window_view(values, self.m)[starts]
        if self.normalize:
            windows = _unit(windows)
        held = windows @ self._cosines()
        whole = np.einsum("ij,ij->i", windows, windows)
        rest = np.maximum(whole - np.einsum("ij,ij->i", held, held), 0.0)
        return np.column_stack([held, np.sqrt(rest)]).astype(np.float32)

    def _cosines(self) -> Floats:
        """Return an orthonormal basis, shape (m, dimensions); the constant comes first or not."""
        first = 1 if self.normalize else 0
        frequencies = np.arange(first, first + self.dimensions)
        places = (np.arange(self.m) + 0.5) * np.pi / self.m
        basis = np.cos(np.outer(places, frequencies)) * np.sqrt(2 / self.m)
        basis[:, frequencies == 0] /= np.sqrt(2)
        return np.asarray(basis)


def _unit(windows: Floats) -> Floats:
    """Take level and scale out, so that each window has length 1; of equal values 0."""
    windows = windows - windows[:, :1]
    # By the largest first, lest a square overflow.
    largest = np.abs(windows).max(axis=1, keepdims=True)
    windows /= np.where(largest > 0, largest, 1.0)
    windows -= windows.mean(axis=1, keepdims=True)
    norms = np.linalg.norm(windows, axis=1, keepdims=True)
    windows /= np.where(norms > 0, norms, 1.0)
    return windows
