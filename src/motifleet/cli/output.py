"""What a command says: tables and lines for a person, one JSON document for a program."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from math import isfinite, isnan
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Output:
    """Renders results: on a console, or as JSON when ``as_json`` is set."""

    as_json: bool = False

    def document(self, document: Row) -> None:
        """Print one JSON document; only where ``as_json`` is set."""
        if self.as_json:
            print(json.dumps(_plain(document), indent=2, allow_nan=False))  # noqa: T201

    def event(self, name: str, document: Row) -> None:
        """Print one JSON document in a line, at once; only where ``as_json`` is set."""
        if self.as_json:
            told = json.dumps({"event": name, **_plain(document)}, allow_nan=False)
            print(told, flush=True)  # noqa: T201

    def line(self, text: str = "") -> None:
        """Print a line for a person."""
        if not self.as_json:
            _console().print(text, highlight=False, soft_wrap=True)

    def plain(self, text: str) -> None:
        """Print text of others for a person, as it is."""
        if not self.as_json:
            _console().print(text, end="", markup=False, highlight=False, soft_wrap=True)

    def note(self, text: str) -> None:
        """Print a remark to standard error, so that it never mixes with the result."""
        _console(stderr=True).print(text, style="dim", highlight=False, soft_wrap=True)

    def rows(
        self, rows: Sequence[object], columns: Iterable[str], title: str | None = None
    ) -> None:
        """Print rows, mappings or dataclasses, as a table for a person."""
        if not self.as_json:
            _console().print(_table([_fields(row) for row in rows], list(columns), title))

    @contextmanager
    def progress(self, what: str, total: int | None = None) -> Iterator["Bar"]:
        """A progress bar on standard error; silent where nobody watches."""
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeElapsedColumn,
        )

        console = _console(stderr=True)
        columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
            yield Bar(progress, progress.add_task(what, total=total))

    @contextmanager
    def status(self) -> Iterator[Callable[[str], None]]:
        """What is being done right now, on standard error; silent where nobody watches."""
        console = _console(stderr=True)
        with console.status("starting") as status:
            yield lambda name: status.update(f"{name} …")


@dataclass(frozen=True)
class Bar:
    """One running progress bar."""

    progress: Any
    task: Any

    def __call__(self, done: int, total: int | None = None) -> None:
        """Show how far the work is."""
        self.progress.update(self.task, completed=done, total=total)


def done(as_json: bool, document: Row, line: str) -> None:
    """Say what has been done: a document for a program, a line for a person."""
    output = Output(as_json)
    output.document(document)
    output.line(line)


def _table(rows: Sequence[Row], names: Sequence[str], title: str | None) -> "Table":
    from rich.markup import escape
    from rich.table import Table

    table = Table(title=title, title_justify="left", title_style="bold", header_style="bold")
    for name in names:
        numeric = all(isinstance(row.get(name), int | float | None) for row in rows)
        table.add_column(_heading(name), justify="right" if numeric else "left")
    for row in rows:
        table.add_row(*(escape(shown(row.get(name))) for name in names))
    return table


def _fields(row: object) -> Row:
    return row if isinstance(row, Mapping) else asdict(row)  # type: ignore[call-overload]


def fail(message: str, kind: str, as_json: bool) -> None:
    """Say on standard error why a command could not do its work."""
    if as_json:
        print(json.dumps({"error": {"type": kind, "message": message}}), file=sys.stderr)  # noqa: T201
    else:
        console = _console(stderr=True)
        console.print("[bold red]error:[/] ", end="")
        console.print(message, markup=False, highlight=False, soft_wrap=True)


def shown(value: Any) -> str:
    """A value as a person reads it: thousands grouped, times in UTC, few digits.

    >>> shown(139098), shown(0.123456), shown(None)
    ('139,098', '0.1235', '–')
    """
    if value is None:
        return "–"
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S}Z"
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _number(value)
    if isinstance(value, list | tuple):
        return ", ".join(shown(each) for each in value)
    return str(value)


def _number(value: float) -> str:
    if isinstance(value, int):
        return f"{value:,}" if abs(value) < 10**12 else str(value)
    return f"{value:,.0f}" if 10_000 <= abs(value) < 10**12 else f"{value:.4g}"


def _heading(name: str) -> str:
    return name.replace("_", " ")


def _plain(value: Any) -> Any:
    """A value as JSON has it: NaN becomes null, an infinity the text that JavaScript reads."""
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, float) and not isfinite(value):
        return None if isnan(value) else f"{'-' if value < 0 else ''}Infinity"
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else str(value)


def _console(*, stderr: bool = False) -> "Console":
    from rich.console import Console

    console = Console(stderr=stderr)
    if not console.is_terminal:
        console.width = 200
    return console
