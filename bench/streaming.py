"""Streams: one device against stumpy.stumpi, and a hundred thousand devices at once."""

from time import perf_counter

import numpy as np

from motifleet.matrixprofile import FleetStream, StreamingProfile

HISTORY, M, BLOCK = 2_000, 50, 100
UPDATES, THEIR_UPDATES = 20_000, 1_000
# All are timed in parts, and the fastest counts: machines are shared.
PARTS = 5
DEVICES, DEVICE_HISTORY, DEVICE_BLOCK = 100_000, 500, 10


def rows() -> list[dict[str, object]]:
    """One row for each way to stream; stumpy has been compiled before."""
    import stumpy

    walk = np.random.default_rng(0).normal(size=HISTORY + UPDATES).cumsum()
    theirs = stumpy.stumpi(walk[:HISTORY], M, egress=True)
    theirs.update(walk[HISTORY])
    seconds = []
    for part in np.split(walk[HISTORY + 1 : HISTORY + THEIR_UPDATES + 1], PARTS):
        start = perf_counter()
        for value in part:
            theirs.update(value)
        seconds.append(perf_counter() - start)
    rate = THEIR_UPDATES / PARTS / min(seconds)
    return [_device(walk, rate, size, theirs.left_P_) for size in (1, BLOCK)] + [_fleet()]


def _device(walk: np.ndarray, theirs: float, size: int, left: np.ndarray) -> dict[str, object]:
    stream = StreamingProfile(M, history=HISTORY)
    stream.append(walk[:HISTORY])
    begin = stream.append(walk[HISTORY : HISTORY + THEIR_UPDATES + 1])
    error = np.abs(begin.left_distances - left[-THEIR_UPDATES - 1 :]).max()
    rest = walk[HISTORY + THEIR_UPDATES + 1 :]
    seconds = []
    for part in np.array_split(rest, PARTS):
        start = perf_counter()
        if size == 1:
            for value in part:
                stream.update(value)
        else:
            for at in range(0, len(part), size):
                stream.append(part[at : at + size])
        seconds.append((perf_counter() - start) / len(part))
    ours = 1 / min(seconds)
    return {
        "stream": f"1 device, history {HISTORY:,}, m {M}, blocks of {size}",
        "values/s": ours,
        "stumpi values/s": theirs,
        "times as fast": ours / theirs,
        "largest difference": float(error),
    }


def _fleet() -> dict[str, object]:
    rng = np.random.default_rng(1)
    fleet = FleetStream(DEVICES, M, history=DEVICE_HISTORY)
    for _ in range(10):
        fleet.append(rng.normal(size=(DEVICES, DEVICE_HISTORY // 10)))
    times = []
    for _ in range(PARTS):
        block = rng.normal(size=(DEVICES, DEVICE_BLOCK))
        start = perf_counter()
        fleet.append(block)
        times.append(perf_counter() - start)
    seconds = min(times)
    gigabytes = DEVICES * DEVICE_HISTORY * 8 / 1e9
    return {
        "stream": f"{DEVICES:,} devices, history {DEVICE_HISTORY}, m {M}, blocks of "
        f"{DEVICE_BLOCK}, {gigabytes:.1f} GB",
        "values/s": block.size / seconds,
        "stumpi values/s": None,
        "times as fast": None,
        "largest difference": None,
    }
