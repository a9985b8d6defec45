"""``python -I page.py FD``: MLflow's own page on a socket that listens already.

MLflow's command serves from a process that it starts, which takes twice as long to be there. What
that command tells its process by variables is told here: ``STORE``, ``ARTIFACTS`` (a folder), and
``LOCK``, a file that is locked while the database is made, which another process may do as well.
This file is run by its path, so that nothing of Motifleet is loaded beside MLflow.
"""

import fcntl
import gc
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

STORE, ARTIFACTS = "MOTIFLEET_PAGE_STORE", "MOTIFLEET_PAGE_ARTIFACTS"
LOCK = "MOTIFLEET_PAGE_LOCK"


def main() -> None:
    """Serve until SIGTERM."""
    gc.disable()  # to look for garbage while all is loaded takes a sixth of the time
    import uvicorn
    from mlflow.server import constants

    store, artifacts = os.environ[STORE], os.environ.get(ARTIFACTS)
    os.environ[constants.BACKEND_STORE_URI_ENV_VAR] = store
    if artifacts:
        os.environ[constants.ARTIFACT_ROOT_ENV_VAR] = artifacts
    from mlflow.server.fastapi_app import app
    from mlflow.server.handlers import initialize_backend_stores

    with locked(os.environ.get(LOCK)):
        initialize_backend_stores(store, store, artifacts)
    gc.freeze()
    gc.enable()
    config = uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=2)
    uvicorn.Server(config).run(sockets=[socket.socket(fileno=int(sys.argv[1]))])


@contextmanager
def locked(path: str | Path | None) -> Iterator[None]:
    """Hold a file's lock, where one is named."""
    if path is None:
        yield
        return
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        with suppress(OSError):  # a file system without locks
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


if __name__ == "__main__":
    main()
