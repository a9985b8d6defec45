"""Small fleets and fresh homes for the tables tests."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pytest

from motifleet.config import Settings
from motifleet.tables import Tables, open_tables

MakeReports: TypeAlias = Callable[..., pa.Table]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def tables(home: Path) -> Iterator[Tables]:
    with open_tables(Settings(home=home)) as opened:
        yield opened


@pytest.fixture(scope="session")
def make_reports() -> MakeReports:
    """Reports of some devices at each minute, in time order, the signal being the row's number."""

    def make(devices: int = 4, minutes: int = 3, start: str = "2023-12-01T00:00") -> pa.Table:
        names = [f"truck-{number:03}" for number in range(devices)]
        first = np.datetime64(start, "us")
        times = first + np.repeat(np.arange(minutes), devices) * np.timedelta64(1, "m")
        return pa.table(
            {
                "device_id": pa.array(names * minutes, pa.string()),
                "event_ts": pa.array(times).cast(pa.timestamp("us", "UTC")),
                "longitude": pa.array(np.full(len(times), -93.5)),
                "latitude": pa.array(np.full(len(times), 41.6)),
                "event_type": pa.array(["system ok"] * len(times), pa.string()),
                "speed": pa.array(np.arange(len(times), dtype=float)),
            }
        )

    return make
