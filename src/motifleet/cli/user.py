"""``motifleet user``: who may log in."""

import sys
from typing import Annotated

import typer

from motifleet.cli import options
from motifleet.cli.output import Output, done

app = typer.Typer(no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="USER", help="The user's name.")]


@app.command("list")
def list_users(home: options.Home = None, as_json: options.Json = False) -> None:
    """List the users."""
    from motifleet.app import open_home

    output = Output(as_json)
    found = [each.to_dict() for each in open_home(home).workspace.users()]
    output.document({"users": found})
    if not found:
        output.line("no users yet: `motifleet user create NAME` makes one")
        return
    output.rows(options.with_times(found), ["name", "owner", "active", "created_at"])


@app.command()
def create(
    user: Name,
    owner: Annotated[bool, typer.Option("--owner", help="They may do everything.")] = False,
    no_password: Annotated[
        bool, typer.Option("--no-password", help="They come with API keys alone.")
    ] = False,
    home: options.Home = None,
    as_json: options.Json = False,
) -> None:
    """Make a user; the password is asked for, or read from standard input."""
    from motifleet.app import open_home

    password = None if no_password else _password()
    made = open_home(home).workspace.add_user(user, password, owner=owner)
    done(as_json, made.to_dict(), f"user {user} is made")


@app.command("password")
def set_password(user: Name, home: options.Home = None, as_json: options.Json = False) -> None:
    """Give a user a new password, asked for or from standard input; their sessions end."""
    from motifleet.app import open_home

    made = open_home(home).workspace.set_password(user, _password())
    done(as_json, made.to_dict(), f"{user} has a new password; their sessions have ended")


@app.command()
def lock(user: Name, home: options.Home = None, as_json: options.Json = False) -> None:
    """Lock a user out: password, sessions and keys."""
    from motifleet.app import open_home

    made = open_home(home).workspace.set_active(user, False)
    done(as_json, made.to_dict(), f"{user} is locked out")


@app.command()
def unlock(user: Name, home: options.Home = None, as_json: options.Json = False) -> None:
    """Let a user in again."""
    from motifleet.app import open_home

    made = open_home(home).workspace.set_active(user, True)
    done(as_json, made.to_dict(), f"{user} may log in again")


@app.command()
def remove(user: Name, home: options.Home = None, as_json: options.Json = False) -> None:
    """Remove a user with their keys and roles; the audit log keeps the name."""
    from motifleet.app import open_home

    open_home(home).workspace.remove_user(user)
    done(as_json, {"removed": user}, f"user {user} is gone")


def _password() -> str:
    """From whoever sits there, unseen, or the first line of standard input: never an argument."""
    if sys.stdin.isatty():
        return str(typer.prompt("password", hide_input=True, confirmation_prompt=True, err=True))
    return sys.stdin.readline().rstrip("\r\n")
