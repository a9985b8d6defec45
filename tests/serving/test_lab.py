"""The lab's models at endpoints: each kind, in each form, as the model itself answers."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from tests.serving.conftest import PATIENCE, Server
from tests.serving.models import SIGNALS, lab_home

from motifleet.app import Motifleet, Resources

pytestmark = pytest.mark.served
ROW = dict.fromkeys(SIGNALS, 3)
ROWS = [
    {name: (place * (at + 7)) % 11 + at % 3 for at, name in enumerate(SIGNALS)}
    for place in range(60)
]
PATTERN = {"pattern": [54, 53, 52, 51]}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Motifleet:
    return lab_home(tmp_path_factory.mktemp("lab"))


@pytest.fixture(scope="module")
def server(home: Motifleet) -> Iterator[Server]:
    running = Server(home.settings.home)
    running.start()
    yield running
    assert running.stop() == 0, running.told()


@pytest.fixture(scope="module")
def keys(home: Motifleet, server: Server) -> dict[str, str]:
    serving, found = home.serving, {}
    for name in ("failures", "query", "motifs"):
        build = serving.build_version(name)
        serving.deploy(build.id, Resources(cpu=1), wait=PATIENCE)
        found[name] = serving.make_key(name)[1]
    end = time.monotonic() + PATIENCE
    while server.ask(found["motifs"], ROWS)[0] != 200:
        assert time.monotonic() < end
        time.sleep(0.05)
    return found


FORMS: dict[str, list[Any]] = {
    "failures": [
        {"dataframe_split": {"columns": SIGNALS, "data": [[3, 3, 3, 3]]}},
        {"dataframe_records": [ROW]},
        {"instances": [ROW]},
        {"inputs": {name: [3] for name in SIGNALS}},
        ROW,
        [ROW],
    ],
    "query": [PATTERN, {"inputs": PATTERN}, {"dataframe_records": [PATTERN]}],
    "motifs": [
        {str(at): row for at, row in enumerate(ROWS)},
        ROWS,
        {"dataframe_records": ROWS},
        {"inputs": {"rows": {str(at): row for at, row in enumerate(ROWS)}}},
    ],
}


@pytest.mark.parametrize("name", FORMS)
def test_each_form_is_answered_alike_and_as_the_model_does(
    home: Motifleet, server: Server, keys: dict[str, str], name: str
) -> None:
    rows = {"failures": [ROW], "query": [PATTERN], "motifs": ROWS}[name]
    direct = json.loads(home.models.predict(name, rows).to_json(orient="records"))
    for request in FORMS[name]:
        for status, told in (
            server.ask(keys[name], request),
            server.post(
                f"/endpoints/{name}/invocations",
                json.dumps(request).encode(),
                authorization=f"Bearer {keys[name]}",
            ),
        ):
            assert status == 200, told
            answer = told["response"]["prediction"] if "response" in told else told["predictions"]
            assert [set(each) for each in answer] == [set(each) for each in direct]
            first, expected = answer[0], direct[0]
            assert {key: first[key] for key in first if key != "probability"} == {
                key: pytest.approx(expected[key])
                if isinstance(expected[key], float)
                else expected[key]
                for key in expected
                if key != "probability"
            }


def test_open_inference_answers_as_the_lab_form_does(server: Server, keys: dict[str, str]) -> None:
    bearer = f"Bearer {keys['failures']}"
    described = server.send("GET", "/v2/models/failures")[1]
    assert [each["name"] for each in described["inputs"]] == SIGNALS
    columns = [{"name": name, "shape": [2], "datatype": "FP64", "data": [3, 4]} for name in SIGNALS]
    table = [{"name": "x", "shape": [2, 4], "datatype": "FP64", "data": [3] * 4 + [4] * 4}]
    rows = [ROW, dict.fromkeys(SIGNALS, 4)]
    expected = server.ask(keys["failures"], rows)[1]["response"]["prediction"]
    for inputs in (columns, table):
        body = json.dumps({"id": "7", "inputs": inputs}).encode()
        status, told = server.post("/v2/models/failures/infer", body, authorization=bearer)
        assert (status, told["id"], told["model_name"]) == (200, "7", "failures")
        outputs = {each["name"]: each for each in told["outputs"]}
        assert outputs["probability"]["data"] == [each["probability"] for each in expected]
        assert (outputs["label"]["datatype"], outputs["label"]["shape"]) == ("INT64", [2])


@pytest.mark.parametrize(
    ("name", "request_", "says"),
    [
        ("failures", {"iot_signal_1": 3}, "expected the columns"),
        ("failures", {"inputs": {name: ["x"] for name in SIGNALS}}, "expected numbers"),
        ("failures", {"inputs": {**{name: [1] for name in SIGNALS}, SIGNALS[0]: [1, 2]}}, "length"),
        ("query", {"pattern": [54]}, "at least 3"),
        ("motifs", ROWS[:4], "expected"),
    ],
)
def test_a_wrong_request_is_told(
    server: Server, keys: dict[str, str], name: str, request_: object, says: str
) -> None:
    status, told = server.ask(keys[name], request_)
    assert status == 400
    assert says in told["error"]["message"]


def test_a_batch_with_one_wrong_request_answers_the_others(
    server: Server, keys: dict[str, str]
) -> None:
    from concurrent.futures import ThreadPoolExecutor

    wrong = {"dataframe_records": [{"iot_signal_1": 3}]}
    with ThreadPoolExecutor(16) as pool:
        asked = [
            pool.submit(server.ask, keys["failures"], wrong if at % 5 == 0 else ROW)
            for at in range(100)
        ]
        statuses = [each.result()[0] for each in asked]
    assert statuses == [400 if at % 5 == 0 else 200 for at in range(100)]
