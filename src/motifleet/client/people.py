"""Sessions, users, API keys and the audit log."""

from collections.abc import Iterator
from typing import cast

from motifleet.client.noun import Noun, at, given
from motifleet.client.records import ApiKey, AuditEntry, Document, MadeKey, Me, Server, User


class Health(Noun):
    """Whether the server is there."""

    def read(self) -> Document:
        """See that the server answers."""
        return cast("Document", self._wire.ask("GET", "/health"))


class ServerNoun(Noun):
    """The server itself."""

    def read(self) -> Server:
        """See that the server is there, and where its endpoints answer."""
        return cast("Server", self._wire.ask("GET", "/server"))


class Session(Noun):
    """One's session."""

    def log_in(self, name: str, password: str) -> str:
        """Log in with a password; the client uses the session from now on."""
        body = {"name": name, "password": password}
        token: str = self._wire.ask("POST", "/session", json=body, once=False)["token"]
        self._wire.token = token
        return token

    def log_out(self) -> None:
        """End the session."""
        self._wire.ask("DELETE", "/session")


class MeNoun(Noun):
    """Oneself."""

    def read(self) -> Me:
        """See who one is, and in which projects."""
        return cast("Me", self._wire.ask("GET", "/self"))

    def change_password(self, present: str, password: str) -> None:
        """Change one's own password; all sessions end."""
        self._wire.ask("PUT", "/self/password", json={"present": present, "password": password})


class Users(Noun):
    """Users."""

    def list(self) -> Iterator[User]:
        """The users, by name."""
        return self._wire.pages("/users")

    def create(self, name: str, password: str | None = None, *, owner: bool = False) -> User:
        """Make a user; without a password they come with keys alone."""
        body = {"name": name, "password": password, "owner": owner}
        return cast("User", self._wire.ask("POST", "/users", json=body))

    def remove(self, name: str) -> None:
        """Remove a user with their keys and roles."""
        self._wire.ask("DELETE", at("users", name))

    def lock(self, name: str) -> User:
        """Lock a user out: password, sessions and keys."""
        return cast("User", self._wire.ask("POST", at("users", name, "lock")))

    def unlock(self, name: str) -> User:
        """Let a user in again."""
        return cast("User", self._wire.ask("POST", at("users", name, "unlock")))


class Keys(Noun):
    """API keys."""

    def list(self) -> Iterator[ApiKey]:
        """One's own API keys; an owner sees all."""
        return self._wire.pages("/keys")

    def create(
        self,
        role: str,
        *,
        user: str | None = None,
        project: str | None = None,
        name: str = "",
        seconds: float | None = None,
    ) -> MadeKey:
        """Make an API key, which is shown this once."""
        body = given(role=role, user=user, project=project, name=name, seconds=seconds)
        return cast("MadeKey", self._wire.ask("POST", "/keys", json=body))

    def revoke(self, key: str) -> None:
        """Take an API key away at once."""
        self._wire.ask("DELETE", at("keys", key))


class Audit(Noun):
    """The audit log."""

    def list(
        self, *, project: str | None = None, who: str | None = None, action: str | None = None
    ) -> Iterator[AuditEntry]:
        """Who did what, the newest first."""
        return self._wire.pages("/audit", {"project": project, "who": who, "action": action})
