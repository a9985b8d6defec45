"""Builds, deployments, endpoints and their access keys."""

import time
from collections.abc import Iterator, Sequence
from typing import Any, cast

from motifleet.client.noun import Noun, at, given
from motifleet.client.records import (
    AccessKey,
    Build,
    Deployment,
    Endpoint,
    Keeping,
    MadeAccessKey,
)
from motifleet.errors import BuildError, DeploymentError

_POLL_SECONDS = 0.2


class Builds(Noun):
    """Builds."""

    def list(self, endpoint: str | None = None, *, status: str | None = None) -> Iterator[Build]:
        """The builds, the oldest first."""
        return self._wire.pages("/builds", {"endpoint": endpoint, "status": status})

    def create(
        self,
        version: str | None = None,
        *,
        file: str | None = None,
        function: str | None = None,
        beside: Sequence[str] = (),
        requirements: Sequence[str] = (),
        example: Any = None,
        endpoint: str | None = None,
        project: str | None = None,
    ) -> Build:
        """Begin a build of a registered version, or of a function in a file of a project.

        Args:
            version: as in ``failures@3``; or
            file: where it is in the project's folder.
            function: its name; None: ``predict``.
            beside: other files of that folder that it needs.
            requirements: what it needs, as pip takes it.
            example: a request to try it with.
            endpoint: the name that it is to be served under; None: the model's or the file's.
            project: whose folder, and where a new endpoint belongs; None: ``default``.
        """
        more = given(function=function, example=example, endpoint=endpoint, project=project)
        body = given(version=version, file=file) | more
        body |= {"beside": [*beside], "requirements": [*requirements]}
        return cast("Build", self._wire.ask("POST", "/builds", json=body))

    def read(self, build: str) -> Build:
        """See a build, by its id, or an endpoint's newest by the endpoint's name."""
        return cast("Build", self._wire.ask("GET", at("builds", build)))

    def log(self, build: str) -> str:
        """What was said while a build was made."""
        return str(self._wire.ask("GET", at("builds", build, "log"))["log"])

    def wait(self, build: str, seconds: float = 300.0) -> Build:
        """Wait until a build is ready.

        Raises:
            BuildError: it failed, or takes longer.
        """
        end = time.monotonic() + seconds
        while (told := self.read(build))["status"] == "building":
            if time.monotonic() >= end:
                raise BuildError(f"expected {build} within {seconds:g} seconds, it still builds")
            time.sleep(_POLL_SECONDS)
        if told["status"] == "failed":
            raise BuildError(f"{build} failed: {told['reason']}")
        return told


