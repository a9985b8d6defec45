"""The page Models in a browser: versions side by side, and one of them promoted."""

import pytest
from tests.web.conftest import Person

from motifleet.models import TimeSeriesQuery


@pytest.fixture(scope="module")
def trained(person: Person) -> Person:
    """Two versions of a model, as two windows make them."""
    for window in (6, 8):
        kind = TimeSeriesQuery("iot_signal_3", window=window, steps=False)
        person.fleet.models.train(kind, "lab", experiment="shapes", name="shapes")
    return person


def test_versions_are_compared_and_promoted(trained: Person) -> None:
    person = trained
    person.log_in("contributor")
    person.visit("/models")
    person.says("shapes@2")
    person.says("shapes: 2 runs")
    person.open_to_all()
    person.press("Compare")
    person.soon(lambda: person.browser.texts("[data-part=comparison] td"))
    person.soon(lambda: "first=shapes%401" in person.browser.chrome.current_url)
    person.click("[data-version='shapes@2'] button")
    person.press("Promote")
    person.soon(lambda: person.fleet.models.registry.version("shapes@champion").version == 2)
    person.noted("contributor", "shapes@2")
    person.fine()


def test_a_viewer_promotes_nothing(trained: Person) -> None:
    trained.log_in("viewer")
    trained.visit("/models")
    trained.says("shapes@2")
    assert "Promote" not in trained.text()
    trained.fine()
