"""The access keys of an endpoint: made and shown once, rotated, revoked."""

from functools import partial

from nicegui import ui

from motifleet.app import AccessKey
from motifleet.web.dialogs import sure, told_once
from motifleet.web.parts import Text, quoted
from motifleet.web.visit import Visit
from motifleet.web.work import thread

_DAY = 86_400.0


class Keys:
    """The keys that open an endpoint.

    Args:
        visit: whose page it is on.
        endpoint: its name.
        may: whether the person may make and revoke them.
    """

    def __init__(self, visit: Visit, endpoint: str, may: bool) -> None:
        self.visit, self.endpoint, self.may = visit, endpoint, may

    async def build(self) -> None:
        """Fill the part."""
        self.place = ui.element("div").props('data-part="access-keys"')
        if not self.may:
            with self.place:
                ui.label("The admins of the project make them and see them.").classes("quiet")
            return
        with ui.element("div").classes("tools"):
            days = ui.number("valid days", min=1, max=3650).props("outlined dense")
            hours = ui.number("hours of overlap", min=0).props("outlined dense")
            go = ui.button("Make key", icon="key").props("no-caps unelevated")

        ui.label(
            "Without days a key is valid for ever. With an overlap, the keys that there are end "
            "after so many hours: a key is rotated so."
        ).classes("quiet")

        async def make() -> None:
            seconds = float(days.value) * _DAY if days.value else None
            overlap = None if hours.value is None else float(hours.value) * 3600
            work = partial(
                self.visit.serving().make_key, self.endpoint, seconds=seconds, overlap=overlap
            )
            _, secret = await thread(work)
            told_once(f"The access key of {self.endpoint}:", secret)
            await self._listed()

        go.on_click(make)
        await self._listed()

    async def _listed(self) -> None:
        keys = await thread(self.visit.serving().keys, self.endpoint)
        self.place.clear()
        with self.place:
            if not keys:
                ui.label("None yet: without a key nobody is answered.").classes("quiet")
            with ui.element("ul").classes("plain-list"):
                for each in keys:
                    self._line(each)

    def _line(self, key: AccessKey) -> None:
        until = f"until {self.visit.local(key.expires_at)[:16]}" if key.expires_at else "for ever"
        with ui.element("li"):
            Text("span", f"{key.hint}…")
            Text("span", until).classes("quiet")
            ui.button("Revoke", on_click=partial(self._ask, key)).props(
                f'no-caps flat dense aria-label="Revoke {quoted(key.hint)}"'
            )

    def _ask(self, key: AccessKey) -> None:
        async def revoke() -> None:
            work = partial(self.visit.serving().revoke_key, key.id, endpoint=self.endpoint)
            await thread(work)
            await self._listed()

        sure(f"Revoke {key.hint}…? Who uses it is refused at once.", "Revoke it", revoke)
