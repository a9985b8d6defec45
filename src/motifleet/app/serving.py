"""Builds, deployments and endpoints of an open home."""

import asyncio
import json
import signal
import time
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from motifleet.app.listening import address_of, alone, check_private
from motifleet.app.logs import bounding, read_log
from motifleet.app.workspace import opened_store
from motifleet.config import Settings, prepare_home
from motifleet.errors import (
    DeploymentError,
    InvalidArgumentError,
    MotifleetError,
    ServingError,
    UnknownEndpointError,
)
from motifleet.models import Registry
from motifleet.serving import (
    BuildSource,
    FunctionSource,
    Listen,
    StoreLedger,
    Supervisor,
    VersionSource,
    freeze,
)
from motifleet.workspace import (
    OWNER,
    AccessKey,
    Actor,
    Build,
    Deployment,
    Keeping,
    Resources,
    Role,
    Store,
    add_access_key,
    add_build,
    add_deployment,
    end_build,
    find_build,
    find_deployment,
    keepings,
    list_access_keys,
    list_builds,
    list_deployments,
    promote_deployment,
    restart_deployment,
    revoke_access_key,
    set_keeping,
    stop_deployment,
)

_POLL_SECONDS = 0.1
_UP = "gateway.json"


@dataclass(frozen=True, slots=True)
class Serving:
    """Takes models from a registered version to an endpoint that answers.

    Args:
        settings: of the home.
        actor: who changes things, as the audit log has it.
        project: where models go that are built for the first time.
    """

    settings: Settings
    actor: Actor = OWNER
    project: str = "default"

    @property
    def store(self) -> Store:
        """The database."""
        return opened_store(self.settings)

    def build_version(self, reference: str, endpoint: str | None = None) -> Build:
        """Build a registered version.

        Args:
            reference: as in ``failures@champion``.
            endpoint: the name that it is to be served under; None: the model's.

        Raises:
            UnknownModelError, ModelChangedError: there is no such version as it was registered.
            BuildError: it cannot be served; the build's log says more.
        """
        version, files = Registry.of(self.settings).files(reference)
        source = VersionSource(f"{version.name}@{version.version}", files)
        return self.build(source, endpoint or version.name)

    def build_function(
        self,
        file: Path,
        function: str,
        endpoint: str,
        *,
        beside: Sequence[Path] = (),
        requirements: Sequence[str] = (),
        example: Any = None,
        commit: str = "",
    ) -> Build:
        """Build a Python function that takes a request and returns an answer.

        Args:
            file: where it is.
            function: its name.
            endpoint: the name that it is to be served under.
            beside: other files that it needs in its folder.
            requirements: what it needs, as pip takes it.
            example: a request to try it with.
            commit: of the repository, where the file is from one.

        Raises:
            InvalidArgumentError: there is no such file.
            BuildError: it cannot be served; the build's log says more.
        """
        source = FunctionSource(file, function, tuple(beside), tuple(requirements), example, commit)
        return self.build(source, endpoint)

    def build(self, source: BuildSource, endpoint: str) -> Build:
        """Freeze a source; see `build_version` and `build_function`."""
        _check_name(endpoint)
        store = self.store
        begun = add_build(
            store, endpoint, source.content()["source"], actor=self.actor, project=self.project
        )
        try:
            frozen = freeze(self.folder(begun), source)
        except BaseException as error:
            why = str(error) if isinstance(error, MotifleetError) else type(error).__name__
            end_build(store, begun.id, digest=None, reason=why[:4000])
            raise
        return end_build(store, begun.id, digest=frozen.digest, reason=None)

    def builds(self, endpoint: str | None = None) -> list[Build]:
        """All builds, or those of an endpoint; the oldest first."""
        return list_builds(self.store, endpoint)

    def build_named(self, name: str) -> Build:
        """A build by its id, or an endpoint's newest one."""
        return find_build(self.store, name)

    def build_log(self, name: str) -> str:
        """What was said while a build was made."""
        return read_log(self.folder(self.build_named(name)) / "build.log")

    def folder(self, build: Build) -> Path:
        """Where a build is."""
        return prepare_home(self.settings) / "builds" / build.id

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
        all_of = list_deployments(self.store, endpoint)
        present = find_deployment(self.store, endpoint)
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

    def deployments(self, endpoint: str | None = None) -> list[Deployment]:
        """All deployments, or those of an endpoint; the oldest first."""
        return list_deployments(self.store, endpoint)

    def deployment(self, name: str) -> Deployment:
        """A deployment by its id, or an endpoint's present one."""
        return find_deployment(self.store, name)

    def deployment_logs(self, name: str) -> dict[str, str]:
        """The log of each of a deployment's replicas, those that have ended too."""
        folder = self._logs / "deployments" / self.deployment(name).id
        return {path.stem: read_log(path) for path in sorted(folder.glob("*.log"))}

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

    def endpoints(self) -> list[dict[str, Any]]:
        """Each endpoint with its deployments that run."""
        found: dict[str, dict[str, Any]] = {
            each.endpoint: {"endpoint": each.endpoint} for each in self.builds()
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
        return list_access_keys(self.store, endpoint)

    def keeping(self, endpoint: str) -> Keeping:
        """What the prediction log keeps of an endpoint's requests."""
        found = keepings(self.store)
        if endpoint not in found:
            raise UnknownEndpointError(endpoint, found)
        return found[endpoint]

    def keep(self, endpoint: str, keeping: Keeping) -> None:
        """Change what the prediction log keeps, within half a second."""
        set_keeping(self.store, endpoint, keeping, actor=self.actor)

    def revoke_key(self, name: str) -> None:
        """Take an access key away at once."""
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

        Raises:
            ServingError: the gateway cannot be reached, or refuses.
        """
        body = json.dumps({"accessKey": key, "request": request}).encode()
        headers = {"Content-Type": "application/json"}
        asked = Request(f"{self.address}/model", body, headers)  # noqa: S310 -- our own gateway
        try:
            with urlopen(asked, timeout=60) as answer:  # noqa: S310
                told: dict[str, Any] = json.load(answer)["response"]
                return told
        except HTTPError as error:
            with error:
                said = json.loads(error.read() or b"{}").get("error", {})
            raise ServingError(f"the endpoint says: {said.get('message', error)}") from None
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
            for each in list_deployments(self.store, endpoint)
            if each.status == "running" and each.role == "primary"
        ]
        return running[-1].resources if running else Resources()


async def _until_stopped(work: Callable[[asyncio.Event], Coroutine[Any, Any, None]]) -> None:
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    await work(stop)


def _check_name(name: str) -> None:
    good = name and len(name) <= 100 and all(each.isalnum() or each in "-_." for each in name)
    if not good or not name.isascii() or name.startswith("."):
        raise InvalidArgumentError(
            f"expected an endpoint's name of letters, digits, -, _ and ., got {name!r}"
        )