class Deployments(Noun):
    """Deployments."""

    def list(
        self, endpoint: str | None = None, *, status: str | None = None, role: str | None = None
    ) -> Iterator[Deployment]:
        """The deployments, the oldest first."""
        query = {"endpoint": endpoint, "status": status, "role": role}
        return self._wire.pages("/deployments", query)

    def create(
        self,
        build: str,
        *,
        cpu: float | None = None,
        memory: int | None = None,
        least: int | None = None,
        most: int | None = None,
        idle_seconds: float | None = None,
        role: str = "primary",
        share: float = 0.0,
    ) -> Deployment:
        """Deploy a build; what is left out is as the endpoint's present deployment has it.

        Args:
            build: its id, or an endpoint's name for its newest.
            cpu: cores of each replica.
            memory: bytes of each.
            least: the least number of replicas.
            most: the greatest.
            idle_seconds: without requests, after which there may be none, where the least is 0.
            role: "primary", "canary" or "shadow".
            share: of the requests, for a canary.
        """
        body = given(cpu=cpu, memory=memory, least=least, most=most, idle_seconds=idle_seconds)
        body |= {"build": build, "role": role, "share": share}
        return cast("Deployment", self._wire.ask("POST", "/deployments", json=body))

    def read(self, deployment: str) -> Deployment:
        """See a deployment, by its id, or an endpoint's present one by the endpoint's name."""
        return cast("Deployment", self._wire.ask("GET", at("deployments", deployment)))

    def replicas(self, deployment: str) -> Iterator[str]:
        """A deployment's replicas, those that have ended too."""
        return self._wire.pages(at("deployments", deployment, "replicas"))

    def replica_log(self, deployment: str, replica: str) -> str:
        """What a replica has said."""
        path = at("deployments", deployment, "replicas", replica, "log")
        return str(self._wire.ask("GET", path)["log"])

    def stop(self, deployment: str) -> Deployment:
        """Let a deployment answer what it has, and stop it."""
        return self._do(deployment, "stop")

    def restart(self, deployment: str) -> Deployment:
        """Put new replicas in the place of a deployment's."""
        return self._do(deployment, "restart")

    def promote(self, deployment: str) -> Deployment:
        """Let a canary or a shadow answer all requests."""
        return self._do(deployment, "promote")

    def set_share(self, deployment: str, share: float) -> Deployment:
        """Change the share of requests that a canary answers; 0 makes it a shadow."""
        path = at("deployments", deployment, "share")
        return cast("Deployment", self._wire.ask("PUT", path, json={"share": share}))

    def scale(
        self, deployment: str, least: int, most: int, *, idle_seconds: float | None = None
    ) -> Deployment:
        """Change how many replicas a deployment has, while it answers."""
        body = given(least=least, most=most, idle_seconds=idle_seconds)
        path = at("deployments", deployment, "scale")
        return cast("Deployment", self._wire.ask("PUT", path, json=body))

    def wait(self, deployment: str, seconds: float = 120.0, until: str = "running") -> Deployment:
        """Wait until a deployment has come so far.

        Raises:
            DeploymentError: it failed, or takes longer.
        """
        end = time.monotonic() + seconds
        while (told := self.read(deployment))["status"] != until:
            if told["status"] == "failed":
                raise DeploymentError(f"{deployment} failed: {told['reason']}")
            if time.monotonic() >= end:
                raise DeploymentError(
                    f"expected {deployment} within {seconds:g} seconds, but it is {told['status']}"
                )
            time.sleep(_POLL_SECONDS)
        return told

    def _do(self, deployment: str, verb: str) -> Deployment:
        return cast("Deployment", self._wire.ask("POST", at("deployments", deployment, verb)))


class Endpoints(Noun):
    """Endpoints."""

    def list(self, *, project: str | None = None) -> Iterator[Endpoint]:
        """The endpoints, by name."""
        return self._wire.pages("/endpoints", {"project": project})

    def read(self, endpoint: str) -> Endpoint:
        """See an endpoint, and which project it belongs to."""
        return cast("Endpoint", self._wire.ask("GET", at("endpoints", endpoint)))

    def roll_back(self, endpoint: str, to: str | None = None) -> Deployment:
        """Deploy once more what the endpoint's deployment was before, or any earlier one."""
        path = at("endpoints", endpoint, "rollback")
        return cast("Deployment", self._wire.ask("POST", path, json={"to": to}))

    def keeping(self, endpoint: str) -> Keeping:
        """What the prediction log keeps of requests and answers."""
        return cast("Keeping", self._wire.ask("GET", at("endpoints", endpoint, "keeping")))

    def set_keeping(
        self, endpoint: str, *, inputs: int = 16_384, outputs: int = 16_384, sample: float = 1.0
    ) -> Keeping:
        """Change what the prediction log keeps: at most so many bytes, of a share."""
        body = {"inputs": inputs, "outputs": outputs, "sample": sample}
        path = at("endpoints", endpoint, "keeping")
        return cast("Keeping", self._wire.ask("PUT", path, json=body))


class AccessKeys(Noun):
    """Access keys of endpoints."""

    def list(self, endpoint: str) -> Iterator[AccessKey]:
        """An endpoint's access keys, the oldest first."""
        return self._wire.pages(at("endpoints", endpoint, "keys"))

    def create(
        self, endpoint: str, *, seconds: float | None = None, overlap: float | None = None
    ) -> MadeAccessKey:
        """Make an access key, which is shown this once.

        Args:
            endpoint: what it opens.
            seconds: how long it is good for; None: until it is revoked.
            overlap: rotate: the other keys end after so many seconds.
        """
        body = given(seconds=seconds, overlap=overlap)
        path = at("endpoints", endpoint, "keys")
        return cast("MadeAccessKey", self._wire.ask("POST", path, json=body))

    def revoke(self, endpoint: str, key: str) -> None:
        """Take an access key away at once."""
        self._wire.ask("DELETE", at("endpoints", endpoint, "keys", key))
