"""Devices that behave alike at 1,000 to 1,000,000 devices: build, query, bytes, recall and growth.

Devices of a group of 40 drive the same tours in their own order, pace and noise, 240 reports each;
of a million devices 120 each, so that they fit into memory, of which 32 windows are indexed in the
place of 96. A query chooses 200 devices by the index and compares these window by window. Recall is
the share of the ten found that are as near as the ten nearest of all: over 20 devices, over 200 of
2,000, over 3 where comparing all takes long. The exponents say how build and query grow from the
line above, where the reports are as many: 1 is as the number of devices.
"""

from bench.rows import Row
from bench.similar import LARGE, SMALL
from bench.similar import rows as of_sizes

TITLE = "Devices that behave alike, at scale"


def rows() -> list[Row]:
    """One row for each size."""
    return of_sizes((*SMALL, *LARGE))
