"""Opening, describing, damaged catalogs, other clients."""

import json
import stat
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import TypeAlias

import duckdb
import pyarrow as pa
import pytest

from motifleet.config import Settings
from motifleet.errors import CatalogError, SettingsError, StorageError, TableError
from motifleet.tables import Tables, open_tables

MakeReports: TypeAlias = Callable[..., pa.Table]


def test_the_home_is_for_its_owner_alone(
    tables: Tables, home: Path, make_reports: MakeReports
) -> None:
    tables.append("fleet", make_reports())
    for path in (home, home / "catalog.db", home / "warehouse", home / "catalog.lock"):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


@pytest.mark.parametrize("name", ["with space", "a#b", "50%25", "what?", "über"])
def test_any_folder_can_be_a_home(tmp_path: Path, make_reports: MakeReports, name: str) -> None:
    with open_tables(Settings(home=tmp_path / name)) as tables:
        tables.append("fleet", make_reports())
        assert tables.scan("fleet").num_rows == 12
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert (tmp_path / name / "catalog.db").stat().st_size > 0


@pytest.mark.parametrize(
    "content", [b"not a database" * 100, b"SQLite format 3\0" + b"x" * 4000, b"\0" * 5000]
)
def test_a_damaged_catalog_says_what_to_do(home: Path, content: bytes) -> None:
    home.mkdir()
    (home / "catalog.db").write_bytes(content)
    with pytest.raises(CatalogError, match=r"catalog\.db, got something else .* move it away"):
        open_tables(Settings(home=home))
    assert (home / "catalog.db").read_bytes() == content


def test_a_catalog_that_is_damaged_further_in(
    tables: Tables, home: Path, make_reports: MakeReports
) -> None:
    tables.append("fleet", make_reports())
    content = bytearray((home / "catalog.db").read_bytes())
    content[4096:] = b"x" * (len(content) - 4096)
    (home / "catalog.db").write_bytes(content)
    with pytest.raises(CatalogError, match=r"catalog"), open_tables(Settings(home=home)) as other:
        other.scan("fleet")


def test_a_home_that_is_a_file(home: Path) -> None:
    home.write_text("")
    with pytest.raises(SettingsError, match="expected a home folder"):
        open_tables(Settings(home=home))


def test_a_catalog_that_does_not_exist(home: Path) -> None:
    settings = Settings(home=home, catalog={"type": "telepathy", "token": "secret"})
    with pytest.raises(CatalogError, match="got the properties token, type") as caught:
        open_tables(settings)
    assert "secret" not in str(caught.value)


def test_a_catalog_of_the_settings(home: Path, tmp_path: Path, make_reports: MakeReports) -> None:
    catalog = {
        "type": "sql",
        "uri": f"sqlite:///{tmp_path}/other.db",
        "warehouse": str(tmp_path / "lake"),
    }
    with open_tables(Settings(home=home, catalog=catalog, namespace="depot")) as tables:
        tables.append("fleet", make_reports(), batch_id="day-1")
        assert tables.append("fleet", make_reports(), batch_id="day-1").already
        assert tables.describe("fleet").location.startswith(str(tmp_path / "lake" / "depot"))
    assert not (home / "catalog.db").exists()


@pytest.mark.parametrize("kind", ["data/**/*.parquet", "metadata/*.avro", "metadata/*.json"])
def test_a_file_that_is_gone(tables: Tables, make_reports: MakeReports, kind: str) -> None:
    tables.append("fleet", make_reports())
    for file in Path(tables.describe("fleet").location).glob(kind):
        file.unlink()
    with pytest.raises(StorageError, match="fleet"):
        tables.scan("fleet")


@pytest.mark.parametrize("kind", ["data/**/*.parquet", "metadata/*.avro", "metadata/*.json"])
def test_a_file_that_is_damaged(tables: Tables, make_reports: MakeReports, kind: str) -> None:
    tables.append("fleet", make_reports())
    for file in Path(tables.describe("fleet").location).glob(kind):
        file.write_bytes(b"damaged" * 10)
    with pytest.raises(TableError, match="fleet"):
        tables.scan("fleet")


def test_list_and_describe(tables: Tables, make_reports: MakeReports) -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    tables.append("fleet", make_reports(devices=3, minutes=10), batch_id="day-1")
    tables.append("arrivals", pa.table({"depot": ["north"]}))
    arrivals, fleet = tables.list()
    assert (arrivals.name, arrivals.rows, fleet.name, fleet.rows) == ("arrivals", 1, "fleet", 30)
    assert fleet.last_commit is not None
    assert fleet.last_commit >= before
    description = tables.describe("fleet")
    roles = {column.name: column.role for column in description.columns}
    assert roles == {
        "device_id": "device",
        "event_ts": "time",
        "longitude": "position",
        "latitude": "position",
        "event_type": "label",
        "speed": "signal",
    }
    assert description.first_report == datetime(2023, 12, 1, tzinfo=UTC)
    assert description.last_report == datetime(2023, 12, 1, 0, 9, tzinfo=UTC)
    assert description.files == 3
    assert description.bytes > 1000
    assert json.loads(json.dumps(description.to_dict()))["snapshot"]["batch_id"] == "day-1"
    assert tables.describe("arrivals").first_report is None


def test_snapshots_tell_their_history(tables: Tables, make_reports: MakeReports) -> None:
    tables.append("fleet", make_reports(), batch_id="day-1")
    tables.append("fleet", make_reports(devices=2), batch_id="day-2")
    first, second = tables.snapshots("fleet")
    assert (first.parent_id, second.parent_id) == (None, first.id)
    assert (first.added_rows, second.added_rows, second.total_rows) == (12, 6, 18)
    assert (second.operation, second.batch_id) == ("append", "day-2")
    assert second.committed_at >= first.committed_at


def test_duckdb_reads_the_same_numbers(tables: Tables, make_reports: MakeReports) -> None:
    tables.append("fleet", make_reports(devices=20, minutes=60, start="2023-12-01T23:30"))
    extra = make_reports(devices=20, minutes=10, start="2023-12-03")
    tables.append("fleet", extra.append_column("oil", pa.array([0.5] * 200)))
    location = Path(tables.describe("fleet").location)
    metadata = max((location / "metadata").glob("*.metadata.json"))
    with duckdb.connect(config={"autoinstall_known_extensions": "false"}) as connection:
        # avro first: the iceberg extension needs it and would fetch it from the network.
        for extension in ("avro", "iceberg"):
            folder = files(f"duckdb_extension_{extension}") / "extensions" / "v1.5.5"
            connection.execute(f"LOAD '{folder / extension}.duckdb_extension'")
        query = "SELECT device_id, count(*), sum(speed), sum(oil), max(epoch_us(event_ts)) FROM "
        theirs = connection.execute(
            f"{query} iceberg_scan('{metadata}') GROUP BY 1 ORDER BY 1"
        ).fetchall()
        ours = tables.scan("fleet")  # noqa: F841 -- DuckDB finds it by its name
        expected = connection.execute(f"{query} ours GROUP BY 1 ORDER BY 1").fetchall()
    assert len(theirs) == 20
    assert theirs == expected
