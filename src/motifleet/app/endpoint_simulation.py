"""Simulated requests to an endpoint of an open home."""

import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote
from urllib.request import Request, urlopen

from motifleet.app.predictions import TRUTH, Predictions
from motifleet.app.progress import Progress, unseen
from motifleet.app.serving import Serving
from motifleet.errors import InvalidArgumentError, ServingError, UnknownEndpointError
from motifleet.monitoring import (
    LABEL,
    Asked,
    Kind,
    Load,
    Summary,
    batches,
    kind_of,
    of_file,
    queries,
    reports,
    rows_of_reports,
)

_PART, _MOST_ROWS, _KEY_SECONDS = 500, 200_000, 86_400.0
_COUNTS: dict[Kind, int] = {"query": 1_000, "motifs": 10, "failures": 1_000}
_SIGNALS = [f"iot_signal_{number}" for number in (1, 2, 3, 4)]
_PATIENCE_SECONDS, _POLL_SECONDS = 10.0, 0.1


@dataclass(frozen=True, slots=True)
class Requests:
    """Which requests are simulated.

    Args:
        kind: "query", "motifs" or "failures"; None: by the columns that the model takes.
        count: how many; None: 1,000 queries or reports, 10 batches.
        table: where reports come from; None: the lab's simulator.
        file: JSON Lines with ``request`` and perhaps ``truth``, in place of all that.
        label: the column that holds the truth.
        shift: is added to every signal, so that inputs drift.
        seed: of the simulator.
    """

    kind: Kind | None = None
    count: int | None = None
    table: str | None = None
    file: Path | None = None
    label: str = LABEL
    shift: float = 0.0
    seed: int = 0


@dataclass(frozen=True, slots=True)
class EndpointSimulation:
    """Asks an endpoint of this home, and tells it the ground truth afterwards.

    Args:
        serving: of the home.
        monitoring: of the home.
    """

    serving: Serving
    monitoring: Predictions

    def run(
        self,
        endpoint: str,
        chosen: Requests = Requests(),
        *,
        concurrency: int = 4,
        rate: float | None = None,
        progress: Progress = unseen,
    ) -> Summary:
        """Ask an endpoint many times, and hand in the ground truth of what was answered.

        Args:
            endpoint: its name.
            chosen: which requests.
            concurrency: by so many callers.
            rate: so many a second; None: as fast as they are answered.
            progress: told how many were answered.

        Raises:
            InvalidArgumentError: there is no telling what the model takes, or the table lacks it.
            ServingError: the gateway does not run.
        """
        asked = self.requests(endpoint, chosen)
        with self.key(endpoint) as key:
            load = self.load(endpoint, key, asked, concurrency=concurrency, rate=rate)
            load.run(progress)
            return self.tell(load)

    def requests(self, endpoint: str, chosen: Requests) -> list[Asked]:
        """The requests that are sent.

        Raises:
            InvalidArgumentError: there is no telling what the model takes, or the table lacks it.
            ServingError: the gateway does not run.
        """
        if chosen.file is not None:
            return of_file(chosen.file, chosen.count)
        columns = self._columns(endpoint)
        kind = chosen.kind or kind_of(columns)
        if kind is None:
            raise InvalidArgumentError(
                f"expected a model that tells its columns, but {endpoint!r} does not: say --kind, "
                "or give the requests by --file"
            )
        count = chosen.count or _COUNTS[kind]
        signals = [name for name in columns if name not in ("rows", "pattern")] or _SIGNALS
        return self._of_kind(kind, count, signals, chosen)

    def load(
        self,
        endpoint: str,
        key: str,
        asked: Sequence[Asked],
        *,
        concurrency: int = 4,
        rate: float | None = None,
    ) -> Load:
        """The callers; they wait until the key is good."""
        address = self.serving.address
        self._await_key(endpoint, key)
        return Load(address, key, asked, concurrency=concurrency, rate=rate)

    @contextmanager
    def key(self, endpoint: str, given: str | None = None) -> Iterator[str]:
        """The access key that is given, or one for a while."""
        if given is not None:
            yield given
            return
        made, secret = self.serving.make_key(endpoint, seconds=_KEY_SECONDS)
        try:
            yield secret
        finally:
            self.serving.revoke_key(made.id)

    def tell(self, load: Load, progress: Progress = unseen) -> Summary:
        """Hand in the ground truth of all that were answered."""
        known = load.truths()
        for at in range(0, len(known), _PART):
            self.monitoring.track_truth(known[at : at + _PART])
            progress(min(at + _PART, len(known)), len(known))
        return load.summary(len(known))

    def _of_kind(
        self, kind: Kind, count: int, signals: Sequence[str], chosen: Requests
    ) -> list[Asked]:
        if chosen.table is not None:
            rows = self.monitoring.tables.scan(chosen.table, limit=_MOST_ROWS)
        else:
            rows = reports({"query": 4, "motifs": 1_440}.get(kind, 1) * count, chosen.seed)
        if kind == "query":
            signal = "iot_signal_3" if "iot_signal_3" in rows.column_names else signals[0]
            return queries(rows, count, signal=signal)
        if kind == "motifs":
            return batches(rows, count, signals)
        label = chosen.label if chosen.label in rows.column_names else None
        return rows_of_reports(rows, count, signals, label=label, truth=TRUTH, shift=chosen.shift)

    def _columns(self, endpoint: str) -> list[str]:
        status, told = self._fetch(f"/v2/models/{quote(endpoint, safe='')}")
        if status != 200:
            raise UnknownEndpointError(endpoint, self.monitoring.endpoints())
        return [str(each["name"]) for each in told["inputs"]]

    def _await_key(self, endpoint: str, key: str) -> None:
        """New keys count within half a second."""
        body = json.dumps({"accessKey": key}).encode()
        end = time.monotonic() + _PATIENCE_SECONDS
        while self._fetch("/model", body)[0] == 401:
            if time.monotonic() > end:
                raise ServingError(f"expected an access key of {endpoint!r}, got another")
            time.sleep(_POLL_SECONDS)

    def _fetch(self, path: str, body: bytes | None = None) -> tuple[int, Any]:
        headers = {"Content-Type": "application/json"}
        asked = Request(f"{self.serving.address}{path}", body, headers)  # noqa: S310 -- our own
        try:
            with urlopen(asked, timeout=30) as answer:  # noqa: S310
                return answer.status, json.load(answer)
        except HTTPError as error:
            with error:
                return error.code, None
        except (URLError, OSError, ValueError) as error:
            raise ServingError(f"the gateway cannot be reached: {error}") from error
