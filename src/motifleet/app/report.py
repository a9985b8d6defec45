"""One self-contained HTML page: text, tables and figures, readable without a network."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import escape
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Any

from motifleet.telemetry import replacing

if TYPE_CHECKING:
    from plotly.graph_objects import Figure


@dataclass(slots=True)
class Report:
    """A page that grows from top to bottom and is written in one go.

    >>> report = Report("What we found", "in 2 devices")
    >>> report.heading("Motifs")
    >>> report.table([{"device": "truck-7", "distance": 0.25}])
    >>> "<td>truck-7</td>" in report.html()
    True
    """

    title: str
    subtitle: str
    _parts: list[str] = field(default_factory=list)

    def heading(self, text: str) -> None:
        """Begin a section."""
        self._parts.append(f"<h2>{escape(text)}</h2>")

    def text(self, text: str) -> None:
        """Add a paragraph."""
        self._parts.append(f"<p>{escape(text)}</p>")

    def tiles(self, tiles: Mapping[str, str]) -> None:
        """Add a row of numbers, each with what it counts."""
        cells = (
            f'<div class="tile"><b>{escape(value)}</b><span>{escape(name)}</span></div>'
            for name, value in tiles.items()
        )
        self._parts.append(f'<div class="tiles">{"".join(cells)}</div>')

    def table(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Add a table; the first row's keys are its columns."""
        if not rows:
            return
        head = "".join(f"<th>{escape(name.replace('_', ' '))}</th>" for name in rows[0])
        body = "".join(f"<tr>{''.join(map(_cell, row.values()))}</tr>" for row in rows)
        self._parts.append(
            f'<div class="scroll"><table><thead><tr>{head}</tr></thead>'
            f"<tbody>{body}</tbody></table></div>"
        )

    def figure(self, figure: "Figure", caption: str) -> None:
        """Add a Plotly figure."""
        drawn = figure.to_html(
            full_html=False,
            include_plotlyjs=False,
            config={"displaylogo": False, "responsive": True},
        )
        self._parts.append(f"<figure>{drawn}<figcaption>{escape(caption)}</figcaption></figure>")

    def html(self) -> str:
        """The whole page, Plotly's script included."""
        from plotly.offline import get_plotlyjs

        page = (files("motifleet.app") / "report.html").read_text(encoding="utf-8")
        return Template(page).substitute(
            title=escape(self.title),
            subtitle=escape(self.subtitle),
            plotly=get_plotlyjs(),
            content="\n".join(self._parts),
        )

    def write(self, path: Path) -> None:
        """Write the page; whoever reads the file sees all of it or what was there before."""
        with replacing(path) as file:
            file.write_text(self.html(), encoding="utf-8")


def _cell(value: Any) -> str:
    if isinstance(value, datetime):
        return f"<td>{value.astimezone(UTC):%Y-%m-%d %H:%M}</td>"
    if isinstance(value, int | float) and not isinstance(value, bool):
        text = f"{value:,}" if isinstance(value, int) else f"{value:.3g}"
        return f'<td class="number">{text}</td>'
    return f"<td>{escape(_joined(value))}</td>"


def _joined(value: Any) -> str:
    if isinstance(value, str) or not isinstance(value, Iterable):
        return "–" if value is None else str(value)
    return ", ".join(str(each) for each in value) or "–"
