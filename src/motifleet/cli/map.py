"""``motifleet map``: a table's reports, paths and findings on a map to open."""

from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from motifleet.cli import options
from motifleet.cli.geo_options import FenceChoice, MaxGap
from motifleet.cli.output import Output
from motifleet.cli.reports import Selected, sharing
from motifleet.cli.wanted import Wanted

if TYPE_CHECKING:
    from motifleet.app import Motifleet
    from motifleet.geo import FleetMap

app = typer.Typer(no_args_is_help=True)

Style = Annotated[
    str | None,
    typer.Option(
        "--as", metavar="STYLE", help="markers, clusters or cells (default: by their number)."
    ),
]
Color = Annotated[
    str | None,
    typer.Option("--color", metavar="LABEL", help="The label that colours (default: event_type)."),
]
Resolution = Annotated[
    int | None,
    typer.Option("--resolution", metavar="R", help="Of the cells, 0 to 15 (default: what fits)."),
]


@dataclass(frozen=True, kw_only=True)
class Canvas(Selected, FenceChoice):
    """What every map has: which reports, what lies around them, and where it is written."""

    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where to write the page.")] = (
        Path("map.html")
    )
    offline: Annotated[
        bool, typer.Option("--offline", help="Ask for no street map: nothing from outside.")
    ] = False
    tiles: Annotated[
        str,
        typer.Option("--tiles", metavar="WHICH", help="A provider's name or an address."),
    ] = "OpenStreetMap"
    fence_file: Annotated[
        Path | None,
        typer.Option("--fences", metavar="FILE", help="Fences to draw.", show_default=False),
    ] = None

    def draw(self, fleet: "Motifleet", **what: Any) -> None:
        """Draw the map, write it, and say what it shows."""
        output = self.output
        fences = self.own_fences(output)
        how: dict[str, Any] = {"offline": self.offline, "tiles": self.tiles, "fences": fences}
        with output.progress("drawing reports") as bar:
            drawing = fleet.geo.map(
                self.table, progress=bar, selection=self.selection, **how, **what
            )
        _told(output, drawing, drawing.write(self.out))


over_canvas = partial(sharing, Canvas)


@app.command()
@over_canvas
def reports(
    canvas: Canvas, style: Style = None, color: Color = None, resolution: Resolution = None
) -> None:
    """Draw every report: markers, clusters of them, or counts in hexagons, by their number."""
    canvas.draw(canvas.open(), style=style, color=color, resolution=resolution)


@app.command()
@over_canvas
def paths(canvas: Canvas, max_gap: MaxGap = 3600.0) -> None:
    """Draw where each device went, with a clock that shows who was where when."""
    canvas.draw(canvas.open(), layers=["paths"], max_gap=max_gap)


@app.command()
@over_canvas
def findings(
    canvas: Canvas,
    signal: options.Signal,
    window: options.Window = 60,
    against: options.Against = "self",
    count: options.Count = 5,
    min_windows: options.MinWindows = 1,
    pattern: Annotated[
        str | None,
        typer.Option("--pattern", metavar="NUMBERS", help="Its matches too, as in '54,53,52,51'."),
    ] = None,
    from_device: Annotated[
        str | None,
        typer.Option("--from-device", metavar="ID", help="Or those of a window of this device…"),
    ] = None,
    from_start: Annotated[
        str | None,
        typer.Option("--from-start", metavar="TIME", help="… that begins at this time."),
    ] = None,
    over: Annotated[
        str, typer.Option("--over", metavar="LAYER", help="What lies below: paths or reports.")
    ] = "paths",
    step: options.Step = None,
) -> None:
    """Draw the discords of a signal, and a pattern's matches, where their devices were."""
    fleet = canvas.open()
    chosen: dict[str, Any] = {"selection": canvas.selection, "step": step}
    values = Wanted([] if pattern is None else [pattern], from_device, from_start, window)
    with canvas.output.progress("searching devices") as bar:
        search: dict[str, Any] = {"k": count, "progress": bar, **chosen}
        limits: dict[str, Any] = {"against": against, "min_windows": min_windows}
        found: list[Any] = [*fleet.discords(canvas.table, signal, window, **limits, **search)]
        if values.asked:
            cut = values.of(fleet, (canvas.table, canvas.selection, step), [signal])
            found += fleet.match(cut, canvas.table, signal, **search)
    canvas.draw(fleet, layers=[over], findings=found, step=step)


def _told(output: Output, drawing: "FleetMap", path: Path) -> None:
    size = path.stat().st_size
    drawn = [asdict(each) for each in drawing.drawn]
    output.document(
        {"map": str(path), "bytes": size, "layers": drawn, "remarks": list(drawing.remarks)}
    )
    output.rows(drawn, ["layer", "style", "count"])
    if not output.as_json:
        for remark in drawing.remarks:
            output.note(remark)
    output.line(f"map: {path} ({size / 1e6:.1f} MB)")
