"""Ray Serve with a registered model: ``python bench/ray_model.py MODEL PORT``, one replica.

It takes MLflow's ``dataframe_split`` and predicts by ``pyfunc``, as ``mlflow models serve`` does.
"""

import os
import signal
import sys
from threading import Event
from typing import Any

import mlflow
import pandas as pd

CONNECTIONS = 64
STORE_BYTES = 80 << 20
# A busy machine takes its time to start.
QUIET = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_AUTH_MODE": "disabled",
    "RAY_raylet_start_wait_time_s": "300",
}


class Model:
    """The replica."""

    def __init__(self, name: str) -> None:
        self._model = mlflow.pyfunc.load_model(name)

    async def __call__(self, request: Any) -> dict[str, Any]:
        told = (await request.json())["dataframe_split"]
        said = self._model.predict(pd.DataFrame(told["data"], columns=told["columns"]))
        return {"predictions": said.to_dict(orient="records")}


def main(name: str, port: int) -> None:
    """Serve until SIGTERM."""
    os.environ |= QUIET  # read when it is imported
    import ray
    from ray import serve as serving

    stop = Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    node: Any = ray
    serve: Any = serving
    node.init(include_dashboard=False, object_store_memory=STORE_BYTES, log_to_driver=False)
    try:
        serve.start(http_options={"host": "127.0.0.1", "port": port})
        options = {"num_replicas": 1, "max_ongoing_requests": CONNECTIONS}
        deployment = serve.deployment(Model, **options)
        serve.run(deployment.bind(name))
        stop.wait()
    finally:
        serve.shutdown()
        node.shutdown()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
