"""Every route, by every method, for everybody: who may and who may not.

A route that is added needs an example here and an action in the table of roles, or this fails.
"""

import re

import pytest
from fastapi.routing import APIRoute
from tests.api.conftest import Site

from motifleet.api import make_site
from motifleet.app import open_home
from motifleet.workspace import ACTIONS

LADDER = ("anyone", "user", "viewer", "operator", "contributor", "admin", "owner")
PEOPLE = (
    "nobody",
    "user",
    "viewer",
    "operator",
    "contributor",
    "admin",
    "stranger",
    "key",
    "owner",
)
METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}

# What is not there on purpose: the question is who gets as far as being told so.
EXAMPLES: dict[tuple[str, str], tuple[str, object]] = {
    ("POST", "/session"): ("/session", {"name": "ghost", "password": "no password"}),
    ("DELETE", "/session"): ("", None),
    ("GET", "/self"): ("/self", None),
    ("PUT", "/self/password"): ("/self/password", {}),
    ("GET", "/users"): ("/users", None),
    ("POST", "/users"): ("/users", {"name": "../bad"}),
    ("DELETE", "/users/{user}"): ("/users/ghost", None),
    ("POST", "/users/{user}/lock"): ("/users/ghost/lock", None),
    ("POST", "/users/{user}/unlock"): ("/users/ghost/unlock", None),
    ("GET", "/keys"): ("/keys", None),
    ("POST", "/keys"): ("/keys", {"role": "boss"}),
    ("DELETE", "/keys/{key}"): ("/keys/key-0", None),
    ("GET", "/audit"): ("/audit", None),
    ("GET", "/projects"): ("/projects", None),
    ("POST", "/projects"): ("/projects", {"name": "../bad"}),
    ("GET", "/projects/{project}"): ("/projects/DEV", None),
    ("DELETE", "/projects/{project}"): ("", None),
    ("GET", "/projects/{project}/members"): ("/projects/DEV/members", None),
    ("PUT", "/projects/{project}/members/{user}"): ("/projects/DEV/members/ghost", {"role": "x"}),
    ("DELETE", "/projects/{project}/members/{user}"): ("/projects/DEV/members/ghost", None),
    ("GET", "/projects/{project}/audit"): ("/projects/DEV/audit", None),
    ("GET", "/tables"): ("/tables", None),
    ("GET", "/tables/{table}"): ("/tables/lab", None),
    ("GET", "/tables/{table}/snapshots"): ("/tables/lab/snapshots", None),
    ("GET", "/tables/{table}/rows"): ("/tables/lab/rows", None),
    ("GET", "/models"): ("/models", None),
    ("GET", "/health"): ("/health", None),
    ("GET", "/server"): ("/server", None),
    ("POST", "/models/{model}/promote"): ("/models/never@1/promote", None),
    ("POST", "/models/{model}/rollback"): ("/models/never/rollback", None),
    ("GET", "/experiments"): ("/experiments", None),
    ("GET", "/runs"): ("/runs", None),
    ("POST", "/tables/{table}/reports"): ("/tables/lab/reports", {}),
    ("POST", "/tables/{table}/check"): ("/tables/lab/check", {}),
    ("GET", "/projects/{project}/files"): ("/projects/DEV/files", None),
    ("GET", "/projects/{project}/files/{path}"): ("/projects/DEV/files/none.py", None),
    ("PUT", "/projects/{project}/files/{path}"): ("/projects/DEV/files/a%2F..%2Fup.py", None),
    ("DELETE", "/projects/{project}/files/{path}"): ("/projects/DEV/files/none.py", None),
    ("GET", "/builds"): ("/builds", None),
    ("POST", "/builds"): ("/builds", {"project": "DEV", "file": "none.py", "endpoint": "odd"}),
    ("GET", "/builds/{build}"): ("/builds/odd", None),
    ("GET", "/builds/{build}/log"): ("/builds/odd/log", None),
    ("GET", "/deployments"): ("/deployments", None),
    ("POST", "/deployments"): ("/deployments", {"build": "odd", "role": "canary"}),
    ("POST", "/endpoints/{endpoint}/rollback"): ("/endpoints/odd/rollback", {"to": "no"}),
    ("GET", "/deployments/{deployment}"): ("/deployments/odd", None),
    ("GET", "/deployments/{deployment}/replicas"): ("/deployments/odd/replicas", None),
    ("GET", "/deployments/{deployment}/replicas/{replica}/log"): (
        "/deployments/odd/replicas/0/log",
        None,
    ),
    ("POST", "/deployments/{deployment}/stop"): ("/deployments/odd/stop", None),
    ("POST", "/deployments/{deployment}/restart"): ("/deployments/odd/restart", None),
    ("POST", "/deployments/{deployment}/promote"): ("/deployments/odd/promote", None),
    ("PUT", "/deployments/{deployment}/share"): ("/deployments/odd/share", {"share": 0.2}),
    ("PUT", "/deployments/{deployment}/scale"): (
        "/deployments/odd/scale",
        {"least": 1, "most": 1},
    ),
    ("GET", "/predictions"): ("/predictions?endpoint=odd", None),
    ("GET", "/predictions/{uuid}"): ("/predictions/none", None),
    ("PUT", "/predictions/{uuid}/metrics"): ("/predictions/none/metrics", {"metrics": {"a": []}}),
    ("POST", "/metrics"): ("/metrics", {"items": []}),
    ("GET", "/metrics"): ("/metrics?endpoint=odd", None),
    ("POST", "/metrics/aggregates"): (
        "/metrics/aggregates",
        {"metrics": {}, "start": 1, "end": 0, "endpoint": "odd"},
    ),
    ("GET", "/quality"): ("/quality?endpoint=odd", None),
    ("GET", "/projects/{project}/jobs"): ("/projects/DEV/jobs", None),
    ("POST", "/projects/{project}/jobs"): (
        "/projects/DEV/jobs",
        {"name": "../bad", "kind": "command", "target": "table list"},
    ),
    ("GET", "/projects/{project}/jobs/{job}"): ("/projects/DEV/jobs/none", None),
    ("PATCH", "/projects/{project}/jobs/{job}"): ("/projects/DEV/jobs/none", {"retries": 1}),
    ("DELETE", "/projects/{project}/jobs/{job}"): ("/projects/DEV/jobs/none", None),
    ("POST", "/projects/{project}/jobs/{job}/runs"): ("/projects/DEV/jobs/none/runs", None),
    ("GET", "/projects/{project}/runs"): ("/projects/DEV/runs", None),
    ("GET", "/projects/{project}/runs/{run}"): ("/projects/DEV/runs/none", None),
    ("GET", "/projects/{project}/runs/{run}/log"): ("/projects/DEV/runs/none/log", None),
    ("GET", "/projects/{project}/runs/{run}/notebook"): ("/projects/DEV/runs/none/notebook", None),
    ("POST", "/projects/{project}/runs/{run}/stop"): ("/projects/DEV/runs/none/stop", None),
    ("GET", "/endpoints/{endpoint}/samples"): ("/endpoints/odd/samples", None),
    ("GET", "/endpoints/{endpoint}/drift"): ("/endpoints/odd/drift", None),
    ("POST", "/endpoints/{endpoint}/drift"): ("/endpoints/odd/drift", {}),
    ("GET", "/alerts"): ("/alerts", None),
    ("POST", "/alerts"): (
        "/alerts",
        {"name": "slow", "metric": "never", "target": "odd", "threshold": 1},
    ),
    ("GET", "/alerts/{alert}"): ("/alerts/none", None),
    ("PUT", "/alerts/{alert}/active"): ("/alerts/none/active", {"active": True}),
    ("DELETE", "/alerts/{alert}"): ("/alerts/none", None),
    ("GET", "/alert-events"): ("/alert-events", None),
    ("GET", "/predictions/{uuid}/lineage"): ("/predictions/none/lineage", None),
    ("GET", "/tables/{table}/lineage"): ("/tables/lab/lineage", None),
    ("GET", "/tables/{table}/predictions"): ("/tables/lab/predictions", None),
    ("GET", "/models/{model}/lineage"): ("/models/never@1/lineage", None),
    ("GET", "/endpoints"): ("/endpoints", None),
    ("GET", "/endpoints/{endpoint}"): ("/endpoints/odd", None),
    ("GET", "/endpoints/{endpoint}/keeping"): ("/endpoints/odd/keeping", None),
    ("PUT", "/endpoints/{endpoint}/keeping"): ("/endpoints/odd/keeping", {}),
    ("GET", "/endpoints/{endpoint}/keys"): ("/endpoints/odd/keys", None),
    ("POST", "/endpoints/{endpoint}/keys"): ("/endpoints/odd/keys", {"seconds": 60}),
    ("DELETE", "/endpoints/{endpoint}/keys/{key}"): ("/endpoints/odd/keys/key-0", None),
    ("POST", "/patterns/motifs"): ("/patterns/motifs", {}),
    ("POST", "/patterns/discords"): ("/patterns/discords", {}),
    ("POST", "/patterns/anomalies"): ("/patterns/anomalies", {}),
    ("POST", "/patterns/match"): ("/patterns/match", {}),
    ("POST", "/patterns/shared"): ("/patterns/shared", {}),
    ("POST", "/devices/similar"): ("/devices/similar", {}),
    ("POST", "/devices/clusters"): ("/devices/clusters", {}),
    ("POST", "/geo/locate"): ("/geo/locate", {}),
    ("POST", "/geo/count"): ("/geo/count", {}),
    ("POST", "/geo/visits"): ("/geo/visits", {}),
    ("POST", "/geo/events"): ("/geo/events", {}),
    ("POST", "/geo/within"): ("/geo/within", {}),
    ("POST", "/geo/box"): ("/geo/box", {}),
    ("POST", "/geo/nearest"): ("/geo/nearest", {}),
    ("POST", "/geo/trips"): ("/geo/trips", {}),
    ("POST", "/geo/stops"): ("/geo/stops", {}),
    ("POST", "/geo/distance"): ("/geo/distance", {}),
    ("POST", "/geo/cells"): ("/geo/cells", {}),
    ("POST", "/geo/sql"): ("/geo/sql", {}),
}
OF_DEV = re.compile(
    r"/(builds|deployments|endpoints)/|/(deployments|builds|metrics/aggregates):POST"
    r"|.*endpoint=odd"
)
"""What belongs to the project DEV, though its name is not in the address."""
ONCE = {("DELETE", "/session"), ("DELETE", "/projects/{project}")}
"""They end what the others need; tests of their own ask them."""


