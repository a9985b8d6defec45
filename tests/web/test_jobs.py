"""The page Jobs in a browser: made by a contributor, run by an operator, seen by a viewer."""

from tests.web.conftest import Person


def test_a_job_is_made_and_run(person: Person) -> None:
    person.log_in("contributor")
    person.visit("/jobs?project=DEV")
    person.says("No job yet")
    person.open_to_all()
    person.click(".deploy .q-item")
    person.type(".deploy [aria-label=name]", "nightly")
    person.type(".deploy [aria-label^='file in']", "table list")
    person.click(".deploy .q-select")
    person.soon(lambda: person.browser.texts(".q-menu .q-item"))
    kinds = person.browser.texts(".q-menu .q-item")
    person.script(
        "document.querySelectorAll('.q-menu .q-item')[arguments[0]].click()", kinds.index("command")
    )
    person.press("Make job")
    person.says("command table list, by hand")
    person.log_in("operator")
    person.visit("/jobs?project=DEV")
    person.click("[aria-label='Run nightly']")
    person.soon(lambda: person.fleet.jobs.runs("DEV"))
    person.says("nightly, manual")
    assert "New job" not in person.text()
    person.click("[aria-label='Stop this run']")
    person.soon(lambda: person.fleet.jobs.runs("DEV")[0].ended)
    person.fine()


def test_a_viewer_runs_nothing(person: Person) -> None:
    person.log_in("viewer")
    person.visit("/jobs?project=DEV")
    person.says("Runs, the newest first")
    assert person.browser.texts("button[aria-label^='Run ']") == []
    person.fine()
