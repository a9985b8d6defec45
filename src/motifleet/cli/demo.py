"""``motifleet demo``: the hands-on lab and the main job, start to finish."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from motifleet.cli import options
from motifleet.cli.output import Output, shown

if TYPE_CHECKING:
    from motifleet.app import Addresses, Demonstration, DemoResult

_STEPS = ["step", "title", "what", "seconds", "look"]


def demo(
    only: Annotated[
        list[str] | None,
        typer.Option(
            "--only",
            metavar="STEP",
            help="Only this step and those that it needs, as in 1.02; more than once for several.",
            show_default=False,
        ),
    ] = None,
    up: Annotated[
        bool,
        typer.Option("--up", help="Go on serving what was made, until Ctrl-C."),
    ] = False,
    keep: Annotated[
        bool,
        typer.Option(
            "--keep", help="Leave the deployments as they are: the next `motifleet up` runs them."
        ),
    ] = False,
    report: Annotated[
        Path | None,
        typer.Option(
            "--report",
            metavar="FILE",
            help="Where to write the page (default: report.html in the home folder).",
            show_default=False,
        ),
    ] = None,
    home: options.Home = None,
    as_json: options.Json = False,
) -> None:
    """Do the whole lab, then find patterns in real flights and a simulated fleet."""
    from motifleet.app import demonstrate, open_home

    output = Output(as_json)
    fleet = open_home(home)
    if not up:
        with output.status() as say:
            told = demonstrate(fleet, only or (), on_step=say, report=report, keep=keep)
        _show(output, told)
        return

    def serving(told: "Demonstration", addresses: "Addresses") -> None:
        _show(output, told)
        for name, address in addresses.to_dict().items():
            output.line(f"{name}: {address}")
        output.line("Ctrl-C stops it all.")

    demonstrate(fleet, only or (), on_step=output.note, report=report, keep=True, up=serving)


def _show(output: Output, told: "Demonstration") -> None:
    output.document(told.to_dict())
    if told.found is not None:
        _show_found(output, told.found)
    output.rows(told.steps, _STEPS, title="what was done")
    total = sum(step.seconds for step in told.steps)
    if told.found is not None:
        for path in told.found.maps.values():
            output.line(f"map: {path}")
        output.line(f"report: {told.found.report}")
    output.line(f"{len(told.steps)} steps in {shown(total)} s")


def _show_found(output: Output, result: "DemoResult") -> None:
    columns = ["table", "finding", "device_id", "event_ts", "distance", "ground_truth"]
    output.rows(result.findings, columns, title="the strongest motifs and discords")
    output.rows(result.matches, columns[2:], title="where else the pattern was seen")
    alike = ["table", "device_id", "rank", "neighbor_id", "distance"]
    output.rows(result.similar, alike, title="which devices behave alike")
    output.rows(result.states[:5], ["fence", "reports", "devices"], title="where the fleet drove")
    lineage = ["model", "kind", "aliases", "table", "snapshot", "rows", "batches"]
    output.rows(result.models, lineage, title="the models and the data that they saw")
    for model in result.models:
        output.line(f"{model['model']}: {model['verdict']}")
