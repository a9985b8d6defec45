"""How many replicas a deployment should have: by what waits for them."""

from dataclasses import dataclass

_BUSY = 4
_UP_SECONDS, _DOWN_SECONDS = 0.5, 30.0


@dataclass(slots=True)
class Scaling:
    """Decides on the count of one deployment's replicas.

    It grows by one while more than four requests wait for each replica for half a second, shrinks
    by one after thirty seconds without a queue, and goes to zero, where that is allowed, after a
    time without any request.

    Args:
        least, most: the bounds.
        idle_seconds: without requests, before it goes to zero.
        count: of replicas now.

    >>> scaling = Scaling(0, 2, 300.0, 1)
    >>> scaling.decide(0.0, waiting=9, arrived=9), scaling.decide(1.0, waiting=9, arrived=20)
    (1, 2)
    >>> scaling.decide(400.0, waiting=0, arrived=20), scaling.decide(800.0, waiting=0, arrived=20)
    (1, 0)
    >>> scaling.decide(801.0, waiting=1, arrived=21)
    1
    """

    least: int
    most: int
    idle_seconds: float
    count: int
    arrived: int = 0
    _arrived_at: float = 0.0
    _busy_since: float | None = None
    _calm_since: float | None = None

    def decide(self, now: float, *, waiting: int, arrived: int) -> int:
        """The count from now on.

        Args:
            now: seconds, on a clock that only goes forward.
            waiting: requests in the queue.
            arrived: requests since the deployment began.
        """
        if arrived != self.arrived or not self._arrived_at:
            self.arrived, self._arrived_at = arrived, now
        if waiting and not self.count:
            self._set(1, now)
        elif waiting > _BUSY * self.count and self.count < self.most:
            self._busy_since = now if self._busy_since is None else self._busy_since
            if now - self._busy_since >= _UP_SECONDS:
                self._set(self.count + 1, now)
        else:
            self._busy_since = None
            self._shrink(now, waiting)
        self.count = max(self.least, min(self.count, self.most))
        return self.count

    def _shrink(self, now: float, waiting: int) -> None:
        if waiting or self.count <= max(self.least, 0):
            self._calm_since = None
            return
        self._calm_since = now if self._calm_since is None else self._calm_since
        if self.count > max(self.least, 1):
            if now - self._calm_since >= _DOWN_SECONDS:
                self._set(self.count - 1, now)
        elif self.least == 0 and now - self._arrived_at >= self.idle_seconds:
            self._set(0, now)

    def _set(self, count: int, now: float) -> None:
        self.count = count
        self._busy_since, self._calm_since = None, now
