"""``atsc`` and ``allc``: windows that lead to one another through time."""

import numpy as np

from motifleet.types import Ints


def atsc(IL: Ints, IR: Ints, j: int) -> Ints:
    """Follow the chain from window j: each one's right neighbour whose left neighbour it is.

    >>> atsc(np.array([-1, 0, 1, 0]), np.array([1, 2, 3, -1]), 0)
    array([0, 1, 2])
    """
    chain = [int(j)]
    for _ in range(len(IL)):
        following = int(IR[chain[-1]])
        if following == -1 or IL[following] != chain[-1]:
            break
        chain.append(following)
    return np.array(chain, np.int64)


def allc(IL: Ints, IR: Ints) -> tuple[list[Ints], Ints]:
    """Find all chains, and the longest of them, the earliest of equally long ones.

    >>> chains, longest = allc(np.array([-1, 0, 1, 0]), np.array([1, 2, 3, -1]))
    >>> sorted(chain.tolist() for chain in chains), longest.tolist()
    ([[0, 1, 2], [3]], [0, 1, 2])
    """
    chained: set[int] = set()
    chains: list[Ints] = []
    for start in range(len(IL)):
        if start not in chained:
            chains.append(atsc(IL, IR, start))
            chained.update(chains[-1].tolist())
    longest = max(chains, key=len)
    return [
        np.array(each, np.int64) for each in {tuple(chain.tolist()) for chain in chains}
    ], longest
