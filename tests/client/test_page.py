"""What the page on the client shows, run against a server in its own processes."""

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.cli.test_up import PATIENCE, Up

from motifleet.client import Client
from motifleet.errors import MotifleetError

PAGE = Path(__file__).parents[2] / "docs" / "client.md"
REPORTS = "truck,time,speed\n" + "".join(
    f"7,2026-03-02 06:{minute:02},{50 + 10 * (minute % 5)}\n" for minute in range(30)
)


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    home = tmp_path_factory.mktemp("client") / "home"
    home.mkdir(mode=0o700)
    running = Up(home, "--no-mlflow")
    running.start()
    yield running
    running.stop()


def soon(client: Client) -> None:
    """Wait until the key that the page made opens its endpoint."""
    key = client.access_keys.create("fast")["key"]
    end = time.monotonic() + PATIENCE
    while True:
        try:
            client.endpoint("fast", key).predict({"speed": 1})
            return
        except MotifleetError:
            assert time.monotonic() < end
            time.sleep(0.1)


def test_the_page_runs(up: Up, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "trucks.csv").write_text(REPORTS)
    token = (up.home / "token").read_text().strip()
    names: dict[str, object] = {"address": up.ready["api"], "token": token}
    blocks = re.findall(r"^```py\n(.*?)^```", PAGE.read_text(), flags=re.DOTALL | re.MULTILINE)
    assert len(blocks) == 5
    for block in blocks:
        first, _, asking = block.partition("\nendpoint = ")
        exec(compile(first, str(PAGE), "exec"), names)
        if asking:
            client = names["client"]
            assert isinstance(client, Client)
            soon(client)
            exec(compile(f"endpoint = {asking}", str(PAGE), "exec"), names)
    client = names["client"]
    assert isinstance(client, Client)
    quality = client.metrics.quality("fast")
    assert (quality[0]["count"], quality[0]["accuracy"]["value"]) == (1, 1.0)
    client.close()
