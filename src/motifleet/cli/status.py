"""``motifleet status``: where the server of a home answers."""

from typing import TYPE_CHECKING

from motifleet.cli import options
from motifleet.cli.output import Output

if TYPE_CHECKING:
    from motifleet.app import Addresses


def status(home: options.Home = None, as_json: options.Json = False) -> None:
    """Say where the server of a home answers, and what it runs."""
    from motifleet.app import open_home

    output = Output(as_json)
    fleet = open_home(home)
    told, health = fleet.server.addresses(), fleet.server.health()
    running = fleet.serving.endpoints()
    output.document({**told.to_dict(), "health": health, "endpoints_running": running})
    show_addresses(output, told, health)
    if running:
        output.rows(running, ["endpoint", "version", "primary", "canary", "shadow"])


def show_addresses(
    output: Output, told: "Addresses", health: dict[str, bool] | None = None
) -> None:
    """Show where a server answers, and whether its parts do where that is known."""
    parts = {"page and REST API": ("api", told.api), "endpoints": ("endpoints", told.endpoints)}
    if told.mlflow is not None:
        parts["MLflow"] = ("mlflow", told.mlflow)
    rows = [{"what": what, "address": address} for what, (_, address) in parts.items()]
    columns = ["what", "address"]
    if health is not None:
        for row, (name, _) in zip(rows, parts.values(), strict=True):
            row["answers"] = "yes" if health[name] else "no"
        columns.append("answers")
    output.rows(rows, columns)
    output.line(f"The owner's token is in {told.token}; `motifleet user create` lets others in.")
    if health is None:
        output.line("Ctrl-C stops it all.")
