"""Questions before something is done, and secrets that are shown once."""

from collections.abc import Awaitable, Callable

from nicegui import ui

from motifleet.web.parts import Text

Then = Callable[[], Awaitable[None]]


def sure(question: str, word: str, then: Then) -> None:
    """Ask whether something is really to be done, and do it."""

    async def go() -> None:
        dialog.close()
        await then()

    with ui.dialog() as dialog, ui.card().classes("ask"):
        ui.label(question)
        with ui.element("div").classes("tools"):
            ui.button(word, on_click=go).props("no-caps unelevated")
            ui.button("Cancel", on_click=dialog.close).props("no-caps flat autofocus")
    dialog.open()


def told_once(what: str, secret: str) -> None:
    """Show a secret that nobody can be shown again."""
    with ui.dialog().props("persistent") as dialog, ui.card().classes("ask"):
        ui.label(what)
        Text("code", secret).classes("command secret")
        ui.label("It is shown this once: keep it now.").classes("quiet")
        with ui.element("div").classes("tools"):
            ui.button(
                "Copy", icon="content_copy", on_click=lambda: ui.clipboard.write(secret)
            ).props("no-caps outline")
            ui.button("I have it", on_click=dialog.close).props("no-caps unelevated")
    dialog.open()
