"""Which reports of a long stream have come before.

A report is known by its device and time, kept as a 64-bit hash: within a batch the device and the
time themselves are compared, across batches the hash alone (among 50 million reports the odds
that any two differ and share one are 1 to 15,000). The hashes of a batch are a sorted run with
its range of times, and only runs whose range meets the batch's are searched: a file in the order
of time costs next to nothing. Runs beyond 64 MB lie in a temporary file without a name.
"""

import tempfile
from dataclasses import dataclass
from hashlib import blake2b
from typing import IO, Any, Final

import numpy as np
from numpy.typing import NDArray

from motifleet.telemetry.arrow import Column, Mask, nowhere
from motifleet.types import Ints

_Hashes = NDArray[np.uint64]

_IN_MEMORY_BYTES: Final = 64 << 20
_LONGEST_MERGE: Final = 4 << 20


@dataclass(frozen=True, slots=True, eq=False)
class _Run:
    hashes: _Hashes
    first: int
    last: int
    on_disk: bool = False

    def meets(self, first: int, last: int) -> bool:
        return self.first <= last and self.last >= first


class SeenReports:
    """Remembers the device and time of all reports that it was shown.

    Args:
        in_memory_bytes: how much may stay in memory; the rest goes to a temporary file.
    """

    def __init__(self, in_memory_bytes: int = _IN_MEMORY_BYTES) -> None:
        self._runs: list[_Run] = []
        self._limit = in_memory_bytes
        self._spill: IO[bytes] | None = None

    def repeated(self, devices: Column, times: Ints) -> Mask:
        """Which of these reports have come before, here or in an earlier call; remember them all.

        Args:
            devices: shape (n,), the devices' names.
            times: shape (n,), microseconds since 1970.
        """
        if not len(times):
            return nowhere(0)
        hashes, codes = _hashed(devices, times)
        ordered = np.sort(hashes)
        repeated = nowhere(len(times))
        if np.any(ordered[1:] == ordered[:-1]):
            repeated = _repeated_within(hashes, codes, times)
        first, last = int(times.min()), int(times.max())
        for run in self._runs:
            if run.meets(first, last):
                repeated |= _in_run(run, hashes, times)
        self._remember(_Run(np.sort(hashes[~repeated]), first, last))
        return repeated

    def close(self) -> None:
        """Forget everything and give the temporary file back."""
        self._runs.clear()
        if self._spill is not None:
            self._spill.close()

    def _remember(self, run: _Run) -> None:
        while self._runs and self._worth_merging(self._runs[-1], run):
            other = self._runs.pop()
            both = np.sort(np.concatenate([other.hashes, run.hashes]))
            run = _Run(both, min(other.first, run.first), max(other.last, run.last))
        self._runs.append(run)
        held = [each for each in self._runs if not each.on_disk]
        if sum(each.hashes.nbytes for each in held) > self._limit:
            self._move_to_disk(max(held, key=lambda each: each.hashes.nbytes))

    @staticmethod
    def _worth_merging(older: _Run, newer: _Run) -> bool:
        """Whether two runs would be searched together anyway, and neither is much the longer."""
        sizes = len(older.hashes), len(newer.hashes)
        fits = sum(sizes) <= _LONGEST_MERGE and sizes[0] <= 2 * sizes[1]
        return fits and not older.on_disk and older.meets(newer.first, newer.last)

    def _move_to_disk(self, run: _Run) -> None:
        if self._spill is None:
            self._spill = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as this does.
        offset = self._spill.seek(0, 2)
        self._spill.write(run.hashes.tobytes())
        self._spill.flush()
        mapped = np.memmap(self._spill, np.uint64, mode="r", offset=offset, shape=run.hashes.shape)
        self._runs[self._runs.index(run)] = _Run(mapped, run.first, run.last, on_disk=True)


def _hashed(devices: Column, times: Ints) -> tuple[_Hashes, Ints]:
    """A hash for each report, and a number for each device."""
    encoded: Any = devices.dictionary_encode().combine_chunks()
    names = encoded.dictionary.to_pylist()
    codes = encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    digests = b"".join(blake2b(name.encode(), digest_size=8).digest() for name in names)
    own = np.frombuffer(digests, dtype=np.uint64)[codes]
    return _mixed(own ^ _mixed(times.astype(np.uint64))), codes


def _mixed(bits: _Hashes) -> _Hashes:
    """SplitMix64's finaliser (Steele, Lea, Flood: Fast splittable generators, OOPSLA 2014)."""
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return bits ^ (bits >> np.uint64(31))


def _repeated_within(hashes: _Hashes, codes: Ints, times: Ints) -> Mask:
    order = np.lexsort((times, codes, hashes))
    same = nowhere(len(order))
    same[1:] = (np.diff(codes[order]) == 0) & (np.diff(times[order]) == 0)
    repeated = nowhere(len(order))
    repeated[order] = same
    return repeated


def _in_run(run: _Run, hashes: _Hashes, times: Ints) -> Mask:
    found = nowhere(len(hashes))
    near = np.flatnonzero((times >= run.first) & (times <= run.last))
    if not len(near) or not len(run.hashes):
        return found
    near = near[np.argsort(hashes[near])]
    wanted = hashes[near]
    places = np.minimum(np.searchsorted(run.hashes, wanted), len(run.hashes) - 1)
    found[near] = run.hashes[places] == wanted
    return found
