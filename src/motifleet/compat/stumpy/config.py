"""stumpy's settings, with its defaults.

Those that decide what a result is can be read, and set to what they are; any other value is
refused, since it would not be followed. Those that are about how stumpy computes can be set, and
change nothing here.

>>> STUMPY_EXCL_ZONE_DENOM, STUMPY_P_NORM_THRESHOLD
(4, 1e-14)
"""

import sys
from types import ModuleType
from typing import Any

import numpy as np

from motifleet.compat.stumpy.refused import refuse
from motifleet.compat.stumpy.warned import warned

STUMPY_THREADS_PER_BLOCK = 512
STUMPY_MEAN_STD_NUM_CHUNKS = 1
STUMPY_MEAN_STD_MAX_ITER = 10
STUMPY_DENOM_THRESHOLD = 1e-14
STUMPY_STDDEV_THRESHOLD = 1e-7
STUMPY_P_NORM_THRESHOLD = 1e-14
STUMPY_TEST_PRECISION = 5
STUMPY_MAX_P_NORM_DISTANCE = np.finfo(np.float64).max
STUMPY_MAX_DISTANCE = np.sqrt(np.finfo(np.float64).max)
STUMPY_EXCL_ZONE_DENOM = 4
STUMPY_FASTMATH_TRUE = True
STUMPY_FASTMATH_FLAGS = frozenset({"nsz", "arcp", "contract", "afn", "reassoc"})

_DEFAULTS = {name: value for name, value in globals().items() if name.startswith("STUMPY_")}
_OF_COMPUTING = {
    "STUMPY_THREADS_PER_BLOCK",
    "STUMPY_MEAN_STD_NUM_CHUNKS",
    "STUMPY_MEAN_STD_MAX_ITER",
    "STUMPY_TEST_PRECISION",
    "STUMPY_FASTMATH_TRUE",
    "STUMPY_FASTMATH_FLAGS",
}
FIXED = "what it decides is the same for all of Motifleet: leave it as it is"


def _reset(var: str | None = None) -> None:
    """Set a setting, or all of them, back to the default; a warning where there is none."""
    if var is None:
        globals().update(_DEFAULTS)
    elif var in _DEFAULTS:
        globals()[var] = _DEFAULTS[var]
    else:
        warned(f"there is no setting {var!r} to reset")


class _Config(ModuleType):
    """The module, which hears what is set."""

    def __setattr__(self, name: str, value: Any) -> None:
        decides = name in _DEFAULTS and name not in _OF_COMPUTING
        if decides and value != _DEFAULTS[name]:
            refuse(f"config.{name} = {value!r}", FIXED)
        super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Config
