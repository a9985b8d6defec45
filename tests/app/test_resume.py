"""A search that is killed goes on with the pages that were not done, in bounded memory."""

import multiprocessing
import time
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from motifleet.app import Motifleet, open_home
from motifleet.engines import Kernels, LocalEngine

DEVICES, REPORTS, M = 40, 400, 30
DONE = 3
START = np.datetime64("2026-03-02T00:00", "us")


def append_devices(fleet: Motifleet, first: int, count: int, reports: int) -> None:
    names = np.repeat([f"truck-{number:04}" for number in range(first, first + count)], reports)
    times: Any = pa.array(np.tile(START + np.arange(reports) * np.timedelta64(1, "m"), count))
    values = np.random.default_rng(first).normal(size=len(names)).cumsum()
    columns: dict[str, Any] = {
        "device_id": pa.array(names.tolist()),
        "event_ts": times.cast(pa.timestamp("us", "UTC")),
        "load": pa.array(values),
    }
    fleet.tables.append("trucks", pa.table(columns))


class Stuck:
    """An engine that answers some pages and then never again, so that it is killed amid."""

    def run(self, job: Any, items: Any) -> Any:
        yield from islice(LocalEngine(Kernels(threads=1)).run(job, items), DONE)
        time.sleep(3600)


class Counting:
    """An engine that counts the pages that it is given."""

    def __init__(self) -> None:
        self.pages: list[int] = []

    def run(self, job: Any, items: Any) -> Any:
        self.pages.append(len(items))
        yield from LocalEngine(Kernels(threads=1)).run(job, items)


def search(fleet: Motifleet, engine: Any, against: Any = "self") -> Any:
    return fleet.discords("trucks", "load", M, against=against, k=9, into="discords", engine=engine)


def search_in_vain(home: str, against: str) -> None:
    search(paged(open_home(home)), Stuck(), against)


def paged(fleet: Motifleet) -> Motifleet:
    return Motifleet(fleet.settings.model_copy(update={"page_rows": 2000}), fleet.tables)


@pytest.mark.parametrize("against", ["self", "fleet"])
def test_kill_9_loses_only_what_was_not_done(fleet: Motifleet, against: str) -> None:
    append_devices(fleet, 0, DEVICES, REPORTS)
    fleet, home = paged(fleet), fleet.settings.home
    pages = len(fleet.tables.reader("trucks").pages(2000))
    assert pages >= 6
    process = multiprocessing.get_context("spawn").Process(
        target=search_in_vain, args=(str(home), against)
    )
    process.start()
    unfinished = home / "unfinished"
    while len(list(unfinished.rglob("*.arrow"))) < DONE:
        assert process.is_alive()
        time.sleep(0.02)
    process.kill()
    process.join()
    assert "discords" not in {each.name for each in fleet.tables.list()}
    counting = Counting()
    found = search(fleet, counting, against)
    assert counting.pages[0] == pages - DONE
    assert found == fleet.discords("trucks", "load", M, against=against, k=9)  # type: ignore[arg-type]
    assert len(fleet.scan("discords")) == 9
    assert list(unfinished.rglob("*.arrow")) == []
    again = Counting()
    assert search(fleet, again, against) == found
    assert again.pages[0] == pages
    assert len(fleet.scan("discords")) == 9


def test_a_damaged_file_of_a_page_is_as_good_as_none(fleet: Motifleet, tmp_path: Path) -> None:
    append_devices(fleet, 0, 20, REPORTS)
    fleet = paged(fleet)

    class Stops:
        def run(self, job: Any, items: Any) -> Any:
            yield from LocalEngine().run(job, items[:2])
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        search(fleet, Stops())
    first, _ = sorted((fleet.settings.home / "unfinished").rglob("*.arrow"))
    first.write_bytes(b"no Arrow")
    assert search(fleet, Counting()) == fleet.discords("trucks", "load", M, k=9)


def memory(field: str) -> int:
    """Of this process, in kB, as Linux has it: `ru_maxrss` begins with that of the parent."""
    lines = Path("/proc/self/status").read_text().splitlines()
    (line,) = (line for line in lines if line.startswith(f"{field}:"))
    return int(line.split()[1])


def peak_memory(home: str, page_rows: int, result: Any) -> None:
    opened = open_home(home)
    settings = opened.settings.model_copy(update={"page_rows": page_rows, "threads": 1})
    fleet = Motifleet(settings, opened.tables)
    fleet.discords("trucks", "load", M, k=1, selection=_few())
    # So the peak begins anew.
    Path("/proc/self/clear_refs").write_text("5")
    before = memory("VmRSS")
    fleet.discords("trucks", "load", M, k=9, into="discords")
    result.put(memory("VmHWM") - before)


def _few() -> Any:
    from motifleet.app import Selection

    return Selection(devices=("truck-0000",))


def test_memory_is_that_of_a_page_and_not_of_the_table(fleet: Motifleet) -> None:
    for number in range(4):
        append_devices(fleet, 1000 * number, 1000, 300)
    context = multiprocessing.get_context("spawn")
    peaks = []
    for page_rows in (100_000, 2_000_000):
        queue = context.Queue()
        home = str(fleet.settings.home)
        process = context.Process(target=peak_memory, args=(home, page_rows, queue))
        process.start()
        peaks.append(queue.get(timeout=120))
        process.join()
    small, whole = peaks
    assert small < 0.4 * whole
