"""``motifleet up`` killed as a whole: what ran runs again, a job that ran is noted as lost."""

import json
import time
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from tests.cli.test_up import Up, gone
from tests.serving.conftest import PATIENCE, longer, odd, soon

from motifleet.app import JobPlan, Motifleet, Resources, open_home

pytestmark = pytest.mark.faults
# The promise, beside the loading of models; a machine that is busy with others takes longer.
RECOVERY_SECONDS = 10.0
ENDPOINTS = ("first", "second", "third")


@pytest.fixture
def home(tmp_path: Path) -> Motifleet:
    return open_home(tmp_path / "home")


@pytest.fixture
def up(home: Motifleet) -> Iterator[Up]:
    running = Up(home.settings.home, "--no-mlflow")
    running.start()
    yield running
    if running.process.poll() is None:
        assert running.stop()[0] == 0


def answers(up: Up, name: str, path: str, seconds: float = PATIENCE) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with suppress(OSError):
            return up.get(name, path)[0] == 200
        time.sleep(0.05)
    return False


def answered(up: Up, endpoint: str, key: str) -> bool:
    body = json.dumps({"accessKey": key, "request": {"kind": "plain"}}).encode()
    headers = {"content-type": "application/json"}
    with suppress(OSError, ValueError):
        request = urllib.request.Request(f"{up.ready['endpoints']}/model", body, headers)
        with urllib.request.urlopen(request, timeout=PATIENCE) as told:
            answer: dict[str, Any] = json.loads(told.read())
            return bool(answer["success"])
    return False


def test_a_killed_server_runs_everything_again(home: Motifleet, up: Up, tmp_path: Path) -> None:
    serving, keys = home.serving, {}
    for name in ENDPOINTS:
        chosen = Resources(memory=1 << 30)
        serving.deploy(odd(serving, tmp_path, name), chosen, wait=PATIENCE)
        keys[name] = serving.make_key(name)[1]
    for name, key in keys.items():
        soon(lambda name=name, key=key: answered(up, name, key))  # type: ignore[misc]
    folder = Path(home.workspace.add_project("DEV").folder or "")
    (folder / "long.py").write_text("import time; print('on', flush=True); time.sleep(600)")
    home.jobs.add("DEV", "long", JobPlan("script", "long.py"))
    run = home.jobs.start("DEV", "long")
    soon(lambda: home.jobs.log(run.id) != "")
    before = up.tree()
    assert len(before) >= 2 + len(ENDPOINTS) + 2

    up.kill()
    assert gone(before)
    began = time.monotonic()
    up.start()
    for name, key in keys.items():
        soon(lambda name=name, key=key: answered(up, name, key))  # type: ignore[misc]
    seconds = time.monotonic() - began
    print(f"everything answered {seconds:.1f} s after the start, {up.seconds:.1f} s of it ready")
    assert seconds < RECOVERY_SECONDS * longer()
    assert {each.status for each in serving.deployments()} == {"running"}
    assert home.jobs.wait(run.id, PATIENCE).status == "lost"


def test_a_part_that_is_killed_comes_back(home: Motifleet) -> None:
    up = Up(home.settings.home)
    up.start()
    parts = {
        "motifleet.site": ("api", "/api/v1/health"),
        "serving.gateway": ("endpoints", "/ping"),
        "page.py": ("mlflow", "/health"),
    }
    for name, asked in parts.items():
        before = up.find(name)
        before.kill()
        assert gone([before])
        assert answers(up, *asked)
        assert up.find(name).pid != before.pid
    assert up.stop()[0] == 0
