"""``motifleet project``: what belongs together, and who may do what in it."""

from pathlib import Path
from typing import Annotated

import typer

from motifleet.cli import options
from motifleet.cli.output import Output, done

app = typer.Typer(no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="PROJECT", help="The project's name.")]
User = Annotated[str, typer.Argument(metavar="USER", help="The user's name.")]
_COLUMNS = ["name", "guarded", "origin", "commit", "created_at"]


@app.command("list")
def list_projects(home: options.Home = None, as_json: options.Json = False) -> None:
    """List the projects."""
    from motifleet.app import open_home

    output = Output(as_json)
    found = [each.to_dict() for each in open_home(home).workspace.projects()]
    output.document({"projects": found})
    if not found:
        output.line("no projects yet: `motifleet project create NAME` makes one")
        return
    output.rows(options.with_times(found), _COLUMNS)


@app.command()
def create(
    project: Name,
    git: Annotated[
        str | None, typer.Option("--git", metavar="URL", help="Fill it from this repository.")
    ] = None,
    revision: Annotated[
        str | None, typer.Option("--revision", metavar="NAME", help="A branch or tag of it.")
    ] = None,
    folder: Annotated[
        Path | None, typer.Option("--folder", metavar="PATH", help="Fill it from this folder.")
    ] = None,
    guarded: Annotated[
        bool,
        typer.Option(
            "--guarded", help="As PRD: deploy only registered versions, or files at a commit."
        ),
    ] = False,
    home: options.Home = None,
    as_json: options.Json = False,
) -> None:
    """Make a project: empty, from a git repository, or from a folder."""
    from motifleet.app import ProjectOrigin, open_home

    if git is not None and folder is not None:
        raise typer.BadParameter("expected either --git or --folder")
    if revision is not None and git is None:
        raise typer.BadParameter("expected --git with --revision")
    output = Output(as_json)
    origin = None if git is None and folder is None else ProjectOrigin(git, folder, revision)
    with output.status() as status:
        status("making the project")
        made = open_home(home).workspace.add_project(project, guarded=guarded, origin=origin)
    output.document(made.to_dict())
    output.line(f"project {made.name} is in {made.folder}")


@app.command()
def remove(project: Name, home: options.Home = None, as_json: options.Json = False) -> None:
    """Remove a project with its models, jobs, keys and files."""
    from motifleet.app import open_home

    open_home(home).workspace.remove_project(project)
    done(as_json, {"removed": project}, f"project {project} is gone")


@app.command()
def members(project: Name, home: options.Home = None, as_json: options.Json = False) -> None:
    """List who has which role in a project."""
    from motifleet.app import open_home

    output = Output(as_json)
    found = [each.to_dict() for each in open_home(home).workspace.members(project)]
    output.document({"project": project, "members": found})
    output.rows(options.with_times(found), ["user", "role", "created_at"])


@app.command()
def grant(
    project: Name,
    user: User,
    role: Annotated[
        str, typer.Argument(metavar="ROLE", help="viewer, operator, contributor or admin.")
    ],
    home: options.Home = None,
    as_json: options.Json = False,
) -> None:
    """Give a user a role in a project, in the place of the one before."""
    from motifleet.app import open_home

    made = open_home(home).workspace.set_member(project, user, role)
    done(as_json, made.to_dict(), f"{user} is {made.role} in {project}")


@app.command()
def expel(
    project: Name, user: User, home: options.Home = None, as_json: options.Json = False
) -> None:
    """Take a user's role in a project away."""
    from motifleet.app import open_home

    open_home(home).workspace.remove_member(project, user)
    done(as_json, {"removed": user}, f"{user} has no role in {project} any more")
