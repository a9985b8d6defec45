"""``motifleet build``: freeze a model into an immutable folder that can be deployed."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from motifleet.cli import options
from motifleet.cli.output import Output

app = typer.Typer(no_args_is_help=True)

Name = Annotated[
    str, typer.Argument(metavar="BUILD", help="A build's id, or an endpoint for its newest.")
]


@app.command("create")
def create(
    model: Annotated[
        str | None, typer.Argument(metavar="[MODEL]", help="A version, as in failures@3.")
    ] = None,
    file: Annotated[
        Path | None, typer.Option("--file", metavar="FILE", help="A Python file in its place.")
    ] = None,
    function: Annotated[
        str, typer.Option("--function", metavar="NAME", help="The function in that file.")
    ] = "predict",
    example: Annotated[
        str | None,
        typer.Option("--example", metavar="JSON", help="A request to try the function with."),
    ] = None,
    requirements: Annotated[
        list[str] | None,
        typer.Option("--requirement", metavar="PACKAGE", help="What it needs (may be repeated)."),
    ] = None,
    beside: Annotated[
        list[Path] | None,
        typer.Option("--beside", metavar="FILE", help="A file it reads (may be repeated)."),
    ] = None,
    endpoint: Annotated[
        str | None, typer.Option("--endpoint", metavar="NAME", help="The name it is served under.")
    ] = None,
    commit: Annotated[
        str,
        typer.Option("--commit", metavar="REVISION", help="The files as they are at this commit."),
    ] = "",
    project: Annotated[
        str, typer.Option("--project", metavar="NAME", help="Where a new endpoint belongs.")
    ] = "default",
    home: options.Home = None,
    as_json: options.Json = False,
) -> None:
    """Freeze a registered version, or a Python function, and try its input example."""
    from motifleet.app import open_home

    output = Output(as_json)
    serving = replace(open_home(home).serving, project=project)
    if (model is None) == (file is None):
        raise typer.BadParameter("expected either a MODEL or a --file")
    with output.status() as status:
        status("building")
        if file is None:
            made = serving.build_version(str(model), endpoint)
        else:
            made = serving.build_function(
                file,
                function,
                endpoint or file.stem,
                beside=beside or (),
                requirements=requirements or (),
                example=None if example is None else parsed(example),
                commit=commit,
            )
    output.document(made.to_dict())
    output.line(f"{made.id} of {made.source} is {made.status}, for endpoint {made.endpoint}")


@app.command("list")
def list_builds(
    endpoint: Annotated[
        str | None, typer.Argument(metavar="[ENDPOINT]", help="Only this endpoint's.")
    ] = None,
    home: options.Home = None,
    as_json: options.Json = False,
) -> None:
    """List the builds, the oldest first."""
    from motifleet.app import open_home

    columns = ["id", "endpoint", "number", "source", "status", "created_at"]
    options.listed(as_json, "builds", open_home(home).serving.builds(endpoint), columns)


@app.command()
def show(name: Name, home: options.Home = None, as_json: options.Json = False) -> None:
    """Show a build and its log."""
    from motifleet.app import open_home

    output = Output(as_json)
    serving = open_home(home).serving
    build, log = serving.build_named(name), serving.build_log(name)
    output.document({**build.to_dict(), "log": log})
    output.line(f"{build.id}: {build.source}, {build.status}, SHA-256 {build.digest or '–'}")
    output.line(log.rstrip())


def parsed(text: str) -> Any:
    """JSON from the command line.

    Raises:
        BadParameter: it is none.
    """
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise typer.BadParameter(f"expected JSON, got {text!r}: {error}") from None
