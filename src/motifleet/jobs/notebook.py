"""``python -m motifleet.jobs.notebook NOTEBOOK RESULT [NAME=VALUE ...]``: run a notebook.

Each value goes into a cell of its own, after the one with the tag ``parameters`` (else before the
first), as JSON where it is some, else as text. What cells print is printed as they end; the
notebook with all its outputs is written to RESULT, also where a cell fails, which ends the run.
"""

import json
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

from motifleet.errors import MissingExtraError


def main() -> None:
    """Parse, and run."""
    source, result, *given = sys.argv[1:]
    sys.exit(run(Path(source), Path(result), given))


def run(source: Path, result: Path, given: list[str]) -> int:
    """Run a notebook; 1 where a cell fails."""
    try:
        from nbclient import NotebookClient
        from nbclient.exceptions import CellExecutionError
    except ImportError as error:
        raise MissingExtraError("a notebook", "nbclient", "notebooks") from error
    nbformat: Any = import_module("nbformat")  # which has no types
    notebook = nbformat.read(source, as_version=4)
    if given:
        place_parameters(notebook, nbformat.v4.new_code_cell(parameters(given)))
    client = NotebookClient(
        notebook,
        timeout=None,
        kernel_name="python3",
        resources={"metadata": {"path": str(Path.cwd())}},
        on_cell_executed=lambda cell, **_: _tell(cell),
    )
    try:
        client.execute()
    except CellExecutionError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    finally:
        nbformat.write(notebook, result)
    return 0


def parameters(given: list[str]) -> str:
    """The code of a cell that sets names to values.

    >>> print(parameters(["rows=100", "table=fleet", "fast=true"]))
    rows = 100
    table = 'fleet'
    fast = True
    """
    lines = []
    for each in given:
        name, equals, value = each.partition("=")
        if not equals or not name.isidentifier():
            sys.exit(f"expected arguments of a notebook as NAME=VALUE, got {each!r}")
        lines.append(f"{name} = {_value(value)!r}")
    return "\n".join(lines)


def place_parameters(notebook: Any, cell: Any) -> None:
    """Put a cell where parameters belong."""
    tags = [each.get("metadata", {}).get("tags", []) for each in notebook.cells]
    at = next((at + 1 for at, each in enumerate(tags) if "parameters" in each), 0)
    notebook.cells.insert(at, cell)


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _tell(cell: Any) -> None:
    for output in cell.get("outputs", ()):
        text = output.get("text") or output.get("data", {}).get("text/plain") or ""
        print("\n".join(output.get("traceback", ())) or text, flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
