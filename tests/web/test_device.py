"""The page Device in a browser: a stretch selected with the mouse and sought in the fleet."""

from selenium.webdriver import ActionChains
from selenium.webdriver.common.by import By
from tests.web.conftest import Person

PLOT = ".js-plotly-plot .plotly"


def test_a_stretch_selected_with_the_mouse_is_sought_in_the_fleet(person: Person) -> None:
    person.log_in("viewer")
    person.visit("/device?table=trucks&device=truck-000003&signal=engine_temperature&m=30")
    person.soon(lambda: person.browser.chrome.find_elements(By.CSS_SELECTOR, PLOT))
    person.soon(lambda: "1,440" in person.browser.texts(".fact dd"))
    person.open_to_all()
    layer = person.soon(
        lambda: person.browser.chrome.find_elements(By.CSS_SELECTOR, ".nsewdrag[data-subplot='xy']")
    )[0]
    width = layer.size["width"]
    mouse = ActionChains(person.browser.chrome).move_to_element_with_offset(layer, 0, 0)
    mouse.click_and_hold().move_by_offset(width // 12, 5).move_by_offset(10, 5).release().perform()
    person.shows("[data-part=matches] td a.link", 12)
    link = person.script(
        "return document.querySelector('[data-part=matches] td a.link').getAttribute('href')"
    )
    assert "signal=engine_temperature" in link
    assert "at=2026-03-" in link
    person.fine()


def test_trips_stops_and_devices_that_are_alike(person: Person) -> None:
    person.log_in("viewer")
    person.visit("/device?table=trucks&device=truck-000003&m=30")
    person.says("trips")
    person.press("Find devices like this one")
    rows = person.shows("[data-part=alike] td a.link", 8)
    assert "truck-000003" not in rows
    person.fine()


def test_a_device_that_is_not_there(person: Person) -> None:
    person.log_in("viewer")
    person.visit("/device?table=trucks&device=truck-9")
    person.says("no device 'truck-9'")
    person.visit("/device?table=nowhere&device=x")
    person.says("no table 'nowhere'")
    person.visit("/device")
    person.says("No device is chosen")
    person.fine()
