"""Projects, their members and their files."""

from collections.abc import Iterator
from typing import cast

from motifleet.client.noun import Noun, at, given
from motifleet.client.records import AuditEntry, Member, Project, ProjectFile


class Projects(Noun):
    """Projects."""

    def list(self) -> Iterator[Project]:
        """The projects that one is a member of, by name."""
        return self._wire.pages("/projects")

    def create(
        self,
        name: str,
        *,
        guarded: bool = False,
        git: str | None = None,
        revision: str | None = None,
    ) -> Project:
        """Make a project, empty or from a repository."""
        body = given(name=name, guarded=guarded, git=git, revision=revision)
        return cast("Project", self._wire.ask("POST", "/projects", json=body))

    def read(self, project: str) -> Project:
        """See a project."""
        return cast("Project", self._wire.ask("GET", at("projects", project)))

    def remove(self, project: str) -> None:
        """Remove a project with its models, jobs, keys and files."""
        self._wire.ask("DELETE", at("projects", project))

    def audit(self, project: str, *, limit: int = 100) -> Iterator[AuditEntry]:
        """Who did what in a project, the newest first, so many at most."""
        told = self._wire.ask("GET", at("projects", project, "audit"), params={"limit": limit})
        return iter(told["items"])


class Members(Noun):
    """Who has which role in a project."""

    def list(self, project: str) -> Iterator[Member]:
        """The members, by name."""
        return self._wire.pages(at("projects", project, "members"))

    def set(self, project: str, user: str, role: str) -> Member:
        """Give a user a role."""
        path = at("projects", project, "members", user)
        return cast("Member", self._wire.ask("PUT", path, json={"role": role}))

    def remove(self, project: str, user: str) -> None:
        """Take a user's role away."""
        self._wire.ask("DELETE", at("projects", project, "members", user))


class Files(Noun):
    """The files of a project's folder."""

    def list(self, project: str) -> Iterator[ProjectFile]:
        """The files, by path."""
        return self._wire.pages(at("projects", project, "files"))

    def read(self, project: str, path: str) -> bytes:
        """What is in a file."""
        return self._wire.send("GET", _file(project, path)).content

    def write(self, project: str, path: str, content: bytes) -> ProjectFile:
        """Write a file, whole or not at all; one of that path is replaced."""
        headers = {"Content-Type": "application/octet-stream"}
        answer = self._wire.send("PUT", _file(project, path), content=content, headers=headers)
        return cast("ProjectFile", answer.json())

    def remove(self, project: str, path: str) -> None:
        """Remove a file."""
        self._wire.ask("DELETE", _file(project, path))


def _file(project: str, path: str) -> str:
    return at("projects", project, "files", *path.split("/"))
