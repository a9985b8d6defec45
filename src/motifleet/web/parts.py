"""Small parts that pages are made of."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from nicegui import ui
from nicegui.element import Element
from nicegui.elements.mixins.text_element import TextElement

from motifleet.web.visit import PREFIX

Rows: TypeAlias = tuple[list[dict[str, Any]], int]
_PAGE_ROWS, _LONG_FACT = 25, 14


@dataclass(frozen=True, slots=True)
class Wanted:
    """A page of rows: from which one on, how many, sorted by what, from the last or the first."""

    offset: int
    count: int
    sort: str | None
    descending: bool


class Text(TextElement):
    """Text in an element of a kind.

    Args:
        tag: of the element.
        text: what it says; no markup.
    """

    def __init__(self, tag: str, text: str) -> None:
        super().__init__(tag=tag, text=text)


def empty(icon: str, what: str, then: str, *commands: str) -> None:
    """Say that there is nothing here yet, and what to do next."""
    with ui.element("div").classes("empty").props("role=status"):
        ui.icon(icon).classes("empty-icon").props("aria-hidden=true")
        ui.label(what).classes("empty-what")
        ui.label(then).classes("quiet")
        for command in commands:
            Text("code", command).classes("command")


def failed(error: Exception) -> None:
    """Say what went wrong, in place of what was asked for."""
    what, _, hint = str(error).partition(": ")
    with ui.element("div").classes("failed").props("role=alert"):
        ui.icon("error_outline").props("aria-hidden=true")
        with ui.element("div"):
            ui.label(what).classes("failed-what")
            ui.label(hint).classes("quiet")


def card(title: str, kind: str = "", level: int = 2) -> Element:
    """A part of a page with a heading, to be filled in a with statement.

    Args:
        title: its heading.
        kind: how wide it is among columns: ``wide``, ``two-thirds``, ``third``; else a half.
        level: of the heading.
    """
    box = ui.element("section").classes(f"card {kind}").props(f'aria-label="{quoted(title)}"')
    with box:
        heading(title, level)
    return box


def heading(text: str, level: int = 2) -> None:
    """A heading."""
    ui.label(text).classes(f"heading level-{level}").props(f"role=heading aria-level={level}")


def facts(values: Sequence[tuple[str, str, str]]) -> None:
    """Numbers at a glance: what, how much, and a word on it."""
    with ui.element("dl").classes("facts"):
        for what, much, word in values:
            with ui.element("div").classes("fact"):
                Text("dt", what)
                Text("dd", much).classes("long" if len(much) > _LONG_FACT else "")
                if word:
                    Text("dd", word).classes("quiet")


def way(text: str, path: str) -> Element:
    """A link to another page."""
    return ui.link(text, PREFIX + path).classes("link")


def column(
    name: str, label: str = "", *, kind: str = "text", sortable: bool = True
) -> dict[str, Any]:
    """A column of a listing: text, number, time, or link; what is no number stands left."""
    align = "right" if kind == "number" else "left"
    named = {"name": name, "label": label or name.replace("_", " "), "field": name}
    return {**named, "align": align, "sortable": sortable, "kind": kind}


def listing(
    columns: Sequence[dict[str, Any]],
    rows: list[dict[str, Any]],
    *,
    title: str,
    key: str = "id",
    size: int = _PAGE_ROWS,
) -> ui.table:
    """A table of few rows, all in the browser, a page at a time."""
    made = ui.table(rows=rows, columns=list(columns), row_key=key, pagination=size)
    return _dressed(made, columns, title, len(rows) <= size, size)


def paged(
    columns: Sequence[dict[str, Any]],
    read: Callable[[Wanted], Rows],
    *,
    title: str,
    key: str = "id",
    size: int = _PAGE_ROWS,
    sort: str | None = None,
    descending: bool = False,
) -> ui.table:
    """A table of any size: a page of rows is in the browser at a time.

    Args:
        columns: see `column`.
        read: gives the rows that are wanted, and how many there are in all.
        title: what it is, for who cannot see it.
        key: the column that tells rows apart.
        size: rows of a page.
        sort: the column that it is sorted by at first.
        descending: whether that is from the last.
    """
    rows, total = read(Wanted(0, size, sort, descending))
    page = {"page": 1, "rowsPerPage": size, "sortBy": sort, "descending": descending}
    made = ui.table(
        rows=rows, columns=list(columns), row_key=key, pagination={**page, "rowsNumber": total}
    )

    def turn(event: Any) -> None:
        asked = event.args["pagination"]
        count = int(asked["rowsPerPage"]) or 100
        offset = (int(asked["page"]) - 1) * count
        wanted = Wanted(offset, count, asked["sortBy"], bool(asked["descending"]))
        found, number = read(wanted)
        made.rows = found
        made.pagination = {**asked, "rowsPerPage": count, "rowsNumber": number}

    made.on("request", turn)
    return _dressed(made, columns, title, total <= size, size)


def _dressed(
    made: ui.table, columns: Sequence[dict[str, Any]], title: str, whole: bool, size: int
) -> ui.table:
    sizes = "[25, 50, 100]" if size == _PAGE_ROWS else f"[{size}]"
    made.props(f'flat dense aria-label="{quoted(title)}" :rows-per-page-options="{sizes}"')
    made.props("hide-bottom" if whole and made.rows else "")
    made.props('no-data-label="Nothing to show"')
    made.classes("listing")
    for each in columns:
        if each["kind"] in _CELLS:
            made.add_slot(f"body-cell-{each['name']}", _CELLS[each["kind"]])
    return made


_CELLS = {
    "link": """<q-td :props="props"><a v-if="props.row._link" :href="props.row._link"
        class="link">{{ props.value }}</a><span v-else>{{ props.value }}</span></q-td>""",
    "time": """<q-td :props="props"><time :title="props.row[props.col.name + '_utc']"
        >{{ props.value }}</time></q-td>""",
    "status": """<q-td :props="props"><span class="status" :data-status="props.value"
        >{{ props.value }}</span></q-td>""",
}


def quoted(text: str) -> str:
    """Text as it may stand in quotes among an element's properties."""
    return text.replace('"', "'").replace("\\", "/")
