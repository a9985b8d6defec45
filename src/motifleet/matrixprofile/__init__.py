"""The matrix profile: where a signal repeats itself, where it does not, and where a pattern is.

The matrix profile of a series holds, for each of its windows of length m, the distance to the
nearest other window and where that one is. Its low points are motifs, behaviour that comes back;
its high points are discords, behaviour that was never seen elsewhere. Distances are z-normalised:
the shape of a window counts, its level and its scale do not.

`matrix_profile` takes one series, `fleet_profile` one signal of many devices in a single call,
`ab_join` finds what two series share or one has alone, and `match` finds the windows nearest to
a pattern. `multidimensional_profile` takes several channels of a device and finds what they do at
the same time. `StreamingProfile` keeps the profile of a device up with every value that comes,
`MultidimensionalStream` does so for several channels at the same time, `FleetStream` watches
many devices at once. On these stand the findings that need more than one low or high point:
`motif_sets`, `consensus_motif`, `shared_motifs`, `segment`, `snippets`, `mpdist`,
`variable_discords` and `anomaly_scores`. `similar_devices` and `device_clusters` say which devices
of a fleet behave alike, and a `DeviceIndex` chooses where there are too many to compare them all.

The conventions are those of the established libraries, so that results agree: float64; a window
with a missing or infinite value is at distance infinity, index -1; two constant windows are at
distance 0, a constant and a varying one at √m; neighbours within ⌈m / 4⌉ of a window do not
count, since every window is like itself shifted by one.

What z-normalisation hides, it hides here too: a signal at an unusual level in its usual shape is
no discord (with ``normalize=False`` it is), and where a signal is flat, its noise is all the
shape there is, so that discords on such stretches are noise against noise.
"""

from motifleet.matrixprofile.anomaly import KINDS as ANOMALY_KINDS
from motifleet.matrixprofile.anomaly import Anomaly, AnomalyScores, anomaly_scores, fleet_anomalies
from motifleet.matrixprofile.arrivals import Arrivals
from motifleet.matrixprofile.channels import ChannelsLike
from motifleet.matrixprofile.consensus import ConsensusMotif, consensus_motif
from motifleet.matrixprofile.device_clusters import DeviceCluster, DeviceClusters, device_clusters
from motifleet.matrixprofile.device_distance import device_distances
from motifleet.matrixprofile.device_index import DeviceIndex
from motifleet.matrixprofile.device_streams import FleetStream
from motifleet.matrixprofile.each_device import per_device
from motifleet.matrixprofile.findings import (
    Across,
    Discord,
    Finding,
    Match,
    Motif,
    Place,
    findings_from,
    findings_table,
)
from motifleet.matrixprofile.fleet import FleetProfile, fleet_profile
from motifleet.matrixprofile.fleet_discords import (
    fleet_discords,
    nearest_elsewhere,
    windows_beyond,
)
from motifleet.matrixprofile.join import Join, ab_join
from motifleet.matrixprofile.kernels import exclusion_zone
from motifleet.matrixprofile.matching import distance_profile, match
from motifleet.matrixprofile.merlin import VariableDiscords, variable_discords
from motifleet.matrixprofile.motif_set import MotifSet, motif_sets
from motifleet.matrixprofile.mp_distance import mpdist
from motifleet.matrixprofile.multidimensional import (
    MultidimensionalDiscord,
    MultidimensionalMotif,
    MultidimensionalProfile,
    multidimensional_profile,
)
from motifleet.matrixprofile.multidimensional_fleet import (
    MultidimensionalMatch,
    multidimensional_discords,
    multidimensional_match,
    multidimensional_motifs,
)
from motifleet.matrixprofile.multidimensional_stream import (
    MultidimensionalArrivals,
    MultidimensionalSnapshot,
    MultidimensionalStream,
)
from motifleet.matrixprofile.options import Progress
from motifleet.matrixprofile.profile import MatrixProfile, matrix_profile
from motifleet.matrixprofile.segmentation import Boundary, Segmentation, segment
from motifleet.matrixprofile.series import SeriesLike
from motifleet.matrixprofile.shared_motif import shared_motifs
from motifleet.matrixprofile.shared_search import GROUPS as SHARED_GROUPS
from motifleet.matrixprofile.shared_search import Search as SharedSearch
from motifleet.matrixprofile.shared_terms import Asked as SharedAsked
from motifleet.matrixprofile.shared_terms import SharedMotif
from motifleet.matrixprofile.sharing import Step as SharedStep
from motifleet.matrixprofile.similar import (
    SimilarDevices,
    chosen_by_index,
    chosen_devices,
    nearest_of,
    similar_devices,
)
from motifleet.matrixprofile.snippet import Snippet, Snippets, snippets
from motifleet.matrixprofile.stream_snapshot import StreamSnapshot
from motifleet.matrixprofile.streaming import StreamingProfile

__all__ = [
    "ANOMALY_KINDS",
    "SHARED_GROUPS",
    "Across",
    "Anomaly",
    "AnomalyScores",
    "Arrivals",
    "Boundary",
    "ChannelsLike",
    "ConsensusMotif",
    "DeviceCluster",
    "DeviceClusters",
    "DeviceIndex",
    "Discord",
    "Finding",
    "FleetProfile",
    "FleetStream",
    "Join",
    "Match",
    "MatrixProfile",
    "Motif",
    "MotifSet",
    "MultidimensionalArrivals",
    "MultidimensionalDiscord",
    "MultidimensionalMatch",
    "MultidimensionalMotif",
    "MultidimensionalProfile",
    "MultidimensionalSnapshot",
    "MultidimensionalStream",
    "Place",
    "Progress",
    "Segmentation",
    "SeriesLike",
    "SharedAsked",
    "SharedMotif",
    "SharedSearch",
    "SharedStep",
    "SimilarDevices",
    "Snippet",
    "Snippets",
    "StreamSnapshot",
    "StreamingProfile",
    "VariableDiscords",
    "ab_join",
    "anomaly_scores",
    "chosen_by_index",
    "chosen_devices",
    "consensus_motif",
    "device_clusters",
    "device_distances",
    "distance_profile",
    "exclusion_zone",
    "findings_from",
    "findings_table",
    "fleet_anomalies",
    "fleet_discords",
    "fleet_profile",
    "match",
    "matrix_profile",
    "motif_sets",
    "mpdist",
    "multidimensional_discords",
    "multidimensional_match",
    "multidimensional_motifs",
    "multidimensional_profile",
    "nearest_elsewhere",
    "nearest_of",
    "per_device",
    "segment",
    "shared_motifs",
    "similar_devices",
    "snippets",
    "variable_discords",
    "windows_beyond",
]
