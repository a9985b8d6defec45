"""The command ``motifleet``: one sub-command for each noun."""

import sys
from typing import Annotated

import typer

from motifleet import __version__
from motifleet.cli import demo, pattern, table, telemetry
from motifleet.errors import MotifleetError

app = typer.Typer(
    name="motifleet",
    help="Finds the patterns in a fleet's telemetry and puts them to work.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("demo")(demo.demo)
app.add_typer(telemetry.app, name="telemetry")
app.add_typer(table.app, name="table")
app.add_typer(pattern.app, name="pattern")


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"motifleet {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say the version.")
    ] = False,
) -> None:
    pass


def main() -> None:
    """Run the command line; a known error becomes one or two lines and its exit code."""
    try:
        app()
    except MotifleetError as error:
        from motifleet.cli.output import fail

        fail(str(error), type(error).__name__, "--json" in sys.argv)
        sys.exit(error.exit_code)
