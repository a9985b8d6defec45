"""Groups of things of which only distances are known."""

import numpy as np

from motifleet.types import Floats, Ints

NONE = -1


def grouped(distances: Floats, count: int | None, least: int) -> Ints:
    """Cut the tree of average linkage (UPGMA; Sokal and Michener 1958) into groups.

    Without a number of groups, the cut is taken whose mean silhouette (Rousseeuw 1987) is best;
    those in groups that are too small count as 0, which is what they have: no group.

    Args:
        distances: shape (n, n), symmetric; infinity where nothing can be compared.
        count: how many groups of at least that size; None: the best number.
        least: how many a group has at least.

    Returns:
        shape (n,): each one's group, the largest first, -1 for none.
    """
    comparable = np.isfinite(distances).sum(axis=1) > 1
    places = np.flatnonzero(comparable)
    groups = np.full(len(distances), NONE)
    if len(places) < least:
        return groups
    near = distances[np.ix_(places, places)]
    finite = near[np.isfinite(near)]
    near = np.where(np.isfinite(near), near, 2 * finite.max(initial=0.0) + 1)
    groups[places] = _best_cut(near, count, least)
    return groups


def _best_cut(near: Floats, count: int | None, least: int) -> Ints:
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import squareform

    tree = linkage(squareform(near, checks=False), "average")
    cuts = range(1, len(near) // least + 1) if count is None else range(1, len(near) + 1)
    best, best_score = np.full(len(near), NONE), -np.inf
    seen = set()
    for groups_in_all in range(1, len(near) + 1):
        named = _by_size(fcluster(tree, groups_in_all, "maxclust"), least)
        found = int(named.max(initial=NONE)) + 1
        key = named.tobytes()
        if key in seen or found not in cuts:
            continue
        seen.add(key)
        score = silhouette(near, named) if count is None else _by_count(named, count)
        if score > best_score:
            best, best_score = named, score
    return best


def _by_count(named: Ints, count: int) -> float:
    """Prefer the number asked for, then few that belong to none."""
    return -abs(int(named.max()) + 1 - count) + float((named >= 0).mean()) / 2


def _by_size(labels: Ints, least: int) -> Ints:
    """Number groups from 0, the largest first; -1 for those that are too small."""
    names, firsts, inverse, sizes = np.unique(
        labels, return_index=True, return_inverse=True, return_counts=True
    )
    order = np.lexsort((firsts, -sizes))
    numbers = np.full(len(names), NONE)
    kept = order[sizes[order] >= least]
    numbers[kept] = np.arange(len(kept))
    return np.asarray(numbers[inverse])


def silhouette(near: Floats, groups: Ints) -> float:
    """Mean over all of (b - a) / max(a, b): a to one's own group, b to the nearest other.

    Of a single group, and of those that belong to none, it is 0.
    """
    count = int(groups.max(initial=NONE)) + 1
    if count < 2:
        return 0.0
    members = np.eye(count + 1)[np.where(groups < 0, count, groups)][:, :count]
    sums, sizes = near @ members, members.sum(axis=0)
    inside = np.flatnonzero(groups >= 0)
    own = groups[inside]
    a = sums[inside, own] / np.maximum(sizes[own] - 1, 1)
    means = sums[inside] / sizes
    means[np.arange(len(inside)), own] = np.inf
    b = means.min(axis=1)
    larger = np.maximum(a, b)
    scores = np.where(larger > 0, (b - a) / np.where(larger > 0, larger, 1.0), 0.0)
    return float(scores.sum() / len(groups))


def medoid(near: Floats) -> int:
    """Choose the one with the least sum of distances to all others, the first of equal ones."""
    return int(np.argmin(near.sum(axis=1)))
