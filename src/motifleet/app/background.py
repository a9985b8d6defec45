"""A server that runs beside what needs it: one that is there already, or one of its own."""

import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from motifleet.app.home import Motifleet
from motifleet.app.server import Addresses
from motifleet.errors import ServingError

_READY_SECONDS, _END_SECONDS, _POLL_SECONDS = 120.0, 30.0, 0.1
ANYWHERE = ("--port", "0", "--gateway-port", "0", "--no-mlflow")
"""Ports that nobody else has, and no page of MLflow."""


@dataclass(slots=True)
class BackgroundServer:
    """Starts ``motifleet up`` over a home where no server runs, and ends it.

    Args:
        fleet: the home.
        options: of the command.

    Raises:
        ServingError: it ended at once, or takes too long.

    >>> server = BackgroundServer(fleet)  # doctest: +SKIP
    >>> server.start().endpoints  # doctest: +SKIP
    'http://127.0.0.1:40123'
    """

    fleet: Motifleet
    options: Sequence[str] = ANYWHERE
    _process: "subprocess.Popen[bytes] | None" = field(default=None, init=False)

    @property
    def ours(self) -> bool:
        """Whether it was started here."""
        return self._process is not None

    @property
    def log(self) -> Path:
        """What it says."""
        return self.fleet.settings.home.absolute() / "logs" / "up.log"

    def start(self) -> Addresses:
        """Where it answers, as soon as it does.

        Raises:
            ServingError: it ended, or takes too long.
        """
        try:
            return self.fleet.server.addresses()
        except ServingError:
            if self._process is None:
                self._begin()
        late = time.monotonic() + _READY_SECONDS
        while time.monotonic() < late and self._process and self._process.poll() is None:
            try:
                return self.fleet.server.addresses()
            except ServingError:
                time.sleep(_POLL_SECONDS)
        raise ServingError(f"expected a server that answers, but it does not: see {self.log}")

    def wait(self) -> None:
        """Wait until it ends, or Ctrl-C."""
        while self._process is not None and self._process.poll() is None:
            time.sleep(_POLL_SECONDS)

    def stop(self) -> None:
        """End it, if it was started here; its deployments stay as they are."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def _begin(self) -> None:
        home = self.fleet.settings.home.absolute()
        command = [sys.executable, "-m", "motifleet", "up", "--home", str(home), *self.options]
        self.log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            # A session of its own: Ctrl-C at the demo ends it in order, by `stop`.
            self._process = subprocess.Popen(  # noqa: S603 -- our own command
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
