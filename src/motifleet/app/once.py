"""Requests that are done once, however often they are sent, and what was answered to them."""

import hmac
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256

from cryptography.fernet import Fernet, InvalidToken

from motifleet.app.workspace import Workspace
from motifleet.workspace import Asked, Attempt, begin_once, end_once, forget_once


@dataclass(frozen=True, slots=True)
class Once:
    """One request of one sender.

    An answer may hold a key that is shown only once. So it is kept encrypted, by the sender's own
    name for the request and the token of the home folder, of which the database has neither.

    Args:
        workspace: of whoever sends it.
        secret: what the sender came with.
        key: what the sender calls the request.
        request: all that it says.
    """

    workspace: Workspace
    secret: str
    key: str
    request: bytes

    def begin(self) -> Attempt:
        """Note that it is under way, or find what was answered to it.

        Raises:
            RequestDiffersError: the same key came with another request.
        """
        found = begin_once(self.workspace.store, self._asked)
        if found.state != "done":
            return found
        try:
            return Attempt("done", found.status, self._box.decrypt(found.body))
        except InvalidToken:  # the home has another token by now
            self.forget()
            return Attempt("running")

    def end(self, status: int, body: bytes) -> None:
        """Keep the answer."""
        end_once(self.workspace.store, self._asked, status, self._box.encrypt(body))

    def forget(self) -> None:
        """Nothing came of it: whoever asks again does it."""
        forget_once(self.workspace.store, self._asked)

    @property
    def _asked(self) -> Asked:
        actor = self.workspace.actor
        who = actor.user_id or actor.name
        # A key may do less than its user: it is told nothing that was answered to another.
        if actor.key:
            who += f":{sha256(self.secret.encode()).hexdigest()[:16]}"
        key = sha256(self.key.encode()).hexdigest()
        return Asked(who[:100], key, sha256(self.request).hexdigest())

    @property
    def _box(self) -> Fernet:
        token = self.workspace.token().encode()
        made = hmac.digest(token, f"{self._asked.who}\n{self.key}".encode(), "sha256")
        return Fernet(urlsafe_b64encode(made))
