"""Who is logged in: users by sessions of the workspace, the owner by the home's token."""

import hmac
import secrets
import threading
import time
from collections import deque

from motifleet.app import Actor, Workspace
from motifleet.errors import NotLoggedInError, TooManyLoginsError

COOKIE = "motifleet_session"
HOURS = 12
_TOKEN_TRIES, _WINDOW_SECONDS = 10, 900
_OWNER = "own_"


class Sessions:
    """Sessions begun on the page; those of the token live as long as the server.

    The token itself never reaches a cookie: it opens this installation for as long as it is
    there, a session ends.

    Args:
        workspace: of the home, for whoever can read its folder.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._owners: dict[str, float] = {}
        self._tries: deque[float] = deque()
        self._lock = threading.Lock()

    def log_in(self, name: str, password: str, address: str) -> str:
        """Begin a session with a user's password.

        Raises:
            NotLoggedInError: the name or the password is wrong.
            TooManyLoginsError: there were too many wrong ones lately.
        """
        return self._workspace.log_in(name, password, address)

    def log_in_owner(self, token: str, address: str) -> str:
        """Begin a session with the token of the home folder.

        Raises:
            NotLoggedInError: it is another one.
            TooManyLoginsError: there were too many wrong ones lately.
        """
        with self._lock:
            now = time.monotonic()
            while self._tries and self._tries[0] <= now - _WINDOW_SECONDS:
                self._tries.popleft()
            if len(self._tries) >= _TOKEN_TRIES:
                raise TooManyLoginsError(int(self._tries[0] + _WINDOW_SECONDS - now) + 1)
            if not hmac.compare_digest(token.strip().encode(), self._workspace.token().encode()):
                self._tries.append(now)
                raise NotLoggedInError("that is not the token of this home folder")
            owner = self._workspace.acting(Actor("token", owner=True))
            owner.note("self.read", "token", done="logged in", at=address)
            secret = _OWNER + secrets.token_urlsafe(32)
            self._owners = {each: end for each, end in self._owners.items() if end > now}
            self._owners[secret] = now + HOURS * 3600
            return secret

    def actor(self, secret: str) -> Actor:
        """Who a session is of; API keys and the token are none.

        Raises:
            NotLoggedInError: it is none, or has ended.
        """
        if secret.startswith(_OWNER):
            with self._lock:
                if self._owners.get(secret, 0.0) > time.monotonic():
                    return Actor("token", owner=True)
        elif secret.startswith("mfs"):
            return self._workspace.identify(secret)
        raise NotLoggedInError("expected a session that is good, got none: log in")

    def log_out(self, secret: str) -> None:
        """End a session."""
        with self._lock:
            self._owners.pop(secret, None)
        self._workspace.log_out(secret)
