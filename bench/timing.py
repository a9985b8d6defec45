"""Times of works that compete, taken in turns: a noisy neighbour on the machine hits all."""

from collections.abc import Callable, Mapping
from time import perf_counter
from typing import Any, NamedTuple

OURS = "motifleet"
ROUNDS = 60


class Timed(NamedTuple):
    """The best of several runs, and what the last one gave."""

    seconds: float
    result: Any


def in_turns(works: Mapping[str, Callable[[], Any]], budget: float = 4.0) -> dict[str, Timed]:
    """Run each work in its turn, as often as fits into so many seconds for each, but once."""
    best = {name: timed(work) for name, work in works.items()}
    spent = {name: first.seconds for name, first in best.items()}
    for _ in range(ROUNDS):
        due = [name for name in works if spent[name] + best[name].seconds <= budget]
        for name in due:
            taken = timed(works[name])
            spent[name] += taken.seconds
            best[name] = Timed(min(taken.seconds, best[name].seconds), taken.result)
    return best


def timed(work: Callable[[], Any]) -> Timed:
    """Run a work once."""
    start = perf_counter()
    result = work()
    return Timed(perf_counter() - start, result)
