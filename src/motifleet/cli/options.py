"""Options that several commands share, so that they read the same everywhere."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from motifleet.app import Selection

Home = Annotated[
    Path | None,
    typer.Option(
        "--home",
        help="The home folder (default: MOTIFLEET_HOME, else .motifleet).",
        show_default=False,
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
TableName = Annotated[str, typer.Argument(metavar="TABLE", help="The table's name.")]

Devices = Annotated[
    list[str] | None,
    typer.Option("--device", metavar="ID", help="Only this device (may be repeated)."),
]
Start = Annotated[
    str | None,
    typer.Option("--start", metavar="TIME", help="Only reports from this time on (ISO 8601, UTC)."),
]
End = Annotated[
    str | None, typer.Option("--end", metavar="TIME", help="Only reports before this time.")
]
Where = Annotated[
    str | None,
    typer.Option("--where", metavar="FILTER", help="Only reports that fit, as in 'speed > 80'."),
]
AsOf = Annotated[
    str | None,
    typer.Option("--as-of", metavar="SNAPSHOT", help="The table at this snapshot id or time."),
]

Signal = Annotated[
    str, typer.Option("--signal", metavar="COLUMN", help="The signal's column.", show_default=False)
]
Signals = Annotated[
    list[str],
    typer.Option(
        "--signal",
        metavar="COLUMN",
        help="The signal's column (repeat it to compare several together).",
        show_default=False,
    ),
]
Dimensions = Annotated[
    int | None,
    typer.Option("--dimensions", help="Of several signals, how many count (default: all)."),
]
Each = Annotated[int | None, typer.Option("--each", min=1, help="At most so many of one device.")]
Into = Annotated[
    str | None,
    typer.Option("--into", metavar="TABLE", help="Write what is found to this result table too."),
]
EngineName = Annotated[
    str | None,
    typer.Option("--engine", metavar="NAME", help="Who does the work (default: by the settings)."),
]
Window = Annotated[
    int, typer.Option("--window", "-m", metavar="M", help="The window's length, in reports.")
]
Count = Annotated[int, typer.Option("-k", "--count", metavar="K", help="How many to show.")]
Against = Annotated[
    str,
    typer.Option(
        "--against", help="Compare with self, past (what came earlier) or fleet (all others)."
    ),
]
MinWindows = Annotated[
    int, typer.Option("--min-windows", min=1, help="Pass over devices with fewer windows.")
]
Step = Annotated[
    float | None,
    typer.Option(
        "--step",
        metavar="SECONDS",
        help="Time between reports (default: their median).",
        show_default=False,
    ),
]


_UNITS = {"MB": 1 << 20, "GB": 1 << 30}


def time_of(milliseconds: int | None) -> datetime | None:
    """A time that is kept as milliseconds since 1970."""
    return None if milliseconds is None else datetime.fromtimestamp(milliseconds / 1000, UTC)


def bytes_of(text: str) -> int:
    """A size as people write it.

    >>> bytes_of("2GB")
    2147483648
    """
    try:
        return int(float(text[:-2]) * _UNITS[text[-2:].upper()])
    except (KeyError, ValueError, OverflowError):
        raise typer.BadParameter(f"expected memory as 512MB or 4GB, got {text!r}") from None


def with_times(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same rows, with times where milliseconds since 1970 were."""
    return [
        {name: time_of(value) if name.endswith("_at") else value for name, value in row.items()}
        for row in rows
    ]


def selection(
    devices: list[str] | None,
    start: str | None,
    end: str | None,
    where: str | None,
    as_of: str | None,
) -> "Selection":
    """The part of a table that the options name."""
    from motifleet.app import Selection

    return Selection(tuple(devices) if devices else None, start, end, where, as_of)


def listed(
    as_json: bool, noun: str, found: Sequence[Any], columns: Sequence[str], **more: Any
) -> None:
    """Show what was found: each as it is for a program, some columns and times for a person.

    Args:
        as_json: whether for a program.
        noun: what is listed, in the plural.
        found: values with ``to_dict``.
        columns: what a person sees.
        more: further columns, each with what makes it of a value.
    """
    from motifleet.cli.output import Output

    output = Output(as_json)
    rows = [each.to_dict() for each in found]
    output.document({noun: rows})
    made = [{name: of(each) for name, of in more.items()} for each in found]
    shown = [row | extra for row, extra in zip(with_times(rows), made, strict=True)]
    output.rows(shown, columns)
