"""What hits of single windows say of whole devices."""

from dataclasses import dataclass

import numpy as np

from motifleet.types import Floats, Ints


@dataclass(frozen=True, slots=True)
class Hits:
    """Windows of a series, and the stored windows of devices that are nearest to them.

    Args:
        distances: shape (sought, hits), squared distances.
        numbers: shape (sought, hits), of the stored windows: device · most + place; -1: no hit.
        most: how many stored windows a device can have.
        total: how many windows of the series can be compared; those sought stand for them.
        counts: shape (devices,), how many windows of each can be compared; those stored stand
            for them.
        edge: how many values more than windows a series has, m - 1.
    """

    distances: Floats
    numbers: Ints
    most: int
    total: int
    counts: Ints
    edge: int

    def ranking(self, share: float) -> Ints:
        """Order the devices that were hit, those first that are most likely the nearest.

        MPdist of a device is the distance of a rank, among those from every window of it and of the
        series to the nearest of the other. It is estimated twice: by the device's stored windows
        alone, which are told apart best where the series is sought window by window; and by
        those of both sides. The better place of the two counts: a device that is near by
        either estimate is worth comparing.
        """
        rows, columns = np.nonzero(self.numbers >= 0)
        numbers, distances = self.numbers[rows, columns], self.distances[rows, columns]
        order = np.argsort(distances, kind="stable")
        rows, numbers, distances = rows[order], numbers[order], distances[order]
        devices = numbers // self.most
        stored = _first_of_each(numbers)
        sought = _first_of_each(devices * len(self.numbers) + rows)
        weights = (self.counts / np.clip(self.counts, 1, self.most))[devices]
        ours = np.full(len(sought), self.total / len(self.numbers))
        both = np.concatenate([stored, sought])
        alone = _estimates(
            devices[stored],
            distances[stored],
            weights[stored],
            np.asarray(share * (self.counts + self.edge)),
        )
        together = _estimates(
            devices[both],
            distances[both],
            np.concatenate([weights[stored], ours]),
            np.asarray(share * (self.counts + self.total + 2 * self.edge)),
        )
        found = np.unique(devices)
        places = [np.argsort(np.argsort(scores, kind="stable")) for scores in (alone, together)]
        best, other = np.minimum(*places), np.maximum(*places)
        return np.asarray(found[np.lexsort((other, best))])


def _estimates(devices: Ints, distances: Floats, weights: Floats, ranks: Floats) -> Floats:
    """Estimate the distance of each device's rank, of distances that stand for several.

    Args:
        devices: shape (n,), whose each distance is.
        distances: shape (n,).
        weights: shape (n,), how many windows each stands for.
        ranks: shape (all devices,), which distance counts.

    Returns:
        one for each device that is there, in their order: the distance, or where there are too
        few, one beyond all distances, the larger the fewer there are.
    """
    order = np.lexsort((distances, devices))
    devices, distances, weights = devices[order], distances[order], weights[order]
    found, firsts = np.unique(devices, return_index=True)
    if not len(found):
        return np.zeros(0)
    lasts = np.append(firsts[1:], len(devices)) - 1
    reached = np.cumsum(weights)
    before = (reached - weights)[firsts]
    places = np.searchsorted(reached, (before + ranks[found]) * (1 - 1e-12))
    lacking = 1 - (reached[lasts] - before) / np.maximum(ranks[found], 1e-12)
    scores = distances[np.minimum(places, lasts)].astype(np.float64)
    return np.asarray(np.where(places <= lasts, scores, float(distances.max()) + lacking))


def _first_of_each(keys: Ints) -> Ints:
    return np.asarray(np.unique(keys, return_index=True)[1])
