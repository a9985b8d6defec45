"""Projects and their members."""

from fastapi import APIRouter
from pydantic import BaseModel, Field

from motifleet.api.access import Desk, rule
from motifleet.api.once import OnceRoute
from motifleet.api.paging import Cursor, Limit, Page, page
from motifleet.app import AuditEntry, Member, Project, ProjectOrigin

router = APIRouter(prefix="/projects", tags=["projects"], route_class=OnceRoute)


class NewProject(BaseModel):
    """A project to be made."""

    name: str = Field(max_length=100)
    guarded: bool = False
    git: str | None = Field(default=None, max_length=1000, pattern=r"^(https|ssh)://")
    revision: str | None = Field(default=None, max_length=200)


class NewRole(BaseModel):
    """A role to be given."""

    role: str = Field(max_length=20)


@router.get("", **rule("project.list", "projects.list"))
def list_projects(desk: Desk, limit: Limit = 100, cursor: Cursor = None) -> Page[Project]:
    """List the projects that one is a member of."""
    return page(desk.projects(), lambda each: each.name, limit, cursor)


@router.post("", status_code=201, **rule("project.create", "projects.create"))
def create_project(new: NewProject, desk: Desk) -> Project:
    """Make a project, empty or from a repository."""
    origin = None if new.git is None else ProjectOrigin(git=new.git, revision=new.revision)
    return desk.add_project(new.name, guarded=new.guarded, origin=origin)


@router.get("/{project}", **rule("project.read", "projects.read"))
def read_project(project: str, desk: Desk) -> Project:
    """See a project."""
    return desk.project(project)


@router.delete("/{project}", status_code=204, **rule("project.remove", "projects.remove"))
def remove_project(project: str, desk: Desk) -> None:
    """Remove a project with its models, jobs, keys and files."""
    desk.remove_project(project)


@router.get("/{project}/members", **rule("project.read", "members.list"))
def list_members(
    project: str, desk: Desk, limit: Limit = 100, cursor: Cursor = None
) -> Page[Member]:
    """List who has which role."""
    return page(desk.members(project), lambda each: each.user, limit, cursor)


@router.put("/{project}/members/{user}", **rule("member.write", "members.set"))
def set_member(project: str, user: str, new: NewRole, desk: Desk) -> Member:
    """Give a user a role."""
    return desk.set_member(project, user, new.role)


@router.delete(
    "/{project}/members/{user}", status_code=204, **rule("member.write", "members.remove")
)
def remove_member(project: str, user: str, desk: Desk) -> None:
    """Take a user's role away."""
    desk.remove_member(project, user)


@router.get("/{project}/audit", **rule("audit.project", "projects.audit"))
def read_audit(project: str, desk: Desk, limit: Limit = 100) -> Page[AuditEntry]:
    """Read who did what in a project, the newest first."""
    return Page(items=list(desk.audit(project=project, limit=limit)))
