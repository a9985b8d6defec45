"""Functions that are served in tests: well-behaved ones, and every kind of bad one."""

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
