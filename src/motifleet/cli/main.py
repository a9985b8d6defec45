"""The command ``motifleet``: one sub-command for each noun."""

import signal
import sys
from types import FrameType
from typing import Annotated, NoReturn

import typer

from motifleet import __version__
from motifleet.cli.nouns import Nouns
from motifleet.errors import MotifleetError

app = typer.Typer(
    name="motifleet",
    cls=Nouns,
    help="Finds the patterns in a fleet's telemetry and puts them to work.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


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
