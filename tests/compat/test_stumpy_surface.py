"""Name by name what stumpy exports: what it is, what comes back, and where warnings point."""

import inspect
import warnings
from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from motifleet.compat import stumpy as ours

RNG = np.random.default_rng(4)
A, B = RNG.normal(size=(2, 60)).cumsum(axis=1)
BOTH = np.stack([A, B])


MODULES = {"cache", "config", "core", "mmparray", "mparray"}


def exported(theirs: ModuleType) -> dict[str, Any]:
    """What a user may take from their package: not what it imports for itself."""
    found = {}
    for name in sorted(set(dir(theirs))):
        each = getattr(theirs, name)
        home = each.__name__ if inspect.ismodule(each) else getattr(each, "__module__", "")
        # Modules of functions that are exported by themselves are there once these were used.
        internal = inspect.ismodule(each) and name not in MODULES
        if not (name.startswith("_") or internal) and str(home).split(".")[0] == "stumpy":
            found[name] = each
    return found


def test_every_name_that_is_exported_is_here_or_says_why_not(theirs: ModuleType) -> None:
    names = exported(theirs)
    assert len(names) > 50
    assert MODULES | set(theirs._lazy_imports) < set(names)
    for name, each in names.items():
        if name == "cache":
            with pytest.raises(NotImplementedError, match="nothing is compiled here"):
                getattr(ours, name)
            assert not hasattr(ours, name)
            continue
        mine = getattr(ours, name)
        assert name in ours.__all__
        assert inspect.ismodule(mine) == inspect.ismodule(each), name
        assert callable(mine) == callable(each), name
        if inspect.isclass(each):
            assert inspect.isclass(mine), name


def test_classes_of_a_cluster_or_a_card_are_classes_that_say_why() -> None:
    for name in ("stimped", "aamp_stimped", "gpu_stimp", "gpu_aamp_stimp"):
        kind: Any = getattr(ours, name)
        assert isinstance(kind, type)
        assert kind.__name__ == name
        with pytest.raises(NotImplementedError, match=f"has no {name}: "):
            kind(A, min_m=3)


def test_the_names_of_core(theirs: ModuleType) -> None:
    for name, each in vars(theirs.core).items():
        own = inspect.isfunction(each) and each.__module__ == "stumpy.core"
        if own and not name.startswith("_") and not hasattr(ours.core, name):
            with pytest.raises(NotImplementedError, match=f"has no {name}: "):
                getattr(ours.core, name)
    with pytest.raises(AttributeError, match="_private"):
        _ = ours.core._private
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = ours.nothing


def test_the_settings_are_theirs(theirs: ModuleType) -> None:
    names = [name for name in vars(theirs.config) if name.startswith("STUMPY_")]
    for name in names:
        if not name.startswith("STUMPY_FASTMATH_") or name in vars(ours.config):
            assert getattr(ours.config, name) == getattr(theirs.config, name), name
    assert len([name for name in names if name in vars(ours.config)]) >= 12


def test_settings_that_would_not_be_followed_are_refused() -> None:
    config: Any = ours.config
    config.STUMPY_EXCL_ZONE_DENOM = 4
    with pytest.raises(NotImplementedError, match="EXCL_ZONE_DENOM = 1: what it decides"):
        config.STUMPY_EXCL_ZONE_DENOM = 1
    with pytest.raises(NotImplementedError, match="P_NORM_THRESHOLD"):
        config.STUMPY_P_NORM_THRESHOLD = 0.0
    config.STUMPY_THREADS_PER_BLOCK = 64
    assert config.STUMPY_THREADS_PER_BLOCK == 64
    config._reset()
    assert config.STUMPY_THREADS_PER_BLOCK == 512
    config.STUMPY_TEST_PRECISION = 3
    config._reset("STUMPY_TEST_PRECISION")
    assert config.STUMPY_TEST_PRECISION == 5
    with pytest.warns(UserWarning, match="no setting 'STUMPY_NONE'") as seen:
        config._reset("STUMPY_NONE")
    assert seen[0].filename == __file__


def test_the_profiles_are_of_classes_with_their_names(theirs: ModuleType) -> None:
    for library in (ours, theirs):
        assert type(library.mstump(BOTH, 8)) is library.mmparray.mparray
        assert type(library.stump(A, 8)) is library.mparray.mparray
    mine, yours = ours.mstump(BOTH, 8), theirs.mstump(BOTH, 8)
    assert (type(mine).__name__, mine._fields) == (type(yours).__name__, yours._fields)


def profile(library: ModuleType) -> Any:
    return library.stump(A, 8)


def several(library: ModuleType) -> Any:
    return library.mstump(BOTH, 8)


def stepped(kind: str, *arguments: Any, **named: Any) -> Callable[[ModuleType], Any]:
    def call(library: ModuleType) -> Any:
        made = getattr(library, kind)(*arguments, **named)
        made.update()
        names = ("P_", "I_", "left_I_", "right_I_", "PAN_", "M_")
        return [getattr(made, name) for name in names if hasattr(made, name)]

    return call


def streamed(kind: str) -> Callable[[ModuleType], Any]:
    def call(library: ModuleType) -> Any:
        made = getattr(library, kind)(A[:40], 8)
        made.update(A[40])
        each = [made.P_, made.I_, made.left_P_, made.left_I_, made.T_]
        # Theirs may be views of the profile that the stream began with, or not.
        return [np.asarray(array) for array in each]

    return call


def floss(library: ModuleType) -> Any:
    made = library.floss(profile(library), A, 8, 8)
    made.update(1.0)
    return [made.cac_1d_, made.P_, made.I_, made.T_]


