"""The page Fleet in a browser: the map, filters, geofences, alerts, roles."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.web.conftest import Person

DRAWN = "return document.querySelector('.map')?.dataset.drawn"


def test_fleet_shows_where_devices_are(person: Person) -> None:
    person.log_in("viewer")
    person.visit("/fleet?table=trucks")
    person.soon(lambda: person.script(DRAWN))
    person.soon(lambda: {"12", "17,280"} <= set(person.browser.texts(".fact dd")))
    person.shows("td a.link", 12)
    assert person.browser.texts(".mf-entry")
    link = person.script("return document.querySelector('td a.link').getAttribute('href')")
    assert link == "/ui/device?table=trucks&device=truck-000000"
    person.fine()
    person.open_to_all()


def test_filters_choose_and_are_in_the_address(person: Person) -> None:
    person.log_in("viewer")
    person.visit("/fleet?table=trucks")
    person.type("[aria-label='search devices']", "0003")
    person.soon(lambda: person.browser.texts("td a.link") == ["truck-000003"])
    person.soon(lambda: "search=0003" in person.browser.chrome.current_url)
    person.visit("/fleet?table=trucks&search=nothing+like+it")
    person.says("No device fits")
    person.fine()


@pytest.mark.parametrize("look", ["light", "dark"])
def test_the_look_stays(person: Person, look: str) -> None:
    person.log_in("viewer")
    person.script(f"page.look('{look}')")
    person.visit("/fleet")
    dark = person.script("return document.body.classList.contains('body--dark')")
    assert dark == (look == "dark")
    person.open_to_all()


def test_a_geofence_is_drawn_named_and_kept(person: Person) -> None:
    person.log_in("contributor")
    person.visit("/fleet?table=trucks")
    person.soon(lambda: person.script(DRAWN))
    person.script(
        """
        const map = getElement(document.querySelector('.map').id.slice(1)).map;
        const corner = (lat, lng) => ({lat, lng});
        map.fire("draw:created", {layerType: "polygon", layer: L.polygon(
          [corner(25, -125), corner(25, -66), corner(49, -66), corner(49, -125)])});
        """
    )
    person.type(".q-dialog [aria-label=name]", "the states")
    person.press("Keep")
    person.says("12 devices")
    person.soon(lambda: person.script(DRAWN) == "2")
    drawn = person.fleet.settings.home / "fences" / "drawn.geojson"
    assert '"the states"' in drawn.read_text()
    person.noted("contributor", "the states")
    person.click("[aria-label='Remove the states']")
    person.soon(lambda: not drawn.exists())
    person.fine()


def test_a_viewer_draws_nothing(person: Person) -> None:
    person.log_in("viewer")
    person.visit("/fleet?table=trucks")
    person.soon(lambda: person.script(DRAWN))
    assert "New geofence" not in person.text()
    assert person.browser.texts(".leaflet-draw") == []


def test_who_has_no_role_is_told_so(person: Person) -> None:
    person.log_in("stranger")
    person.visit("/fleet")
    person.says("This page is not for your role")
    assert all("Fleet" not in each for each in person.browser.texts("nav a"))
    person.fine()


def test_devices_are_counted_in_hexagons(person: Person) -> None:
    person.log_in("viewer")
    person.visit("/fleet?table=trucks&draw=hexagons")
    person.soon(lambda: person.script(DRAWN))
    assert any("H3 cell" in each for each in person.browser.texts(".mf-legend"))
    counts = [each for each in person.browser.texts(".mf-entry") if each.strip()]
    assert counts
    person.open_to_all()
    person.visit("/fleet?table=trucks&draw=devices")
    person.soon(lambda: person.script(DRAWN))
    assert not any("H3 cell" in each for each in person.browser.texts(".mf-legend"))
    person.fine()


def test_a_silent_device_is_told_of_on_both_pages(person: Person, tmp_path: Path) -> None:
    file, now = tmp_path / "yard.csv", datetime.now(UTC)
    times = [now - timedelta(minutes=minute) for minute in range(341)]
    lines = [
        f"van-{van},{at:%Y-%m-%d %H:%M:%S},{40 + van},-95,{van}"
        for van, silent in enumerate((1, 2, 300))
        for at in times[silent : silent + 40]
    ]
    file.write_text("\n".join(["device_id,event_ts,latitude,longitude,speed", *lines]))
    person.fleet.import_file(file, "yard")
    person.log_in("contributor")
    person.visit("/fleet?table=yard")
    person.says("No rule watches this table")
    person.type("section[aria-label=Alerts] [aria-label=name]", "gone")
    person.press("Watch")
    person.says("a device is silent for more than 1 h")
    person.soon(lambda: "alert" in person.browser.texts(".fact dt"))
    person.log_in("viewer")
    person.visit("/fleet?table=yard&color=alert")
    person.soon(lambda: person.script(DRAWN))
    assert [each.split() for each in person.browser.texts(".mf-entry")] == [
        ["none", "2"],
        ["gone", "1"],
    ]
    assert person.browser.texts("section[aria-label=Alerts] button") == []
    person.open_to_all()
    person.visit("/fleet?table=yard&color=alert&event=gone")
    person.soon(lambda: person.browser.texts("td a.link") == ["van-2"])
    for van, told in (("van-2", "firing"), ("van-0", "quiet")):
        person.visit(f"/device?table=yard&device={van}&m=6")
        person.soon(lambda: person.browser.texts("[data-part=alerts] .status"))
        assert person.browser.texts("[data-part=alerts] .status") == [told]
    person.fine()
    person.log_in("operator")
    person.visit("/fleet?table=yard")
    person.click("[aria-label='Watch gone']")
    person.soon(lambda: not person.fleet.monitoring.alerts.find("gone").rule.active)
    person.soon(lambda: "alert" not in person.browser.texts(".fact dt"))
    person.fine()
    person.fleet.monitoring.alerts.remove("gone")
