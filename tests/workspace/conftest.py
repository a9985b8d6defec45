"""Each test of the workspace runs on a real SQLite and on a real PostgreSQL."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from tempfile import mkdtemp
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, text

from motifleet.workspace import Store

INSTALL = "PostgreSQL is needed: apt-get install postgresql"


def _program(name: str) -> str | None:
    debian = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return str(debian[-1]) if debian else shutil.which(name)


class Postgres:
    """A server of its own on a Unix socket, which can be stopped and started again."""

    def __init__(self, folder: Path) -> None:
        self.data, self.socket = folder / "data", folder
        # The server refuses to run as root.
        self.user = "postgres" if os.getuid() == 0 else pwd.getpwuid(os.getuid()).pw_name

    def run(self, program: str, *words: str) -> None:
        path = _program(program)
        assert path is not None
        user = self.user if os.getuid() == 0 else None
        quiet = subprocess.DEVNULL
        subprocess.run([path, *words], check=True, stdout=quiet, cwd=self.socket, user=user)

    def make(self) -> None:
        if os.getuid() == 0:
            shutil.chown(self.socket, self.user)
        self.run("initdb", "-D", str(self.data), "-A", "trust", "-U", "motifleet", "--no-sync")

    def start(self) -> None:
        options = f"-k {self.socket} -c listen_addresses='' -c fsync=off -c max_connections=200"
        log = str(self.socket / "log")
        self.run("pg_ctl", "-D", str(self.data), "-w", "-l", log, "-o", options, "start")

    def stop(self, mode: str = "immediate") -> None:
        self.run("pg_ctl", "-D", str(self.data), "-w", "-m", mode, "stop")

    def fresh(self) -> str:
        """The address of a new, empty schema; a database for each test would take seconds."""
        name = f"t{uuid4().hex}"
        address = f"postgresql://motifleet@/postgres?host={self.socket}"
        engine = create_engine(address.replace("postgresql:", "postgresql+psycopg:"))
        with engine.begin() as connection:
            connection.execute(text(f"CREATE SCHEMA {name}"))
        engine.dispose()
        return f"{address}&options=-csearch_path%3D{name}"


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    if _program("initdb") is None:
        pytest.skip(INSTALL)
    # A socket's path is short, and the server's user must be able to enter.
    folder = Path(mkdtemp(prefix="pg", dir="/tmp"))
    server = Postgres(folder)
    try:
        server.make()
        server.start()
        yield server
        server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'workspace.db'}"
    server: Postgres = request.getfixturevalue("postgres")
    return server.fresh()


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    opened = Store(url)
    yield opened
    opened.close()
