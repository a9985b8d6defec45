"""Options of ``motifleet geo``, and how its results are said."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from motifleet.cli.output import Output, shown
from motifleet.cli.reports import Chosen, Selected, sharing

if TYPE_CHECKING:
    import pyarrow as pa

    from motifleet.geo import Fences

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


@dataclass(frozen=True, kw_only=True)
class FenceChoice:
    """Which fences are meant."""

    fence_file: FenceFile = None
    name_column: NameColumn = None
    swap_axes: SwapAxes = False
    only: FenceNames = None

    def fences(self, output: Output) -> "Fences":
        """Read them, without a file the US states; repairs are said on standard error."""
        from motifleet.geo import read_fences, us_states

        if self.fence_file is None:
            found = us_states()
        else:
            found = read_fences(
                self.fence_file, name_column=self.name_column, swap_axes=self.swap_axes
            )
        if not output.as_json:
            for repair in found.repairs:
                output.note(repair)
        return found.only(self.only) if self.only else found

    def own_fences(self, output: Output) -> "Fences | None":
        """Read those of the user's file, where one is named."""
        return None if self.fence_file is None else self.fences(output)


@dataclass(frozen=True)
class Fenced(Selected, FenceChoice):
    """Reports of a table, and fences that they may be in."""


@dataclass(frozen=True)
class Asked(Chosen, FenceChoice):
    """A query, and what it is about."""

    query: Annotated[str, typer.Argument(metavar="QUERY", help="One SELECT.")]


over_selected, over_fenced, over_asked = (
    partial(sharing, kind) for kind in (Selected, Fenced, Asked)
)


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
