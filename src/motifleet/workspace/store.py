"""The database: SQLite in the home folder, or PostgreSQL."""

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import (
    URL,
    Connection,
    Engine,
    PoolProxiedConnection,
    create_engine,
    event,
    make_url,
    text,
)
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError

from motifleet.config import Settings, prepare_home
from motifleet.errors import SettingsError, StoreError

HEAD = "0004"
"""The newest migration."""

_PATIENCE_MS = 20_000
_PRAGMAS = {
    "journal_mode": "wal",
    # Survives the end of the process at any moment; a power cut may take the last commits.
    "synchronous": "normal",
    "busy_timeout": str(_PATIENCE_MS),
    "foreign_keys": "on",
}
_ADVISORY = 0x4D6F7469
"""The number of the lock that migrations take in PostgreSQL."""


class Store:
    """An open database whose tables are those of this version.

    ``read`` and ``write`` give a connection in a transaction, which is committed at the end of the
    block and rolled back where it raises.

    Raises:
        SettingsError: the address is none, or of a database that is not known.
        StoreError: the database cannot be reached, or belongs to a newer version.
    """

    def __init__(self, url: str, *, durable: bool = False) -> None:
        self.url, self.durable = _checked(url), durable
        self.engine = _engine(self.url, durable)
        try:
            with _translated():
                self._migrate()
        except StoreError:
            self.close()
            raise

    @property
    def embedded(self) -> bool:
        """Whether it is a file of this machine."""
        return self.url.get_backend_name() == "sqlite"

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection to read with, from one moment of the database."""
        with _translated(), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A connection to write with; in SQLite one writer has its turn after the other."""
        with _translated(), self.engine.connect() as connection:
            writing = connection.execution_options(motifleet_write=True)
            with writing.begin():
                yield writing

    def driver(self) -> sqlite3.Connection:
        """A new connection to SQLite itself, which the caller keeps and may use in any thread."""
        with _translated():
            borrowed = self.engine.raw_connection()
            made = driver_of(borrowed)
            borrowed.detach()
        return made

    def close(self) -> None:
        """Let go of all connections."""
        self.engine.dispose()

    def _migrate(self) -> None:
        with self._alone():
            with self.engine.connect() as connection:
                found = _revision(connection)
            if found != HEAD:
                from motifleet.workspace.migrations import upgrade

                upgrade(self.engine, found)
        if self.embedded and self.url.database:
            Path(self.url.database).chmod(0o600)

    def _alone(self) -> AbstractContextManager[None]:
        """Nobody else migrates meanwhile: processes may start at once."""
        if not self.embedded:
            return _advisory_lock(self.engine)
        return _file_lock(Path(f"{self.url.database}.lock")) if self.url.database else nullcontext()


def driver_of(connection: PoolProxiedConnection) -> sqlite3.Connection:
    """SQLite's own connection.

    Raises:
        StoreError: the database is another.
    """
    found = connection.driver_connection
    if not isinstance(found, sqlite3.Connection):
        raise StoreError("expected an SQLite database, got another")
    return found


def open_store(settings: Settings) -> Store:
    """Open the database that the settings name: by default workspace.db in the home folder.

    Raises:
        SettingsError: the address is none, or of a database that is not known.
        StoreError: the database cannot be reached, or belongs to a newer version.
    """
    home = prepare_home(settings)
    url = settings.database_url or f"sqlite:///{home / 'workspace.db'}"
    return Store(url, durable=settings.database_durable)


def _checked(url: str) -> URL:
    try:
        made = make_url(url)
    except ArgumentError:
        raise SettingsError(f"{_EXPECTED}, got one that cannot be read") from None
    backend = made.get_backend_name()
    if backend == "postgresql":
        return made.set(drivername="postgresql+psycopg")
    if backend != "sqlite":
        raise SettingsError(f"{_EXPECTED}, got one of {backend}")
    return made


def _engine(url: URL, durable: bool) -> Engine:
    try:
        if url.get_backend_name() != "sqlite":
            return create_engine(url, pool_pre_ping=True, pool_size=10, max_overflow=20)
        engine = create_engine(url)
    except (ModuleNotFoundError, NoSuchModuleError) as error:
        raise SettingsError(f"{_EXPECTED}: {error}") from error
    pragmas = _PRAGMAS | ({"synchronous": "full"} if durable else {})

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:
        # SQLAlchemy begins transactions, below; the driver would do so too late.
        connection.isolation_level = None
        for name, value in pragmas.items():
            connection.execute(f"PRAGMA {name} = {value}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # A reader that becomes a writer could not wait for its turn: it would fail.
        writes = connection.get_execution_options().get("motifleet_write", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _revision(connection: Connection) -> str | None:
    """The migration that the database is at; None for an empty one."""
    if not connection.dialect.has_table(connection, "alembic_version"):
        return None
    found = connection.scalar(text("SELECT version_num FROM alembic_version"))
    if found is not None and found > HEAD:
        raise StoreError(
            f"expected a database of this version (at {HEAD}) or an older one, got one at {found}: "
            "install the version of Motifleet that made it, or a newer one"
        )
    return None if found is None else str(found)


@contextmanager
def _file_lock(path: Path) -> Iterator[None]:
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        with suppress(OSError):  # a file system without locks
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def _advisory_lock(engine: Engine) -> Iterator[None]:
    with engine.connect() as connection:
        connection.execute(text(f"SELECT pg_advisory_lock({_ADVISORY})"))
        try:
            yield
        finally:
            connection.execute(text(f"SELECT pg_advisory_unlock({_ADVISORY})"))


@contextmanager
def _translated() -> Iterator[None]:
    """What the database says becomes an error of ours; its address may hold a password."""
    try:
        yield
    except DBAPIError as error:
        raise StoreError(f"the database refuses: {_first_line(error.orig)}") from error
    except SQLAlchemyError as error:
        raise StoreError(f"the database cannot be used: {_first_line(error)}") from error
    except OSError as error:
        raise StoreError(f"the database cannot be used: {error.strerror}") from error


def _first_line(error: BaseException | None) -> str:
    return str(error).strip().partition("\n")[0]


_EXPECTED = "expected a database_url of sqlite:///… or postgresql://user@host/name"
