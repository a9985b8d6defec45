"""What the gateway knows of endpoints, deployments and access keys: told by the supervisor."""

import time
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from typing import Any


@dataclass(frozen=True, slots=True)
class Deployment:
    """A deployment that takes requests.

    Args:
        id: of it.
        crn: its long name, which the lab's answers hold.
        build, version: what it serves.
        replicas: the sockets of its replicas by their ids.
        batch: how many requests a replica is asked at once at most.
        queue: how many requests may be under way.
        inputs, outputs: how many bytes of each prediction's input and output are kept; 0: none.
        sample: the share of predictions whose inputs and outputs are kept.
        sleeps: whether it is scaled to zero, to be woken by a request.
    """

    id: str
    crn: str
    build: str
    version: str
    replicas: dict[str, str]
    batch: int = 1
    queue: int = 256
    inputs: int = 16_384
    outputs: int = 16_384
    sample: float = 1.0
    sleeps: bool = False


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A name that requests are sent to.

    Args:
        name: in the address.
        primary: the deployment that answers; None: there is none.
        keys: the SHA-256 of each access key, and when it expires (seconds since 1970; 0: never).
        canary, share: another deployment, and the share of requests that it answers.
        shadow: a deployment that is asked too, and whose answers nobody gets.
        columns: what the model takes, as the Open Inference protocol tells it.
    """

    name: str
    primary: str | None
    keys: dict[str, float]
    canary: str | None = None
    share: float = 0.0
    shadow: str | None = None
    columns: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Routes:
    """All of it at one time.

    Args:
        number: grows with each change.
        endpoints, deployments: by name and by id.
    """

    number: int = 0
    endpoints: dict[str, Endpoint] = field(default_factory=dict)
    deployments: dict[str, Deployment] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, number: int, endpoints: list[Endpoint], deployments: list[Deployment]) -> "Routes":
        """Routes from their parts."""
        keys = {key: each.name for each in endpoints for key in each.keys}
        return cls(
            number,
            {each.name: each for each in endpoints},
            {each.id: each for each in deployments},
            keys,
        )

    @classmethod
    def from_dict(cls, told: dict[str, Any]) -> "Routes":
        """Routes as `to_dict` gave them."""
        endpoints = [Endpoint(**each) for each in told["endpoints"]]
        return cls.of(told["number"], endpoints, [Deployment(**d) for d in told["deployments"]])

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return {
            "number": self.number,
            "endpoints": [asdict(each) for each in self.endpoints.values()],
            "deployments": [asdict(each) for each in self.deployments.values()],
        }

    def endpoint_of(self, key: str) -> Endpoint | None:
        """The endpoint that an access key opens; None where it opens none, or is over."""
        digest = sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
        name = self.keys.get(digest)
        if name is None:
            return None
        endpoint = self.endpoints[name]
        expires = endpoint.keys[digest]
        return None if expires and expires <= time.time() else endpoint
