"""The distance profile as its definition has it: a pattern against every window."""

from tests.reference.self_join import Floats, distances, windows


def distance_profile(pattern: Floats, values: Floats) -> Floats:
    """The distances of a pattern to all windows of a series."""
    return distances(pattern, windows(values, len(pattern)))
