"""Tables of measured rows: for a terminal, and for the documentation."""

import json
import os
import platform
from collections.abc import Iterable
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from bench.clock import CORES
from bench.rows import Row
from rich.console import Console
from rich.table import Table

PEERS = ("stumpy", "pyscamp", "quickmp", "geopandas", "sedonadb", "pandas", "pyiceberg", "numpy")
PAGE = Path(__file__).parents[1] / "docs" / "performance.md"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
LARGE = "<!-- measured at scale: begin -->", "<!-- measured at scale: end -->"


def shown(value: object) -> str:
    """A cell: three digits, yes or no, or a dash for what there is not."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not isinstance(value, float):
        return f"{value:,}" if isinstance(value, int) else str(value)
    if 0 < abs(value) < 1e-4:
        return f"{value:.1e}"
    return f"{value:,.0f}" if abs(value) >= 1_000 else f"{value:.3g}"


def show(console: Console, title: str, rows: list[Row]) -> None:
    """Print one table."""
    table = Table(title=title, title_justify="left", title_style="bold")
    for name in rows[0]:
        table.add_column(name, justify="right")
    colour = {True: "[green]yes", False: "[red]no"}
    for row in rows:
        cells = (colour[cell] if isinstance(cell, bool) else shown(cell) for cell in row.values())
        table.add_row(*cells)
    console.print(table)


def machine() -> dict[str, Any]:
    """What the numbers were measured on, and with what."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.partition(": ")[2] for line in lines if line.startswith("model name")]
    return {
        "processor": names[0] if names else platform.machine(),
        "cores": CORES,
        "load": os.getloadavg()[0],
        "python": platform.python_version(),
        "versions": {name: found for name in PEERS if (found := installed(name))},
        "day": datetime.now(UTC).date().isoformat(),
    }


def installed(name: str) -> str | None:
    """A library's version, if it is there."""
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def markdown(results: dict[str, Any]) -> str:
    """The measured part of the documentation's page."""
    on = results["machine"]
    peers = ", ".join(f"{name} {number}" for name, number in on["versions"].items())
    parts = [
        f"Measured on {on['day']} on {on['cores']} cores ({on['processor']}), Python "
        f"{on['python']}, with {peers}. The load average before the run was {on['load']:.1f}."
    ]
    for each in results["measured"].values():
        parts += [f"## {each['title']}", each["explained"], table(each["rows"])]
    return "\n\n".join(parts)


def table(rows: list[Row]) -> str:
    """Rows as a table in Markdown."""
    lines = [rows[0].keys(), ["---"] + ["---:"] * (len(rows[0]) - 1)]
    cells: Iterable[Iterable[str]] = (map(unbroken, row.values()) for row in rows)
    return "\n".join(f"| {' | '.join(line)} |" for line in [*lines, *cells])


def unbroken(value: object) -> str:
    """A cell that stays on one line, unless it is long."""
    text = shown(value)
    return text.replace(" ", "\N{NO-BREAK SPACE}") if len(text) <= 16 else text


def into_page(results: Path, page: Path = PAGE, marks: tuple[str, str] = (BEGIN, END)) -> None:
    """Put the tables of a run into the documentation's page, between two marks."""
    between(page, marks, markdown(json.loads(results.read_text(encoding="utf-8"))))


def between(page: Path, marks: tuple[str, str], said: str) -> None:
    """Put a text between two marks of a page, in the place of what was there."""
    begin, end = marks
    text = page.read_text(encoding="utf-8")
    before, after = text.partition(begin)[0], text.partition(end)[2]
    page.write_text(f"{before}{begin}\n\n{said}\n\n{end}{after}", encoding="utf-8")
