"""Vectors by nearness: the one place that knows faiss.

An inverted file: k-means cells of half-precision vectors, of which a search looks into those whose
centres are nearest. It is kept as plain arrays, and made anew of them: no bytes of a file are ever
read as a structure of the library's.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from motifleet.errors import MissingExtraError
from motifleet.matrixprofile.embedding import Vectors
from motifleet.types import Floats, Ints

SAMPLE = 32
"""Vectors that a centre is found from."""
ROUNDS = 6
"""Rounds of k-means."""
MANY = 2_048
"""Cells above which a vector's own is found by way of cells of cells."""
NEAR = 4
"""Cells of cells that are looked into for it."""


def default_threads() -> int:
    """Return one for each core that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def faiss() -> Any:
    """Import the library.

    Raises:
        MissingExtraError: it is not installed.
    """
    try:
        import faiss as library
    except ImportError as error:
        raise MissingExtraError("an index of devices", "faiss", "index") from error
    return library


@dataclass(frozen=True, slots=True)
class VectorIndex:
    """An inverted file over vectors that each have a number.

    Args:
        inner: the library's, which compares what is sought with all centres.
        centres_by_cells: an inverted file of the centres; None where they are few. Of so many that
            are added each is compared with few centres, so that the work grows little faster than
            their number; one that lands beside its nearest cell is still near.
    """

    inner: Any
    centres_by_cells: Any = None

    @classmethod
    def trained(cls, sample: Vectors, cells: int, seed: int, threads: int) -> "VectorIndex":
        """Make an empty index whose cells suit a sample of vectors."""
        library = faiss()
        library.omp_set_num_threads(threads or default_threads())
        size = sample.shape[1]
        cells = max(1, min(cells, len(sample)))
        means = library.Kmeans(
            size,
            cells,
            niter=ROUNDS,
            seed=seed % 2**31,
            min_points_per_centroid=1,
            max_points_per_centroid=SAMPLE,
        )
        means.train(np.ascontiguousarray(sample))
        return cls.with_centres(np.asarray(means.centroids, np.float32).reshape(cells, size))

    @classmethod
    def with_centres(cls, centres: Vectors) -> "VectorIndex":
        """Make an empty index of its cells' centres."""
        library = faiss()
        cells, size = centres.shape
        quantizer = library.IndexFlatL2(size)
        quantizer.add(np.ascontiguousarray(centres))
        half = library.ScalarQuantizer.QT_fp16
        inner = library.IndexIVFScalarQuantizer(
            quantizer, size, cells, half, library.METRIC_L2, False
        )
        inner.train(np.ascontiguousarray(centres))
        return cls(inner, _by_cells(centres) if cells > MANY else None)

    @property
    def cells(self) -> int:
        """How many cells there are."""
        return int(self.inner.nlist)

    def __len__(self) -> int:
        return int(self.inner.ntotal)

    @property
    def nbytes(self) -> int:
        """How much memory vectors, numbers and centres take."""
        each = self.inner.code_size + 8
        return len(self) * int(each) + self.cells * int(self.inner.d) * 4

    def add(self, vectors: Vectors, numbers: Ints) -> None:
        """Add vectors by their numbers."""
        vectors, numbers = np.ascontiguousarray(vectors), np.ascontiguousarray(numbers)
        if self.centres_by_cells is None:
            self.inner.add_with_ids(vectors, numbers)
            return
        _, cells = self.centres_by_cells.search(vectors, 1)
        places = [faiss().swig_ptr(each) for each in (vectors, numbers, cells)]
        self.inner.add_core(len(vectors), *places)

    def search(self, vectors: Vectors, k: int, probes: int, threads: int) -> tuple[Floats, Ints]:
        """Find the k nearest of each: squared distances and numbers, -1 where there are fewer."""
        library = faiss()
        library.omp_set_num_threads(threads or default_threads())
        self.inner.nprobe = min(probes, self.cells)
        return self.inner.search(np.ascontiguousarray(vectors), k)  # type: ignore[no-any-return]

    def parts(self) -> Iterator[tuple[Vectors, Ints]]:
        """Yield each cell's vectors and their numbers."""
        for codes, numbers in self.codes():
            yield codes.view(np.float16).reshape(len(numbers), -1).astype(np.float32), numbers

    def codes(self) -> Iterator[tuple[NDArray[np.uint8], Ints]]:
        """Yield each cell's vectors, as half-precision bytes, and their numbers."""
        library, lists = faiss(), self.inner.invlists
        for cell in range(self.cells):
            size = lists.list_size(cell)
            if size:
                codes = library.rev_swig_ptr(lists.get_codes(cell), size * lists.code_size)
                yield codes.copy(), library.rev_swig_ptr(lists.get_ids(cell), size).copy()
            else:
                yield np.zeros(0, np.uint8), np.zeros(0, np.int64)

    @property
    def centres(self) -> Vectors:
        """The cells' centres."""
        return np.asarray(self.inner.quantizer.reconstruct_n(0, self.cells))

    def sizes(self) -> Ints:
        """Count the vectors of each cell."""
        lists = self.inner.invlists
        return np.array([lists.list_size(cell) for cell in range(self.cells)], np.int64)

    def fill(self, cell: int, codes: NDArray[np.uint8], numbers: Ints) -> None:
        """Put back what `codes` gave of a cell: a row of bytes for each number."""
        library, lists = faiss(), self.inner.invlists
        if not len(numbers):
            return
        if codes.shape != (len(numbers), lists.code_size):
            raise ValueError
        codes, numbers = np.ascontiguousarray(codes), np.ascontiguousarray(numbers)
        lists.add_entries(cell, len(numbers), library.swig_ptr(numbers), library.swig_ptr(codes))
        self.inner.ntotal += len(numbers)


def _by_cells(centres: Vectors) -> Any:
    library = faiss()
    cells, size = centres.shape
    index = library.IndexIVFFlat(library.IndexFlatL2(size), size, int(cells**0.5))
    index.cp.min_points_per_centroid = 1
    index.train(np.ascontiguousarray(centres))
    index.add(np.ascontiguousarray(centres))
    index.nprobe = NEAR
    return index
