"""``Idempotency-Key``: what is sent again is answered again, and done once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text
from tests.api.conftest import Site
from tests.workspace.conftest import Postgres, postgres  # noqa: F401

from motifleet.api import make_site
from motifleet.app import open_home


def audits(site: Site, subject: str) -> int:
    told = site.ask("owner", "GET", "/audit?limit=1000").json()["items"]
    return sum(each["subject"] == subject for each in told)


def test_the_same_request_is_done_once(site: Site) -> None:
    body = {"name": "once", "password": None}
    first = site.ask("owner", "POST", "/users", body, Idempotency_Key="one")
    again = site.ask("owner", "POST", "/users", body, Idempotency_Key="one")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert audits(site, "once") == 1
    assert site.ask("owner", "POST", "/users", body).status_code == 409


def test_the_same_key_with_another_request_is_refused(site: Site) -> None:
    site.ask("owner", "POST", "/users", {"name": "twice"}, Idempotency_Key="two")
    for path, body in (("/users", {"name": "thrice"}), ("/projects", {"name": "twice"})):
        other = site.ask("owner", "POST", path, body, Idempotency_Key="two")
        assert other.status_code == 422, other.text
        assert other.json()["error"]["code"] == "RequestDiffersError"


def test_keys_are_each_senders_own(site: Site) -> None:
    body = {"role": "viewer"}
    first = site.ask("viewer", "POST", "/keys", body, Idempotency_Key="same").json()
    other = site.ask("operator", "POST", "/keys", body, Idempotency_Key="same").json()
    assert first["id"] != other["id"]
    assert site.ask("viewer", "POST", "/keys", body, Idempotency_Key="same").json() == first


def test_a_key_is_told_nothing_that_its_user_was(site: Site) -> None:
    made = {"seconds": 60}
    path = "/endpoints/odd/keys"
    told = site.ask("admin", "POST", path, made, Idempotency_Key="secret").json()
    lower = site.ask("admin", "POST", "/keys", {"role": "viewer", "project": "DEV"}).json()
    site.secrets["lower"] = lower["key"]
    answer = site.ask("lower", "POST", path, made, Idempotency_Key="secret")
    assert answer.status_code == 403
    assert told["key"] not in answer.text


def test_what_is_kept_of_an_answer_holds_no_key(site: Site) -> None:
    made = site.ask(
        "owner", "POST", "/keys", {"role": "viewer", "user": "viewer"}, Idempotency_Key="k9"
    )
    with site.fleet.serving.store.read() as connection:
        rows = connection.execute(text("SELECT * FROM idempotency")).all()
    secret = made.json()["key"].encode()
    assert rows
    assert all(secret not in (row.body or b"") for row in rows)
    assert all(row.key != "k9" for row in rows)


def test_what_fails_is_tried_again(site: Site) -> None:
    wanted = {"role": "viewer", "user": "later"}
    assert site.ask("owner", "POST", "/keys", wanted, Idempotency_Key="late").status_code == 404
    site.ask("owner", "POST", "/users", {"name": "later"})
    assert site.ask("owner", "POST", "/keys", wanted, Idempotency_Key="late").status_code == 201


@pytest.mark.parametrize("key", ["", "x" * 201, "tab\tbed"])
def test_a_key_that_is_none_is_refused(site: Site, key: str) -> None:
    answer = site.ask("owner", "POST", "/users", {"name": "never"}, Idempotency_Key=key)
    assert answer.status_code == 400, answer.text


def test_nobody_is_refused_as_without_a_key(site: Site) -> None:
    answer = site.ask("nobody", "POST", "/users", {"name": "never"}, Idempotency_Key="no")
    assert answer.status_code == 401


def test_every_post_that_makes_something_takes_one(site: Site) -> None:
    told = site.app.openapi()["paths"]
    posts = [operations["post"] for operations in told.values() if "post" in operations]
    making = [each for each in posts if not each["x-action"].endswith(".read")]
    without = {
        each["operationId"]
        for each in making
        if "Idempotency-Key" not in [one["name"] for one in each.get("parameters", [])]
    }
    assert len(making) > 10
    # A session is nobody's yet; reports land once by what they are.
    assert without == {"session.log_in", "tables.land"}


@pytest.fixture(params=["sqlite", "postgresql"])
def asked(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[TestClient]:
    """A site over either database, asked by its owner."""
    if request.param == "postgresql":
        server: Postgres = request.getfixturevalue("postgres")
        monkeypatch.setenv("MOTIFLEET_DATABASE_URL", server.fresh())
    fleet = open_home(tmp_path / "home")
    with TestClient(make_site(fleet)) as client:
        client.headers["Authorization"] = f"Bearer {fleet.workspace.token()}"
        yield client
    fleet.serving.store.close()


def test_of_several_at_once_one_does_it_and_all_are_answered(asked: TestClient) -> None:
    def send(_: int) -> tuple[int, str]:
        headers = {"Idempotency-Key": "together"}
        answer = asked.post("/api/v1/users", json={"name": "ann"}, headers=headers)
        return answer.status_code, answer.text

    with ThreadPoolExecutor(6) as threads:
        answers = list(threads.map(send, range(6)))
    assert {status for status, _ in answers} == {201}
    assert len({body for _, body in answers}) == 1
    assert [each["name"] for each in asked.get("/api/v1/users").json()["items"]] == ["ann"]
