"""How a join is done: what is the same for all of them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from motifleet.errors import InvalidArgumentError
from motifleet.matrixprofile import kernels
from motifleet.matrixprofile.measure import Measure

Progress: TypeAlias = Callable[[int, int | None], None]
"""Called now and then with the pairs of windows compared so far, and how many there are."""


@dataclass(frozen=True, slots=True)
class JoinOptions:
    """Checked options of a join, as the kernels read them.

    Of the share of the pairs that is compared, `skip` is left out: a join can be done in parts.
    """

    k: int
    normalize: bool
    p: float
    share: float
    skip: float
    progress: Progress | None
    threads: int
    simd: str

    @classmethod
    def checked(
        cls,
        *,
        threads: int,
        simd: str,
        k: int = 1,
        normalize: bool = True,
        p: float = 2.0,
        share: float = 1.0,
        progress: Progress | None = None,
        windows: int = 1,
    ) -> "JoinOptions":
        """Check what a user passed for so many windows; settings resolve the rest."""
        measure = Measure.of_join(normalize, p)
        return cls(
            kernels.neighbor_count(k, windows),
            measure.normalize,
            measure.p,
            _share(share),
            0.0,
            progress_function(progress),
            kernels.resolve_threads(threads),
            kernels.resolve_simd(simd),
        )

    def fields(self, prefixes: Iterable[str], sides: Iterable[Any]) -> dict[str, Any]:
        """Name the arrays of each side: the nearest neighbours, and all k in rows."""
        named: dict[str, Any] = {}
        for prefix, (distances, indices) in zip(prefixes, sides, strict=True):
            for kind, array in (("distances", distances), ("indices", indices)):
                named[f"{prefix}{kind}"] = self._nearest(array)
                named[f"{prefix}neighbor_{kind}"] = array.reshape(-1, self.k)
        return named

    def self_fields(self, sides: Iterable[Any]) -> dict[str, Any]:
        """Name the arrays of a self-join: of all neighbours k, of earlier and later ones one."""
        overall, *others = sides
        named = self.fields(("",), (overall,))
        for prefix, (distances, indices) in zip(("left_", "right_"), others, strict=True):
            named[f"{prefix}distances"] = self._nearest(distances)
            named[f"{prefix}indices"] = self._nearest(indices)
        return named

    def _nearest(self, array: Any) -> Any:
        # A copy, lest the nearest alone keep all the others in memory.
        return array if self.k == 1 else array[:: self.k].copy()

    def finished(self, pairs: int) -> None:
        """Tell whoever follows the progress that all is done."""
        if self.progress is not None:
            total = int(pairs * self.share)
            self.progress(total, total)


def _share(share: Any) -> float:
    if isinstance(share, bool) or not isinstance(share, int | float | np.number):
        raise InvalidArgumentError(f"expected a share as a number, got {share!r}")
    if not 0 < share <= 1:
        raise InvalidArgumentError(
            f"expected a share above 0 and up to 1, which is exact, got {share}"
        )
    return float(share)


def progress_function(progress: Any) -> Any:
    """Return what is called with the progress, or None."""
    if progress is not None and not callable(progress):
        raise InvalidArgumentError(
            f"expected a progress function of (done, total) or None, got {progress!r}"
        )
    return progress
