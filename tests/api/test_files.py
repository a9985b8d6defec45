"""A project's files, and builds of them."""

import os
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
from tests.api.conftest import Site

from motifleet.app import ProjectOrigin

CODE = b"def predict(request):\n    return {'double': 2 * request['value']}\n"


def put(
    site: Site, path: str, content: bytes, project: str = "DEV", who: str = "contributor"
) -> Any:
    return site.ask(who, "PUT", f"/projects/{project}/files/{path}", content)


def folder_of(site: Site, project: str = "DEV") -> Path:
    return Path(site.ask("owner", "GET", f"/projects/{project}").json()["folder"])


def built(site: Site, body: dict[str, Any], who: str = "contributor") -> Any:
    begun = site.ask(who, "POST", "/builds", body)
    assert begun.status_code == 202, begun.text
    told = begun.json()
    end = time.monotonic() + 60
    while told["status"] == "building":
        assert time.monotonic() < end
        time.sleep(0.05)
        told = site.ask(who, "GET", f"/builds/{told['id']}").json()
    return told


def test_files_are_written_listed_read_and_removed(site: Site) -> None:
    made = put(site, "deep/er/a%20b.txt", b"one")
    assert made.json()["path"] == "deep/er/a b.txt"
    assert put(site, "deep/er/a%20b.txt", b"second").json()["bytes"] == 6
    listed = site.ask("viewer", "GET", "/projects/DEV/files").json()["items"]
    assert "deep/er/a b.txt" in [each["path"] for each in listed]
    read = site.ask("viewer", "GET", "/projects/DEV/files/deep/er/a%20b.txt")
    assert read.content == b"second"
    assert site.ask("viewer", "DELETE", "/projects/DEV/files/deep/er/a%20b.txt").status_code == 403
    gone = site.ask("contributor", "DELETE", "/projects/DEV/files/deep/er/a%20b.txt")
    assert gone.status_code == 204
    assert site.ask("viewer", "GET", "/projects/DEV/files/deep/er/a%20b.txt").status_code == 404
    noted = site.ask("admin", "GET", "/projects/DEV/audit").json()["items"]
    assert [each["action"] for each in noted[:3]] == ["file.write"] * 3


@pytest.mark.parametrize(
    "path",
    [
        "..%2Fup.py",
        "a%2F..%2F..%2Fup.py",
        "%2Fetc%2Fcron.d%2Fx",
        "%252e%252e%2Fup.py%2F..%2F..",
        ".git%2Fconfig",
        "sub%2F.GIT%2Fhooks%2Fpost-commit",
        ".gitattributes",
        "a%2F%2Fb",
        "a%2F.%2Fb",
        "a%5Cb",
        "a%0Ab",
        "x" * 300,
        "y%2F" * 300 + "z",
    ],
)
def test_nothing_is_written_outside_or_read_by_git(site: Site, path: str) -> None:
    before = set(folder_of(site).parent.parent.rglob("*up.py"))
    answer = put(site, path, b"x")
    assert answer.status_code in (400, 404), answer.text
    assert set(folder_of(site).parent.parent.rglob("*up.py")) == before


def test_no_link_is_followed(site: Site) -> None:
    folder = folder_of(site)
    (folder / "secret").symlink_to(site.fleet.settings.home / "token")
    (folder / "out").symlink_to("/etc")
    for path in ("secret", "out/passwd"):
        assert site.ask("viewer", "GET", f"/projects/DEV/files/{path}").status_code == 400
        assert put(site, path, b"x").status_code == 400
    told = site.ask("viewer", "GET", "/projects/DEV/files").json()["items"]
    assert {"secret", "out"} & {each["path"] for each in told} == set()
    body = {"project": "DEV", "file": "secret"}
    assert site.ask("contributor", "POST", "/builds", body).status_code == 400


def test_a_project_s_file_becomes_a_build_with_its_log(site: Site) -> None:
    put(site, "double.py", CODE)
    body = {"project": "DEV", "file": "double.py", "example": {"value": 2}}
    made = built(site, body)
    assert (made["status"], made["source"], made["endpoint"]) == (
        "ready",
        "double.py:predict",
        "double",
    )
    log = site.ask("viewer", "GET", f"/builds/{made['id']}/log").json()["log"]
    assert "the input example is answered" in log
    assert list((site.fleet.settings.home / "builds").glob(".*.lock")) == []


def test_a_build_that_breaks_says_why(site: Site) -> None:
    put(site, "broken.py", b"raise RuntimeError('no licence')\n")
    made = built(site, {"project": "DEV", "file": "broken.py"})
    assert made["status"] == "failed"
    assert "no licence" in made["reason"]
    refused = site.ask("contributor", "POST", "/deployments", {"build": made["id"]})
    assert refused.status_code == 409


def test_a_guarded_project_takes_files_from_its_repository_alone(
    site: Site, tmp_path: Path
) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / "model.py").write_bytes(CODE)
    who = ["-c", "user.name=a", "-c", "user.email=a@b.c"]
    for words in (["init", "-q"], ["add", "."], [*who, "commit", "-qm", "one"]):
        subprocess.run(["git", *words], cwd=source, check=True)
    desk = site.fleet.workspace
    project = desk.add_project("PRD", guarded=True, origin=ProjectOrigin(git=str(source)))
    assert put(site, "model.py", b"x = 1", "PRD", "owner").status_code == 403
    body = {"project": "PRD", "file": "model.py", "endpoint": "prd", "example": {"value": 1}}
    made = built(site, body, "owner")
    assert made["source"] == f"model.py:predict@{project.commit}"
    assert site.ask("owner", "POST", "/deployments", {"build": made["id"]}).status_code == 201
    changed = folder_of(site, "PRD") / "model.py"
    changed.write_bytes(CODE + b"\n# changed\n")
    other = built(site, body, "owner")
    assert other["source"] == "model.py:predict"
    refused = site.ask("owner", "POST", "/deployments", {"build": other["id"]})
    assert refused.status_code == 409
    assert "guarded" in refused.text


def test_a_build_whose_process_has_ended_is_noted_as_failed(site: Site) -> None:
    from sqlalchemy import text

    from motifleet.app.builds import _hold
    from motifleet.workspace import add_build, find_build

    store = site.fleet.serving.store
    left = add_build(store, "left", "left.py:predict", project="DEV").id
    busy = add_build(store, "busy", "busy.py:predict", project="DEV").id
    held = _hold(site.fleet.settings.home / "builds" / f".{busy}.lock")
    with store.write() as connection:
        earlier = "UPDATE builds SET created_at = created_at - 100000 WHERE status = 'building'"
        connection.execute(text(earlier))
    assert [each.id for each in site.fleet.serving.end_abandoned()] == [left]
    assert find_build(store, busy).status == "building"
    os.close(held)
    assert [each.id for each in site.fleet.serving.end_abandoned()] == [busy]
