"""The windows nearest to a pattern as their definition has it: measure all, then choose."""

from collections.abc import Sequence

from tests.reference.self_join import Floats


def greedy(
    distances: Sequence[Floats], m: int, k: int | None, max_distance: float
) -> list[tuple[int, int, float]]:
    """Device, index and distance, the nearest first; none overlaps an earlier one of its device."""
    windows = sorted(
        (float(distance), device, index)
        for device, profile in enumerate(distances)
        for index, distance in enumerate(profile)
        if distance <= max_distance and distance < float("inf")
    )
    found: list[tuple[int, int, float]] = []
    for distance, device, index in windows:
        if k is not None and len(found) == k:
            break
        if all(device != other or abs(index - place) >= m for other, place, _ in found):
            found.append((device, index, distance))
    return found
