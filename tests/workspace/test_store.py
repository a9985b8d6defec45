"""The database is brought up to date as it is opened, by whoever comes first."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import insert, select, text

from motifleet.config import load_settings
from motifleet.errors import SettingsError, StoreError
from motifleet.workspace import Store, open_store
from motifleet.workspace.migrations import steps, upgrade
from motifleet.workspace.schema import (
    archives,
    audit,
    metadata,
    prediction_metrics,
    projects,
)
from motifleet.workspace.store import HEAD

PROJECT = {"id": "prj-1", "name": "DEV", "guarded": False, "created_at": 0}


def test_the_migrations_make_the_tables_that_the_code_knows(store: Store) -> None:
    with store.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_the_newest_migration_is_the_one_that_is_opened_with() -> None:
    assert steps().get_current_head() == HEAD


def test_what_is_written_stays_and_what_fails_leaves_nothing(store: Store, url: str) -> None:
    with store.write() as connection:
        connection.execute(insert(projects).values(**PROJECT))

    def fail_on_the_way() -> None:
        with store.write() as connection:
            connection.execute(insert(projects).values(**PROJECT | {"id": "prj-2", "name": "PRD"}))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_on_the_way()
    again = Store(url)
    with again.read() as connection:
        assert list(connection.scalars(select(projects.c.name))) == ["DEV"]
    again.close()


def test_a_refusal_is_an_error_of_ours(store: Store) -> None:
    with store.write() as connection:
        connection.execute(insert(projects).values(**PROJECT))
    with pytest.raises(StoreError, match="the database refuses"), store.write() as connection:
        connection.execute(insert(projects).values(**PROJECT))


def test_processes_that_open_an_empty_database_at_once_find_one(url: str) -> None:
    code = f"from motifleet.workspace import Store; Store({url!r})"
    started = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(3)]
    assert [process.wait(60) for process in started] == [0, 0, 0]
    store = Store(url)
    with store.read() as connection:
        assert connection.scalar(text("SELECT count(*) FROM alembic_version")) == 1
    store.close()


def test_many_writers_lose_nothing(store: Store) -> None:
    def write(number: int) -> None:
        with store.write() as connection:
            row = {"id": f"{number}", "at": number, "who": "me", "action": "test"}
            connection.execute(insert(audit).values(**row, subject="", details={}))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(200)))
    with store.read() as connection:
        assert len(list(connection.scalars(select(audit.c.id)))) == 200


def test_a_database_of_a_newer_version_is_left_alone(store: Store, url: str) -> None:
    with store.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="install the version of Motifleet"):
        Store(url)


def test_by_default_it_is_a_file_in_the_home_folder_that_only_its_owner_reads(
    tmp_path: Path,
) -> None:
    store = open_store(load_settings(tmp_path / "home"))
    store.close()
    file = tmp_path / "home" / "workspace.db"
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("url", ["mysql://root@localhost/x", "nonsense", "sqlite+nothing:///x"])
def test_an_address_that_cannot_be_used_is_refused(url: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="expected a database_url"):
        open_store(load_settings(tmp_path, database_url=url))


def test_a_database_that_cannot_be_reached_is_one_line(tmp_path: Path) -> None:
    url = f"postgresql://motifleet:secret@/nothing?host={tmp_path}"
    with pytest.raises(StoreError, match="the database refuses") as refused:
        Store(url)
    assert "secret" not in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_database_of_the_first_version_is_taken_along(url: str) -> None:
    made = Store(url)
    with made.engine.begin() as connection:
        for table in reversed(metadata.sorted_tables):
            table.drop(connection)
        connection.execute(text("DROP TABLE alembic_version"))
    upgrade(made.engine, None, "0001")
    row = {"id": "arc-1", "table_name": "predictions", "snapshot_id": 7, "until_ms": 9}
    columns = "id, table_name, snapshot_id, until_ms, count, created_at"
    with made.engine.begin() as connection:
        values = ":id, :table_name, :snapshot_id, :until_ms, 3, 1"
        connection.execute(text(f"INSERT INTO archives ({columns}) VALUES ({values})"), row)
        said = "'u', 'asked', '1'"
        insertion = f"INSERT INTO prediction_metrics (uuid, name, value) VALUES ({said})"
        connection.execute(text(insertion))
    made.close()
    opened = Store(url)
    with opened.read() as connection:
        assert connection.execute(select(archives.c.snapshot_id, archives.c.from_ms)).one() == (
            7,
            None,
        )
        assert connection.scalar(select(prediction_metrics.c.at)) == 0
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    opened.close()
