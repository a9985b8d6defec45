"""Batch scoring against XGBoost alone, and against MLflow's HTTP server asked row by row.

A failure classifier of up to 300 trees on the four signals of a simulated fleet. "Arrays" is what
scores a group of reports, from its columns to probability and label; XGBoost alone predicts the
same matrix, ready made. "Table" is all of ``motifleet model score``, from Iceberg to Iceberg,
against XGBoost alone and against the scoring server of ``mlflow models serve``, which is sent a
row at a time over one connection. All find the same probabilities.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from http.client import HTTPConnection
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import Any

import numpy as np
from bench.rows import Floor, Row, versus
from bench.timing import OURS, in_turns, timed

from motifleet.app import Motifleet, Simulation, open_home
from motifleet.models import FailureClassifier, Label, Split, Trees

TITLE = "batch scoring, against XGBoost alone and MLflow's server asked row by row"
DEVICES, DAYS = 200, 3
SIGNALS = ("speed", "engine_temperature", "vibration", "tank_level")
ASKED = 300


def trained(home: Motifleet) -> None:
    home.simulate(Simulation("fleet", devices=DEVICES, days=DAYS), "fleet")
    kind = FailureClassifier(
        Label(events="fleet_truth", hours=12),
        trees=Trees(rounds=300, patience=300, rate=0.005),
        split=Split(seed=6),
    )
    home.models.train(kind, "fleet", name="failures")


def by_server(home: Motifleet, rows: list[list[float]]) -> tuple[float, list[float]]:
    """Seconds for each row, and the probabilities, of the server's own process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = ["models", "serve", "--model-uri", "models:/failures@champion", "--env-manager"]
    words += ["local", "--host", "127.0.0.1", "--port", str(port)]
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    store = {"PATH": path, "MLFLOW_TRACKING_URI": home.models.registry.store.uri}
    with subprocess.Popen(
        [sys.executable, "-m", "mlflow", *words],
        env={**os.environ, **store},
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as server:
        try:
            connection = there(port)
            ask(connection, rows[0])
            taken = timed(lambda: [ask(connection, row) for row in rows])
        finally:
            with suppress(ProcessLookupError):
                os.killpg(server.pid, signal.SIGKILL)
    return taken.seconds / len(rows), taken.result


def there(port: int) -> HTTPConnection:
    for _ in range(600):
        connection = HTTPConnection("127.0.0.1", port, timeout=30)
        with suppress(OSError):
            connection.request("GET", "/ping")
            connection.getresponse().read()
            return connection
        time.sleep(0.2)
    raise TimeoutError("MLflow's server does not answer")


def ask(connection: HTTPConnection, row: list[float]) -> float:
    body = json.dumps({"dataframe_split": {"columns": SIGNALS, "data": [row]}})
    connection.request("POST", "/invocations", body, {"Content-Type": "application/json"})
    return float(json.loads(connection.getresponse().read())["predictions"][0]["probability"])


def in_trained_home(measure: Callable[[Motifleet], list[Row]]) -> list[Row]:
    """Measure in a home with the table and the model, which goes afterwards."""
    folder = Path(mkdtemp())
    try:
        home = open_home(folder / "home")
        trained(home)
        return measure(home)
    finally:
        rmtree(folder)


def rows() -> list[Row]:
    return in_trained_home(compared)


def compared(home: Motifleet) -> list[Row]:
    _, model = home.models.registry.model("failures")
    reports = home.scan("fleet", columns=list(SIGNALS)).combine_chunks()
    columns: dict[str, Any] = {name: reports[name].to_numpy() for name in SIGNALS}
    matrix = np.stack(list(columns.values()), axis=1).astype(np.float32)
    best = in_turns(
        {
            OURS: lambda: model.score(columns),
            "XGBoost": lambda: model.booster.inplace_predict(matrix),
        }
    )
    into = [f"scores_{number}" for number in range(3)]
    whole = [timed(partial(home.models.score, "failures", "fleet", each)) for each in into]
    seconds = min(each.seconds for each in whole)
    some = matrix[:: len(matrix) // ASKED][:ASKED].astype(np.float64)
    a_row, answers = by_server(home, some.tolist())
    ours = model.score(dict(zip(SIGNALS, some.T, strict=True)))["probability"]
    off = float(np.abs(ours - np.array(answers)).max())
    count, alone = len(matrix), best["XGBoost"].seconds
    trees = model.booster.num_boosted_rounds()
    arrays, table = (f"{what}, {count:,} reports, {trees} trees" for what in ("arrays", "table"))
    return [
        versus(arrays, "XGBoost alone", best[OURS].seconds, alone, floor=Floor("≥", 0.8)),
        versus(table, "XGBoost alone", seconds, alone),
        versus(
            table, "HTTP, a row each", seconds, a_row * count, floor=Floor("≥", 10), difference=off
        ),
    ]
