"""What is changed while callers ask without pause: not one request fails, not one goes unlogged."""

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from tests.serving.conftest import PATIENCE, Callers, Server, odd, soon
from tests.serving.models import RAISES_AT_LOAD

from motifleet.app import Motifleet, Resources
from motifleet.errors import BuildError, DeploymentError

GB = 1 << 30


def rows(home: Motifleet, query: str, **values: object) -> Sequence[Any]:
    with home.serving.store.read() as connection:
        return connection.execute(text(query), values).all()


def all_logged(home: Motifleet, callers: Callers) -> None:
    """Every answer is in the log, once."""
    logged = {row.uuid for row in rows(home, "SELECT uuid FROM predictions WHERE status = 200")}
    assert set(callers.answered) - logged == set()
    assert [uuid for uuid, count in Counter(callers.answered).items() if count > 1] == []


def running(home: Motifleet, role: str = "primary") -> str:
    found = home.serving.deployments("odd")
    (one,) = [each.id for each in found if each.status == "running" and each.role == role]
    return one


def counts(server: Server) -> dict[str, float]:
    """How many requests each deployment has answered well, as Prometheus is told."""
    page = server.send("GET", "/metrics")[1].decode()
    found = re.findall(r'requests_total\{deployment="([^"]+)".*status="200"\} (\S+)', page)
    return {name: float(count) for name, count in found}


def test_changes_under_load_fail_no_request(
    server: Server, key: str, home: Motifleet, tmp_path: Path
) -> None:
    serving = home.serving
    first = running(home)
    with Callers(server, key).calling() as callers:
        callers.more()
        second = serving.deploy("odd", Resources(memory=GB, least=2, most=2), wait=PATIENCE)
        callers.more()
        soon(lambda: serving.deployment(first).status == "stopped")
        bad = tmp_path / "bad.py"
        bad.write_text(RAISES_AT_LOAD)
        with pytest.raises(BuildError):
            serving.build_function(bad, "predict", "odd")
        callers.more()
        assert running(home) == second.id
        third = serving.roll_back("odd", wait=PATIENCE)
        callers.more()
        assert third.resources == serving.deployment(first).resources
        serving.restart("odd")
        callers.more(200)
    assert callers.refused == []
    assert callers.broken == 0
    all_logged(home, callers)


def test_a_build_changed_since_never_takes_over(
    server: Server, key: str, home: Motifleet, tmp_path: Path
) -> None:
    serving = home.serving
    before = running(home)
    build = odd(serving, tmp_path, "spoilt")
    source = serving.folder(serving.build_named(build)) / "content" / "source" / "odd.py"
    source.chmod(0o600)
    source.write_text("raise RuntimeError\n")
    with pytest.raises(DeploymentError, match="have changed since"):
        serving.deploy(build, wait=PATIENCE)
    assert running(home) == before
    assert server.ask(key, {"kind": "plain"})[0] == 200


def test_a_deployment_that_cannot_start_changes_nothing_and_says_why(
    server: Server, key: str, home: Motifleet
) -> None:
    serving = home.serving
    before = running(home)
    build = serving.deployment(before).build_id
    folder = serving.folder(serving.build_named(build))
    hidden = folder.with_name("hidden")
    folder.rename(hidden)
    with pytest.raises(DeploymentError, match="expected a whole build"):
        serving.deploy(build, wait=PATIENCE)
    hidden.rename(folder)
    assert running(home) == before
    assert serving.deployments("odd")[-1].reason


def test_a_canary_answers_its_share_and_can_be_promoted(
    server: Server, key: str, home: Motifleet
) -> None:
    serving = home.serving
    before = running(home)
    canary = serving.deploy("odd", role="canary", share=0.4, wait=PATIENCE)
    with Callers(server, key).calling() as callers:
        callers.more(400)
        counted = Counter(
            row.deployment_id
            for row in rows(home, "SELECT deployment_id, uuid FROM predictions")
            if row.uuid in set(callers.answered)
        )
        assert 0.2 < counted[canary.id] / sum(counted.values()) < 0.6
        assert set(counted) == {before, canary.id}
        figures = counts(server)
        assert 0 < figures[canary.id] < figures[before]
        serving.promote(canary.id)
        soon(lambda: serving.deployment(before).status == "stopped")
        callers.more()
    assert callers.refused == []
    assert running(home) == canary.id
    all_logged(home, callers)


def test_replicas_and_shares_change_while_requests_are_answered(
    server: Server, key: str, home: Motifleet, tmp_path: Path
) -> None:
    serving = home.serving
    with Callers(server, key).calling() as callers:
        pids = {server.ask(key, {"kind": "x"})[1]["response"]["prediction"]["pid"]}
        serving.scale(running(home), 2, 2)

        def asked() -> int:
            pids.add(server.ask(key, {"kind": "x"})[1]["response"]["prediction"]["pid"])
            return len(pids)

        soon(lambda: asked() == 2)
        serving.scale(running(home), 1, 1)
        canary = serving.deploy("odd", role="canary", share=0.01, wait=PATIENCE).id
        serving.set_share(canary, 0.9)
        soon(lambda: counts(server).get(canary, 0) > 100, lambda: f"{counts(server)}")
        serving.set_share(canary, 0)
        assert serving.deployment(canary).role == "shadow"
        serving.stop(canary, wait=PATIENCE)
    assert callers.refused == []
    assert callers.broken == 0
    all_logged(home, callers)


def test_a_shadow_is_asked_everything_and_answers_nobody(
    server: Server, key: str, home: Motifleet
) -> None:
    serving = home.serving
    shadow = serving.deploy("odd", role="shadow", wait=PATIENCE)
    soon(lambda: f'deployment="{shadow.id}"'.encode() in server.send("GET", "/metrics")[1])
    asked = [server.ask(key, {"kind": "shadowed"}) for _ in range(20)]
    assert {status for status, _ in asked} == {200}
    query = "SELECT count(*) FROM predictions WHERE deployment_id = :id AND shadow"
    soon(lambda: rows(home, query, id=shadow.id)[0][0] == 20)
    figures = counts(server)
    assert figures[shadow.id] >= 20
    assert figures[running(home)] >= 20
    assert shadow.crn not in {told["response"]["model_deployment_crn"] for _, told in asked}
    serving.stop(shadow.id, wait=PATIENCE)


def test_replicas_grow_with_the_queue_and_go_to_zero_and_wake(
    server: Server, key: str, home: Motifleet
) -> None:
    serving = home.serving
    chosen = Resources(memory=GB, least=0, most=2, idle_seconds=1.0)
    deployed = serving.deploy("odd", chosen, wait=PATIENCE)
    soon(lambda: not server.processes(deployed.id) and not server.processes("motifleet_replica"))
    assert server.send("GET", "/endpoints/odd/ping")[0] == 200
    assert server.ask(key, {"kind": "plain"})[0] == 200
    with Callers(server, key).calling(24) as callers:
        soon(lambda: len(server.processes("motifleet_replica")) == 2)
    assert callers.refused == []
    serving.deploy("odd", Resources(memory=GB), wait=PATIENCE)
