"""Which reports a model learns from, which choose its threshold, and which judge it.

A device's future must not be known from its past, nor a device from its twin. By default whole
devices are put aside, by a hash of their name and the seed: the same device stays on its side when
batches are appended, so that models of different snapshots can be judged by the same devices.
"""

from dataclasses import dataclass
from hashlib import blake2b

import numpy as np

from motifleet.errors import InvalidArgumentError
from motifleet.models.sample import Mask, Sample
from motifleet.types import Floats, Ints

_TWINS = 0.5
"""Devices that share at least so many of their reports are one device."""
_SHORTEST = 10


@dataclass(frozen=True, slots=True)
class Split:
    """How reports are put aside.

    Args:
        by: "device": whole devices; "time": the latest reports of every device; "device-time": the
            latest reports of devices that training has not seen at all.
        seed: which devices.
        validation: the share that chooses threshold and number of trees.
        test: the share that judges.

    Raises:
        InvalidArgumentError: no such way, or the shares leave nothing to learn from.
    """

    by: str = "device"
    seed: int = 0
    validation: float = 0.2
    test: float = 0.2

    def __post_init__(self) -> None:
        if self.by not in WAYS:
            raise InvalidArgumentError(
                f"expected a split by one of {', '.join(WAYS)}, got {self.by!r}"
            )
        if not (self.validation > 0 and self.test > 0 and self.validation + self.test < 1):
            raise InvalidArgumentError(
                "expected shares above 0 for validation and test that leave some for training, "
                f"got {self.validation} and {self.test}"
            )

    def parts(self, sample: Sample, horizon: float = 0.0) -> "Parts":
        """Put reports aside; reports without a label are in no part.

        Args:
            sample: the reports.
            horizon: how many microseconds a label looks ahead; as much is left out before a cut in
                time, so that no label tells of what comes after it.

        Raises:
            InvalidArgumentError: a part has reports of one class only, or none at all.
        """
        groups, ages = self._groups(sample), self._ages(sample, horizon)
        if self.by == "device":
            place = groups
        elif self.by == "time":
            place = ages
        else:
            place = np.where(groups == ages, groups, -1)
        place = np.where(sample.known, place, -1)
        parts = Parts(place == 0, place == 1, place == 2)
        parts.check(sample)
        return parts

    def _groups(self, sample: Sample) -> Ints:
        """0 to learn from, 1 to validate, 2 to test, for each report, by device."""
        of = twins(sample)
        draws = np.array([self.draw(sample.device_ids[first]) for first in of])
        place: Ints = self._place(draws)[sample.codes]
        return place

    def draw(self, device_id: str) -> float:
        """A device's number from 0 to 1, by its name and the seed."""
        name = f"{self.seed} {device_id}".encode()
        return int.from_bytes(blake2b(name, digest_size=6).digest(), "big") / 2**48

    def _ages(self, sample: Sample, horizon: float) -> Ints:
        """The same three by time; -1 for reports whose label looks over a cut."""
        times = sample.times[sample.known]
        if not len(times):
            raise InvalidArgumentError("expected reports with a label, got none")
        cuts = np.quantile(times, [1 - self.validation - self.test, 1 - self.test])
        place = np.searchsorted(cuts, sample.times, side="right")
        reaches = np.searchsorted(cuts, sample.times + horizon, side="right")
        ages: Ints = np.where(place == reaches, place, -1)
        return ages

    def _place(self, draws: Floats) -> Ints:
        cuts = [1 - self.validation - self.test, 1 - self.test]
        return np.searchsorted(cuts, draws, side="right").astype(np.int64)


WAYS = ("device", "time", "device-time")


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """Which reports are in which part; shape (n,) each."""

    train: Mask
    validation: Mask
    test: Mask

    def check(self, sample: Sample) -> None:
        """Refuse parts from which nothing can be learnt or judged.

        Raises:
            InvalidArgumentError: a part has reports of one class only, or none at all.
        """
        for name in ("train", "validation", "test"):
            labels = sample.labels[getattr(self, name)]
            positives = int(labels.sum())
            if positives in (0, len(labels)):
                raise InvalidArgumentError(
                    f"expected reports of both classes in each part, got {len(labels):,} with "
                    f"{positives:,} failures to {name}: take more devices or time, another seed, "
                    "or another split"
                )


def twins(sample: Sample) -> Ints:
    """For each device the first one that reports the same values at the same times.

    A unit that reports under two names, or whose reports came twice under another, would be known
    by its twin. Constant reports, as of parked vehicles, tell no device from another and do not
    count.

    Returns:
        shape (devices,): places in ``device_ids``; its own for a device without a twin.
    """
    values = np.stack(list(sample.signals.values()), axis=1)
    moving = np.zeros(len(values), bool)
    same_device = sample.codes[1:] == sample.codes[:-1]
    moving[1:] = same_device & np.any(values[1:] != values[:-1], axis=1)
    keys = np.column_stack([sample.times[moving].astype(np.float64), values[moving]])
    keys = np.ascontiguousarray(np.nan_to_num(keys, nan=np.inf))
    _, rows = np.unique(keys.view(f"V{keys.shape[1] * 8}").ravel(), return_inverse=True)
    return _united(rows, sample.codes[moving], len(sample.device_ids))


def _united(rows: Ints, codes: Ints, devices: int) -> Ints:
    order = np.lexsort((codes, rows))
    same = rows[order][1:] == rows[order][:-1]
    pairs = np.stack([codes[order][:-1][same], codes[order][1:][same]], axis=1)
    first = np.arange(devices)
    if not len(pairs):
        return first
    sizes = np.bincount(codes, minlength=devices)
    found, counts = np.unique(pairs, axis=0, return_counts=True)
    for (one, other), shared in zip(found.tolist(), counts.tolist(), strict=True):
        if shared >= max(_SHORTEST, _TWINS * min(sizes[one], sizes[other])):
            first[first == first[other]] = first[one]
    return first
