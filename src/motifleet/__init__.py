"""Motifleet finds the patterns in a fleet's telemetry and puts them to work.

The names here are the everyday ones; each is loaded when it is first used, so that
``import motifleet`` costs next to nothing.

>>> import motifleet
>>> profile = motifleet.matrix_profile([0, 1, 5, 1, 0, 0, 1, 5, 1, 0, 3, 9], m=4)
>>> profile.motifs(1)[0].index
0
"""

from typing import TYPE_CHECKING

from motifleet.lazily import lazily

if TYPE_CHECKING:
    from motifleet.app import Motifleet, Selection, open_home
    from motifleet.matrixprofile import (
        ab_join,
        fleet_profile,
        match,
        matrix_profile,
        multidimensional_profile,
    )
    from motifleet.telemetry import ColumnMapping, fleet_series, read_reports, sample_path
    from motifleet.types import FleetSeries, Series

__version__ = "0.1.0"

__all__ = [
    "ColumnMapping",
    "FleetSeries",
    "Motifleet",
    "Selection",
    "Series",
    "ab_join",
    "fleet_profile",
    "fleet_series",
    "match",
    "matrix_profile",
    "multidimensional_profile",
    "open_home",
    "read_reports",
    "sample_path",
]

__getattr__, __dir__ = lazily(__name__)
