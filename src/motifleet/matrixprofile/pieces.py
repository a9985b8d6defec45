"""Long arrays a piece at a time: NumPy does not hear Ctrl-C before it is done with an array."""

from collections.abc import Iterator

SIZE = 1 << 18
"""Numbers that NumPy is done with in some milliseconds, whatever it does to them."""


def pieces(count: int, each: int = 1) -> Iterator[slice]:
    """Cut so many items into slices, where each item is as much work as so many numbers.

    >>> [part.stop - part.start for part in pieces(600_000)]
    [262144, 262144, 75712]
    """
    size = max(SIZE // max(each, 1), 1)
    return (slice(start, min(start + size, count)) for start in range(0, count, size))
