"""A site over a home with two projects and a user of each role."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from motifleet.api import make_site
from motifleet.app import Motifleet, Resources, Simulation, open_home
from motifleet.workspace import (
    add_access_key,
    add_build,
    add_deployment,
    end_build,
    start_deployment,
)

PASSWORD = "correct horse"
ROLES = ("viewer", "operator", "contributor", "admin")


@dataclass
class Site:
    """The application, somebody to ask it, and what each of the people comes with."""

    app: FastAPI
    client: TestClient
    fleet: Motifleet
    secrets: dict[str, str | None]

    def ask(self, who: str, method: str, path: str, body: Any = None, **headers: str) -> Any:
        secret = self.secrets[who]
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        if secret is not None:
            told["Authorization"] = f"Bearer {secret}"
        sent = {} if body is None else {"json": body}
        if isinstance(body, bytes):
            sent = {"content": body}
        return self.client.request(method, f"/api/v1{path}", headers=told, **sent)


def deployed(fleet: Motifleet, endpoint: str, project: str) -> None:
    """An endpoint with a build, a deployment and an access key, as the database has them."""
    store = fleet.serving.store
    made = add_build(store, endpoint, "odd.py:predict", project=project)
    build = end_build(store, made.id, digest="0" * 64, reason=None)
    for role in ("primary", "canary"):
        share = 0.1 if role == "canary" else 0.0
        one = add_deployment(store, build.id, Resources(), role, share)
        start_deployment(store, one.id)
    add_access_key(store, endpoint)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    fleet = open_home(tmp_path_factory.mktemp("api") / "home")
    desk = fleet.workspace
    fleet.simulate(Simulation("lab"), "lab")
    for name in ("DEV", "OTHER"):
        desk.add_project(name)
    secrets: dict[str, str | None] = {"nobody": None, "owner": desk.token()}
    for role in ROLES:
        desk.add_user(role, PASSWORD)
        desk.set_member("DEV", role, role)
        secrets[role] = desk.log_in(role, PASSWORD, role)
    desk.add_user("stranger", PASSWORD)
    desk.set_member("OTHER", "stranger", "admin")
    secrets["stranger"] = desk.log_in("stranger", PASSWORD, "stranger")
    desk.add_user("user", PASSWORD)
    secrets["user"] = desk.log_in("user", PASSWORD, "user")
    deployed(fleet, "odd", "DEV")
    secrets["key"] = desk.add_key("admin", user="admin", project="DEV")[1]
    app = make_site(fleet)
    with TestClient(app, raise_server_exceptions=False) as client:
        yield Site(app, client, fleet, secrets)
