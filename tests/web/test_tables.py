"""The page Tables in a browser: snapshots, rows as of then, and a file that is looked at first."""

from pathlib import Path

from selenium.webdriver.common.by import By
from tests.web.conftest import Person

FILE = "input[type=file]"


def written(file: Path, rows: int, hour: int) -> Path:
    lines = [f"truck-{n % 3},2026-03-02 {hour:02}:{n:02}:00,{n}" for n in range(rows)]
    file.write_text("\n".join(["device_id,event_ts,speed", *lines]))
    return file


def test_a_table_is_seen_as_of_an_earlier_snapshot(person: Person, tmp_path: Path) -> None:
    fleet = person.fleet
    fleet.import_file(written(tmp_path / "first.csv", 40, 8), "grows")
    fleet.import_file(written(tmp_path / "second.csv", 60, 9), "grows")
    first = fleet.tables.snapshots("grows")[0].id
    person.log_in("viewer")
    person.visit("/tables")
    person.says("grows")
    assert "Import a file" not in person.text()
    person.open_to_all()
    person.visit("/tables?table=grows")
    person.says("the first 100 rows")
    person.open_to_all()
    person.visit(f"/tables?table=grows&snapshot={first}")
    person.says("the first 40 rows")
    person.visit("/tables?table=grows&where=speed+%3E+1000")
    person.says("No row")
    person.visit("/tables?table=grows&where=%29+drop")
    person.soon(lambda: person.browser.texts(".failed"))
    person.fine()


def test_an_upload_is_checked_before_it_lands(person: Person, tmp_path: Path) -> None:
    file = tmp_path / "my yard.csv"
    written(file, 30, 8).write_text(file.read_text() + "\ntruck-1,never,3")
    person.log_in("contributor")
    person.visit("/tables")
    person.open_to_all()
    person.soon(lambda: person.browser.chrome.find_elements(By.CSS_SELECTOR, FILE))[0].send_keys(
        str(file)
    )
    person.says("would be rejected")
    person.soon(lambda: {"30", "1"} <= set(person.browser.texts("[data-part=check] dd")))
    assert "my_yard" not in [each.name for each in person.fleet.tables.list()]
    person.press("Land 30 rows")
    person.says("Look at my_yard")
    assert person.fleet.tables.describe("my_yard").rows == 30
    assert person.noted("contributor", "my_yard").details["accepted"] == 30
    person.fine()


def test_a_file_that_is_none_is_told_so(person: Person, tmp_path: Path) -> None:
    file = tmp_path / "photo.csv"
    file.write_bytes(bytes(range(256)) * 10)
    person.log_in("contributor")
    person.visit("/tables")
    person.soon(lambda: person.browser.chrome.find_elements(By.CSS_SELECTOR, FILE))[0].send_keys(
        str(file)
    )
    person.soon(lambda: person.browser.texts("[data-part=check] .failed"))
    person.fine()
