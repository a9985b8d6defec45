"""Names of stumpy that are not offered, and why."""

from collections.abc import Callable
from typing import Any, NoReturn

EUCLIDEAN = "not offered under this name yet; matrix_profile(…, normalize=False) is"
CLUSTER = "there is no Dask or Ray cluster: the name without 'ed' uses every core of this machine"
GPU = "Motifleet computes on CPUs: the name without 'gpu_' uses every core of this machine"


def refuse(name: str, reason: str) -> NoReturn:
    """Raise that something of stumpy's is not offered."""
    raise NotImplementedError(f"motifleet.compat.stumpy has no {name}: {reason}")


def check_offered(name: str, *, normalize: bool = True, **unset: object) -> None:
    """Refuse distances that are not z-normalised, and arguments that are set but not offered."""
    if not normalize:
        refuse(f"{name}(…, normalize=False)", EUCLIDEAN)
    for argument, value in unset.items():
        if value is not None:
            refuse(f"{name}(…, {argument}=…)", "constant windows are those of a single value")


def _refused(name: str, reason: str) -> Callable[..., Any]:
    def function(*_: object, **__: object) -> NoReturn:
        refuse(name, reason)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = _told(name, reason)
    return function


def _refused_class(name: str, reason: str) -> Any:
    def init(*_: object, **__: object) -> NoReturn:
        refuse(name, reason)

    return type(
        name, (), {"__init__": init, "__doc__": _told(name, reason), "__module__": __name__}
    )


def _told(name: str, reason: str) -> str:
    return f"""Raise NotImplementedError: {reason}.

    >>> {name}()
    Traceback (most recent call last):
    NotImplementedError: motifleet.compat.stumpy has no {name}: {reason}
    """


aamp_ostinatoed = _refused("aamp_ostinatoed", CLUSTER)
aamp_stimped = _refused_class("aamp_stimped", CLUSTER)
aampdisted = _refused("aampdisted", CLUSTER)
aamped = _refused("aamped", CLUSTER)
maamped = _refused("maamped", CLUSTER)
mpdisted = _refused("mpdisted", CLUSTER)
mstumped = _refused("mstumped", CLUSTER)
ostinatoed = _refused("ostinatoed", CLUSTER)
stimped = _refused_class("stimped", CLUSTER)
stumped = _refused("stumped", CLUSTER)
gpu_aamp = _refused("gpu_aamp", GPU)
gpu_aamp_ostinato = _refused("gpu_aamp_ostinato", GPU)
gpu_aamp_stimp = _refused_class("gpu_aamp_stimp", GPU)
gpu_aampdist = _refused("gpu_aampdist", GPU)
gpu_mpdist = _refused("gpu_mpdist", GPU)
gpu_ostinato = _refused("gpu_ostinato", GPU)
gpu_stimp = _refused_class("gpu_stimp", GPU)
gpu_stump = _refused("gpu_stump", GPU)


class NotOfferedError(NotImplementedError, AttributeError):
    """A name of stumpy's is not there: ``hasattr`` is false, and an import of it fails.

    >>> from motifleet.compat import stumpy
    >>> hasattr(stumpy.core, "process_isconstant")
    False
    """


CACHE = "nothing is compiled here, so that nothing has to be kept or cleared"
CORE = "of stumpy's own helpers only those that say how far series are apart are offered"


def not_offered(module: str, name: str, reason: str) -> AttributeError:
    """Return what is to be raised where a module does not have a name."""
    if name.startswith("_"):
        return AttributeError(f"module {module!r} has no attribute {name!r}")
    return NotOfferedError(f"motifleet.compat.stumpy has no {name}: {reason}")
