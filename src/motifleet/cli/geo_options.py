"""Options of ``motifleet geo``, and how its results are said."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from motifleet.cli.output import Output, shown

if TYPE_CHECKING:
    import pyarrow as pa

FenceFile = Annotated[
    Path | None,
    typer.Option(
        "--fences",
        metavar="FILE",
        help="GeoJSON, GeoParquet, WKT, TSV or CSV (default: the US states).",
        show_default=False,
    ),
]
NameColumn = Annotated[
    str | None,
    typer.Option("--name-column", metavar="COLUMN", help="Where the file has the fences' names."),
]
SwapAxes = Annotated[
    bool, typer.Option("--swap-axes", help="The file of fences has latitude first.")
]
FenceNames = Annotated[
    list[str] | None,
    typer.Option("--fence", metavar="NAME", help="Only this fence (may be repeated)."),
]
MaxGap = Annotated[
    float,
    typer.Option("--max-gap", metavar="SECONDS", help="Longer without a report ends what goes on."),
]
Limit = Annotated[int, typer.Option("--limit", min=1, help="How many rows at most.")]


def render(output: Output, noun: str, found: "pa.Table", limit: int, empty: str) -> None:
    """Print the first rows, and how many there are."""
    rows = found.slice(0, limit).to_pylist()
    output.document({noun: rows, "total": found.num_rows})
    if not rows:
        output.line(empty)
        return
    output.rows([_shown(row) for row in rows], found.column_names)
    if found.num_rows > limit:
        output.note(f"{shown(limit)} of {shown(found.num_rows)} rows: --limit shows more")


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    """The row with its degrees to five digits, which is a metre."""
    degrees = [
        name
        for name, value in row.items()
        if name.endswith(("longitude", "latitude")) and isinstance(value, float)
    ]
    return row | {name: f"{row[name]:.5f}" for name in degrees}
