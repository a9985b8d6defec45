"""All measurements against the named peers, side by side in one run: ``make bench``."""

import json
from collections.abc import Callable
from pathlib import Path

from bench import (
    ab_join,
    fleet_match,
    geo,
    import_speed,
    multidimensional,
    plain_distances,
    self_join,
    short_series,
    simulation,
    start_up,
    streaming,
)
from rich.console import Console
from rich.table import Table

MEASUREMENTS: dict[str, Callable[[], list[dict[str, object]]]] = {
    "self-join with indices, m = 100, against stumpy": self_join.rows,
    "short series with indices, m = 30, against calls of stumpy": short_series.rows,
    "AB-join in both directions, m = 100, against two calls of stumpy": ab_join.rows,
    "self-join of plain distances, n = 16,384, m = 100, against stumpy.aamp": plain_distances.rows,
    "multidimensional self-join, m = 50, against stumpy": multidimensional.rows,
    "a pattern of 100 over a fleet, top 10, against stumpy.mass": fleet_match.rows,
    "streams, against stumpy.stumpi": streaming.rows,
    "2 million reports against the US states, against SedonaDB and geopandas": geo.rows,
    "import of a file into a table, against pandas + PyIceberg": import_speed.rows,
    "simulated fleet of 10,000 devices × 1,440 minutes": simulation.rows,
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
