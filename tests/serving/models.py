"""What is served in tests: functions, well-behaved and bad ones, and the lab's models."""

from pathlib import Path

from tests.models.conftest import classifier

from motifleet.app import Motifleet, Simulation, open_home
from motifleet.models import MultiDimMotif, TimeSeriesQuery

SIGNALS = [f"iot_signal_{number}" for number in (1, 2, 3, 4)]

WELL = """
from motifleet.serving import track_metric

def predict(request):
    track_metric("asked", request["value"])
    return {"double": 2 * request["value"]}
"""
ODD = """
import os, time
import numpy as np

KEPT = []

def predict(request):
    kind = request["kind"]
    if kind == "nan":
        return {"value": float("nan"), "array": np.array([1.5, np.nan])}
    if kind == "array":
        return np.arange(6).reshape(2, 3)[:, ::2]
    if kind == "scalar":
        return np.float32(0.5)
    if kind == "object":
        return object()
    if kind == "wrong":
        raise ValueError("expected a kind")
    if kind == "bug":
        return {}["nothing"]
    if kind == "crash":
        os._exit(3)
    if kind == "hang":
        time.sleep(3600)
    if kind == "leak":
        KEPT.append(np.ones(8_000_000))
    if kind == "slow":
        time.sleep(float(request["seconds"]))
    return {"kind": kind, "pid": os.getpid()}
"""
CRASHES_AT_LOAD = "import os\nos._exit(4)\n"
RAISES_AT_LOAD = "raise RuntimeError('no licence for this model')\n"
HOLDS_NO_FUNCTION = "predict = 3\n"


def lab_home(folder: Path) -> Motifleet:
    """A home in which the lab's models are registered."""
    fleet = open_home(folder)
    fleet.simulate(Simulation("lab", part=2), "lab")
    train = fleet.models.train
    train(classifier(), "lab", name="failures")
    train(TimeSeriesQuery("iot_signal_3", window=8, steps=False), "lab", name="query")
    train(MultiDimMotif(SIGNALS, window=5), "lab", name="motifs")
    return fleet
