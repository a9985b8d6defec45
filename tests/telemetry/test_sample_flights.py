"""The bundled flights are what their description says and what their script makes."""

import importlib.util
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from types import ModuleType

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from motifleet.errors import InvalidArgumentError
from motifleet.telemetry.samples import SAMPLES, sample_path
from motifleet.telemetry.schema import report_schema

SCRIPT = Path(__file__).parents[2] / "scripts" / "make_flights_sample.py"
SCHEMA = report_schema(
    labels=["callsign"], signals=["altitude", "groundspeed", "track", "vertical_rate"]
)


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_flights_sample", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def flights() -> pa.Table:
    return pq.read_table(sample_path("flights"))


def test_the_flights_are_complete(flights: pa.Table) -> None:
    assert flights.schema.equals(SCHEMA)
    assert flights.num_rows == 139_098
    assert len(flights["device_id"].unique()) == 842
    assert len(flights["callsign"].unique()) == 1_243
    assert sum(column.null_count for column in flights.columns) == 0


def test_the_flights_are_one_day_in_steps_of_ten_seconds(flights: pa.Table) -> None:
    times = flights["event_ts"].to_numpy()
    assert times.min() == np.datetime64("2018-08-01T05:00:00")
    assert times.max() == np.datetime64("2018-08-01T21:59:50")
    assert not (times.astype("datetime64[s]").astype(np.int64) % 10).any()


def test_the_flights_are_by_device_and_time_without_duplicates(flights: pa.Table) -> None:
    devices = flights["device_id"].to_pylist()
    keys = list(zip(devices, flights["event_ts"].to_numpy(), strict=True))
    assert all(one < other for one, other in pairwise(keys))


def test_the_flights_are_over_switzerland_and_high_up(flights: pa.Table) -> None:
    bounds = {"longitude": (5.9, 10.5), "latitude": (45.8, 47.9), "altitude": (30_000, 48_000)}
    for name, (low, high) in bounds.items():
        values = flights[name].to_numpy()
        assert low < values.min() < values.max() < high


def test_the_script_makes_reports_of_positions(script: ModuleType) -> None:
    position = {
        "timestamp": 1533101260000,
        "altitude": 35100.0,
        "callsign": "DLH8JW",
        "groundspeed": 442.9,
        "icao24": "3003ae",
        "latitude": 45.83,
        "longitude": 9.22,
        "track": 324.3,
        "vertical_rate": 1024.0,
    }
    earlier = position | {"timestamp": 1533101250000, "altitude": 34975.0}
    other = position | {"icao24": "3003ad", "callsign": "EXS33W"}
    reports = script.to_reports([position, earlier, other])
    assert reports.schema.equals(SCHEMA)
    assert reports["device_id"].to_pylist() == ["3003ad", "3003ae", "3003ae"]
    assert reports["altitude"].to_pylist() == [35100.0, 34975.0, 35100.0]
    assert reports.to_pylist()[1] == {
        "device_id": "3003ae",
        "event_ts": datetime(2018, 8, 1, 5, 27, 30, tzinfo=UTC),
        "longitude": 9.22,
        "latitude": 45.83,
        "callsign": "DLH8JW",
        "altitude": 34975.0,
        "groundspeed": 442.9,
        "track": 324.3,
        "vertical_rate": 1024.0,
    }


def test_the_script_writes_the_same_bytes_again(
    script: ModuleType, flights: pa.Table, tmp_path: Path
) -> None:
    few = flights.slice(0, 5_000)
    for name in ("one", "two"):
        script.write(few, tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    assert pq.read_table(tmp_path / "one").equals(few)


def test_the_script_refuses_another_file(script: ModuleType, tmp_path: Path) -> None:
    import zipfile

    with zipfile.ZipFile(tmp_path / "traffic.whl", "w") as wheel:
        wheel.writestr(script.MEMBER, b"something else")
    with pytest.raises(SystemExit, match="not the file that the sample is made of"):
        script.take_out(tmp_path / "traffic.whl")


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_has_its_description_and_licence_beside_it(name: str) -> None:
    path = sample_path(name)
    assert "licence" in path.with_suffix(".md").read_text(encoding="utf-8")
    assert "Copyright" in path.with_suffix(".LICENSE").read_text(encoding="utf-8")


def test_an_unknown_sample_names_the_known_ones() -> None:
    with pytest.raises(InvalidArgumentError, match="no sample 'flight': there is flights"):
        sample_path("flight")
