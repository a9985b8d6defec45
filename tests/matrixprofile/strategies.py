"""Series of every kind that a kernel may meet."""

from collections.abc import Callable

import numpy as np
from hypothesis import strategies as st

from motifleet.types import Floats

Generator = np.random.Generator
KINDS: dict[str, Callable[[Generator, int], Floats]] = {
    "noise": lambda rng, n: rng.normal(size=n),
    "random walk": lambda rng, n: rng.normal(size=n).cumsum(),
    "two values": lambda rng, n: rng.integers(0, 2, n).astype(float),
    "few values": lambda rng, n: rng.integers(1, 11, n).astype(float),
    "constant stretches": lambda rng, n: np.repeat(rng.normal(size=n), 12)[:n],
    "all equal": lambda _, n: np.full(n, 7.3),
    "spikes": lambda rng, n: np.where(rng.random(n) < 0.03, 1e6, rng.normal(size=n)),
    "large offset": lambda rng, n: rng.normal(size=n) + 1e8,
    "steps of level": lambda rng, n: rng.normal(size=n) + 1e6 * (np.arange(n) > n // 2),
    "falling asleep": lambda rng, n: rng.normal(size=n) * np.where(np.arange(n) > n // 2, 1e-6, 1),
    "periodic": lambda _, n: np.tile([0.0, 1.0, 4.0, 1.0, 0.0, 2.0, 2.0, 3.0], n // 8 + 1)[:n],
    "tiny": lambda rng, n: rng.normal(size=n) * 1e-200,
    "huge": lambda rng, n: rng.normal(size=n) * 1e200,
}
GAPS = [np.nan, np.inf, -np.inf]


@st.composite
def series(draw: st.DrawFn, max_size: int = 140) -> tuple[Floats, int]:
    """A series, some with gaps, and a window length that fits."""
    m = draw(st.integers(3, 40), label="m")
    lengths = st.one_of(st.sampled_from([m, m + 1, 2 * m]), st.integers(m, max(max_size, 2 * m)))
    n = draw(lengths, label="n")
    rng = np.random.default_rng(draw(st.integers(0, 2**32), label="seed"))
    values = KINDS[draw(st.sampled_from(sorted(KINDS)), label="kind")](rng, n)
    for place in draw(st.lists(st.integers(0, n - 1), max_size=3), label="gaps"):
        values[place] = GAPS[place % 3]
    return values, m