def routes(site: Site) -> dict[tuple[str, str], str]:
    """Each route's method and path with its action, as the site's own description has them."""
    told = site.app.openapi()["paths"]
    return {
        (method.upper(), path.removeprefix("/api/v1")): operation.get("x-action", "")
        for path, operations in told.items()
        for method, operation in operations.items()
    }


def test_every_route_has_a_rule_and_an_example(site: Site) -> None:
    found = routes(site)
    assert set(found) == set(EXAMPLES)
    assert {each: action for each, action in found.items() if action not in ACTIONS} == {}


def test_no_route_is_hidden_from_the_description(site: Site) -> None:
    hidden = [
        route.path
        for route in site.app.routes
        if isinstance(route, APIRoute) and not route.include_in_schema
    ]
    assert hidden == []


def expected(who: str, action: str, path: str) -> set[int]:
    """The statuses that refuse: none where they may."""
    least = ACTIONS[action][0]
    if least == "anyone":
        return set()
    if who == "nobody":
        return {401}
    if "/projects/DEV" in path and who in ("user", "stranger"):
        return {404}
    if who == "stranger" and OF_DEV.match(path):
        return {404}
    if who == "key":
        may = action != "self.write" and LADDER.index("admin") >= LADDER.index(least)
    else:
        role = "admin" if who == "stranger" else who
        may = LADDER.index(role) >= LADDER.index(least)
    return set() if may else {403}


