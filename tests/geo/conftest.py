"""Reports at chosen places for the geo tests."""

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pytest

MakeReports: TypeAlias = Callable[..., pa.Table]
Row: TypeAlias = tuple[str, float, float | None, float | None]


@pytest.fixture(scope="session")
def reports() -> MakeReports:
    """Reports from rows of device, seconds, longitude and latitude."""

    def make(rows: Sequence[Row]) -> pa.Table:
        seconds = np.array([row[1] for row in rows], dtype=float)
        columns: dict[str, Any] = {
            "device_id": pa.array([row[0] for row in rows], pa.string()),
            "event_ts": pa.array((seconds * 1e6).astype("datetime64[us]")).cast(
                pa.timestamp("us", "UTC")
            ),
            "longitude": pa.array([row[2] for row in rows], pa.float64()),
            "latitude": pa.array([row[3] for row in rows], pa.float64()),
        }
        return pa.table(columns)

    return make
