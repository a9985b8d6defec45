"""Where requests meet deployments: routes, pools, canaries, shadows and the log."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress

from motifleet.serving.gateway.ask import Ask
from motifleet.serving.gateway.bodies import RefusedError
from motifleet.serving.gateway.figures import Counters, Usage
from motifleet.serving.gateway.journal import Journal, Log, Unlogged
from motifleet.serving.gateway.lines import line_of
from motifleet.serving.gateway.pool import Demand, Pool, QueueFullError
from motifleet.serving.gateway.routing import Deployment, Endpoint, Routes
from motifleet.serving.replica.frames import Answer

_SWEEP_SECONDS = 0.25
_RETRY_SECONDS = 0.1


class Desk:
    """Brings each request to the deployment that is to answer it.

    Args:
        log: writes predictions; None: they are written nowhere.
        seconds: the time limit of a request.
        wake: called when a request waits for replicas.
    """

    def __init__(self, log: Log | None, seconds: float, wake: Callable[[], None]) -> None:
        self.seconds = seconds
        self._wake = wake
        self._counters = Counters()
        self._loop = asyncio.get_running_loop()
        self._journal = (
            Journal(log, self._loop, lambda _: self._counters.unlogged.inc()) if log else Unlogged()
        )
        self._routes = Routes()
        self._pools: dict[str, Pool] = {}
        self._connecting: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._start(self._sweep())

    def opened_by(self, key: str) -> Endpoint:
        """The endpoint that an access key opens.

        Raises:
            RefusedError: it opens none.
        """
        endpoint = self._routes.endpoint_of(key)
        if endpoint is None:
            raise RefusedError(401, "expected a valid access key, got one that opens nothing")
        return endpoint

    def endpoint(self, name: str) -> Endpoint:
        """The endpoint of that name.

        Raises:
            RefusedError: there is none.
        """
        endpoint = self._routes.endpoints.get(name)
        if endpoint is None:
            raise RefusedError(404, f"there is no endpoint {name[:200]!r}")
        return endpoint

    def primary(self, endpoint: Endpoint) -> Deployment | None:
        """The deployment that answers for an endpoint."""
        return self._routes.deployments.get(endpoint.primary or "")

    def ready(self, name: str) -> bool:
        """Whether an endpoint answers at once, or after being woken."""
        deployment = self.primary(self.endpoint(name))
        if deployment is None:
            return False
        return deployment.sleeps or bool(self._pools[deployment.id].links)

    async def ask(
        self, endpoint: Endpoint, form: int, body: bytes, draw: float
    ) -> tuple[Ask, Answer]:
        """Have a request answered; the answer is in the log when it comes back.

        Args:
            endpoint: whom to ask.
            form: how the request is written.
            body: JSON.
            draw: a number from 0 to 1 that decides whether the canary answers.

        Raises:
            RefusedError: nobody is there to answer, or too many wait.
        """
        pool = self._pool(endpoint, draw)
        future: asyncio.Future[Answer] = self._loop.create_future()
        ask = Ask(form, body, future, self._loop.time() + self.seconds)
        try:
            pool.submit(ask)
        except QueueFullError:
            pool.figures.refused.inc()
            raise RefusedError(
                429, f"expected at most {pool.deployment.queue} requests under way, got one more"
            ) from None
        if endpoint.shadow is not None:
            self._shadow(endpoint.shadow, form, body)
        try:
            return ask, await future
        finally:
            ask.leave()

    def _pool(self, endpoint: Endpoint, draw: float) -> Pool:
        name = endpoint.canary if endpoint.canary and draw < endpoint.share else endpoint.primary
        pool = self._pools.get(name or "")
        if pool is None:
            raise RefusedError(503, f"endpoint {endpoint.name!r} has no deployment that runs")
        return pool

    def _shadow(self, name: str, form: int, body: bytes) -> None:
        pool = self._pools.get(name)
        if pool is not None:
            with suppress(QueueFullError):
                pool.submit(Ask(form, body, None, self._loop.time() + self.seconds))

    def metrics(self) -> bytes:
        """What is counted, for Prometheus."""
        for pool in self._pools.values():
            self._counters.tell(pool.endpoint, pool.deployment.id, pool.open, len(pool.links))
        return self._counters.page()

    def use(self, usage: Usage) -> None:
        """Take what replicas use, to be told with the metrics."""
        self._counters.replicas.usage = usage

    def demand(self) -> dict[str, Demand]:
        """How much there is to do, by deployment."""
        return {name: pool.demand() for name, pool in self._pools.items()}

    def replicas(self) -> list[str]:
        """The replicas that are in use."""
        return [name for pool in self._pools.values() for name in pool.links]

    @property
    def number(self) -> int:
        """Which routes are in force."""
        return self._routes.number

    def apply(self, routes: Routes) -> None:
        """Take new routes: connect to new replicas, let go of those that are not meant any more."""
        self._routes = routes
        for name, deployment in routes.deployments.items():
            pool = self._pools.get(name)
            if pool is None:
                pool = self._pools[name] = self._new_pool(deployment)
            pool.deployment = deployment
        for name, pool in list(self._pools.items()):
            wanted = routes.deployments[name].replicas if name in routes.deployments else None
            if wanted is None:
                self._end_pool(name, pool)
                continue
            pool.retire(set(pool.links) - set(wanted))
            for replica in set(wanted) - set(pool.links) - self._connecting:
                self._connecting.add(replica)
                self._start(self._connect(pool, replica, wanted[replica]))

    async def stop(self) -> None:
        """Wait for what is under way, and commit it."""
        end = self._loop.time() + self.seconds
        while any(pool.open for pool in self._pools.values()) and self._loop.time() < end:
            await asyncio.sleep(0.02)
        self._journal.stop()

    def _new_pool(self, deployment: Deployment) -> Pool:
        endpoint = next(
            (
                each.name
                for each in self._routes.endpoints.values()
                if deployment.id in (each.primary, each.canary, each.shadow)
            ),
            "",
        )
        pool = Pool(endpoint, deployment, self._record, self._counters.of(endpoint, deployment.id))
        pool.wake = self._wake
        return pool

    def _end_pool(self, name: str, pool: Pool) -> None:
        """A deployment that is no longer meant: its replicas answer what waits, and go."""
        endpoint = self._routes.endpoints.get(pool.endpoint)
        pool.hand_over(self._pools.get(endpoint.primary or "") if endpoint else None)
        if not pool.open:
            pool.retire(list(pool.links))
        if not pool.open and not pool.links:
            del self._pools[name]

    async def _connect(self, pool: Pool, replica: str, path: str) -> None:
        try:
            while replica in pool.deployment.replicas and pool in self._pools.values():
                with suppress(OSError):
                    await pool.connect(replica, path)
                    return
                await asyncio.sleep(_RETRY_SECONDS)
        finally:
            self._connecting.discard(replica)

    async def _sweep(self) -> None:
        """What time brings about: requests that are late, connections that were lost."""
        while True:
            await asyncio.sleep(_SWEEP_SECONDS)
            for pool in list(self._pools.values()):
                pool.expire(self._loop.time())
            self.apply(self._routes)

    def _record(self, pool: Pool, asks: Sequence[Ask]) -> None:
        """Take answered requests to the log; they are let go when they are in it."""
        now = self._loop.time()
        alone = sum(each.open for each in self._pools.values()) == len(asks)
        lines = []
        for ask in asks:
            ask.crn, ask.version = pool.deployment.crn, pool.deployment.version
            if ask.future is None:
                ask.leave()
            pool.figures.done(ask.answer.status, now - ask.deadline + self.seconds)
            lines.append((ask, line_of(pool.deployment, ask)))
        self._journal.add(lines, alone=alone)

    def _start(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
