"""The server of a home: REST API, gateway with replicas and MLflow's page, as one."""

import asyncio
import json
import os
import socket
import threading
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

from motifleet.app.answering import answers, answers_now
from motifleet.app.listening import address_of, alone, check_private, is_taken
from motifleet.app.logs import note_down
from motifleet.app.mlflow_page import page_child, page_socket, tracking_server
from motifleet.app.parts import Note, Part, kept, later, run_parts, site_child, threaded
from motifleet.config import Settings, prepare_home
from motifleet.errors import ServingError
from motifleet.serving import Child, Listen

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

    Its processes are started first, and load while it loads what it needs itself.

    Args:
        settings: of the home.
    """

    settings: Settings

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
            page = page_socket(self.settings, where.mlflow)
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

    async def _run(
        self,
        where: Where,
        api: socket.socket,
        page: socket.socket | None,
        ready: Callable[[Addresses], None],
        note: Note,
    ) -> None:
        children = {"api": self._site(where.api, api, note)}
        if page is not None:  # first, since it takes longest
            shown = page_child(self.settings, page.fileno(), note)
            children = {"mlflow": shown, **children}
        for each in children.values():
            await each.step()
        gateway: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        settled = asyncio.Event()

        async def announce(stop: asyncio.Event) -> None:
            address = address_of(where.api, api.getsockname()[1])
            mlflow = None if page is None else address_of(Listen(), page.getsockname()[1])
            asked = [(address, _HEALTH), *([] if mlflow is None else [(mlflow, "/health")])]
            if await _all_answer(asked, gateway, stop, note):
                ready(self._told(address, gateway.result(), mlflow))
            settled.set()
            await stop.wait()

        parts = {name: kept(child) for name, child in children.items()}
        parts |= self._parts(where.gateway, gateway, note)
        parts["watch"] = later(settled, self._watch(note), _SLOW_SECONDS)
        await run_parts({**parts, "announce": announce}, note)

    def _parts(self, listen: Listen, gateway: "asyncio.Future[str]", note: Note) -> dict[str, Part]:
        """What runs in this process; its rooms are loaded here, while the others load theirs."""
        from motifleet.app.jobs import Jobs
        from motifleet.app.serving import Serving
        from motifleet.app.workspace import local_actor

        serving, jobs = Serving(self.settings, local_actor()), Jobs(self.settings, local_actor())

        async def gate(stop: asyncio.Event) -> None:
            await serving.run(listen, stop, gateway.set_result, note)

        return {"gateway": gate, "jobs": lambda stop: jobs.schedule(stop, note)}

    def _watch(self, note: Note) -> Part:
        """What brings the most with it, and nobody waits for."""

        def watch(end: threading.Event) -> None:
            from motifleet.app.monitoring import Monitoring
            from motifleet.app.workspace import local_actor
            from motifleet.tables import open_tables

            with open_tables(self.settings) as tables:
                Monitoring(self.settings, tables, local_actor()).watch(end, note)

        return threaded("the watch over endpoints", watch, note)

    def _site(self, listen: Listen, listening: socket.socket, note: Note) -> Child:
        told: dict[str, Any] = {"fd": listening.fileno()}
        if listen.certificate is not None:
            told |= {"certificate": str(listen.certificate), "key": str(listen.key)}
        return site_child(prepare_home(self.settings), told, note)

    def _told(self, api: str, endpoints: str, mlflow: str | None) -> Addresses:
        """The addresses, kept for other commands."""
        home, tracking = prepare_home(self.settings), tracking_server(self.settings)
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
