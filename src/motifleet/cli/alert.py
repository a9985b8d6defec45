"""``motifleet alert``: rules, how they stand, and what was told."""

from typing import Annotated, Any

import typer

from motifleet.cli import options
from motifleet.cli.build import parsed
from motifleet.cli.output import Output, done

app = typer.Typer(no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="NAME", help="The rule's name, or its id.")]


@app.command("list")
def list_rules(
    project: Annotated[
        str | None, typer.Option("--project", metavar="NAME", help="Only of this project.")
    ] = None,
    home: options.Home = None,
    as_json: options.Json = False,
) -> None:
    """List the rules, and how they stand."""
    from motifleet.app import open_home

    output = Output(as_json)
    found = open_home(home).monitoring.alerts.rules(project)
    output.document({"alerts": [each.to_dict() for each in found]})
    rows = [
        {
            "project": each.rule.project,
            "name": each.rule.name,
            "metric": each.rule.metric,
            "target": each.rule.target,
            "told": f"{'above' if each.rule.above else 'below'} {each.rule.threshold:g}",
            "value": each.state.value,
            "state": _state(each),
            "since": options.time_of(each.state.since),
        }
        for each in found
    ]
    output.rows(rows, ["project", "name", "metric", "target", "told", "value", "state", "since"])


@app.command()
def create(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The rule's name.")],
    metric: Annotated[
        str, typer.Option("--metric", help="What is watched, as in latency_p95 or drift.")
    ],
    target: Annotated[
        str, typer.Option("--of", metavar="TARGET", help="The endpoint; of silence the table.")
    ],
    threshold: Annotated[float, typer.Option("--threshold", help="Where it counts as over.")],
    below: Annotated[
        bool | None,
        typer.Option(
            "--below/--above",
            help="Told below it (accuracy, recall, precision) or above it.",
            show_default=False,
        ),
    ] = None,
    clear: Annotated[
        float | None, typer.Option("--clear", help="Where it is over no more (the threshold).")
    ] = None,
    for_seconds: Annotated[
        float, typer.Option("--for", min=0, metavar="SECONDS", help="Told after so long.")
    ] = 0.0,
    window: Annotated[
        float | None,
        typer.Option("--window", min=1, metavar="SECONDS", help="Taken over so long (300)."),
    ] = None,
    repeat: Annotated[
        float,
        typer.Option("--repeat", min=0, metavar="SECONDS", help="Told again after so long."),
    ] = 0.0,
    channel: Annotated[
        list[str] | None,
        typer.Option("--channel", help="log, webhook:ADDRESS or email:NAME@HOST (log)."),
    ] = None,
    given: Annotated[
        str, typer.Option("--options", metavar="JSON", help="What the metric needs beside that.")
    ] = "{}",
    project: Annotated[
        str | None, typer.Option("--project", metavar="NAME", help="Where it belongs.")
    ] = None,
    home: options.Home = None,
    as_json: options.Json = False,
) -> None:
    """Make a rule."""
    from motifleet.app import open_home

    made = open_home(home).monitoring.alerts.add(
        name,
        metric,
        target,
        threshold,
        project=project,
        above=None if below is None else not below,
        clear=clear,
        for_seconds=for_seconds,
        window_seconds=window,
        repeat_seconds=repeat,
        channels=channel or ["log"],
        options=parsed(given),
    )
    side = "above" if made.above else "below"
    done(
        as_json,
        made.to_dict(),
        f"{made.name}: told when {metric} of {target} is {side} {threshold:g}",
    )


@app.command()
def on(name: Name, home: options.Home = None, as_json: options.Json = False) -> None:
    """Switch a rule on."""
    _switch(name, True, home, as_json)


@app.command()
def off(name: Name, home: options.Home = None, as_json: options.Json = False) -> None:
    """Switch a rule off."""
    _switch(name, False, home, as_json)


@app.command()
def remove(name: Name, home: options.Home = None, as_json: options.Json = False) -> None:
    """Take a rule away, with what was told of it."""
    from motifleet.app import open_home

    gone = open_home(home).monitoring.alerts.remove(name)
    done(as_json, {"removed": gone.id}, f"{gone.name} is gone")


@app.command()
def events(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="Only of this rule.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="At most so many.")] = 50,
    home: options.Home = None,
    as_json: options.Json = False,
) -> None:
    """Say what was told, the newest first, and what became of it."""
    from motifleet.app import open_home

    output = Output(as_json)
    found = open_home(home).monitoring.alerts.events(name, limit=limit)
    output.document({"events": [each.to_dict() for each in found]})
    rows = [
        {"at": options.time_of(each.at), "alert": each.rule, "kind": each.kind}
        | {"message": each.message, "sent": _sent(each.sent)}
        for each in found
    ]
    output.rows(rows, ["at", "alert", "kind", "message", "sent"])


@app.command()
def check(home: options.Home = None, as_json: options.Json = False) -> None:
    """Look at all rules now, and send what is to be told."""
    from motifleet.app import open_home

    output = Output(as_json)
    sent = open_home(home).monitoring.alerts.look(output.note)
    output.document({"messages": sent})
    output.line(f"{sent} messages")


def _switch(name: str, active: bool, home: options.Home, as_json: bool) -> None:
    from motifleet.app import open_home

    changed = open_home(home).monitoring.alerts.switch(name, active)
    done(as_json, changed.to_dict(), f"{changed.name} is {'on' if active else 'off'}")


def _state(alert: Any) -> str:
    if not alert.rule.active:
        return "off"
    if alert.state.firing:
        return "firing"
    return "pending" if alert.state.since is not None else "well"


def _sent(sent: dict[str, Any]) -> str:
    told = {
        name: "sent" if "at" in each else str(each.get("error"))
        for name, each in sent.items()
        if isinstance(each, dict)
    }
    return ", ".join(f"{name}: {what}" for name, what in told.items())
