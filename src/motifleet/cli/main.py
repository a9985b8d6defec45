"""The command ``motifleet``: one sub-command for each noun."""

import signal
import sys
from types import FrameType
from typing import Annotated, NoReturn

import typer

from motifleet import __version__
from motifleet.cli import (
    audit,
    build,
    demo,
    deployment,
    device,
    endpoint,
    experiment,
    geo,
    key,
    lineage,
    model,
    monitor,
    pattern,
    project,
    table,
    telemetry,
    user,
)
from motifleet.cli import map as maps
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
app.add_typer(device.app, name="device")
app.add_typer(geo.app, name="geo")
app.add_typer(maps.app, name="map")
app.add_typer(experiment.app, name="experiment")
app.add_typer(model.app, name="model")
app.add_typer(build.app, name="build")
app.add_typer(deployment.app, name="deployment")
app.add_typer(endpoint.app, name="endpoint")
app.add_typer(monitor.app, name="monitor")
app.add_typer(project.app, name="project")
app.add_typer(user.app, name="user")
app.add_typer(key.app, name="key")
app.command("audit")(audit.audit)
app.command("lineage")(lineage.lineage)


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


class _Stopped(BaseException):
    """Ctrl-C; no KeyboardInterrupt, which Typer would answer by itself."""


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise _Stopped


def main() -> None:
    """Run the command line; a known error becomes one or two lines and its exit code."""
    before = signal.signal(signal.SIGINT, _stop)
    try:
        sys.exit(_run())
    except MotifleetError as error:
        _end(str(error), type(error).__name__, error.exit_code)
    except OSError as error:
        _end(f"the output cannot be written: {error.strerror}", "OutputError", 1)
    except _Stopped:
        _end(_STOPPED, "Stopped", 128 + signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, before)


def _run() -> int:
    """Run the command; Typer draws a wrong usage for people, for programs it is told as JSON."""
    if "--json" not in sys.argv:
        app()
        return 0
    try:
        return int(app(standalone_mode=False) or 0)
    except Exception as error:
        # Typer's usage errors have no public name in common, but this is how they are told.
        if not hasattr(error, "format_message"):
            raise
        _end(error.format_message(), "UsageError", 2)


def _end(message: str, kind: str, exit_code: int) -> NoReturn:
    from motifleet.cli.output import fail

    fail(message, kind, "--json" in sys.argv)
    sys.exit(exit_code)


_STOPPED = "stopped; what has landed stays, and the same command again goes on from there"
