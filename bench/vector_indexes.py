"""The index of devices' windows: faiss's inverted file against usearch's graph.

Both hold the vectors that an index of devices keeps of simulated devices (96 windows of each, 25
numbers, half precision), by one thread for each core, and are asked for the 512 nearest of each of
one device's windows, which is what a query needs. Recall is the share of the true 512. faiss is
used as Motifleet does, but for the growth; usearch as it comes, with 16 links, and wider searches.
Bytes are those that each says it holds.
"""

from collections.abc import Callable
from importlib.metadata import files, version
from time import perf_counter
from typing import Any

import numpy as np
from bench.rows import Row
from bench.similar import M, Size, simulated

from motifleet.matrixprofile.embedding import Embedding
from motifleet.matrixprofile.vector_index import VectorIndex, default_threads
from motifleet.types import FleetSeries, Floats, Ints

TITLE = "Vectors of windows: an inverted file of faiss, a graph of usearch"
DEVICES, ASKED, K, STORED = 1_000, 2, 512, 96
WIDTHS = (512, 1_024)


def rows() -> list[Row]:
    """One row for each library and width of its search."""
    fleet = simulated(Size(DEVICES))
    embedding = Embedding(M, True, False, 24)
    starts, _, _ = embedding.chosen(fleet.values, fleet.offsets, STORED)
    vectors = embedding.vectors(fleet.values, starts)
    queries = _queries(fleet, embedding)
    far = (vectors**2).sum(axis=1) - 2 * queries @ vectors.T
    true = list(np.argpartition(far, K, axis=1)[:, :K])
    found = [_faiss(vectors, queries, true, probes) for probes in (24, 48)]
    return found + [_usearch(vectors, queries, true, width) for width in WIDTHS]


def _queries(fleet: FleetSeries, embedding: Embedding) -> Any:
    every = []
    for number in range(ASKED):
        values = fleet[number].values
        starts, _, _ = embedding.chosen(values, np.array([0, len(values)]), 1024)
        every.append(embedding.vectors(values, starts))
    return np.concatenate(every)


def _faiss(vectors: Any, queries: Any, true: list[Ints], probes: int) -> Row:
    threads = default_threads()

    def build() -> Any:
        cells = int(2 * len(vectors) ** 0.5)
        rng = np.random.default_rng(0)
        sample = vectors[rng.choice(len(vectors), min(len(vectors), 32 * cells), replace=False)]
        index = VectorIndex.trained(sample, cells, 0, threads)
        index.add(vectors, np.arange(len(vectors)))
        return index

    def ask(index: Any) -> Any:
        return index.search(queries, K, probes, threads)[1]

    return _measured("faiss-cpu", f"{probes} cells", (build, ask), true)


def _usearch(vectors: Any, queries: Any, true: list[Ints], width: int) -> Row:
    from usearch.index import Index

    def build() -> Any:
        size = vectors.shape[1]
        index = Index(
            ndim=size, metric="l2sq", dtype="f16", connectivity=16, expansion_search=width
        )
        index.add(np.arange(len(vectors)), vectors, threads=default_threads())
        return index

    def ask(index: Any) -> Any:
        return index.search(queries, K, threads=default_threads()).keys

    return _measured("usearch", f"width {width}", (build, ask), true)


def _measured(
    library: str,
    how: str,
    work: tuple[Callable[[], Any], Callable[[Any], Any]],
    true: list[Ints],
) -> Row:
    build, ask = work
    start = perf_counter()
    index = build()
    built = perf_counter() - start
    held = index.nbytes if isinstance(index, VectorIndex) else index.memory_usage
    start = perf_counter()
    found = ask(index)
    asked = perf_counter() - start
    recall: Floats = np.array(
        [len(np.intersect1d(one, other)) / K for one, other in zip(found, true, strict=True)]
    )
    count = DEVICES * STORED
    return {
        "library": f"{library} {version(library)}",
        "search": how,
        "vectors": count,
        "build (s)": built,
        "one device (ms)": asked / ASKED * 1e3,
        "recall of 512": float(recall.mean()),
        "bytes of a vector": held / count,
        "installed (MB)": _size(library),
    }


def _size(library: str) -> float:
    parts = [library, *(["numkong"] if library == "usearch" else [])]
    paths: list[Any] = [each.locate() for part in parts for each in files(part) or []]
    return float(sum(path.stat().st_size for path in paths if path.exists())) / 1e6


if __name__ == "__main__":
    for row in rows():
        print(row, flush=True)
