"""What hits of single windows say of whole devices."""

from dataclasses import dataclass

import numpy as np

from motifleet.types import Floats, Ints


@dataclass(frozen=True, slots=True)
class Hits:
    """Windows of a series, and the stored windows of devices that are nearest to them.

    Args:
        distances: shape (sought, hits), squared distances; infinity where there is no hit.
        numbers: shape (sought, hits), of the stored windows: device · most + place; -1: no hit.
        most: how many stored windows a device can have.
        weight: how many windows of the series each of those that were sought stands for.
        weights: shape (devices,), how many windows each stored one of a device stands for.
    """

    distances: Floats
    numbers: Ints
    most: int
    weight: float
    weights: Floats

    def estimates(self, ranks: Floats) -> tuple[Ints, Floats]:
        """Estimate MPdist of each device that was hit.

        Of the distances from stored windows to the nearest one that was sought, and from these to
        the nearest stored one of the device, the one whose rank is the device's.

        Args:
            ranks: shape (devices,), of the distance that counts.

        Returns:
            devices, and a number for each by which they are ordered: the estimate, or where the
            hits do not reach the rank, one beyond all estimates, the larger the less they reach.
        """
        devices, distances, weights = self._nearest_of_each()
        order = np.lexsort((distances, devices))
        devices, distances, weights = devices[order], distances[order], weights[order]
        found, firsts = np.unique(devices, return_index=True)
        if not len(found):
            return found, np.zeros(0)
        lasts = np.append(firsts[1:], len(devices)) - 1
        reached = np.cumsum(weights)
        before = (reached - weights)[firsts]
        wanted = before + ranks[found]
        # The first whose weights together reach the rank; beyond the device's last where none do.
        places = np.searchsorted(reached, wanted * (1 - 1e-12), side="left")
        enough = places <= lasts
        scores = distances[np.minimum(places, lasts)]
        lacking = 1 - (reached[lasts] - before) / ranks[found]
        return found, np.where(enough, scores, distances.max() + lacking)

    def _nearest_of_each(self) -> tuple[Ints, Floats, Floats]:
        """Keep of all hits the nearest of each stored window, and of each sought one and device."""
        rows, columns = np.nonzero(self.numbers >= 0)
        numbers = self.numbers[rows, columns]
        distances = self.distances[rows, columns].astype(np.float64)
        order = np.argsort(distances, kind="stable")
        rows, numbers, distances = rows[order], numbers[order], distances[order]
        devices = numbers // self.most
        stored = _first_of_each(numbers)
        sought = _first_of_each(devices * len(self.numbers) + rows)
        theirs, ours = devices[stored], devices[sought]
        return (
            np.concatenate([theirs, ours]),
            np.concatenate([distances[stored], distances[sought]]),
            np.concatenate([self.weights[theirs], np.full(len(ours), self.weight)]),
        )


def _first_of_each(keys: Ints) -> Ints:
    return np.asarray(np.unique(keys, return_index=True)[1])
