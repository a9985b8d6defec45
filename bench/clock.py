"""How many cycles a core does in a second, measured while all cores work, by a chain of additions.

The additions are in C (clock.c), since a compiler folds them in every language that lets it.
"""

import ctypes
import os
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

CORES = os.cpu_count() or 1
SOURCE = Path(__file__).with_name("clock.c")
CHAIN, TIMES = 64, 4_000_000
CYCLES = CHAIN * TIMES


def compiled() -> Callable[[], list[int]]:
    """What takes so many CYCLES, on every core at once."""
    with TemporaryDirectory() as folder:
        library = Path(folder) / "clock.so"
        flags = ["-O2", "-shared", "-fPIC", "-o", str(library), str(SOURCE)]
        subprocess.run([os.environ.get("CC", "cc"), *flags], check=True)
        chain = ctypes.CDLL(str(library)).chain
    chain.argtypes = [ctypes.c_uint64]
    chain.restype = ctypes.c_uint64

    def work() -> list[int]:
        with ThreadPoolExecutor(CORES) as pool:
            return list(pool.map(chain, [TIMES] * CORES))

    return work
