"""The page Deployments in a browser, over a gateway with replicas: deployed, tried, redeployed."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.serving.conftest import Server
from tests.serving.models import WELL
from tests.web.conftest import Person

from motifleet.app import Actor, Serving

PATH = "/deployments?endpoint=twice"


@pytest.fixture(scope="module")
def answering(person: Person, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Person]:
    """An endpoint in DEV with a build that is ready, and a gateway that runs."""
    file = tmp_path_factory.mktemp("model") / "twice.py"
    file.write_text(WELL)
    owner = Serving(person.fleet.settings, Actor("token", owner=True), "DEV")
    owner.build_function(Path(file), "predict", "twice", example={"value": 4})
    server = Server(person.fleet.settings.home)
    server.start()
    try:
        yield person
    finally:
        server.stop()


def test_a_build_is_deployed_tried_and_redeployed(answering: Person) -> None:
    person = answering
    person.log_in("admin")
    person.visit(PATH)
    person.says("Nothing runs")
    person.open_to_all()
    person.click(".deploy .q-item")
    person.press("Deploy")
    person.soon(lambda: "running" in person.browser.texts(".present dd"))

    person.press("Make key")
    secret = person.soon(lambda: person.browser.texts("code.secret"))[0]
    person.press("I have it")
    person.type("[aria-label='access key']", secret)
    person.press("Send")
    answer = person.soon(lambda: person.browser.texts("[data-part=answer] pre"))[0]
    assert '"double": 8' in answer
    person.says(" ms")

    first = person.fleet.serving.deployment("twice").id
    person.press("Deploy")
    person.soon(lambda: person.fleet.serving.deployment("twice").id != first)
    now = person.fleet.serving.deployment("twice").id
    person.soon(lambda: person.fleet.serving.deployment(now).status == "running")
    person.press("Roll back to the one before")
    person.soon(lambda: len(person.fleet.serving.deployments("twice")) == 3)
    assert person.fleet.serving.deployments("twice")[-1].build_id
    person.fine()


def test_logs_of_builds_and_replicas_are_read(answering: Person) -> None:
    person = answering
    person.log_in("viewer")
    person.visit(PATH)
    person.press("Read its log")
    person.says("frozen, SHA-256")
    person.press("Read")
    newest = person.fleet.serving.deployments("twice")[-1].id
    person.soon(lambda: any(newest in each for each in person.browser.texts(".level-3")))
    person.open_to_all()
    person.fine()


def test_an_operator_restarts_and_a_viewer_only_looks(answering: Person) -> None:
    person = answering
    person.log_in("operator")
    person.visit(PATH)
    person.soon(lambda: person.browser.texts(".present dd"))
    person.says("Restart")
    assert "Deploy or redeploy" not in person.text()
    person.log_in("viewer")
    person.visit(PATH)
    person.soon(lambda: person.browser.texts(".present dd"))
    assert "Restart" not in person.text()
    assert "Make key" not in person.text()
    person.visit("/deployments")
    person.says("twice")
    person.fine()


def test_an_answer_is_found_with_what_it_rests_on(answering: Person) -> None:
    person = answering
    uuid = person.fleet.monitoring.predictions("twice").items[0].uuid
    person.log_in("viewer")
    person.visit("/monitoring?endpoint=twice")
    person.says("Latency and throughput")
    person.says("No ground truth yet")
    person.soon(lambda: uuid in person.text())
    person.open_to_all()
    person.visit(f"/monitoring?endpoint=twice&prediction={uuid}")
    steps = person.shows(".chain li", 5)
    assert [each.split("\n")[0] for each in steps] == [
        "prediction",
        "deployment",
        "build",
        "version",
        "source",
    ]
    person.says('"value": 4')
    assert "Watch" not in person.browser.texts("button")
    person.visit("/monitoring?prediction=nothing-like-it")
    person.soon(lambda: person.browser.texts("[data-part=prediction] .failed"))
    person.fine()


def test_an_alert_rule_is_made_and_switched_off(answering: Person) -> None:
    person = answering
    person.log_in("contributor")
    person.visit("/monitoring?endpoint=twice")
    person.says("No rule watches this endpoint")
    person.type("[aria-label=name]", "too-slow")
    person.type("[aria-label=threshold]", "250")
    person.press("Watch")
    person.soon(person.fleet.monitoring.alerts.rules)
    person.click("[aria-label='Watch too-slow']")
    person.soon(lambda: not person.fleet.monitoring.alerts.find("too-slow").rule.active)
    person.click("[aria-label='Remove too-slow']")
    person.press("Remove it")
    person.soon(lambda: not person.fleet.monitoring.alerts.rules())
    person.fine()
