"""Distances on the WGS84 spheroid by Vincenty's inverse formula (Survey Review 23, 1975).

Does not converge for points that are nearly opposite to one another.
"""

from math import atan, atan2, cos, radians, sin, sqrt, tan

A = 6_378_137.0
F = 1 / 298.257223563
B = A * (1 - F)


def distance(longitude: float, latitude: float, to_longitude: float, to_latitude: float) -> float:
    """Metres along the shortest way; degrees in."""
    if (longitude, latitude) == (to_longitude, to_latitude):
        return 0.0
    along = radians(to_longitude - longitude)
    u1, u2 = atan((1 - F) * tan(radians(latitude))), atan((1 - F) * tan(radians(to_latitude)))
    turned = along
    for _ in range(1000):
        across = cos(u2) * sin(turned)
        up = cos(u1) * sin(u2) - sin(u1) * cos(u2) * cos(turned)
        sin_s = sqrt(across**2 + up**2)
        if sin_s == 0:
            return 0.0
        cos_s = sin(u1) * sin(u2) + cos(u1) * cos(u2) * cos(turned)
        s = atan2(sin_s, cos_s)
        sin_a = cos(u1) * cos(u2) * sin(turned) / sin_s
        cos2_a = 1 - sin_a**2
        middle = cos_s - 2 * sin(u1) * sin(u2) / cos2_a if cos2_a else 0.0
        c = F / 16 * cos2_a * (4 + F * (4 - 3 * cos2_a))
        inner = middle + c * cos_s * (2 * middle**2 - 1)
        before, turned = turned, along + (1 - c) * F * sin_a * (s + c * sin_s * inner)
        if abs(turned - before) < 1e-13:
            break
    else:
        raise ValueError("nearly opposite points")
    return _length(cos2_a, s, sin_s, cos_s, middle)


def _length(cos2_a: float, s: float, sin_s: float, cos_s: float, middle: float) -> float:
    u = cos2_a * (A**2 - B**2) / B**2
    big_a = 1 + u / 16384 * (4096 + u * (u * (320 - 175 * u) - 768))
    big_b = u / 1024 * (256 + u * (u * (74 - 47 * u) - 128))
    last = big_b / 6 * middle * (4 * sin_s**2 - 3) * (4 * middle**2 - 3)
    ds = big_b * sin_s * (middle + big_b / 4 * (cos_s * (2 * middle**2 - 1) - last))
    return B * big_a * (s - ds)
