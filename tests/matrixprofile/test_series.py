from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from motifleet.matrixprofile import matrix_profile
from motifleet.types import Series

NUMBERS = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8]
INPUTS: dict[str, Any] = {
    "list": NUMBERS,
    "tuple": tuple(NUMBERS),
    "int64": np.array(NUMBERS),
    "uint8": np.array(NUMBERS, np.uint8),
    "float32": np.array(NUMBERS, np.float32),
    "every other": np.repeat(NUMBERS, 2)[::2],
    "big endian": np.array(NUMBERS, ">f8"),
    "Series": Series(np.array(NUMBERS, np.float64)),
    "Arrow array": pa.array(NUMBERS),
    "Arrow chunks": pa.chunked_array([NUMBERS[:5], NUMBERS[5:]]),
    "Arrow float32": pa.array(NUMBERS, pa.float32()),
    "pandas": pd.Series(NUMBERS),
    "pandas nullable": pd.Series(NUMBERS, dtype="Int64"),
}


@pytest.mark.parametrize("values", INPUTS.values(), ids=INPUTS.keys())
def test_every_kind_of_column_is_a_series(values: Any) -> None:
    profile = matrix_profile(values, 4)
    expected = matrix_profile(np.array(NUMBERS, np.float64), 4)
    np.testing.assert_array_equal(profile.distances, expected.distances)


@pytest.mark.parametrize(
    "values",
    [
        [*NUMBERS[:5], None, *NUMBERS[5:]],
        pa.array([*NUMBERS[:5], None, *NUMBERS[5:]]),
        pd.Series([*NUMBERS[:5], None, *NUMBERS[5:]]),
        pd.Series([*NUMBERS[:5], None, *NUMBERS[5:]], dtype="Int64"),
        np.ma.masked_equal([*NUMBERS[:5], 99, *NUMBERS[5:]], 99),
    ],
    ids=["list", "Arrow", "pandas", "pandas nullable", "masked"],
)
def test_a_missing_report_is_nan(values: Any) -> None:
    series = matrix_profile(values, 4).series.values
    assert np.flatnonzero(np.isnan(series)).tolist() == [5]


def test_a_pandas_column_brings_its_name_and_times() -> None:
    times = pd.date_range("2026-01-01 12:00", periods=12, freq="min", tz="Europe/Paris")
    column: Any = pd.Series(NUMBERS, index=times, name="speed")
    series = matrix_profile(column, 4).series
    assert series.signal == "speed"
    assert series.event_ts is not None
    assert series.event_ts[0] == np.datetime64("2026-01-01T11:00", "us")


def test_values_out_of_step_with_the_machine_are_copied() -> None:
    crooked = np.frombuffer(b"x" + np.array(NUMBERS, np.float64).tobytes(), np.uint8)[1:]
    profile = matrix_profile(crooked.view(np.float64), 4)
    assert len(profile) == 9


def test_the_series_given_is_left_as_it_is() -> None:
    values = np.array(NUMBERS, np.float64)
    values.flags.writeable = False
    assert matrix_profile(values, 4).series.values is values
