"""The client: its nouns, and what they are sent by."""

import os
from types import TracebackType
from typing import Self

import httpx

from motifleet.client.endpoint import EndpointClient
from motifleet.client.jobs import JobRuns, Jobs
from motifleet.client.lake import Models, Tables
from motifleet.client.monitor import (
    Alerts,
    DriftNoun,
    Lineage,
    MetricsNoun,
    Predictions,
    Samples,
)
from motifleet.client.people import Audit, Health, Keys, MeNoun, ServerNoun, Session, Users
from motifleet.client.projects import Files, Members, Projects
from motifleet.client.questions import Devices, Geo, Patterns
from motifleet.client.serving import AccessKeys, Builds, Deployments, Endpoints
from motifleet.client.wire import Wire
from motifleet.errors import InvalidArgumentError, ServingError

ADDRESS, TOKEN = "MOTIFLEET_ADDRESS", "MOTIFLEET_TOKEN"


class Client:
    """One server's REST API; see `motifleet.client`.

    Args:
        address: the server's; None: the environment's ``MOTIFLEET_ADDRESS``.
        token: a session, an API key or the token of the server's home folder; None:
            ``MOTIFLEET_TOKEN``, or what ``session.log_in`` gives.
        timeout: seconds that an answer may take.
        retries: how often a request is sent again that broke off, or was refused for the moment.
        http: what sends the requests, with a proxy or certificates of its own, say; it is not
            closed by this client.

    Raises:
        InvalidArgumentError: there is no address, or it is none.

    >>> with Client("http://127.0.0.1:9", retries=0) as client:
    ...     client.server.read()
    Traceback (most recent call last):
    motifleet.errors.UnreachableError: GET /server: ...
    """

    def __init__(
        self,
        address: str | None = None,
        token: str | None = None,
        *,
        timeout: float = 60.0,
        retries: int = 3,
        http: httpx.Client | None = None,
    ) -> None:
        self._own = http is None
        sender = http or httpx.Client(base_url=_address(address), timeout=timeout)
        self._wire = wire = Wire(sender, token or os.environ.get(TOKEN), retries)
        self.health, self.server = Health(wire), ServerNoun(wire)
        self.session, self.me = Session(wire), MeNoun(wire)
        self.users, self.keys, self.audit = Users(wire), Keys(wire), Audit(wire)
        self.projects, self.members, self.files = Projects(wire), Members(wire), Files(wire)
        self.tables, self.models = Tables(wire), Models(wire)
        self.patterns, self.devices, self.geo = Patterns(wire), Devices(wire), Geo(wire)
        self.builds, self.deployments = Builds(wire), Deployments(wire)
        self.endpoints, self.access_keys = Endpoints(wire), AccessKeys(wire)
        self.jobs, self.job_runs = Jobs(wire), JobRuns(wire)
        self.predictions, self.metrics = Predictions(wire), MetricsNoun(wire)
        self.samples, self.drift = Samples(wire), DriftNoun(wire)
        self.alerts, self.lineage = Alerts(wire), Lineage(wire)

    def endpoint(self, name: str, key: str, *, gateway: str | None = None) -> EndpointClient:
        """An endpoint to ask.

        Args:
            name: of the endpoint.
            key: an access key of it.
            gateway: the gateway's address; None: as the server tells it.

        Raises:
            ServingError: no gateway runs.
        """
        address = gateway or self.server.read()["gateway"]
        if address is None:
            raise ServingError("expected a gateway that runs, got none: start it by `motifleet up`")
        return EndpointClient(self._wire.http, address, name, key)

    def close(self) -> None:
        """Close all connections."""
        if self._own:
            self._wire.http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Client({str(self._wire.http.base_url)!r})"


def _address(address: str | None) -> str:
    found = address or os.environ.get(ADDRESS, "")
    if not found.startswith(("http://", "https://")):
        raise InvalidArgumentError(
            f"expected the address of a server as http://… or https://…, got {found!r}: say it, "
            f"or set {ADDRESS}"
        )
    return found.rstrip("/")