@pytest.mark.parametrize("who", PEOPLE)
def test_everybody_gets_as_far_as_the_table_says(site: Site, who: str) -> None:
    wrong = []
    for (method, route), action in routes(site).items():
        path, body = EXAMPLES[method, route]
        if (method, route) in ONCE:
            continue
        status = site.ask(who, method, path, body).status_code
        refusal = expected(who, action, path if method == "GET" else f"{path}:{method}")
        good = status in refusal if refusal else status not in (401, 403) or route == "/session"
        if not good or status >= 500:
            wrong.append((method, path, action, status, refusal))
    assert wrong == []


@pytest.mark.parametrize("who", [each for each in PEOPLE if each != "owner"])
def test_only_an_owner_removes_a_project(site: Site, who: str) -> None:
    status = site.ask(who, "DELETE", "/projects/DEV").status_code
    hidden = {"nobody": 401, "user": 404, "stranger": 404}
    assert status == hidden.get(who, 403)
    assert site.ask("owner", "GET", "/projects/DEV").status_code == 200


def test_a_method_that_is_not_there_is_refused(site: Site) -> None:
    there = routes(site)
    for _, route in set(there):
        path = EXAMPLES[next(each for each in there if each[1] == route)][0] or route
        for method in METHODS - {each for each, other in there if other == route}:
            answer = site.ask("owner", method, path)
            assert answer.status_code == 405, (method, path)
            assert answer.json()["error"]["request_id"]


def test_a_new_route_without_a_rule_is_noticed(site: Site) -> None:
    other = make_site(open_home(site.fleet.settings.home))
    other.get("/api/v1/secrets")(site.fleet.workspace.token)
    found = routes(Site(other, site.client, site.fleet, {}))
    assert found["GET", "/secrets"] not in ACTIONS
    assert set(found) != set(EXAMPLES)


def test_nobody_is_told_of_what_belongs_to_others(site: Site) -> None:
    for noun in ("builds", "deployments", "endpoints"):
        assert site.ask("stranger", "GET", f"/{noun}").json()["items"] == []
        told = site.ask("stranger", "GET", f"/{noun}/odx").json()["error"]
        assert "there is none yet" in told["hint"], told
        assert site.ask("viewer", "GET", f"/{noun}").json()["items"] != []
    wanted = {"project": "OTHER", "file": "x.py", "endpoint": "odd"}
    put = site.ask("stranger", "PUT", "/projects/OTHER/files/x.py", b"predict = 3")
    assert put.status_code == 200, put.text
    assert site.ask("stranger", "POST", "/builds", wanted).status_code == 409
