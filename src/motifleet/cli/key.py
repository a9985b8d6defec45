"""``motifleet key``: API keys, for programs."""

from typing import Annotated

import typer

from motifleet.cli import options
from motifleet.cli.output import Output, done

app = typer.Typer(no_args_is_help=True)


@app.command("list")
def list_keys(home: options.Home = None, as_json: options.Json = False) -> None:
    """List the API keys; what they are was shown when they were made."""
    from motifleet.app import open_home

    columns = ["id", "user", "project", "role", "name", "hint", "expires_at", "used_at"]
    options.listed(as_json, "keys", open_home(home).workspace.api_keys(), columns)


@app.command()
def create(
    user: Annotated[str, typer.Option("--user", metavar="USER", help="In whose name it acts.")],
    role: Annotated[
        str, typer.Option("--role", metavar="ROLE", help="What it may do at most.")
    ] = "viewer",
    project: Annotated[
        str | None, typer.Option("--project", metavar="PROJECT", help="Only in this project.")
    ] = None,
    name: Annotated[str, typer.Option("--name", metavar="TEXT", help="What it is for.")] = "",
    days: Annotated[
        float | None, typer.Option("--days", help="How long it is good for (default: for ever).")
    ] = None,
    home: options.Home = None,
    as_json: options.Json = False,
) -> None:
    """Make an API key, which is shown this once."""
    from motifleet.app import open_home

    output = Output(as_json)
    seconds = None if days is None else days * 86_400
    made, secret = open_home(home).workspace.add_key(
        role, user=user, name=name, project=project, seconds=seconds
    )
    output.document(made.to_dict() | {"key": secret})
    output.line(secret)
    output.note(f"{made.id}: this is shown once; send it as `Authorization: Bearer …`")


@app.command()
def revoke(
    key: Annotated[str, typer.Argument(metavar="KEY", help="The key's id.")],
    home: options.Home = None,
    as_json: options.Json = False,
) -> None:
    """Take an API key away at once."""
    from motifleet.app import open_home

    open_home(home).workspace.revoke_key(key)
    done(as_json, {"revoked": key}, f"{key} opens nothing any more")
