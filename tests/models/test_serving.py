"""The registered versions, served by MLflow itself in a process that knows no home."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from tests.models.conftest import _answers, classifier, free_port, serving, wearing

from motifleet.app import Motifleet, Simulation
from motifleet.models import DiscordDetector, MultiDimMotif, TimeSeriesQuery

pytestmark = pytest.mark.served
SIGNALS = [f"iot_signal_{number}" for number in (1, 2, 3, 4)]
ROW = dict.fromkeys(SIGNALS, 3)
RECORDS = [
    {name: (place * (at + 7)) % 11 + at % 3 for at, name in enumerate(SIGNALS)}
    for place in range(60)
]
WINDOW = {"device_id": "tank-0003", "values": [0, 1, 0, 9, 0, 1]}


@pytest.fixture(scope="module")
def lab(make_home: Callable[[], Motifleet]) -> Motifleet:
    fleet = make_home()
    fleet.simulate(Simulation("lab", part=2), "lab")
    train = fleet.models.train
    train(classifier(), "lab", name="failures")
    train(TimeSeriesQuery("iot_signal_3", window=8, steps=False), "lab", name="query")
    train(MultiDimMotif(SIGNALS, window=5), "lab", name="motifs")
    fleet.tables.append("tanks", wearing())
    train(DiscordDetector("level", window=6, history=100), "tanks", name="discords")
    return fleet


@pytest.fixture(scope="module", params=["failures", "query", "motifs", "discords"])
def served(
    request: pytest.FixtureRequest, lab: Motifleet, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, str]]:
    name = str(request.param)
    words = ["models", "serve", "--model-uri", f"models:/{name}@champion", "--env-manager", "local"]
    environment = {"MLFLOW_TRACKING_URI": lab.models.registry.store.uri}
    log = tmp_path_factory.mktemp("serve") / "log"
    with serving(*words, port=free_port(), log=log, environment=environment) as address:
        yield name, address


def ask(address: str, body: object) -> list[dict[str, object]]:
    request = Request(
        f"{address}/invocations",
        data=json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urlopen(request, timeout=60) as answer:
        return list(json.load(answer)["predictions"])


FORMS: dict[str, list[object]] = {
    "failures": [
        {"dataframe_split": {"columns": SIGNALS, "data": [[3, 3, 3, 3]]}},
        {"dataframe_records": [ROW]},
        {"instances": [ROW]},
        {"inputs": [ROW]},
        {"inputs": {name: [3] for name in SIGNALS}},
    ],
    "query": [
        {"inputs": {"pattern": [54, 53, 52, 51]}},
        {"inputs": [{"pattern": [54, 53, 52, 51]}]},
        {"instances": [{"pattern": [54, 53, 52, 51]}]},
        {"dataframe_records": [{"pattern": [54, 53, 52, 51]}]},
        {"dataframe_split": {"columns": ["pattern"], "data": [[[54, 53, 52, 51]]]}},
    ],
    "motifs": [
        {"dataframe_records": RECORDS},
        {"inputs": RECORDS},
        {"instances": RECORDS},
        {"inputs": {"rows": {str(at): row for at, row in enumerate(RECORDS)}}},
        {"dataframe_records": [{"rows": {str(at): row for at, row in enumerate(RECORDS)}}]},
    ],
    "discords": [
        {"inputs": [WINDOW]},
        {"instances": [WINDOW]},
        {"dataframe_records": [WINDOW]},
        {"dataframe_split": {"columns": list(WINDOW), "data": [list(WINDOW.values())]}},
    ],
}
WRONG: dict[str, object] = {
    "failures": {"dataframe_records": [{"iot_signal_1": 3}]},
    "query": {"inputs": {"pattern": [54]}},
    "motifs": {"dataframe_records": RECORDS[:4]},
    "discords": {"inputs": [{"device_id": "tank-0003", "values": [0, 1]}]},
}
TELLS = {
    "failures": {"probability", "label"},
    "query": {"nearest_neighbor", "device_id", "event_ts", "distance", "matches"},
    "motifs": {"dimensions", "index", "neighbor", "distance", "channels"},
    "discords": {"device_id", "distance", "score", "fleet_distance", "unusual"},
}


def test_mlflow_serves_every_form_alike(served: tuple[str, str]) -> None:
    name, address = served
    answers = [ask(address, body) for body in FORMS[name]]
    assert set(answers[0][0]) == TELLS[name]
    assert all(answer == answers[0] for answer in answers)


def test_a_wrong_request_is_a_clients_error(served: tuple[str, str]) -> None:
    name, address = served
    with pytest.raises(HTTPError) as refused:
        ask(address, WRONG[name])
    with refused.value as answer:
        assert answer.code == 400


def test_mlflows_own_page_opens_on_this_machine_and_ends_with_the_command(
    lab: Motifleet, tmp_path: Path
) -> None:
    port = free_port()
    command = [sys.executable, "-m", "motifleet", "experiment", "ui", "--port", str(port)]
    command += ["--home", str(lab.settings.home)]
    with (tmp_path / "log").open("wb") as log:
        page = subprocess.Popen(command, stdout=log, stderr=log)
        address = f"http://127.0.0.1:{port}"
        try:
            deadline = time.monotonic() + 300
            while not _answers(f"{address}/health"):
                assert page.poll() is None, (tmp_path / "log").read_text()
                assert time.monotonic() < deadline
                time.sleep(0.3)
            with urlopen(address, timeout=60) as answer:
                assert b"MLflow" in answer.read()
        finally:
            page.send_signal(signal.SIGINT)
            code = page.wait(60)
    assert code == 130
    assert not _answers(f"{address}/health")
