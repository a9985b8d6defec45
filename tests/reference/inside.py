"""Whether a point is in a polygon, by counting the edges that a ray to the east crosses.

Of points that are not on a border; a hole's edges count like the others.
"""

from itertools import pairwise

Ring = list[tuple[float, float]]


def inside(x: float, y: float, rings: list[Ring]) -> bool:
    crossed = 0
    for ring in rings:
        for (x1, y1), (x2, y2) in pairwise(ring):
            if (y1 > y) != (y2 > y) and x < x1 + (y - y1) * (x2 - x1) / (y2 - y1):
                crossed += 1
    return crossed % 2 == 1
