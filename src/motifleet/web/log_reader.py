"""Logs to be read: of a build, or of the replicas of a deployment."""

from collections.abc import Callable, Mapping

from nicegui import ui

from motifleet.web.parts import Text, heading, quoted
from motifleet.web.work import thread

_MOST = 20_000


def log_reader(
    choices: Mapping[str, str],
    label: str,
    button: str,
    read: Callable[[str], Mapping[str, str]],
    nothing: str,
) -> None:
    """A choice of what has logs, and a button that shows the newest part of them.

    Args:
        choices: names by id, the first of them chosen.
        label: of the choice.
        button: what the button says.
        read: gives each log's text by its heading; "": it needs none.
        nothing: said where there is no log.
    """
    with ui.element("div").classes("tools"):
        which = ui.select(dict(choices), value=next(iter(choices)), label=label)
        which.props("outlined dense")
        again = ui.button(button, icon="article").props("no-caps outline")
    shown = ui.element("div")

    async def show() -> None:
        found = await thread(read, str(which.value))
        shown.clear()
        with shown:
            for name, text in found.items():
                if name:
                    heading(name, 3)
                Text("pre", text[-_MOST:] or "nothing so far").classes("log").props(
                    f'tabindex=0 role=log aria-label="log {quoted(name)}"'
                )
            if not found:
                ui.label(nothing).classes("quiet")

    again.on_click(show)
