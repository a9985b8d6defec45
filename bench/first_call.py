"""The first profile that a new process makes, after its imports: stumpy compiles, ours does not.

The time is that of the call alone, the best of several processes; stumpy's process runs once.
"""

import subprocess
import sys

from bench.rows import Floor, Row, judged
from bench.timing import OURS

TITLE = "First call in a new process, n = 1,440, m = 30"
CALLS = {
    OURS: "from motifleet import matrix_profile as profile",
    "stumpy": "from stumpy import stump as profile",
}
PROCESS = """
from time import perf_counter
import numpy
values = numpy.random.default_rng(0).normal(size=1440).cumsum()
start = perf_counter()
profile(values, 30)
print(perf_counter() - start)
"""
RUNS, FLOOR = {OURS: 5, "stumpy": 1}, Floor("<", 0.1, "s")


def rows() -> list[Row]:
    """One row for each library."""
    taken = {name: seconds(name) for name in CALLS}
    return [
        {"library": name, "seconds": each, **judged(each, FLOOR if name == OURS else None)}
        for name, each in taken.items()
    ]


def seconds(name: str) -> float:
    """What the first call takes."""
    command = [sys.executable, "-c", f"{CALLS[name]}\n{PROCESS}"]
    runs = range(RUNS[name])
    done = [subprocess.run(command, check=True, capture_output=True, text=True) for _ in runs]
    return min(float(each.stdout) for each in done)
