"""Monitoring: what endpoints answered, how good it was, and who is told when something is wrong.

The `PredictionLog` reads predictions a page at a time; `records` gives them the names that the
lab's notebooks read. Ground truth that comes later is `joined` with what was predicted, and
`qualities` says how good the answers were over time.
"""

from motifleet.monitoring.joined import Joined, joined
from motifleet.monitoring.log import PredictionLog, PredictionPage
from motifleet.monitoring.quality import Quality, Share, qualities, quality, share
from motifleet.monitoring.records import Record, frame, id_of, records

__all__ = [
    "Joined",
    "PredictionLog",
    "PredictionPage",
    "Quality",
    "Record",
    "Share",
    "frame",
    "id_of",
    "joined",
    "qualities",
    "quality",
    "records",
    "share",
]
