"""``motifleet demo``: the main job, start to finish."""

from pathlib import Path
from typing import Annotated

import typer

from motifleet.cli import options
from motifleet.cli.output import Output, shown


def demo(
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
    """Find patterns in real flights and in a simulated fleet; write a report and maps to open."""
    from motifleet.app import open_home, run_demo

    output = Output(as_json)
    with output.status() as say:
        result = run_demo(open_home(home), on_phase=say, report=report)
    output.document(result.to_dict())
    columns = ["table", "finding", "device_id", "event_ts", "distance", "ground_truth"]
    output.rows(result.findings, columns, title="the strongest motifs and discords")
    output.rows(result.matches, columns[2:], title="where else the pattern was seen")
    alike = ["table", "device_id", "rank", "neighbor_id", "distance"]
    output.rows(result.similar, alike, title="which devices behave alike")
    output.rows(result.phases, ["name", "did", "seconds"], title="what was done")
    output.rows(result.states[:5], ["fence", "reports", "devices"], title="where the fleet drove")
    lineage = ["model", "kind", "aliases", "table", "snapshot", "rows", "batches"]
    output.rows(result.models, lineage, title="the models and the data that they saw")
    for model in result.models:
        output.line(f"{model['model']}: {model['verdict']}")
    for path in result.maps.values():
        output.line(f"map: {path}")
    total = sum(phase.seconds for phase in result.phases)
    output.line(f"report: {result.report} ({shown(total)} s in all)")