# What each function returns, down to the types of its numbers.
RETURNED: dict[str, Callable[[ModuleType], Any]] = {
    "stump": profile,
    "stump, k": lambda x: [x.stump(A, 8, k=2), x.stump(A, 8, k=2).P_, x.stump(A, 8, k=2).I_],
    "aamp": lambda x: [x.aamp(A, 8), x.aamp(A, 8).left_I_],
    "mass": lambda x: x.mass(A[:8], A),
    "core.mass": lambda x: x.core.mass(A[:8], A),
    "core.mass_absolute": lambda x: x.core.mass_absolute(A[:8], A),
    "match": lambda x: x.match(A[:8], A, max_distance=9.0),
    "aamp_match": lambda x: x.aamp_match(A[:8], A, max_distance=9.0),
    "motifs": lambda x: x.motifs(A, profile(x).P_, cutoff=np.inf),
    "aamp_motifs": lambda x: x.aamp_motifs(A, x.aamp(A, 8).P_, cutoff=np.inf),
    "mmotifs": lambda x: x.mmotifs(BOTH, *several(x), cutoffs=np.inf),
    "aamp_mmotifs": lambda x: x.aamp_mmotifs(BOTH, *x.maamp(BOTH, 8), cutoffs=np.inf),
    "mpdist": lambda x: x.mpdist(A, B, 8),
    "aampdist": lambda x: x.aampdist(A, B, 8),
    "ostinato": lambda x: x.ostinato([A, B], 8),
    "aamp_ostinato": lambda x: x.aamp_ostinato([A, B], 8),
    "snippets": lambda x: x.snippets(A, 10, 2),
    "aampdist_snippets": lambda x: x.aampdist_snippets(A, 10, 2),
    "fluss": lambda x: x.fluss(profile(x).I_, 8, 2),
    "mstump": several,
    "maamp": lambda x: x.maamp(BOTH, 8),
    "subspace": lambda x: x.subspace(BOTH, 8, 3, 20, 1),
    "maamp_subspace": lambda x: x.maamp_subspace(BOTH, 8, 3, 20, 1),
    "mdl": lambda x: x.mdl(BOTH, 8, np.array([3, 5]), np.array([20, 30])),
    "maamp_mdl": lambda x: x.maamp_mdl(BOTH, 8, np.array([3, 5]), np.array([20, 30])),
    "allc": lambda x: x.allc(profile(x).left_I_, profile(x).right_I_),
    "atsc": lambda x: x.atsc(profile(x).left_I_, profile(x).right_I_, 1),
    "prescrump": lambda x: x.prescrump(A, 8),
    "prescraamp": lambda x: x.prescraamp(A, 8),
    "scrump": stepped("scrump", A, 8),
    "scraamp": stepped("scraamp", A, 8),
    "stimp": stepped("stimp", A, 8, 10, percentage=1.0),
    "aamp_stimp": stepped("aamp_stimp", A, 8, 10, percentage=1.0),
    "stumpi": streamed("stumpi"),
    "aampi": streamed("aampi"),
    "floss": floss,
}


def kinds(value: Any) -> Any:
    """The type of a result, and those of all that it holds."""
    if isinstance(value, np.ndarray):
        return type(value).__name__, value.dtype, value.ndim
    if isinstance(value, list | tuple | set):
        return type(value).__name__, [kinds(each) for each in value]
    return type(value)


@pytest.mark.parametrize("name", RETURNED)
@pytest.mark.filterwarnings("ignore::UserWarning", "ignore::RuntimeWarning")
def test_types_are_theirs(theirs: ModuleType, name: str) -> None:
    call = RETURNED[name]
    assert kinds(call(ours)) == kinds(call(theirs))


def test_every_function_is_asked_what_it_returns(theirs: ModuleType) -> None:
    refused = {name for name in theirs._lazy_imports if name.endswith("ed")}
    asked = {name.split(",")[0].removeprefix("core.") for name in RETURNED}
    assert set(theirs._lazy_imports) - refused == asked & set(theirs._lazy_imports)


def motifless(found: Any) -> Any:
    return ours.mmotifs(BOTH, found.P_, found.I_, cutoffs=np.inf, max_motifs=0)


WARNS: dict[str, Callable[[], Any]] = {
    "stump": lambda: ours.stump(A, 5, None, False),
    "stump of a large window": lambda: ours.stump(A, 48),
    "stump of two": lambda: ours.stump(A, 5, B),
    "aamp": lambda: ours.aamp(A, 5, A, False),
    "scrump": lambda: ours.scrump(A, 5, None, False),
    "scraamp": lambda: ours.scraamp(A, 5, B),
    "mstump": lambda: ours.mstump(BOTH, 5, include=[1, 1]),
    "mstump of plain distances": lambda: ours.mstump(BOTH, 5, [1, 1], normalize=False),
    "maamp": lambda: ours.maamp(BOTH, 5, [1, 1]),
    "subspace": lambda: ours.subspace(BOTH, 8, 3, 20, 1, include=[1, 1]),
    "mdl": lambda: ours.mdl(BOTH, 8, np.array([3, 5]), np.array([20, 30]), include=[1, 1]),
    "mass": lambda: ours.mass(A[:9], A, query_idx=7),
    "motifs": lambda: ours.motifs(A, profile(ours).P_, cutoff=0.0),
    "aamp_motifs": lambda: ours.aamp_motifs(A, ours.aamp(A, 8).P_, cutoff=np.inf, max_motifs=0),
    "mmotifs": lambda: motifless(several(ours)),
    "mpdist": lambda: ours.mpdist(A, A, 8),
}


@pytest.mark.parametrize("name", WARNS)
def test_a_warning_points_at_the_line_that_is_to_be_changed(name: str) -> None:
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        WARNS[name]()
    assert seen
    assert {each.filename for each in seen} == {__file__}
