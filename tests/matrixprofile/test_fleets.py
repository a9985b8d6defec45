"""A fleet in one call: each device as it is alone, and stopped at once."""

import signal
import threading
import time
from typing import Any

import numpy as np
import pytest

from motifleet.errors import InvalidArgumentError
from motifleet.matrixprofile import fleet_profile, matrix_profile
from motifleet.types import FleetSeries

ARRAYS = [
    "distances",
    "indices",
    "left_distances",
    "left_indices",
    "right_distances",
    "right_indices",
    "neighbor_distances",
    "neighbor_indices",
]


def thousands() -> FleetSeries:
    """2,000 devices of all lengths: some with gaps, some constant, some far too short."""
    rng = np.random.default_rng(5)
    lengths = rng.integers(0, 160, 2000)
    lengths[[7, 1000]] = 700, 1500
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    values = rng.normal(size=offsets[-1]).cumsum()
    values[rng.integers(0, len(values), 500)] = np.nan
    for device in range(0, 2000, 50):
        values[offsets[device] : offsets[device + 1]] = device
    return FleetSeries(values, offsets, tuple(f"truck-{number}" for number in range(2000)))


@pytest.mark.parametrize(
    "options",
    [{}, {"k": 3}, {"share": 0.3}, {"k": 2, "share": 0.5, "normalize": False}],
    ids=lambda options: ", ".join(options) or "as it is",
)
def test_one_device_among_thousands_is_as_it_is_alone(options: dict[str, Any]) -> None:
    fleet = thousands()
    profile = fleet_profile(fleet, 24, **options)
    for device in [0, 7, 1000, 1950, 1999, *range(100, 1900, 173)]:
        series = fleet[device]
        if len(series) < 24 or not np.isfinite(series.values).any():
            continue
        alone, among = matrix_profile(series, 24, **options), profile[device]
        for name in ARRAYS:
            np.testing.assert_array_equal(getattr(among, name), getattr(alone, name), name)
        assert (among.normalize, among.share) == (alone.normalize, alone.share)
        assert among.discords(2) == alone.discords(2)


def test_progress_of_a_fleet_rises_to_the_total() -> None:
    fleet, told = thousands(), list[tuple[int, int | None]]()
    fleet_profile(fleet, 24, share=0.5, progress=lambda *news: told.append(news))
    done = [each for each, _ in told]
    assert done == sorted(done)
    assert told[-1][0] == told[-1][1]
    assert len({total for _, total in told}) == 1


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("k", [1, 10])
def test_ctrl_c_stops_a_fleet_at_once(threads: int, k: int) -> None:
    """However large its arrays are: 1.7 GB are not written first."""
    devices = 20_000 // k
    values = np.random.default_rng(1).normal(size=devices * 1440)
    offsets = np.arange(devices + 1) * 1440
    fleet = FleetSeries(values, offsets, ("",) * devices)
    sent: list[float] = []

    def press() -> None:
        sent.append(time.process_time())
        signal.raise_signal(signal.SIGINT)

    timer = threading.Timer(0.2, press)
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        fleet_profile(fleet, 30, k=k, threads=threads)
    assert time.process_time() - sent[0] < 2.0, "0.1 s of wall clock, where nothing else runs"
    timer.join()


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"k": 0}, "neighbours k of at least 1, got 0"),
        ({"share": 0}, "share above 0"),
        ({"progress": 5}, "a progress function"),
    ],
)
def test_bad_options(options: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InvalidArgumentError, match=sentence):
        fleet_profile(thousands(), 24, **options)
    with pytest.raises(InvalidArgumentError, match="at most 1, the k of the profile"):
        fleet_profile(thousands(), 24).discords(1, neighbor=2)
