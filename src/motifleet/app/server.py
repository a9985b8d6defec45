"""The server of a home: REST API, gateway with replicas and MLflow's page, as one."""

import asyncio
import json
import os
import socket
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

from motifleet.app.answering import answers, answers_now
from motifleet.app.jobs import Jobs
from motifleet.app.listening import address_of, alone, check_private, is_taken
from motifleet.app.logs import note_down
from motifleet.app.models import Models
from motifleet.app.monitoring import Monitoring
from motifleet.app.parts import (
    Note,
    Part,
    kept,
    page_child,
    run_parts,
    site_child,
    threaded,
)
from motifleet.app.serving import Serving
from motifleet.app.workspace import local_actor
from motifleet.config import Settings, prepare_home
from motifleet.errors import ServingError
from motifleet.serving import Child, Listen
from motifleet.tables import Tables

_STATE, _LOCK = "server.json", "serving.lock"
_POLL_SECONDS, _SLOW_SECONDS = 0.05, 30.0
_HEALTH = "/api/v1/health"


@dataclass(frozen=True, slots=True)
class Where:
    """Where a server listens.

    Args:
        api: for the REST API.
        gateway: for the endpoints.
        mlflow: the port of MLflow's page, on this machine alone; None: no page.
    """

    api: Listen = field(default=Listen(port=8080))
    gateway: Listen = field(default=Listen(port=8000))
    mlflow: int | None = 5000


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where a server answers.

    Args:
        pid: its process.
        started_at: when it was ready (ISO 8601, UTC).
        api: the REST API.
        endpoints: the gateway.
        mlflow: MLflow's page, or the tracking server; None: there is none.
        token: the file of the owner's token.
    """

    pid: int
    started_at: str
    api: str
    endpoints: str
    mlflow: str | None
    token: str

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Server:
    """Starts all that a home has to offer, and stops it.

    Args:
        settings: of the home.
        tables: its tables.
    """

    settings: Settings
    tables: Tables

    def run(
        self,
        where: Where = Where(),
        ready: Callable[[Addresses], None] = lambda _: None,
        note: Note = lambda _: None,
        *,
        insecure_public: bool = False,
    ) -> None:
        """Run until Ctrl-C or SIGTERM; a second one does not wait for what is under way.

        Args:
            where: where to listen.
            ready: told the addresses as soon as all answer.
            note: told what happens, a line each; ``logs/server.log`` has it too.
            insecure_public: whether to listen to other machines without TLS.

        Raises:
            InvalidArgumentError: other machines would be listened to without TLS.
            ServingError: another server runs over this home, or an address is taken.
        """
        for each in (where.api, where.gateway):
            check_private(each, insecure_public)
        home = prepare_home(self.settings)

        def noted(text: str) -> None:
            note_down(home / "logs" / "server.log", text)
            note(text)

        with alone(home / _LOCK), ExitStack() as sockets:
            api = sockets.enter_context(where.api.open())
            where.gateway.open().close()  # it is opened later, but that it is taken is told now
            page = self._page_socket(where.mlflow)
            if page is not None:
                sockets.enter_context(page)
            try:
                asyncio.run(self._run(where, api, page, ready, noted))
            finally:
                (home / _STATE).unlink(missing_ok=True)

    def addresses(self) -> Addresses:
        """Where the server of this home answers.

        Raises:
            ServingError: none runs.
        """
        home = prepare_home(self.settings)
        with suppress(OSError, ValueError, TypeError):
            if is_taken(home / _LOCK):
                return Addresses(**json.loads((home / _STATE).read_text(encoding="utf-8")))
        raise ServingError(
            "expected a server that runs over this home, got none: start it by `motifleet up`"
        )

    def health(self) -> dict[str, bool]:
        """Which parts of the server of this home answer, by name.

        Raises:
            ServingError: none runs.
        """
        told = self.addresses()
        asked = {"api": (told.api, _HEALTH), "endpoints": (told.endpoints, "/ping")}
        if told.mlflow is not None:
            asked["mlflow"] = (told.mlflow, "/health")
        return {name: answers_now(*each) for name, each in asked.items()}

    def _page_socket(self, port: int | None) -> socket.socket | None:
        """Where MLflow's page is to be served; None where there is none."""
        if port is None or not Models(self.settings, self.tables).has_page:
            return None
        return Listen(port=port).open()

    async def _run(
        self,
        where: Where,
        api: socket.socket,
        page: socket.socket | None,
        ready: Callable[[Addresses], None],
        note: Note,
    ) -> None:
        serving = Serving(self.settings, local_actor())
        gateway: asyncio.Future[str] = asyncio.get_running_loop().create_future()

        async def gate(stop: asyncio.Event) -> None:
            await serving.run(where.gateway, stop, gateway.set_result, note)

        async def announce(stop: asyncio.Event) -> None:
            address = address_of(where.api, api.getsockname()[1])
            mlflow = None if page is None else address_of(Listen(), page.getsockname()[1])
            asked = [(address, _HEALTH), *([] if mlflow is None else [(mlflow, "/health")])]
            if await _all_answer(asked, gateway, stop, note):
                ready(self._told(address, gateway.result(), mlflow))
            await stop.wait()

        parts: dict[str, Part] = {}
        if page is not None:  # first, since it takes longest
            parts["mlflow"] = kept(self._page(page, note))
        parts["api"] = kept(self._site(where.api, api, note))
        jobs = Jobs(self.settings, local_actor())
        parts |= {"gateway": gate, "jobs": lambda stop: jobs.schedule(stop, note)}
        watched = Monitoring(self.settings, self.tables, local_actor())
        parts["watch"] = threaded(
            "the watch over endpoints", lambda end: watched.watch(end, note), note
        )
        await run_parts({**parts, "announce": announce}, note)

    def _page(self, listening: socket.socket, note: Note) -> Child:
        fd, models = listening.fileno(), Models(self.settings, self.tables)
        return page_child(prepare_home(self.settings), fd, *models.page(fd), note)

    def _site(self, listen: Listen, listening: socket.socket, note: Note) -> Child:
        told: dict[str, Any] = {"fd": listening.fileno()}
        if listen.certificate is not None:
            told |= {"certificate": str(listen.certificate), "key": str(listen.key)}
        return site_child(prepare_home(self.settings), told, note)

    def _told(self, api: str, endpoints: str, mlflow: str | None) -> Addresses:
        """The addresses, kept for other commands."""
        home, tracking = prepare_home(self.settings), Models(self.settings, self.tables).server
        now = datetime.now(UTC).isoformat(timespec="seconds")
        token = str(home / "token")
        told = Addresses(os.getpid(), now, api, endpoints, mlflow or tracking, token)
        begun = home / f"{_STATE}.new"
        begun.write_text(json.dumps(told.to_dict()), encoding="utf-8")
        begun.replace(home / _STATE)
        return told


async def _all_answer(
    asked: list[tuple[str, str]], gateway: asyncio.Future[str], stop: asyncio.Event, note: Note
) -> bool:
    """Wait until all addresses answer, and the gateway does; False where it is to stop before."""
    loop = asyncio.get_running_loop()
    late, left = loop.time() + _SLOW_SECONDS, list(asked)
    while (left or not gateway.done()) and not stop.is_set():
        left = [each for each in left if not await answers(*each)]
        if loop.time() > late:
            late = float("inf")
            note(f"{', '.join(each for each, _ in left)} takes long: the folder logs may say why")
        await asyncio.sleep(_POLL_SECONDS)
    return not stop.is_set()
