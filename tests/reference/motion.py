"""Trips and stops of one device, step by step, from distances between any two reports."""

from collections.abc import Callable

Span = tuple[int, int]


def spans(
    times: list[float],
    apart: Callable[[int, int], float],
    min_trip: float,
    min_stop: float,
    max_gap: float,
) -> tuple[list[Span], list[Span]]:
    """First and last report of each trip, and of each stop."""
    trips: list[Span] = []
    stops: list[Span] = []
    first = 0
    for i in range(1, len(times) + 1):
        if i == len(times) or times[i] - times[i - 1] > max_gap:
            resting = _resting(times, apart, (first, i), min_trip, min_stop)
            for start, end in _runs(resting, first, False):
                if sum(apart(k, k + 1) for k in range(start, end)) < min_trip:
                    for k in range(start, end):
                        resting[k - first] = True
            trips += _runs(resting, first, False)
            stops += [
                (a, b) for a, b in _runs(resting, first, True) if times[b] - times[a] >= min_stop
            ]
            first = i
    return trips, stops


def _resting(
    times: list[float],
    apart: Callable[[int, int], float],
    part: Span,
    min_trip: float,
    min_stop: float,
) -> list[bool]:
    """For each step from a report to the next: does the device rest on it?"""
    first, end = part
    resting = [False] * (end - first - 1)
    for i in range(first, end):
        for j in range(i + 1, end):
            if apart(i, j) >= min_trip:
                break
            if times[j] - times[i] >= min_stop:
                resting[i - first : j - first] = [True] * (j - i)
                break
    return resting


def _runs(resting: list[bool], first: int, wanted: bool) -> list[Span]:
    runs: list[Span] = []
    for i, rests in enumerate(resting):
        if rests != wanted:
            continue
        if i and resting[i - 1] == wanted:
            runs[-1] = (runs[-1][0], first + i + 1)
        else:
            runs.append((first + i, first + i + 1))
    return runs
