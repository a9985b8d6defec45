"""MPdist: how far two series are apart, by the shapes that they share."""

import math
from typing import Any

import numpy as np

from motifleet.errors import InvalidArgumentError
from motifleet.matrixprofile import kernels
from motifleet.matrixprofile.measure import Z_NORMALISED, Measure
from motifleet.matrixprofile.nearest import complete_windows, nearest
from motifleet.matrixprofile.options import Progress, progress_function
from motifleet.matrixprofile.series import SeriesLike, as_series
from motifleet.matrixprofile.steps import Steps
from motifleet.types import Floats

CHUNK = 8192
"""Positions whose distances are held at once."""


def mpdist(
    a: SeriesLike,
    b: SeriesLike,
    m: int,
    *,
    normalize: bool = True,
    p: float = 2.0,
    share: float = 0.05,
    progress: Progress | None = None,
    threads: int = 0,
    simd: str = "auto",
) -> float:
    """Measure how far two series are apart by their windows' nearest neighbours in one another.

    Gharghabi and others, "Matrix Profile XII: MPdist" (ICDM 2018). Two series are near one
    another if they share many shapes, wherever these are and however long the series are. Of the
    distances from every window of each to the nearest of the other, the one at the given share is
    taken, counted from the smallest: the k-th with k = ⌈share · (len(a) + len(b))⌉, from 0.

    Args:
        a: one series, at least m long.
        b: the other one, at least m long.
        m: the window length, at least 3.
        normalize: whether a window's level and scale are taken out before it is compared; False
            for the plain distance, which sees both.
        p: of the norm that the plain distance is, from 1 (Manhattan) over 2 (Euclidean) to 20;
            whole ones take a small part of the time that others do.
        share: from 0, the nearest windows alone, to 1, the farthest.
        progress: called now and then with the pairs of windows compared so far and their number;
            what it raises stops the work, as Ctrl-C does.
        threads: how many to use; 0: ``MOTIFLEET_THREADS``, else one for each core.
        simd: the instruction set, "auto": ``MOTIFLEET_SIMD``, else the widest there is.

    Returns:
        A distance, the same for (a, b) and (b, a). Windows with missing
        values have none; infinity where no window of the one can be compared with the other.

    Raises:
        InvalidArgumentError: either is no series of numbers, or m, share or p is out of its
            bounds.

    >>> import numpy as np
    >>> rng = np.random.default_rng(1)
    >>> a, b, c = rng.normal(size=(3, 400))
    >>> b[300:360] = 5 * a[20:80]
    >>> bool(mpdist(a, b, 20) < 0.01 < 1 < mpdist(a, c, 20))
    True
    """
    m, share = kernels.window_length(m), checked_share(share)
    measure = Measure.of_join(normalize, p)
    first, second = fitting(a, m, "a").values, fitting(b, m, "b").values
    told = progress_function(progress)
    sides = nearest(first, second, m, measure, progress=told, threads=threads, simd=simd)
    (of_a, _), (of_b, _) = sides
    rank = math.ceil(share * (len(first) + len(second)))
    return float(ranked(np.concatenate([of_a, of_b])[:, None], rank)[0])


def fitting(values: SeriesLike, m: int, name: str) -> Any:
    """Return a series that is at least m long."""
    series = as_series(values, f"series {name}")
    if m > len(series):
        raise InvalidArgumentError(
            f"expected a window length m of at most {len(series)}, the length of {name}, got {m}: "
            "choose a shorter window"
        )
    return series


def checked_share(share: float) -> float:
    """Return a share from 0 to 1."""
    if not isinstance(share, int | float | np.number) or not 0 <= share <= 1:
        raise InvalidArgumentError(f"expected a share from 0 to 1, got {share!r}")
    return float(share)


def ranked(distances: Floats, rank: int) -> Floats:
    """Choose the distance of a rank in every column, or the largest finite one below it."""
    finite = np.isfinite(distances).sum(axis=0)
    ordered = np.sort(distances, axis=0)
    places = np.clip(np.minimum(rank, finite - 1), 0, None)
    return np.asarray(np.take_along_axis(ordered, places[None], axis=0)[0])


def mpdist_profile(
    segment: Floats,
    values: Floats,
    m: int,
    rank: int,
    *,
    steps: Steps | None = None,
    threads: int,
    simd: str,
    measure: Measure = Z_NORMALISED,
) -> Floats:
    """Measure MPdist between a segment and every stretch of a series that is as long.

    Returns:
        shape (n - length of the segment + 1,)
    """
    length = len(segment)
    positions = len(values) - length + 1
    spans = [values[start : start + CHUNK + length - 1] for start in range(0, positions, CHUNK)]
    work = measure, steps or Steps(None, None), threads, simd
    chunks = [_chunk(segment, span, m, rank, work) for span in spans]
    return np.concatenate(chunks)


def _chunk(
    segment: Floats,
    values: Floats,
    m: int,
    rank: int,
    work: tuple[Measure, Steps, int, str],
) -> Floats:
    count, (measure, steps, threads, simd) = len(segment) - m + 1, work
    matrix = np.full((count, len(values) - m + 1), np.inf)
    offsets = np.array([0, len(values)], np.int64)
    for row in np.flatnonzero(complete_windows(segment, m)).tolist():
        pattern = np.ascontiguousarray(segment[row : row + m])
        matrix[row] = kernels.distance_profile(
            pattern,
            values,
            offsets,
            normalize=measure.normalize,
            p=measure.p,
            progress=steps.part(matrix.shape[1]),
            threads=threads,
            simd=simd,
        )
    of_segment = rolling_minimum(matrix, count)
    of_stretch = np.lib.stride_tricks.sliding_window_view(matrix.min(axis=0), count).T
    return ranked(np.concatenate([of_segment, of_stretch]), rank)


def rolling_minimum(matrix: Floats, width: int) -> Floats:
    """Return the least of every `width` neighbours in each row, in log2(width) steps.

    >>> rolling_minimum(np.array([[3.0, 1.0, 2.0, 5.0, 4.0]]), 3)
    array([[1., 1., 2.]])
    """
    done = 1
    while done < width:
        step = min(done, width - done)
        matrix = np.minimum(matrix[:, :-step], matrix[:, step:])
        done += step
    return matrix
