"""The page Monitoring in a browser, over an endpoint with ground truth, drift and an alert."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from tests.monitoring.conftest import BASE, endpoint_in
from tests.web.conftest import Person

from motifleet.workspace import Sample, add_samples

PATH = "/monitoring?endpoint=watched"
ANSWERS = 240


@pytest.fixture(scope="module")
def watched(person: Person) -> Person:
    """An endpoint whose latest answers are about other inputs, and wrong more often."""
    monitoring, rng = person.fleet.monitoring, random.Random(3)
    endpoint = endpoint_in(monitoring.store, "watched", project="DEV")
    for number in range(ANSWERS):
        late = number >= ANSWERS // 2
        right = rng.random() < (0.4 if late else 0.95)
        row = {"speed": rng.gauss(90 if late else 40, 5), "load": rng.gauss(10, 2)}
        said = [{"label": int(right), "probability": 0.5}]
        endpoint.answer(1000 * number, said, inputs={"dataframe_records": [row]}, ground_truth=1)
    for replica in ("rep-1", "rep-2"):
        told = [Sample(endpoint.deployment, replica, BASE, cpu=0.4, memory=2**28)]
        add_samples(monitoring.store, told, BASE - 1)
    begun = datetime.fromtimestamp(BASE / 1000, UTC)
    middle, end = (begun + timedelta(seconds=ANSWERS / 2 * part) for part in (1, 2))
    monitoring.drift.measure("watched", start=middle, end=end, reference=(begun, middle))
    seconds = datetime.now(UTC) - begun + timedelta(days=1)
    monitoring.alerts.add(
        "worse", "accuracy", "watched", 0.9, window_seconds=seconds.total_seconds(), project="DEV"
    )
    assert monitoring.alerts.look() == 1
    return person


@pytest.mark.parametrize("look", ["light", "dark"])
def test_quality_drift_resources_and_alerts_are_seen(watched: Person, look: str) -> None:
    person = watched
    person.log_in("viewer")
    person.script(f"page.look('{look}')")
    person.visit(PATH)
    told = dict(
        zip(person.browser.texts(".fact dt"), person.browser.texts(".fact dd"), strict=False)
    )
    assert told["predictions"] == str(ANSWERS)
    figures = [
        person.script("return arguments[0].getAttribute('aria-label')", each)
        for each in person.browser.chrome.find_elements("css selector", "[role=figure]")
    ]
    assert [each.split(" ")[0] for each in figures] == [
        "latency",
        "accuracy,",
        "requests,",
        "drift",
    ]
    named = person.browser.texts(".legendtext")
    assert {"accuracy", "recall"} <= set(named)
    assert len([each for each in named if each.startswith("replica")]) == 2
    assert "speed" in person.browser.texts(".xtick text")
    assert person.browser.texts("[data-part=alerts] li .status")[0] == "firing"
    assert "accuracy below 0.9" in person.text()
    person.open_to_all()
    person.fine()


def test_a_viewer_switches_no_alert_off(watched: Person) -> None:
    watched.log_in("viewer")
    watched.visit(PATH)
    assert watched.browser.texts("[data-part=alerts] li .status")
    assert not watched.script("return document.querySelector('[aria-label=\"Watch worse\"]')")
    watched.log_in("operator")
    watched.visit(PATH)
    watched.click("[aria-label='Watch worse']")
    watched.soon(lambda: not watched.fleet.monitoring.alerts.find("worse").rule.active)
    watched.fine()
