"""The ten windows of a fleet that are nearest to a pattern of 100 values; random walks, exactly.

The loop of stumpy.mass runs over a share of the devices, and its time is that of all by
proportion; it only measures distances, and chooses nothing. The error is the larger of two: the ten
nearest over a few devices are held against the reference, and each of the ten over the fleet
against its definition.
"""

from functools import partial

import numpy as np
from bench import errors
from bench.fleet_join import fleet_of
from bench.rows import Floor, Row, versus
from bench.timing import OURS, in_turns
from tests.reference.distance_profile import distance_profile
from tests.reference.match import greedy

from motifleet.matrixprofile import Match, match

TITLE = "A pattern of 100 over a fleet × 1,440 values, top 10"
DEVICES, N, M, K = (10_000, 100_000), 1_440, 100, 10
SHARE, CHECKED = 300, 50
FLOORS = {100_000: Floor("≥", 100)}


def rows() -> list[Row]:
    """One row for each fleet."""
    pattern = np.random.default_rng(0).normal(size=M).cumsum()
    return [measure(count, pattern) for count in DEVICES]


def measure(count: int, pattern: np.ndarray) -> Row:
    import stumpy

    walks = np.random.default_rng(count).normal(size=(count, N))
    np.cumsum(walks, axis=1, out=walks)
    stumpy.mass(pattern, walks[0])
    best = in_turns(
        {
            OURS: partial(match, pattern, fleet_of(walks), k=K),
            "mass": lambda: [stumpy.mass(pattern, walk) for walk in walks[:SHARE]],
        }
    )
    few = walks[:CHECKED]
    found, nearest = match(pattern, fleet_of(few), k=K), best["mass"].result[:CHECKED]
    reference = [distance_profile(pattern, walk) for walk in few]
    expected = [distance for *_, distance in greedy(reference, M, K, np.inf)]
    return versus(
        f"{count:,} devices",
        "a loop of stumpy.mass",
        best[OURS].seconds,
        best["mass"].seconds / SHARE * count,
        floor=FLOORS.get(count),
        error=max(
            errors.apart([each.distance for each in found], expected),
            *(off_definition(pattern, walks, each) for each in best[OURS].result),
        ),
        difference=errors.apart(reference, nearest),
    )


def off_definition(pattern: np.ndarray, walks: np.ndarray, found: Match) -> float:
    """How far a match is off the distance of its window."""
    assert found.device_id is not None
    walk = walks[int(found.device_id.rpartition("-")[2])]
    window = walk[found.index : found.index + M]
    return abs(found.distance - float(distance_profile(pattern, window)[0]))
