"""The page beside all that ``motifleet up`` starts: MLflow's page is a click away."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.geo.browser import opened
from tests.web.conftest import PASSWORD, Person

from motifleet.app import BackgroundServer, Simulation, open_home
from motifleet.models import TimeSeriesQuery

pytestmark = pytest.mark.served
PORTS = ("--port", "0", "--gateway-port", "0", "--mlflow-port", "0")


@pytest.fixture
def up(tmp_path: Path) -> Iterator[Person]:
    fleet = open_home(tmp_path / "home")
    fleet.simulate(Simulation("lab"), "lab")
    kind = TimeSeriesQuery("iot_signal_3", window=6, steps=False)
    fleet.models.train(kind, "lab", experiment="shapes", name="shapes")
    fleet.workspace.add_user("boss", PASSWORD, owner=True)
    server = BackgroundServer(fleet, PORTS)
    addresses = server.start()
    try:
        with opened(tmp_path / "browser") as browser:
            yield Person(browser, addresses.api, fleet)
    finally:
        server.stop()


def test_models_lead_to_the_page_of_mlflow(up: Person) -> None:
    up.log_in("boss")
    up.visit("/models")
    up.says("shapes@1")
    chrome = up.browser.chrome
    first = chrome.current_window_handle
    chrome.find_element("link text", "Open MLflow").click()
    up.soon(lambda: len(chrome.window_handles) == 2)
    chrome.switch_to.window(next(each for each in chrome.window_handles if each != first))
    assert chrome.current_url.startswith(up.fleet.server.addresses().mlflow or "nowhere")
    up.soon(lambda: "shapes" in up.text())
