"""All measurements against the named peers, side by side in one run: ``make bench``."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).parent))

import import_speed
import self_join
import start_up

MEASUREMENTS: dict[str, Callable[[], list[dict[str, object]]]] = {
    "self-join with indices, m = 100, against stumpy": self_join.rows,
    "import of a file into a table, against pandas + PyIceberg": import_speed.rows,
    "start-up": start_up.rows,
}
RESULTS = Path(__file__).parent / "results" / "latest.json"


def shown(value: object) -> str:
    return f"{value:,.4g}" if isinstance(value, float) else str(value)


def render(title: str, rows: list[dict[str, object]]) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold")
    for name in rows[0]:
        table.add_column(name, justify="right")
    for row in rows:
        table.add_row(*map(shown, row.values()))
    return table


def main() -> None:
    console = Console()
    if not console.is_terminal:
        console.width = 160
    results = {}
    for title, measure in MEASUREMENTS.items():
        with console.status(f"measuring {title}"):
            results[title] = measure()
        console.print(render(title, results[title]))
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(results, indent=2))


if __name__ == "__main__":
    main()
