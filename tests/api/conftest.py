"""A site over a home with two projects and a user of each role."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from motifleet.api import make_site
from motifleet.app import Motifleet, Simulation, open_home

PASSWORD = "correct horse"
ROLES = ("viewer", "operator", "contributor", "admin")


@dataclass
class Site:
    """The application, somebody to ask it, and what each of the people comes with."""

    app: FastAPI
    client: TestClient
    fleet: Motifleet
    secrets: dict[str, str | None]

    def ask(self, who: str, method: str, path: str, body: Any = None) -> Any:
        secret = self.secrets[who]
        headers = {} if secret is None else {"Authorization": f"Bearer {secret}"}
        sent = {} if body is None else {"json": body}
        return self.client.request(method, f"/api/v1{path}", headers=headers, **sent)


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
    secrets["key"] = desk.add_key("admin", user="admin", project="DEV")[1]
    app = make_site(fleet)
    with TestClient(app, raise_server_exceptions=False) as client:
        yield Site(app, client, fleet, secrets)
