"""One small home, its server, and one browser, for all tests of the page."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import pytest
from selenium.common.exceptions import (
    ElementClickInterceptedException,
    ElementNotInteractableException,
    StaleElementReferenceException,
)
from selenium.webdriver.common.by import By
from tests.geo.browser import PATIENCE, Browser, opened

from motifleet.app import Motifleet, Simulation, open_home
from motifleet.workspace import AuditEntry

PASSWORD = "correct horse"
ROLES = ("viewer", "operator", "contributor", "admin")
AXE = (Path(__file__).parent / "axe" / "axe.min.js").read_text(encoding="utf-8")
SERIOUS = ("serious", "critical")
_UNSTILL = (
    ElementClickInterceptedException,
    ElementNotInteractableException,
    StaleElementReferenceException,
)
Found = TypeVar("Found")


@dataclass
class Person:
    """Somebody at the page: a browser, and the server that it looks at."""

    browser: Browser
    base: str
    fleet: Motifleet
    who: str = ""
    asked: list[str] = field(default_factory=list)

    def log_in(self, who: str) -> None:
        """Log in with a password, unless one is already."""
        if self.who == who:
            return
        self.browser.visit(f"{self.base}/ui/login")
        chrome = self.browser.chrome
        chrome.delete_all_cookies()
        chrome.get(f"{self.base}/ui/login")
        self.type("[name=name]", who)
        self.type("[name=password]", PASSWORD)
        self.click("#password button")
        self.soon(lambda: "/ui/login" not in chrome.current_url)
        self.who = who

    def visit(self, path: str) -> None:
        """Open a page, and wait until it is filled."""
        self.browser.visit(f"{self.base}/ui{path}")
        self.filled()

    def filled(self) -> None:
        script = "return document.getElementById('content')?.dataset.ready === 'yes'"
        self.soon(lambda: self.script(script))

    def script(self, text: str, *arguments: Any) -> Any:
        return self.browser.chrome.execute_script(text, *arguments)

    def soon(self, look: Callable[[], Found]) -> Found:
        """What a look gives as soon as it gives anything."""
        end = time.monotonic() + PATIENCE
        while not (found := look()):
            assert time.monotonic() < end, f"waited in vain; the page says: {self.text()[:3000]}"
            time.sleep(0.05)
        return found

    def text(self) -> str:
        return str(self.script("return document.body.innerText"))

    def says(self, words: str) -> None:
        self.soon(lambda: words in self.text())

    def shows(self, selector: str, count: int) -> list[str]:
        """What so many elements say, once all of them are there."""

        def seen() -> list[str]:
            found = self.browser.texts(selector)
            return found if len(found) == count else []

        return self.soon(seen)

    def noted(self, who: str, subject: str) -> AuditEntry:
        """The newest line of the audit, once it is of what somebody has just done."""

        def line() -> AuditEntry | None:
            found = self.fleet.workspace.audit(who=who, limit=1)
            return found[0] if found and found[0].subject == subject else None

        found = self.soon(line)
        assert found is not None
        return found

    def click(self, selector: str) -> None:
        self._clicked(By.CSS_SELECTOR, selector)

    def press(self, words: str) -> None:
        """Click the button that says something."""
        said = f"normalize-space()='{words}'"
        self._clicked(By.XPATH, f"//button[{said} or .//*[{said}]]")

    def _clicked(self, by: str, which: str) -> None:
        """Click the last of the elements that can be seen, once it holds still."""

        def clicked() -> bool:
            try:
                found = self.browser.chrome.find_elements(by, which)
                seen = [each for each in found if each.is_displayed()]
                if seen:
                    seen[-1].click()
                return bool(seen)
            except _UNSTILL:
                return False

        self.soon(clicked)

    def type(self, selector: str, text: str) -> None:
        def typed() -> bool:
            try:
                found = self.browser.chrome.find_elements(By.CSS_SELECTOR, selector)
                if found:
                    found[0].send_keys(text)
                return bool(found)
            except _UNSTILL:
                return False

        self.soon(typed)

    def fine(self) -> None:
        """Nothing went wrong on this page, and nothing was asked for outside."""
        log = self.browser.chrome.get_log("browser")  # type: ignore[no-untyped-call]
        assert [each for each in log if each["level"] in ("WARNING", "SEVERE")] == []
        asked = self.browser.requests()
        ours = (self.base, self.base.replace("http", "ws"), "data:", "blob:", "about:", "chrome")
        assert [each for each in asked if not each.startswith(ours)] == []

    def open_to_all(self) -> None:
        """axe finds nothing serious."""
        if not self.script("return 'axe' in window"):
            self.script(AXE)
        run = (
            "const done = arguments[0]; axe.run(document, {resultTypes: ['violations']}).then(done)"
        )
        found = self.browser.chrome.execute_async_script(run)
        told = [
            (each["id"], each["impact"], [node["html"][:200] for node in each["nodes"][:4]])
            for each in found["violations"]
            if each["impact"] in SERIOUS
        ]
        assert told == []


def small_home(folder: Path) -> Motifleet:
    """Trucks for half a day, the lab's devices, a project, and a user of each role."""
    fleet = open_home(folder)
    fleet.simulate(Simulation("lab"), "lab")
    fleet.simulate(Simulation("fleet", devices=12, days=1), "trucks")
    desk = fleet.workspace
    desk.add_project("DEV")
    for role in ROLES:
        desk.add_user(role, PASSWORD)
        desk.set_member("DEV", role, role)
    desk.add_user("boss", PASSWORD, owner=True)
    desk.add_user("stranger", PASSWORD)
    return fleet


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Motifleet]]:
    """The address of a server, and the home that it is over."""
    folder = tmp_path_factory.mktemp("page")
    fleet = small_home(folder / "home")
    script = Path(__file__).parent / "serve.py"
    log = (folder / "server.log").open("wb")
    command = [sys.executable, str(script), str(folder / "home")]
    server = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=log, env={**os.environ, "PYTHONWARNINGS": "ignore"}
    )
    try:
        assert server.stdout is not None
        port = server.stdout.readline().decode().strip()
        assert port, (folder / "server.log").read_text()
        base = f"http://127.0.0.1:{port}"
        _until_it_answers(base)
        yield base, fleet
    finally:
        server.terminate()
        server.wait(PATIENCE)
        log.close()
        if server.stdout is not None:
            server.stdout.close()


def _until_it_answers(base: str) -> None:
    import httpx

    end = time.monotonic() + PATIENCE
    while True:
        try:
            httpx.get(f"{base}/ui/login", timeout=PATIENCE).raise_for_status()
        except httpx.TransportError:
            assert time.monotonic() < end
            time.sleep(0.1)
        else:
            return


@pytest.fixture(scope="session")
def person(
    served: tuple[str, Motifleet], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Person]:
    with opened(tmp_path_factory.mktemp("browser")) as browser:
        yield Person(browser, *served)
