import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from motifleet.telemetry.arrow import taken
from motifleet.telemetry.duplicates import SeenReports
from motifleet.types import Ints

KEYS = st.tuples(st.sampled_from("abc"), st.integers(-3, 12))


def repeated(seen: SeenReports, keys: list[tuple[str, int]]) -> list[bool]:
    devices = pa.chunked_array([[device for device, _ in keys]], pa.string())
    times: Ints = np.array([time for _, time in keys], dtype=np.int64)
    found: list[bool] = seen.repeated(devices, times).tolist()
    return found


@pytest.mark.parametrize("in_memory_bytes", [0, 100, 1 << 20], ids=["disk", "mixed", "memory"])
@settings(deadline=None, max_examples=50)
@given(batches=st.lists(st.lists(KEYS, max_size=30), max_size=8))
def test_all_but_the_first_of_each_report_are_repeats(
    in_memory_bytes: int, batches: list[list[tuple[str, int]]]
) -> None:
    seen, before = SeenReports(in_memory_bytes), set[tuple[str, int]]()
    for batch in batches:
        expected = []
        for key in batch:
            expected.append(key in before)
            before.add(key)
        assert repeated(seen, batch) == expected
    seen.close()


def test_long_streams_by_time_and_by_device_are_remembered() -> None:
    rows = 20_000
    for devices, times in (
        (np.arange(rows) % 50, np.arange(rows) // 50),
        (np.arange(rows) // 400, np.arange(rows) % 400),
    ):
        seen = SeenReports(in_memory_bytes=1 << 14)
        names = pa.chunked_array([devices.astype(str)])
        for start in range(0, rows, 1000):
            part = slice(start, start + 1000)
            assert not seen.repeated(names[part], times[part]).any()
        order = np.random.default_rng(7).permutation(rows)
        assert seen.repeated(taken(names, order), times[order]).all()
        seen.close()
