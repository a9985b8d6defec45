"""Builds, deployments and endpoints of an open home."""

import asyncio
import json
import signal
import time
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from motifleet.app.builds import Builds
from motifleet.app.listening import address_of, alone, check_private
from motifleet.app.logs import bounding, read_log
from motifleet.config import prepare_home
from motifleet.errors import (
    DeploymentError,
    ServingError,
    UnknownAccessKeyError,
    UnknownEndpointError,
    UnknownReplicaError,
)
from motifleet.serving import Listen, StoreLedger, Supervisor
from motifleet.workspace import (
    AccessKey,
    Deployment,
    Endpoint,
    Keeping,
    Resources,
    Role,
    add_access_key,
    add_deployment,
    find_deployment,
    keepings,
    list_access_keys,
    list_deployments,
    list_endpoints,
    promote_deployment,
    restart_deployment,
    revoke_access_key,
    scale_deployment,
    set_keeping,
    set_share,
    stop_deployment,
)

_POLL_SECONDS, _KEY_SECONDS = 0.1, 2.0
_UP = "gateway.json"


class _UnknownKeyError(ServingError):
    """The gateway knows no such key, or not yet."""


@dataclass(frozen=True, slots=True)
class Serving(Builds):
    """Takes models from a registered version to an endpoint that answers.

    Args:
        settings: of the home.
        actor: who asks and changes things: the table of roles holds for them, and the audit log
            names them.
        project: where models go that are built for the first time.
    """

    def deploy(
        self,
        build: str,
        resources: Resources | None = None,
        *,
        role: Role = "primary",
        share: float = 0.0,
        wait: float = 0.0,
    ) -> Deployment:
        """Deploy a build: once its replicas are ready, it takes over from the one before.

        Args:
            build: its id, or the endpoint's name for the newest.
            resources: of its replicas; None: those of the endpoint's present deployment.
            role: "primary" answers all requests, "canary" a share, "shadow" none.
            share: of the requests, for a canary.
            wait: for how many seconds to wait until it runs; 0: not at all.

        Raises:
            UnknownBuildError: there is no such build.
            DeploymentError: the build failed; or, where it is waited for, it could not be started.
        """
        store = self.store
        chosen = resources or self.resources(build)
        made = add_deployment(store, build, chosen, role, share, actor=self.actor)
        return self.wait(made.id, wait) if wait else made

    def roll_back(self, endpoint: str, to: str | None = None, *, wait: float = 0.0) -> Deployment:
        """Deploy once more what an earlier deployment was: the one before, or any.

        Raises:
            DeploymentError: there is none to go back to.
        """
        all_of = self.deployments(endpoint)
        present = self.deployment(endpoint)
        earlier = [
            each
            for each in all_of
            if (each.id == to if to else each.number < present.number)
            and each.started_at is not None
            and each.role == "primary"
        ]
        if not earlier:
            raise DeploymentError(
                f"expected an earlier deployment of {endpoint!r} that ran, got none"
            )
        before = earlier[-1]
        return self.deploy(before.build_id, before.resources, wait=wait)

    def stop(self, name: str, *, wait: float = 0.0) -> Deployment:
        """Stop a deployment, given by its id or its endpoint's name."""
        told = stop_deployment(self.store, name, actor=self.actor)
        return self.wait(told.id, wait, until=("stopped", "failed")) if wait else told

    def restart(self, name: str) -> Deployment:
        """Put new replicas in the place of a deployment's; these go when those are ready."""
        return restart_deployment(self.store, name, actor=self.actor)

    def promote(self, name: str) -> Deployment:
        """Let a canary or a shadow answer all requests."""
        return promote_deployment(self.store, name, actor=self.actor)

    def set_share(self, name: str, share: float) -> Deployment:
        """Let a canary or a shadow answer a share of the requests; 0: be a shadow."""
        return set_share(self.store, name, share, actor=self.actor)

    def scale(
        self, name: str, least: int, most: int, idle_seconds: float | None = None
    ) -> Deployment:
        """Change how many replicas a deployment has; see `motifleet.workspace.scale_deployment`."""
        return scale_deployment(self.store, name, least, most, idle_seconds, actor=self.actor)

    def deployments(self, endpoint: str | None = None) -> list[Deployment]:
        """All deployments, or those of an endpoint; the oldest first."""
        return list_deployments(self.store, endpoint, actor=self.actor)

    def deployment(self, name: str) -> Deployment:
        """A deployment by its id, or an endpoint's present one."""
        return find_deployment(self.store, name, actor=self.actor)

    def deployment_logs(self, name: str) -> dict[str, str]:
        """The log of each of a deployment's replicas, those that have ended too."""
        return {path.stem: read_log(path) for path in self._replica_logs(name)}

    def replicas(self, name: str) -> list[str]:
        """A deployment's replicas, those that have ended too."""
        return [path.stem for path in self._replica_logs(name)]

    def replica_log(self, name: str, replica: str) -> str:
        """What one of a deployment's replicas has said.

        Raises:
            UnknownReplicaError: the deployment has no such replica.
        """
        logs = {path.stem: path for path in self._replica_logs(name)}
        if replica not in logs:
            raise UnknownReplicaError(replica, logs)
        return read_log(logs[replica])

    def _replica_logs(self, name: str) -> list[Path]:
        return sorted((self._logs / "deployments" / self.deployment(name).id).glob("*.log"))

    def wait(
        self, name: str, seconds: float, until: Sequence[str] = ("running", "stopping", "stopped")
    ) -> Deployment:
        """Wait until a deployment has come so far.

        Raises:
            DeploymentError: it failed, or it takes longer.
        """
        end = time.monotonic() + seconds
        while True:
            told = self.deployment(name)
            if told.status in until:
                return told
            if told.status == "failed":
                raise DeploymentError(f"{told.id} failed: {told.reason}")
            if time.monotonic() >= end:
                raise DeploymentError(
                    f"expected {told.id} within {seconds:g} seconds, but it is {told.status}: "
                    "is the server running (`motifleet up`)?"
                )
            time.sleep(_POLL_SECONDS)

    def endpoint_list(self) -> list[Endpoint]:
        """The endpoints, by name."""
        return list_endpoints(self.store, actor=self.actor)

    def endpoint_named(self, name: str) -> Endpoint:
        """An endpoint by its name.

        Raises:
            UnknownEndpointError: there is none that the actor sees.
        """
        found = {each.name: each for each in self.endpoint_list()}
        if name not in found:
            raise UnknownEndpointError(name, found)
        return found[name]

    def endpoints(self) -> list[dict[str, Any]]:
        """Each endpoint with its deployments that run."""
        found: dict[str, dict[str, Any]] = {
            each.name: {"endpoint": each.name, "project": each.project}
            for each in self.endpoint_list()
        }
        for each in self.deployments():
            if each.status in ("running", "starting"):
                found[each.endpoint][each.role] = f"{each.id} ({each.status})"
                found[each.endpoint].setdefault("version", each.version)
        return list(found.values())

    def make_key(
        self, endpoint: str, *, seconds: float | None = None, overlap: float | None = None
    ) -> tuple[AccessKey, str]:
        """Make an access key, which is told this once; see `motifleet.workspace.add_access_key`."""
        return add_access_key(
            self.store, endpoint, seconds=seconds, overlap=overlap, actor=self.actor
        )

    def keys(self, endpoint: str) -> list[AccessKey]:
        """An endpoint's access keys."""
        return list_access_keys(self.store, endpoint, actor=self.actor)

    def keeping(self, endpoint: str) -> Keeping:
        """What the prediction log keeps of an endpoint's requests."""
        found = keepings(self.store, actor=self.actor)
        if endpoint not in found:
            raise UnknownEndpointError(endpoint, found)
        return found[endpoint]

    def keep(self, endpoint: str, keeping: Keeping) -> None:
        """Change what the prediction log keeps, within half a second."""
        set_keeping(self.store, endpoint, keeping, actor=self.actor)

    def revoke_key(self, name: str, endpoint: str | None = None) -> None:
        """Take an access key away at once; where an endpoint is named, only one of its own.

        Raises:
            UnknownAccessKeyError: there is none of that id.
        """
        if endpoint is not None:
            known = [each.id for each in self.keys(endpoint)]
            if name not in known:
                raise UnknownAccessKeyError(name, known)
        revoke_access_key(self.store, name, actor=self.actor)

    @property
    def address(self) -> str:
        """Where this home's gateway answers.

        Raises:
            ServingError: it does not run.
        """
        try:
            told = json.loads((prepare_home(self.settings) / _UP).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise ServingError(
                "expected a gateway that runs, got none: start it by `motifleet up`"
            ) from error
        return str(told["address"])

    def ask(self, key: str, request: Any) -> dict[str, Any]:
        """Ask an endpoint through the gateway of this home.

        A key that was made a moment ago counts as soon as the gateway has heard of it, which is
        waited for.

        Raises:
            ServingError: the gateway cannot be reached, or refuses.
        """
        body = json.dumps({"accessKey": key, "request": request}).encode()
        late = time.monotonic() + _KEY_SECONDS
        while True:
            try:
                return self._asked(body)
            except _UnknownKeyError as error:
                if time.monotonic() > late:
                    raise ServingError(str(error)) from None
                time.sleep(_POLL_SECONDS)

    def _asked(self, body: bytes) -> dict[str, Any]:
        headers = {"Content-Type": "application/json"}
        asked = Request(f"{self.address}/model", body, headers)  # noqa: S310 -- our own gateway
        try:
            with urlopen(asked, timeout=60) as answer:  # noqa: S310
                told: dict[str, Any] = json.load(answer)["response"]
                return told
        except HTTPError as error:
            with error:
                said = json.loads(error.read() or b"{}").get("error", {})
            refused = _UnknownKeyError if error.code == HTTPStatus.UNAUTHORIZED else ServingError
            raise refused(f"the endpoint says: {said.get('message', error)}") from None
        except (URLError, OSError) as error:
            raise ServingError(f"the gateway cannot be reached: {error}") from error

    def supervisor(self, listen: Listen, note: Callable[[str], None]) -> Supervisor:
        """What runs the gateway and all replicas of this home."""
        store = self.store
        ledger = StoreLedger(store, prepare_home(self.settings) / "builds")
        settings = self.settings
        url = store.url.render_as_string(hide_password=False)
        database = {"database": url, "durable": settings.database_durable}
        seconds = settings.request_seconds
        return Supervisor(ledger, self._logs, listen, database, seconds=seconds, note=note)

    def serve(
        self,
        listen: Listen,
        up: Callable[[str], None] = lambda _: None,
        note: Callable[[str], None] = lambda _: None,
        *,
        insecure_public: bool = False,
    ) -> None:
        """Serve this home's endpoints until Ctrl-C or SIGTERM.

        Args:
            listen: where the gateway listens.
            up: told the address as soon as it answers.
            note: told what happens, a line each.
            insecure_public: whether to listen to other machines without TLS.

        Raises:
            InvalidArgumentError: other machines would be listened to without TLS.
            ServingError: the address cannot be listened on.
        """
        check_private(listen, insecure_public)
        with alone(prepare_home(self.settings) / "serving.lock"):
            asyncio.run(_until_stopped(lambda stop: self.run(listen, stop, up, note)))

    async def run(
        self,
        listen: Listen,
        stop: asyncio.Event,
        up: Callable[[str], None],
        note: Callable[[str], None],
    ) -> None:
        """Serve until told to stop; for whoever is alone with this home, see `serve`."""
        path = prepare_home(self.settings) / _UP

        def told(port: int) -> None:
            address = address_of(listen, port)
            path.write_text(json.dumps({"address": address}), encoding="utf-8")
            up(address)

        logs = asyncio.create_task(bounding(self._logs, self.settings.log_bytes, stop))
        try:
            await self.supervisor(listen, note).run(stop, told)
        finally:
            logs.cancel()
            path.unlink(missing_ok=True)

    @property
    def _logs(self) -> Path:
        return prepare_home(self.settings) / "logs"

    def resources(self, build: str) -> Resources:
        """What a build's endpoint has now; the least where nothing of it runs."""
        endpoint = self.build_named(build).endpoint
        running = [
            each
            for each in self.deployments(endpoint)
            if each.status == "running" and each.role == "primary"
        ]
        return running[-1].resources if running else Resources()


async def _until_stopped(work: Callable[[asyncio.Event], Coroutine[Any, Any, None]]) -> None:
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    await work(stop)
