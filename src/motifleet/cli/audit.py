"""``motifleet audit``: who did what."""

import json
from typing import Annotated

import typer

from motifleet.cli import options
from motifleet.cli.output import Output


def audit(
    project: Annotated[
        str | None, typer.Option("--project", metavar="PROJECT", help="Only in this project.")
    ] = None,
    who: Annotated[
        str | None, typer.Option("--who", metavar="NAME", help="Only of this person.")
    ] = None,
    action: Annotated[
        str | None, typer.Option("--action", metavar="ACTION", help="Only this action.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many at most.")] = 50,
    home: options.Home = None,
    as_json: options.Json = False,
) -> None:
    """Print the audit log, the newest first."""
    from motifleet.app import open_home

    output = Output(as_json)
    workspace = open_home(home).workspace
    lines = workspace.audit(project=project, who=who, action=action, limit=limit)
    found = [each.to_dict() for each in lines]
    output.document({"audit": found})
    rows = [
        {**each, "at": options.time_of(each["at"]), "details": json.dumps(each["details"])}
        for each in found
    ]
    output.rows(rows, ["at", "who", "project", "action", "subject", "details"])
