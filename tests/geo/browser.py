"""A real browser that maps are looked at in: headless Chromium, which resolves no name."""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pytest
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver import ActionChains, Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait

from motifleet.geo import FleetMap

PATIENCE = 60.0
Found = TypeVar("Found")
_FLAGS = (
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--window-size=1200,900"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--no-first-run", "--disable-dev-shm-usage", "--force-device-scale-factor=1"),
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)


@dataclass
class Browser:
    """What a person does with a map, and what the browser saw meanwhile."""

    chrome: Chrome
    folder: Path

    def open(self, drawing: FleetMap) -> "Browser":
        """Write a map and open it."""
        return self.visit(drawing.write(self.folder / "map.html").as_uri())

    def visit(self, address: str) -> "Browser":
        """Open a page, and forget what was said of the last one."""
        self.chrome.get("about:blank")
        for kind in ("browser", "performance"):
            self.chrome.get_log(kind)  # type: ignore[no-untyped-call]
        self.chrome.get(address)
        return self

    def run(self, script: str, *arguments: Any) -> Any:
        """Run a script; ``map`` is the map, ``layer(name)`` a layer by its function's name."""
        return self.chrome.execute_script(_HELPERS + script, *arguments)

    def texts(self, selector: str) -> list[str]:
        """What the elements say that a selector finds."""
        while True:
            found = self.chrome.find_elements(By.CSS_SELECTOR, selector)
            try:
                return [each.text for each in found if each.is_displayed()]
            except StaleElementReferenceException:
                continue  # an element went between the two looks

    def click(self, selector: str, which: int = 0) -> None:
        """Click an element."""
        self.chrome.find_elements(By.CSS_SELECTOR, selector)[which].click()

    def click_at(self, latitude: float, longitude: float) -> None:
        """Click a place of the map with the mouse."""
        x, y = self.run("const at = point(arguments); return [at.x, at.y]", latitude, longitude)
        width, height = self.run("return [innerWidth, innerHeight]")
        body = self.chrome.find_element(By.TAG_NAME, "body")
        offset = round(x - width / 2), round(y - height / 2)
        ActionChains(self.chrome).move_to_element_with_offset(body, *offset).click().perform()

    def color_at(self, latitude: float, longitude: float, pane: str = "overlay-pane") -> list[int]:
        """The colour that a pane's canvas has at a place: red, green, blue, opacity."""
        self.chrome.execute_async_script(_DRAWN)
        return list(self.run(_PIXEL, latitude, longitude, pane))

    def until(self, look: Callable[[], Found]) -> Found:
        """What a look gives as soon as it gives anything."""
        return WebDriverWait(self.chrome, PATIENCE).until(lambda _: look())

    def popup(self) -> str:
        """What the only pop-up says, once the map has moved so that all of it is seen."""
        self.until(lambda: self.run(_STILL))
        (said,) = self.texts(".leaflet-popup-content")
        return said

    def complaints(self) -> list[str]:
        """What the page wrote to the console: errors and warnings."""
        log = self.chrome.get_log("browser")  # type: ignore[no-untyped-call]
        return [str(entry["message"]) for entry in log]

    def requests(self) -> list[str]:
        """The addresses that were asked for."""
        events = [
            json.loads(entry["message"])["message"]
            for entry in self.chrome.get_log("performance")  # type: ignore[no-untyped-call]
        ]
        return [
            str(event["params"]["request"]["url"])
            for event in events
            if event["method"] == "Network.requestWillBeSent"
        ]


@contextmanager
def opened(folder: Path) -> Iterator[Browser]:
    """A browser; the test is skipped where there is none, which fails in CI."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    driver = shutil.which("chromedriver")
    if chromium is None or driver is None:
        pytest.skip("needs a browser: apt-get install chromium chromium-driver")
    options = ChromeOptions()
    options.binary_location = chromium
    for flag in (*_FLAGS, f"--user-data-dir={folder / 'profile'}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    service = Service(driver, env={**os.environ, "SE_OFFLINE": "true"})
    chrome = Chrome(options=options, service=service)
    try:
        yield Browser(chrome, folder)
    finally:
        chrome.quit()


_HELPERS = """
const named = (start) => window[Object.keys(window).find((key) => key.startsWith(start))];
const map = named("map_"), layer = (name) => named("motifleet_" + name + "_");
const point = ([lat, lon]) => {
  const at = map.latLngToContainerPoint([lat, lon]);
  const box = map.getContainer().getBoundingClientRect();
  return {x: at.x + box.left, y: at.y + box.top};
};
"""
# What the map's edge cuts off has no text: the map pans until its pop-up has room.
_STILL = """
const found = document.querySelectorAll(".leaflet-popup");
if (found.length !== 1 || getComputedStyle(found[0]).opacity !== "1") return false;
const box = found[0].getBoundingClientRect(), all = map.getContainer().getBoundingClientRect();
const inside = box.left >= all.left && box.top >= all.top
  && box.right <= all.right && box.bottom <= all.bottom;
return inside && !map._panAnim?._inProgress && !map._animatingZoom;
"""
# A canvas is drawn in the frame after it was told to.
_DRAWN = "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(done));"
_PIXEL = """
const at = point(arguments);
const canvas = document.querySelector(`.leaflet-${arguments[2]} canvas`);
const box = canvas.getBoundingClientRect(), scale = canvas.width / box.width;
const x = (at.x - box.left) * scale, y = (at.y - box.top) * scale;
const own = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
own.drawImage(canvas, x, y, 1, 1, 0, 0, 1, 1);
return [...own.getImageData(0, 0, 1, 1).data];
"""
