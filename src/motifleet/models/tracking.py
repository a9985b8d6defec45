"""The one door to MLflow: where its store is, and what its exceptions become."""

import importlib
import logging
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit
from urllib.request import urlopen

from motifleet.config import Settings, prepare_home
from motifleet.errors import InvalidArgumentError, MissingExtraError, MotifleetError, TrackingError
from motifleet.models import page

if TYPE_CHECKING:
    from mlflow import MlflowClient

_ONE_AT_A_TIME = RLock()
"""MLflow's tracking URI belongs to the whole process."""
_PATIENCE_SECONDS = 5
_TRACKING, _REGISTRY = "MLFLOW_TRACKING_URI", "MLFLOW_REGISTRY_URI"
"""MLflow keeps them up to date with what it is told in the process."""
_QUIET = {
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "3",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
}


@dataclass(frozen=True, slots=True)
class Store:
    """Where MLflow keeps experiments, models and their files.

    Args:
        uri: of tracking and registry, as MLflow writes it.
        artifacts: the folder for the artifacts of new experiments; None: the server knows.
        lock: a file that processes of this machine lock while they write; None: a server does that.
    """

    uri: str
    artifacts: Path | None
    lock: Path | None

    @classmethod
    def of(cls, settings: Settings) -> "Store":
        """The store that the settings name: by default SQLite and files in the home folder."""
        home = prepare_home(settings)
        uri = settings.tracking_uri or f"sqlite:///{home / 'mlflow.db'}"
        embedded = uri.startswith("sqlite:")
        artifacts = home / "mlartifacts" if "://" in uri and not is_server(uri) else None
        return cls(uri, artifacts, home / "mlflow.lock" if embedded else None)

    @contextmanager
    def client(self, doing: str) -> Iterator["MlflowClient"]:
        """MLflow, pointed at this store for as long as the block runs.

        Args:
            doing: what is being tried, to go after "cannot", such as "log the training".

        Raises:
            MissingExtraError: MLflow is not installed.
            TrackingError: the store cannot be reached, or refuses.
        """
        # MLflow's loggers tell of every database step, and of what our own messages say.
        with _ONE_AT_A_TIME, self._translated(doing), page.locked(self.lock), _quiet():
            self._check_there()
            import mlflow

            with _pointed_at(self.uri):
                yield mlflow.MlflowClient(self.uri, self.uri)

    def open(self) -> None:
        """Load MLflow, and make its database where there is none: what the first question would do.

        Raises:
            MissingExtraError, TrackingError: see `client`.
        """
        with self.client("open the store") as client:
            client.search_experiments(max_results=1)

    def page(self, fd: int) -> tuple[list[str], dict[str, str]]:
        """The command that serves MLflow's own page over this store, and variables for it.

        Args:
            fd: of the socket that it is to serve, which listens on this machine alone.

        Raises:
            InvalidArgumentError: the store is a server, which has a page of its own.
        """
        if self.is_server:
            raise InvalidArgumentError(
                f"expected a store in a database, got the tracking server {self.shown}: "
                "open it in a browser"
            )
        self._check_there()
        more = {page.STORE: self.uri, "MLFLOW_DISABLE_TELEMETRY": "true"}
        if self.artifacts is not None:
            more[page.ARTIFACTS] = str(self.artifacts)
        if self.lock is not None:
            more[page.LOCK] = str(self.lock)
        # What MLflow does jobs by would be processes of its own.
        more["MLFLOW_SERVER_ENABLE_JOB_EXECUTION"] = "false"
        return [sys.executable, "-I", page.__file__, str(fd)], more

    def _check_there(self) -> None:
        """Ask a server for a sign of life, since MLflow itself would try for minutes."""
        if is_server(self.uri):
            with suppress(_http_error()), urlopen(self.uri, timeout=_PATIENCE_SECONDS):  # noqa: S310 -- http or https
                pass
            return
        path = Path(urlsplit(self.uri).path[1:])
        if self.lock is not None and not path.exists() and path.parent.is_dir():
            # SQLite would make the file readable by all.
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))

    @contextmanager
    def _translated(self, doing: str) -> Iterator[None]:
        try:
            yield
        except MotifleetError:
            raise
        except ImportError as error:
            raise MissingExtraError(f"what is asked ({doing})", "MLflow", "models") from error
        except Exception as error:
            if not _is_foreign(error):
                raise
            raise TrackingError(
                f"cannot {doing}: the tracking server at {self.shown} says: {_said(error)}"
            ) from error

    @property
    def is_server(self) -> bool:
        """Whether it is a tracking server, and not a database."""
        return is_server(self.uri)

    @property
    def shown(self) -> str:
        """The address without a password that it may hold."""
        parts = urlsplit(self.uri)
        return self.uri.replace(parts.netloc, parts.hostname or "") if parts.password else self.uri


def is_server(uri: str) -> bool:
    """Whether an address is a tracking server's, not a database's."""
    return urlsplit(uri).scheme in ("http", "https")


@contextmanager
def _pointed_at(uri: str) -> Iterator[None]:
    """Point MLflow at a store, and afterwards at what it was pointed at, if anything."""
    import mlflow

    tracking = mlflow.get_tracking_uri() if os.environ.get(_TRACKING) else None
    registry = os.environ.get(_REGISTRY)
    mlflow.set_tracking_uri(uri)
    mlflow.set_registry_uri(uri)
    try:
        yield
    finally:
        mlflow.set_tracking_uri(cast(str, tracking))  # None: not set, which its types do not say
        mlflow.set_registry_uri(cast(str, registry))
        if registry is None:
            os.environ.pop(_REGISTRY, None)


@contextmanager
def _quiet() -> Iterator[None]:
    for name, value in _QUIET.items():
        os.environ.setdefault(name, value)
    importlib.import_module("mlflow")  # sets up its loggers, so it must be there before
    loggers = [logging.getLogger(name) for name in ("mlflow", "alembic")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


def _http_error() -> type[Exception]:
    from urllib.error import HTTPError

    return HTTPError


def _is_foreign(error: Exception) -> bool:
    """Whether an exception is MLflow's, its database's or the network's."""
    from mlflow.exceptions import MlflowException

    database = hasattr(error, "orig") or type(error).__module__.startswith("sqlalchemy")
    return isinstance(error, MlflowException | OSError) or database


def _said(error: Exception) -> str:
    """The first line of what an exception says; MLflow's go on with the whole request."""
    text = str(getattr(error, "orig", None) or getattr(error, "reason", None) or error)
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[0] if lines else type(error).__name__
