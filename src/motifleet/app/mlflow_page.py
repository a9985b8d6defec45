"""MLflow's own page over a home's store, as a part of its server."""

import json
import os
import socket
from functools import partial
from importlib.util import find_spec
from typing import Any

from motifleet.app.parts import Note, ended
from motifleet.config import Settings, prepare_home
from motifleet.models import Store
from motifleet.serving import Child, Listen, keeper_command


def page_socket(settings: Settings, port: int | None) -> socket.socket | None:
    """Where the page is to be served; None where there is none.

    It is not served where no port is given, where MLflow is not installed, and where the store is
    a server, which has a page of its own.

    Raises:
        ServingError: the port is taken.
    """
    if port is None or Store.of(settings).is_server or find_spec("mlflow") is None:
        return None
    return Listen(port=port).open()


def page_child(settings: Settings, fd: int, note: Note) -> Child:
    """The page's process, held by a keeper, since MLflow knows nothing of its parent.

    Args:
        settings: of the home.
        fd: of the socket that it serves.
        note: told when it has ended.
    """
    home = prepare_home(settings)
    command, more = Store.of(settings).page(fd)
    told: dict[str, Any] = {"command": command, "folder": str(home), "grace": 2.0, "sockets": [fd]}
    told["environment"] = {**os.environ, **more}
    return Child(
        keeper_command(),
        home / "logs" / "mlflow.log",
        told=json.dumps(told).encode() + b"\n",
        sockets=[fd],
        ended=partial(ended, note, "MLflow's page"),
    )


def tracking_server(settings: Settings) -> str | None:
    """The tracking server, where the store is one."""
    store = Store.of(settings)
    return store.shown if store.is_server else None
