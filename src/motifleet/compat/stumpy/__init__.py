"""Stand in for stumpy 1.14: ``from motifleet.compat import stumpy``.

The names here have stumpy's arguments, return shapes, error types and conventions, over
Motifleet's kernels. What is not offered raises `NotImplementedError`, which says why; nothing
returns something that is subtly different. How many threads are used is set by
``MOTIFLEET_THREADS``.

>>> import numpy as np
>>> profile = stump(np.array([584.0, -11.0, 23.0, 79.0, 1001.0, 0.0, -19.0]), m=3)
>>> profile.I_.tolist(), profile.P_.round(4).tolist()
([4, 3, 0, 1, 0], [0.1163, 2.6941, 3.0001, 2.6941, 0.1163])
"""

from typing import Any

from motifleet.compat.stumpy import config, core, mmparray, mparray
from motifleet.compat.stumpy.anytime import prescraamp, prescrump, scraamp, scrump
from motifleet.compat.stumpy.chains import allc, atsc
from motifleet.compat.stumpy.core import mass
from motifleet.compat.stumpy.distances import aampdist, aampdist_snippets, mpdist, snippets
from motifleet.compat.stumpy.joins import aamp, aamp_ostinato, ostinato, stump
from motifleet.compat.stumpy.matches import aamp_match, aamp_motifs, match, motifs
from motifleet.compat.stumpy.mmotif import aamp_mmotifs, mmotifs
from motifleet.compat.stumpy.pan import aamp_stimp, stimp
from motifleet.compat.stumpy.refused import (
    CACHE,
    GPU,
    aamp_ostinatoed,
    aamp_stimped,
    aampdisted,
    aamped,
    gpu_aamp,
    gpu_aamp_ostinato,
    gpu_aamp_stimp,
    gpu_aampdist,
    gpu_mpdist,
    gpu_ostinato,
    gpu_stimp,
    gpu_stump,
    maamped,
    mpdisted,
    mstumped,
    not_offered,
    ostinatoed,
    stimped,
    stumped,
)
from motifleet.compat.stumpy.segments import fluss
from motifleet.compat.stumpy.several import maamp, mstump
from motifleet.compat.stumpy.streams import aampi, floss, stumpi
from motifleet.compat.stumpy.subspaces import maamp_mdl, maamp_subspace, mdl, subspace

__all__ = [
    "aamp",
    "aamp_match",
    "aamp_mmotifs",
    "aamp_motifs",
    "aamp_ostinato",
    "aamp_ostinatoed",
    "aamp_stimp",
    "aamp_stimped",
    "aampdist",
    "aampdist_snippets",
    "aampdisted",
    "aamped",
    "aampi",
    "allc",
    "atsc",
    "config",
    "core",
    "floss",
    "fluss",
    "gpu_aamp",
    "gpu_aamp_ostinato",
    "gpu_aamp_stimp",
    "gpu_aampdist",
    "gpu_mpdist",
    "gpu_ostinato",
    "gpu_stimp",
    "gpu_stump",
    "maamp",
    "maamp_mdl",
    "maamp_subspace",
    "maamped",
    "mass",
    "match",
    "mdl",
    "mmotifs",
    "mmparray",
    "motifs",
    "mparray",
    "mpdist",
    "mpdisted",
    "mstump",
    "mstumped",
    "ostinato",
    "ostinatoed",
    "prescraamp",
    "prescrump",
    "scraamp",
    "scrump",
    "snippets",
    "stimp",
    "stimped",
    "stump",
    "stumped",
    "stumpi",
    "subspace",
]


def __getattr__(name: str) -> Any:
    reasons = {"cache": CACHE, "cuda": GPU}
    if name in reasons:
        raise not_offered(__name__, name, reasons[name])
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
