"""Motifleet finds the patterns in a fleet's telemetry and puts them to work.

The names here are the everyday ones; each is loaded when it is first used, so that
``import motifleet`` costs next to nothing.

>>> import motifleet
>>> profile = motifleet.matrix_profile([0, 1, 5, 1, 0, 0, 1, 5, 1, 0, 3, 9], m=4)
>>> profile.motifs(1)[0].index
0
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)

__version__ = "0.1.0"
