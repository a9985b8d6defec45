"""All measurements against the named peers, side by side in one run: ``make bench``.

``python -m bench.run NAME …`` runs chosen ones, ``--markdown`` puts the tables of the last whole
run into the documentation.
"""

import argparse
import json
import os
from collections.abc import Sequence
from importlib import import_module
from inspect import getdoc
from pathlib import Path
from typing import Any, cast

from bench.report import BEGIN, END, into_page, machine, show
from bench.report import LARGE as AT_SCALE
from bench.rows import Measurement
from bench.timing import timed
from rich.console import Console

NAMES = (
    "self-join",
    "fleet-join",
    "ab-join",
    "multidimensional",
    "streaming",
    "fleet-match",
    "fleet-findings",
    "first-call",
    "time-growth",
    "memory",
    "machine-limit",
    "short-series",
    "plain-distances",
    "geo",
    "import-speed",
    "simulation",
    "similar",
    "scoring",
    "serving",
    "server",
    "start-up",
)
LARGE_NAMES = ("similar-at-scale", "discords-at-scale", "vector-indexes")
FOLDER = Path(__file__).parent / "results"
LATEST, CHOSEN, LARGE = (FOLDER / f"{name}.json" for name in ("latest", "chosen", "large"))


def measurement(name: str) -> Measurement:
    """A module of this package; it imports its peers, so only those that are run are loaded."""
    return cast(Measurement, import_module(f"bench.{name.replace('-', '_')}"))


def measure(name: str, console: Console) -> dict[str, Any]:
    """Take one measurement, and show it."""
    module = measurement(name)
    with console.status(f"measuring {name}"):
        taken = timed(module.rows)
    show(console, f"{module.TITLE} ({taken.seconds:.0f} s)", taken.result)
    explained = getdoc(module)
    return {
        "title": module.TITLE,
        "explained": explained,
        "seconds": taken.seconds,
        "rows": taken.result,
    }


def run(names: Sequence[str], kept: Path, console: Console) -> None:
    """Measure, and keep what was measured."""
    results = {"machine": machine(), "measured": {}}
    FOLDER.mkdir(exist_ok=True)
    growing = kept.with_suffix(".part")
    for name in names:
        results["measured"][name] = measure(name, console)
        growing.write_text(json.dumps(results, indent=2), encoding="utf-8")
    growing.replace(kept)
    console.print(f"kept in {kept.relative_to(FOLDER.parents[1])}")


def main() -> None:
    """Parse, and run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of {', '.join(NAMES)}")
    parser.add_argument("--large", action="store_true", help="the large sizes: half an hour")
    parser.add_argument("--markdown", action="store_true", help="write docs/performance.md")
    arguments = parser.parse_args()
    if unknown := set(arguments.names) - {*NAMES, *LARGE_NAMES}:
        parser.error(
            f"expected names among {', '.join((*NAMES, *LARGE_NAMES))}, "
            f"got {', '.join(sorted(unknown))}"
        )
    if arguments.markdown:
        if not (LATEST.exists() or LARGE.exists()):
            parser.error("expected a whole run before, found none: run make bench")
        for kept, marks in ((LATEST, (BEGIN, END)), (LARGE, AT_SCALE)):
            if kept.exists():
                into_page(kept, marks=marks)
        return
    # Threads of a peer's OpenMP that spin lose it many times its time where others want the cores.
    # It is read when such a library is loaded, which is later.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    console = Console()
    if not console.is_terminal:
        console.width = 160
    if arguments.large:
        run(LARGE_NAMES, LARGE, console)
    else:
        run(arguments.names or NAMES, CHOSEN if arguments.names else LATEST, console)


if __name__ == "__main__":
    main()
