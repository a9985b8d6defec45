"""The cells that an index keeps its vectors in, found anew as it grows."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from motifleet.matrixprofile.embedding import Vectors
from motifleet.matrixprofile.index_file import Saved
from motifleet.matrixprofile.vector_index import SAMPLE, VectorIndex
from motifleet.types import Floats, Ints

CELLS = 2
"""Times √vectors cells."""
GROWTH = 4
"""Cells are found anew when there are so many times as many vectors as there were."""
FIRST = 20_000
"""Vectors that are waited for before cells are found, unless no more come."""
TOGETHER = 65_536
"""Vectors, at least, that are moved to new cells at a time."""


class Cells:
    """Vectors by their numbers, in 2 √vectors cells, up to what came since they were found.

    Args:
        size: how many numbers a vector has.
        seed: of the choice of vectors that cells are found from.
    """

    def __init__(self, size: int, seed: int) -> None:
        self.size, self.seed, self.threads = size, seed, 0
        self.index: VectorIndex | None = None
        self.suited = 0
        self._waiting: list[tuple[Vectors, Ints]] = []

    def __len__(self) -> int:
        held = 0 if self.index is None else len(self.index)
        return held + sum(len(numbers) for _, numbers in self._waiting)

    @property
    def nbytes(self) -> int:
        """How much memory the vectors take."""
        return 0 if self.index is None else self.index.nbytes

    def add(self, vectors: Vectors, numbers: Ints) -> None:
        """Add vectors; the first ones wait for more."""
        if not len(numbers):
            return
        self._waiting.append((vectors, numbers))
        if len(self) >= GROWTH * self.suited:
            if len(self) >= FIRST:
                self._renew()
        elif self.index is not None:
            self._take_in(self.index)

    def settle(self) -> None:
        """Take in what still waits."""
        if self._waiting:
            if self.index is None or len(self) >= GROWTH * self.suited:
                self._renew()
            else:
                self._take_in(self.index)

    def search(self, vectors: Vectors, k: int, probes: int) -> tuple[Floats, Ints]:
        """Find the k nearest of each vector: squared distances and numbers, -1 where less are."""
        self.settle()  # an extension may have been stopped
        if self.index is None:
            return np.full((len(vectors), 0), np.inf), np.full((len(vectors), 0), -1)
        return self.index.search(vectors, k, probes, self.threads)

    def _take_in(self, index: VectorIndex) -> None:
        for vectors, numbers in self._waiting:
            index.add(vectors, numbers)
        self._waiting.clear()

    def _renew(self) -> None:
        """Find cells that suit all vectors, and put them into these."""
        count = len(self)
        cells = int(CELLS * count**0.5)
        sample = self._sample(min(1.0, cells * SAMPLE / count))
        index = VectorIndex.trained(sample, cells, self.seed, self.threads)
        for vectors, numbers in _together(self._parts()):
            index.add(vectors, numbers)
        self.index, self.suited = index, count
        self._waiting.clear()

    def _sample(self, share: float) -> Vectors:
        """Choose such a share of all vectors, one at least."""
        rng = np.random.default_rng(self.seed)
        some = [vectors[rng.random(len(vectors)) < share] for vectors, _ in self._parts()]
        first = next(vectors[:1] for vectors, _ in self._parts() if len(vectors))
        return np.concatenate([first, *some])

    def _parts(self) -> Iterator[tuple[Vectors, Ints]]:
        """Yield all vectors, those in cells first."""
        if self.index is not None:
            yield from self.index.parts()
        yield from self._waiting

    def saved(self) -> dict[str, Saved]:
        """Return the cells as arrays of a file; nothing may wait."""
        if self.index is None:
            return {}
        index, count, cells = self.index, len(self.index), self.index.cells
        return {
            "centres": Saved("f4", cells * self.size, [index.centres.ravel()]),
            "sizes": Saved("i8", cells, [index.sizes()]),
            "codes": Saved("u1", 2 * self.size * count, (codes for codes, _ in index.codes())),
            "numbers": Saved("i8", count, (numbers for _, numbers in index.codes())),
        }

    def restore(self, suited: int, below: int, arrays: Mapping[str, Any]) -> None:
        """Put back what was saved.

        Args:
            suited: how many vectors there were when the cells were found.
            below: what all numbers are below.
            arrays: by their names in `saved`.

        Raises:
            ValueError: the arrays do not fit together.
        """
        if "centres" not in arrays:
            return
        numbers, sizes = arrays["numbers"], arrays["sizes"]
        codes = arrays["codes"].reshape(len(numbers), 2 * self.size)
        fits = len(sizes) and (sizes >= 0).all() and sizes.sum() == len(numbers) and suited > 0
        if not fits or ((numbers < 0) | (numbers >= below)).any():
            raise ValueError
        index = VectorIndex.with_centres(arrays["centres"].reshape(len(sizes), self.size))
        ends = np.cumsum(sizes)
        for cell, (start, end) in enumerate(zip(ends - sizes, ends, strict=True)):
            index.fill(cell, codes[start:end], numbers[start:end])
        self.index, self.suited = index, suited


def _together(parts: Iterator[tuple[Vectors, Ints]]) -> Iterator[tuple[Vectors, Ints]]:
    """Put small parts together, since each addition costs something of its own."""
    held: list[tuple[Vectors, Ints]] = []
    for part in parts:
        held.append(part)
        if sum(len(numbers) for _, numbers in held) >= TOGETHER:
            yield _joined(held)
            held = []
    if held:
        yield _joined(held)


def _joined(parts: list[tuple[Vectors, Ints]]) -> tuple[Vectors, Ints]:
    vectors, numbers = zip(*parts, strict=True)
    return np.concatenate(vectors), np.concatenate(numbers)
