"""The matrix profile: where a signal repeats itself, where it does not, and where a pattern is.

The matrix profile of a series holds, for each of its windows of length m, the distance to the
nearest other window and where that one is. Its low points are motifs, behaviour that comes back;
its high points are discords, behaviour that was never seen elsewhere. Distances are z-normalised:
the shape of a window counts, its level and its scale do not.

`matrix_profile` takes one series, `fleet_profile` one signal of many devices in a single call,
and `match` finds the windows nearest to a pattern in either.

The conventions are those of the established libraries, so that results agree: float64; a window
with a missing or infinite value is at distance infinity, index -1; two constant windows are at
distance 0, a constant and a varying one at √m; neighbours within ⌈m / 4⌉ of a window do not
count, since every window is like itself shifted by one.

What z-normalisation hides, it hides here too: a signal at an unusual level in its usual shape is
no discord, and where a signal is flat, its noise is all the shape there is, so that discords on
such stretches are noise against noise.
"""

from motifleet.matrixprofile.findings import Discord, Finding, Match, Motif
from motifleet.matrixprofile.fleet import FleetProfile, fleet_profile
from motifleet.matrixprofile.kernels import exclusion_zone
from motifleet.matrixprofile.matching import distance_profile, match
from motifleet.matrixprofile.profile import MatrixProfile, matrix_profile
from motifleet.matrixprofile.series import SeriesLike

__all__ = [
    "Discord",
    "Finding",
    "FleetProfile",
    "Match",
    "MatrixProfile",
    "Motif",
    "SeriesLike",
    "distance_profile",
    "exclusion_zone",
    "fleet_profile",
    "match",
    "matrix_profile",
]
