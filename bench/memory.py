"""What a join takes beyond its input, at its peak: each in a new process, m = 100.

An array is as many float64 as the series have values: both of an AB-join together, all channels of
several. "At the peak" is how much the process grows by, the results among it: six arrays of a
self-join, two of an AB-join or of channels. What is beyond them is held against the floor twice:
that of one thread, with the prepared series that all threads share, and what the peak grows by with
each further one.
"""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
from bench.rows import Floor, Row, judged

from motifleet.matrixprofile import ab_join, matrix_profile, multidimensional_profile

TITLE = "Memory at the peak"
M, THREADS = 100, (1, 3)
FLOOR = Floor("≤", 6, "arrays")
WARM = 2_000
Join = Callable[[np.ndarray, int], object]
# The values of each, rows being series or channels, and how many arrays the results are.
JOINS: dict[str, tuple[tuple[int, int], int, Join]] = {
    "self-join": (
        (1, 262_144),
        6,
        lambda rows, threads: matrix_profile(rows[0], M, threads=threads),
    ),
    "AB-join": (
        (2, 98_304),
        2,
        lambda rows, threads: ab_join(rows[0], rows[1], M, threads=threads),
    ),
    "multidimensional": (
        (4, 49_152),
        2,
        lambda rows, threads: multidimensional_profile(rows, M, threads=threads),
    ),
}


def rows() -> list[Row]:
    """One row for each join."""
    return [measure(name) for name in JOINS]


def measure(name: str) -> Row:
    """The row of a join."""
    (count, n), results, _ = JOINS[name]
    one, more = (peak(name, threads) / (8 * count * n) for threads in THREADS)
    added = max(0.0, more - one) / (THREADS[1] - THREADS[0])
    return {
        "work": f"{name}, {count} × {n:,}",
        "at the peak, one thread (arrays)": one,
        "of these, results": results,
        "beyond them (arrays)": one - results,
        "each thread more (arrays)": added,
        **judged(max(one - results, added), FLOOR),
    }


def peak(name: str, threads: int) -> float:
    """The bytes that a new process grows by."""
    command = [sys.executable, "-m", "bench.memory", name, str(threads)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def grown(name: str, threads: int) -> int:
    """How many bytes this process grows by at its peak, by Linux' own account."""
    shape, _, join = JOINS[name]
    series = np.random.default_rng(0).normal(size=shape)
    np.cumsum(series, axis=1, out=series)
    join(series[:, :WARM].copy(), threads)
    # So the peak begins anew.
    Path("/proc/self/clear_refs").write_text("5")
    before = status("VmRSS")
    join(series, threads)
    return status("VmHWM") - before


def status(field: str) -> int:
    """A field of this process's status, in bytes."""
    lines = Path("/proc/self/status").read_text().splitlines()
    (line,) = (line for line in lines if line.startswith(f"{field}:"))
    return int(line.split()[1]) * 1024


if __name__ == "__main__":
    print(grown(sys.argv[1], int(sys.argv[2])))
