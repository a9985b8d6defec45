"""What a join takes beyond its input, at its peak: each in a new process, m = 100.

All results are counted, which are six arrays for a self-join and two for each side of an AB-join.
An array is as many float64 as the series have values: both of an AB-join together, all channels of
several.
"""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
from bench.rows import Floor, Row, judged

from motifleet.matrixprofile import ab_join, matrix_profile, multidimensional_profile

TITLE = "Memory at the peak"
M, THREADS = 100, (1, 2)
FLOOR = Floor("≤", 6, "arrays")
WARM = 2_000
Join = Callable[[np.ndarray, int], object]
# The values of each: rows are series or channels.
JOINS: dict[str, tuple[tuple[int, int], Join]] = {
    "self-join": ((1, 262_144), lambda rows, threads: matrix_profile(rows[0], M, threads=threads)),
    "AB-join": ((2, 98_304), lambda rows, threads: ab_join(rows[0], rows[1], M, threads=threads)),
    "multidimensional": (
        (4, 49_152),
        lambda rows, threads: multidimensional_profile(rows, M, threads=threads),
    ),
}


def rows() -> list[Row]:
    """One row for each join and number of threads."""
    return [measure(name, threads) for name in JOINS for threads in THREADS]


def measure(name: str, threads: int) -> Row:
    (count, n), _ = JOINS[name]
    command = [sys.executable, "-m", "bench.memory", name, str(threads)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    arrays = float(done.stdout) / (8 * count * n)
    return {
        "work": f"{name}, {count} × {n:,}",
        "threads": threads,
        "MB": float(done.stdout) / 1e6,
        "arrays of n": arrays,
        "per thread": arrays / threads,
        **judged(arrays / threads, FLOOR),
    }


def grown(name: str, threads: int) -> int:
    """How many bytes this process grows by at its peak, by Linux' own account."""
    shape, join = JOINS[name]
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
