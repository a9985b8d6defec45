"""Ray Serve with a registered model: ``python bench/ray_model.py MODEL PORT``, one replica.

It takes MLflow's ``dataframe_split`` and predicts by ``pyfunc``, as ``mlflow models serve`` does.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from threading import Event
from typing import Any

import mlflow
import pandas as pd

CONNECTIONS = 64
TRIES, PATIENCE = 5, 90.0
# A busy machine takes its time to start.
PATIENT = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_AUTH_MODE": "disabled",
    "RAY_raylet_start_wait_time_s": "300",
    "RAY_SERVE_PROXY_READY_CHECK_TIMEOUT_S": "300",
}
HEAD = ["start", "--head", "--block", "--include-dashboard=false", "--disable-usage-stats"]
HEAD += ["--object-store-memory", str(80 << 20)]
# Ray ends where its agent has not said within 15 seconds which ports it has. It is told most of
# them, and is started again where the machine was too busy for the rest.
PORTS = (
    "port",
    "dashboard-agent-grpc-port",
    "dashboard-agent-listen-port",
    "metrics-export-port",
    "runtime-env-agent-port",
)


class Model:
    """The replica."""

    def __init__(self, name: str) -> None:
        self._model = mlflow.pyfunc.load_model(name)

    async def __call__(self, request: Any) -> dict[str, Any]:
        told = (await request.json())["dataframe_split"]
        said = self._model.predict(pd.DataFrame(told["data"], columns=told["columns"]))
        return {"predictions": said.to_dict(orient="records")}


@contextmanager
def head() -> Iterator[str]:
    """Ray's processes, and the address that they answer at."""
    with ExitStack() as free:
        sockets = [free.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in PORTS]
        ports = [each.getsockname()[1] for each in sockets]
    words = [word for each in zip(PORTS, ports, strict=True) for word in (f"--{each[0]}", each[1])]
    command = [str(Path(sys.executable).with_name("ray")), *HEAD, *map(str, words)]
    with subprocess.Popen(command, start_new_session=True, env={**os.environ, **PATIENT}) as ray:
        try:
            yield f"127.0.0.1:{ports[0]}"
        finally:
            os.killpg(ray.pid, signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                ray.wait(10)
            with suppress(ProcessLookupError):
                os.killpg(ray.pid, signal.SIGKILL)


def connect(ray: Any, address: str) -> None:
    """Connect as soon as it is there."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            ray.init(address=address, log_to_driver=False)
            return
        except (ConnectionError, RuntimeError, ValueError):
            if time.monotonic() > end:
                raise
            time.sleep(1)


@contextmanager
def started(ray: Any) -> Iterator[None]:
    """Ray, connected to; it is started again where it has ended meanwhile."""
    for attempt in range(TRIES):
        with head() as address:
            try:
                connect(ray, address)
            except (ConnectionError, RuntimeError, ValueError):
                if attempt + 1 == TRIES:
                    raise
                continue
            yield
            return


def main(name: str, port: int) -> None:
    """Serve until SIGTERM."""
    os.environ |= PATIENT  # read when it is imported
    import ray
    from ray import serve as serving

    stop = Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    serve: Any = serving
    with started(ray):
        serve.start(http_options={"host": "127.0.0.1", "port": port})
        options = {"num_replicas": 1, "max_ongoing_requests": CONNECTIONS}
        serve.run(serve.deployment(Model, **options).bind(name))
        stop.wait()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
