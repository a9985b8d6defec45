"""All measurements against the named peers, side by side in one run: ``make bench``.

``python -m bench.run NAME …`` runs chosen ones, ``--markdown`` puts the tables of the last whole
run into the documentation.
"""

import argparse
import json
import os
from importlib import import_module
from inspect import getdoc
from pathlib import Path
from typing import Any, cast

from bench.report import into_page, machine, show
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
    "plain-distances",
    "geo",
    "import-speed",
    "simulation",
    "similar",
    "scoring",
    "start-up",
)
FOLDER = Path(__file__).parent / "results"
LATEST, CHOSEN = FOLDER / "latest.json", FOLDER / "chosen.json"


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


def run(names: list[str], console: Console) -> None:
    """Measure, and keep what was measured: all of it as the latest run, or what was chosen."""
    results = {"machine": machine(), "measured": {}}
    FOLDER.mkdir(exist_ok=True)
    kept = CHOSEN if names else LATEST
    growing = kept.with_suffix(".part")
    for name in names or NAMES:
        results["measured"][name] = measure(name, console)
        growing.write_text(json.dumps(results, indent=2), encoding="utf-8")
    growing.replace(kept)
    console.print(f"kept in {kept.relative_to(FOLDER.parents[1])}")


def main() -> None:
    """Parse, and run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of {', '.join(NAMES)}")
    parser.add_argument("--markdown", action="store_true", help="write docs/performance.md")
    arguments = parser.parse_args()
    if unknown := set(arguments.names) - set(NAMES):
        parser.error(f"expected names among {', '.join(NAMES)}, got {', '.join(sorted(unknown))}")
    if arguments.markdown:
        if not LATEST.exists():
            parser.error("expected a whole run before, found none: run make bench")
        into_page(LATEST)
        return
    # Threads of a peer's OpenMP that spin lose it many times its time where others want the cores.
    # It is read when such a library is loaded, which is later.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    console = Console()
    if not console.is_terminal:
        console.width = 160
    run(arguments.names, console)


if __name__ == "__main__":
    main()
