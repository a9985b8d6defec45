"""The page Jobs in a browser: made by a contributor, run by an operator, seen by a viewer."""

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.web.conftest import Person

from motifleet.app import JobPlan


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


@pytest.fixture
def scheduled(person: Person) -> Iterator[Person]:
    """A scheduler beside the page, as `motifleet up` has one."""
    ready, told = threading.Event(), []

    async def run() -> None:
        stop = asyncio.Event()
        told.append((asyncio.get_running_loop(), stop))
        ready.set()
        await person.fleet.jobs.schedule(stop, lambda _: None)

    thread = threading.Thread(target=lambda: asyncio.run(run()))
    thread.start()
    ready.wait()
    yield person
    (loop, stop), *_ = told
    loop.call_soon_threadsafe(stop.set)
    thread.join()


def test_what_a_run_said_is_read_and_the_job_after_it_runs(scheduled: Person) -> None:
    person, jobs = scheduled, scheduled.fleet.jobs
    folder = person.fleet.workspace.project("DEV").folder
    assert folder is not None
    (Path(folder) / "hello.py").write_text("print('13 trucks were seen')", encoding="utf-8")
    person.log_in("contributor")
    person.visit("/jobs?project=DEV")
    person.click(".deploy .q-item")
    person.type(".deploy [aria-label=name]", "first")
    person.type(".deploy [aria-label^='file in']", "hello.py")
    person.press("Make job")
    person.says("script hello.py, by hand")
    jobs.add("DEV", "second", JobPlan("script", "hello.py", after="first"))
    person.click("[aria-label='Run first']")
    person.soon(lambda: "13 trucks were seen" in person.text())
    person.says("second, after")
    person.soon(lambda: all(each.ended for each in jobs.runs("DEV")))
    person.soon(lambda: person.browser.texts(".runs .status")[:2] == ["succeeded"] * 2)
    assert "run=run-" in person.browser.chrome.current_url
    person.open_to_all()
    person.fine()


def test_a_viewer_runs_nothing(person: Person) -> None:
    person.log_in("viewer")
    person.visit("/jobs?project=DEV")
    person.says("Runs, the newest first")
    assert person.browser.texts("button[aria-label^='Run ']") == []
    person.fine()
