"""Streams of random walks: one device's, and those of a hundred thousand devices at once.

One device is fed value by value, in blocks, and through stumpi value by value; the three take
turns, and the fastest turn of each counts. The error is that of the distance to the nearest earlier
window in memory, at a sample of windows.
"""

from collections.abc import Callable
from functools import partial

import numpy as np
from bench import errors
from bench.rows import Floor, Row, judged
from bench.timing import timed
from tests.reference.self_join import distances, windows

from motifleet.matrixprofile import FleetStream, StreamingProfile, exclusion_zone
from motifleet.types import Floats

TITLE = "Streams, m = 50"
M, HISTORY, BLOCK = 50, 2_000, 100
TURNS, TURN, THEIR_TURN, SAMPLED = 8, 4_000, 200, 40
DEVICES, DEVICE_HISTORY, DEVICE_BLOCK = 100_000, 500, 10
DEVICE_FLOOR, FLEET_FLOOR = Floor("≥", 50), Floor("≥", 500_000, "values/s")
Feed = Callable[[list[float]], Floats]


def rows() -> list[Row]:
    """One row for each way to stream; stumpy has been compiled before."""
    return [*one_device(), fleet()]


def one_device() -> list[Row]:
    import stumpy

    walk = np.random.default_rng(0).normal(size=HISTORY + TURNS * TURN).cumsum()
    single, blocks = (StreamingProfile(M, history=HISTORY) for _ in range(2))
    for stream in (single, blocks):
        stream.append(walk[:HISTORY])
    stumpi = stumpy.stumpi(walk[:HISTORY], M, egress=True)
    stumpy.stumpi(walk[:HISTORY], M, egress=True).update(walk[HISTORY])

    def in_blocks(part: list[float]) -> Floats:
        cut = (part[at : at + BLOCK] for at in range(0, len(part), BLOCK))
        return np.concatenate([blocks.append(block).left_distances for block in cut])

    def by_stumpi(part: list[float]) -> Floats:
        for value in part:
            stumpi.update(value)
        return np.asarray(stumpi.left_P_[-len(part) :], float)

    one_by_one = "value by value"
    feeds: dict[str, tuple[Feed, int]] = {
        one_by_one: (lambda part: np.array([single.update(value) for value in part]), TURN),
        f"blocks of {BLOCK}": (in_blocks, TURN),
        "stumpi": (by_stumpi, THEIR_TURN),
    }
    rates, left = feed_in_turns(feeds, walk)
    theirs, known = rates.pop("stumpi"), left.pop("stumpi")
    return [
        row(
            f"1 device, memory of {HISTORY:,}, {name}",
            rate,
            theirs,
            judgement=judged(rate / theirs, DEVICE_FLOOR),
            error=error_of(walk, left[name], HISTORY),
            difference=errors.apart(left[name][: len(known)], known),
        )
        for name, rate in rates.items()
    ]


def feed_in_turns(
    feeds: dict[str, tuple[Feed, int]], walk: Floats
) -> tuple[dict[str, float], dict[str, Floats]]:
    """The values per second of each, in its fastest turn, and the distances that it told."""
    rates = dict.fromkeys(feeds, 0.0)
    left: dict[str, list[Floats]] = {name: [] for name in feeds}
    for turn in range(TURNS):
        for name, (feed, size) in feeds.items():
            start = HISTORY + turn * size
            part = walk[start : start + size].tolist()
            seconds, told = timed(partial(feed, part))
            rates[name] = max(rates[name], size / seconds)
            left[name].append(told)
    return rates, {name: np.concatenate(parts) for name, parts in left.items()}


def error_of(walk: Floats, left: Floats, history: int) -> float:
    """The largest error of the distances of the last windows of a walk, at a sample of them."""
    each, zone = windows(walk, M), exclusion_zone(M)
    off = []
    for back in np.random.default_rng(41).integers(1, len(left) + 1, SAMPLED).tolist():
        at = len(each) - back
        earlier = each[max(0, at - history + M) : at - zone]
        off.append(abs(float(left[-back] - distances(each[at], earlier).min())))
    return max(off)


def fleet() -> Row:
    rng = np.random.default_rng(1)
    stream = FleetStream(DEVICES, M, history=DEVICE_HISTORY)
    # The memory is filled first, in blocks that are larger: these are not measured.
    sizes = [DEVICE_HISTORY // 10] * 10 + [DEVICE_BLOCK] * TURNS
    watched, seconds = [], []
    for size in sizes:
        block = rng.normal(size=(DEVICES, size))
        watched.append(block[:SAMPLED].copy())
        taken, arrived = timed(partial(stream.append, block))
        seconds.append(taken)
    rate = DEVICES * DEVICE_BLOCK / min(seconds[-TURNS:])
    latest = zip(np.hstack(watched), arrived.left_distances, strict=False)
    return row(
        f"{DEVICES:,} devices, memory of {DEVICE_HISTORY}, blocks of {DEVICE_BLOCK}",
        rate,
        None,
        judgement=judged(rate, FLEET_FLOOR),
        error=max(error_of(walk, left, DEVICE_HISTORY) for walk, left in latest),
    )


def row(
    work: str,
    ours: float,
    theirs: float | None,
    *,
    judgement: Row,
    error: float,
    difference: float | None = None,
) -> Row:
    return {
        "work": work,
        "values/s": ours,
        "stumpi values/s": theirs,
        "times as fast": ours / theirs if theirs else None,
        **judgement,
        "largest error": error,
        "off the peer": difference,
    }
