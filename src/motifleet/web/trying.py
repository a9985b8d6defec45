"""A window to try an endpoint in: the build's input example, the answer, and how long it took."""

import json
import time
from functools import partial
from typing import Any

from nicegui import ui

from motifleet.errors import InvalidArgumentError, MotifleetError
from motifleet.web.parts import Text
from motifleet.web.visit import Visit
from motifleet.web.work import thread, worked


class Trying:
    """Sends a request to an endpoint, as any client would.

    Args:
        visit: whose page it is on.
        endpoint: its name.
    """

    def __init__(self, visit: Visit, endpoint: str) -> None:
        self.visit, self.endpoint = visit, endpoint

    async def build(self) -> None:
        """Fill the part."""
        example = await thread(self._example)
        self.request = ui.textarea("request, as JSON", value=example).props(
            "outlined dense autogrow"
        )
        self.request.classes("numbers request")
        with ui.element("div").classes("tools"):
            self.key = ui.input("access key").props('outlined dense autocomplete="off"')
            self.key.classes("grow")
            ui.button("Send", icon="send", on_click=self._send).props("no-caps unelevated")
        self.place = ui.element("div").props('data-part="answer"')

    def _example(self) -> str:
        try:
            found = self.visit.serving().build_example(self.endpoint)
        except MotifleetError:
            found = None
        return "" if found is None else json.dumps(found, indent=1)[:20_000]

    async def _send(self) -> None:
        try:
            request = json.loads(self.request.value or "")
        except ValueError as error:
            raise InvalidArgumentError(f"expected a request as JSON: {error}") from None
        work = partial(self._asked, (self.key.value or "").strip(), request)
        found = await worked(self.place, "Asking …", lambda _: work())
        if found is None or self.place.is_deleted:
            return
        answer, seconds = found
        with self.place:
            ui.label(f"answered in {seconds * 1000:,.1f} ms").classes("strong").props("role=status")
            text = json.dumps(answer, indent=1)[:40_000]
            Text("pre", text).classes("log").props('tabindex=0 role=log aria-label="answer"')

    def _asked(self, key: str, request: Any) -> tuple[Any, float]:
        begun = time.perf_counter()
        answer = self.visit.serving().ask(key, request)
        return answer, time.perf_counter() - begun
