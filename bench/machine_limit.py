"""Pairs of windows per cycle and core, against what a core's ports allow; a self-join, m = 100.

The clock is measured in turns with the joins, on all cores, by a chain of additions. What the ports
allow is worked out from the instructions that the innermost loop needs for one vector of pairs, as
told in [the architecture](architecture.md#the-distance-to-the-machines-limit).
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from bench.clock import CORES, CYCLES, compiled
from bench.rows import Row
from bench.self_join import M, walk_of
from bench.time_growth import pairs
from bench.timing import in_turns

from motifleet.errors import InvalidArgumentError
from motifleet.matrixprofile import matrix_profile

TITLE = "Distance to the machine's limit"
N, BUDGET = 65_536, 8.0


@dataclass(frozen=True)
class Path:
    """The innermost loop of one instruction set: what one vector of pairs takes, and per cycle."""

    lanes: int
    multiplications: int  # fused with an addition, or not
    others: int  # or, max, compare, select, shift
    loads: int
    straddling: float  # of the loads, those of two lines of the cache, which count twice
    most_multiplications: int
    most_of_both: int
    most_loads: int

    def cycles(self) -> float:
        """The fewest that a vector may take: of the busiest ports."""
        return max(
            self.multiplications / self.most_multiplications,
            (self.multiplications + self.others) / self.most_of_both,
            self.loads * (1 + self.straddling) / self.most_loads,
        )


# The ports are those of the cores that have most of them and full width: AVX2 since Zen 2 and
# Haswell, AVX-512 since Skylake-SP, NEON of the Neoverse N1.
PATHS = {
    "avx512": Path(8, 4, 5, 3, 0, most_multiplications=2, most_of_both=2, most_loads=2),
    "avx2": Path(4, 4, 2, 4, 3 / 8, most_multiplications=2, most_of_both=3, most_loads=2),
    "neon": Path(2, 4, 2, 4, 1 / 8, most_multiplications=2, most_of_both=2, most_loads=2),
}


def rows() -> list[Row]:
    """One row for each instruction set that the machine has."""
    walk = walk_of(N)
    works: dict[str, Callable[[], object]] = {"clock": compiled()}
    works |= {level: partial(matrix_profile, walk, M, simd=level) for level in filter(has, PATHS)}
    best = in_turns(works, BUDGET)
    clock = CYCLES / best.pop("clock").seconds
    return [row(level, each.seconds, clock) for level, each in best.items()]


def has(level: str) -> bool:
    """Whether the machine has an instruction set."""
    try:
        matrix_profile(walk_of(10), 3, simd=level)
    except InvalidArgumentError:
        return False
    return True


def row(level: str, seconds: float, clock: float) -> Row:
    path = PATHS[level]
    allowed = path.lanes / path.cycles()
    reached = pairs(N, M) / seconds / clock / CORES
    return {
        "instruction set": level,
        "clock (GHz)": clock / 1e9,
        "10⁹ pairs/s": pairs(N, M) / seconds / 1e9,
        "pairs per cycle and core": reached,
        "allowed by the ports": allowed,
        "share reached": reached / allowed,
    }
