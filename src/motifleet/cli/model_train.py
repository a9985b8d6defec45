"""``motifleet model train``: one command for each model kind."""

from typing import TYPE_CHECKING, Annotated

import typer

from motifleet.cli import options
from motifleet.cli.output import Output

if TYPE_CHECKING:
    from motifleet.app import Selection
    from motifleet.models import Kind

app = typer.Typer(help="Train a model on a table's snapshot.", no_args_is_help=True)

Table = Annotated[
    str, typer.Option("--table", metavar="TABLE", help="The table.", show_default=False)
]
Experiment = Annotated[
    str,
    typer.Option("--experiment", metavar="NAME", help="The experiment that the run is part of."),
]
Name = Annotated[
    str | None,
    typer.Option("--name", metavar="NAME", help="Register the model under this name."),
]
Signals = Annotated[
    list[str] | None,
    typer.Option("--signal", metavar="COLUMN", help="Only this signal (may be repeated)."),
]
Seed = Annotated[int, typer.Option("--seed", min=0, help="The same seed, the same model.")]


@app.command("failure-classifier")
def failure_classifier(
    table: Table,
    label: Annotated[
        str | None, typer.Option("--label", metavar="COLUMN", help="The column with 0 and 1; or …")
    ] = None,
    label_events: Annotated[
        str | None,
        typer.Option("--label-events", metavar="TABLE", help="… a table of events: failures …"),
    ] = None,
    hours: Annotated[
        float, typer.Option("--hours", help="… that begin within so many hours.")
    ] = 24.0,
    signals: Signals = None,
    features: Annotated[
        list[str] | None,
        typer.Option("--feature", metavar="KIND", help="rolling, past, discord (repeatable)."),
    ] = None,
    window: options.Window = 60,
    split: Annotated[
        str, typer.Option("--split", help="Put aside by device, time or device-time.")
    ] = "device",
    trees: Annotated[int, typer.Option("--trees", min=1, help="How many trees at most.")] = 300,
    trials: Annotated[
        int, typer.Option("--trials", min=0, help="Search for better trees in so many tries.")
    ] = 0,
    seed: Seed = 0,
    experiment: Experiment = "motifleet",
    name: Name = None,
    devices: options.Devices = None,
    start: options.Start = None,
    end: options.End = None,
    where: options.Where = None,
    as_of: options.AsOf = None,
    home: options.Home = None,
    as_json: options.Json = False,
) -> None:
    """XGBoost on signals: the probability of a failure, and a label."""
    from motifleet.app import open_home
    from motifleet.models import FailureClassifier, Label, Split, Trees

    kind = FailureClassifier(
        Label(label, label_events, hours),
        signals=signals,
        features=tuple(features or ()),
        window=window,
        split=Split(split, seed),
        trees=Trees(rounds=trees),
        seed=seed,
        search=open_home(home).models.search(trials) if trials else None,
    )
    selected = options.selection(devices, start, end, where, as_of)
    _train(kind, table, experiment, name, selected, home, as_json)


@app.command("time-series-query")
def time_series_query(
    table: Table,
    signal: options.Signal,
    window: options.Window = 30,
    steps: Annotated[
        bool,
        typer.Option("--steps/--no-steps", help="Lay reports out at equal steps, with gaps."),
    ] = True,
    seed: Seed = 0,
    experiment: Experiment = "motifleet",
    name: Name = None,
    devices: options.Devices = None,
    start: options.Start = None,
    end: options.End = None,
    where: options.Where = None,
    as_of: options.AsOf = None,
    home: options.Home = None,
    as_json: options.Json = False,
) -> None:
    """Have you seen this pattern? A model that holds the telemetry that it searches."""
    from motifleet.models import TimeSeriesQuery

    selected = options.selection(devices, start, end, where, as_of)
    kind = TimeSeriesQuery(signal, window, steps, seed)
    _train(kind, table, experiment, name, selected, home, as_json)


@app.command("multi-dim-motif")
def multi_dim_motif(
    table: Table,
    signals: Signals = None,
    window: options.Window = 30,
    experiment: Experiment = "motifleet",
    name: Name = None,
    devices: options.Devices = None,
    start: options.Start = None,
    end: options.End = None,
    where: options.Where = None,
    as_of: options.AsOf = None,
    home: options.Home = None,
    as_json: options.Json = False,
) -> None:
    """What several signals do twice at the same time, for each number of signals."""
    from motifleet.models import MultiDimMotif

    selected = options.selection(devices, start, end, where, as_of)
    _train(MultiDimMotif(signals, window), table, experiment, name, selected, home, as_json)


@app.command("discord-detector")
def discord_detector(
    table: Table,
    signal: options.Signal,
    window: options.Window = 60,
    history: Annotated[
        int, typer.Option("--history", help="How many reports of its past to compare with.")
    ] = 1440,
    levels: Annotated[
        bool, typer.Option("--levels", help="Compare levels too, not shapes alone.")
    ] = False,
    quantile: Annotated[
        float, typer.Option("--quantile", help="Unusual from this quantile of distances on.")
    ] = 0.999,
    experiment: Experiment = "motifleet",
    name: Name = None,
    devices: options.Devices = None,
    start: options.Start = None,
    end: options.End = None,
    where: options.Where = None,
    as_of: options.AsOf = None,
    home: options.Home = None,
    as_json: options.Json = False,
) -> None:
    """How unusual a device's newest window is, beside its past and its fleet."""
    from motifleet.models import DiscordDetector

    selected = options.selection(devices, start, end, where, as_of)
    kind = DiscordDetector(signal, window, history, normalize=not levels, quantile=quantile)
    _train(kind, table, experiment, name, selected, home, as_json)


def _train(
    kind: "Kind",
    table: str,
    experiment: str,
    name: str | None,
    selected: "Selection",
    home: options.Home,
    as_json: bool,
) -> None:
    from motifleet.app import open_home

    output = Output(as_json)
    with output.progress(f"training a {kind.name}") as bar:
        done = open_home(home).models.train(
            kind, table, experiment=experiment, name=name, selection=selected, progress=bar
        )
    output.document(done.to_dict())
    rows = [
        {"figure": key, "model": value, "baseline": done.metrics.get(f"{key}_baseline")}
        for key, value in done.metrics.items()
        if not key.endswith("_baseline")
    ]
    output.rows(rows, ["figure", "model", "baseline"])
    output.line(done.verdict)
    registered = f", registered as {done.version.reference}" if done.version else ""
    output.line(f"run {done.run_id}{registered}")
