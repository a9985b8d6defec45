"""One progress of work that takes several calls of the kernels."""

from time import monotonic

from motifleet.matrixprofile.options import Progress, progress_function

EVERY = 0.025
"""Seconds between two calls."""


class Steps:
    """Counts what is done over several calls, and tells of it now and then.

    Args:
        progress: called with what is done and the total; None: nobody.
        total: how much there is; None: that is not known before.

    >>> steps = Steps(lambda done, total: print(done, total), 6)
    >>> halfway = steps.part(4)
    >>> halfway(1, 2)
    2 6
    >>> steps.finished()
    6 6
    """

    def __init__(self, progress: Progress | None, total: int | None) -> None:
        self._told, self._total, self._done = progress_function(progress), total, 0
        self._next = monotonic() + EVERY

    def part(self, size: int) -> Progress | None:
        """Return the progress of the next call, which does so much of the whole."""
        if self._told is None:
            return None
        if monotonic() >= self._next:
            self._tell(self._done)
        before = self._done
        self._done += size

        def told(done: int, total: int | None) -> None:
            self._tell(before + size * done // max(total or 1, 1))

        return told

    def finished(self) -> None:
        """Tell that all is done."""
        if self._told is not None:
            self._told(self._done if self._total is None else self._total, self._total)

    def _tell(self, done: int) -> None:
        if self._told is not None:
            self._told(done, self._total)
            self._next = monotonic() + EVERY
