"""An engine by its name, as settings and commands have it."""

from collections.abc import Callable

from motifleet.engines.contract import Engine, Kernels
from motifleet.engines.local import LocalEngine
from motifleet.engines.spark import SparkEngine
from motifleet.errors import InvalidArgumentError


def engine_named(engine: Engine | str, kernels: Kernels) -> Engine:
    """Return the engine of that name; an engine is returned as it is.

    Args:
        engine: ``local``, ``spark``, or an engine.
        kernels: how they are run, where the engine is on this machine.

    Raises:
        InvalidArgumentError: there is none of that name.

    >>> engine_named("local", Kernels(threads=2))
    LocalEngine(kernels=Kernels(threads=2, simd='auto'))
    """
    if not isinstance(engine, str):
        return engine
    if engine not in _MADE:
        raise InvalidArgumentError(f"expected an engine out of {', '.join(_MADE)}, got {engine!r}")
    return _MADE[engine](kernels)


def _spark(kernels: Kernels) -> Engine:
    return SparkEngine(Kernels(threads=1, simd=kernels.simd))


_MADE: dict[str, Callable[[Kernels], Engine]] = {"local": LocalEngine, "spark": _spark}
