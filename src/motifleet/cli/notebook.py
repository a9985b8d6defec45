"""``motifleet notebook``: the lab's notebooks in JupyterLab."""

from typing import Annotated

import typer

from motifleet.cli import options
from motifleet.cli.output import Output


def notebook(
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="On this port.")] = 8888,
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="Open no browser; say the address.")
    ] = False,
    copy_only: Annotated[
        bool, typer.Option("--copy-only", help="Copy the notebooks, and open nothing.")
    ] = False,
    home: options.Home = None,
    as_json: options.Json = False,
) -> None:
    """Open the lab's notebooks in JupyterLab, in this environment and over this home."""
    from motifleet.app import copy_notebooks, open_home, open_notebooks

    output = Output(as_json)
    settings = open_home(home).settings
    copied = copy_notebooks(settings)
    output.document({"notebooks": [str(path) for path in copied]})
    for path in copied:
        output.line(str(path))
    if not copy_only:
        raise typer.Exit(open_notebooks(settings, port, browser=not no_browser))
