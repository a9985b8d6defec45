"""The measuring itself: works take turns, floors are judged, a run's tables land in the page."""

import json
from collections.abc import Callable
from itertools import cycle
from pathlib import Path
from time import perf_counter, sleep

import pytest
from bench.clock import CORES, CYCLES, compiled
from bench.report import BEGIN, END, into_page, machine, shown, table
from bench.rows import Floor, versus
from bench.run import NAMES
from bench.timing import in_turns

BENCH = Path(__file__).parents[1] / "bench"


def recorded(calls: list[str], name: str, naps: list[float]) -> Callable[[], str]:
    durations = cycle(naps)

    def work() -> str:
        calls.append(name)
        sleep(next(durations))
        return name

    return work


def test_works_take_turns_and_a_slow_one_runs_once() -> None:
    calls: list[str] = []
    naps = {"ours": [0.02, 0.04], "peer": [0.04], "slow": [0.6]}
    works = {name: recorded(calls, name, each) for name, each in naps.items()}
    best = in_turns(works, 0.5)
    assert calls[:5] == ["ours", "peer", "slow", "ours", "peer"]
    assert calls.count("slow") == 1
    assert calls.count("ours") >= 3
    assert 0.02 <= best["ours"].seconds < best["slow"].seconds
    assert [best[name].result for name in works] == list(works)


@pytest.mark.parametrize(
    ("floor", "measured", "met"),
    [
        (Floor("≥", 25), 25.0, True),
        (Floor("≥", 25), 24.9, False),
        (Floor(">", 1), 1.0, False),
        (Floor("<", 0.1, "s"), 0.09, True),
        (Floor("≤", 6, "arrays"), 6.1, False),
    ],
    ids=str,
)
def test_floors_are_judged(floor: Floor, measured: float, met: bool) -> None:
    assert floor.judge(measured)["met"] is met
    assert str(floor.judge(measured)["floor"]).startswith(floor.sign)


def test_a_row_tells_how_many_times_as_fast_ours_is() -> None:
    row = versus("n = 10", "peer", 0.5, 20.0, floor=Floor("≥", 50), error=1e-9)
    assert (row["times as fast"], row["met"], row["largest error"]) == (40.0, False, 1e-9)
    assert [shown(row[name]) for name in ("met", "off the peer")] == ["no", "–"]


def test_tables_land_in_the_page_once(tmp_path: Path) -> None:
    rows = [versus("n = 10", "peer", 0.5, 20.0), versus("n = 20", "peer", 0.5, 1234.5)]
    measured = {"some": {"title": "Some join", "explained": "How.", "rows": rows}}
    results, page = tmp_path / "latest.json", tmp_path / "page.md"
    results.write_text(json.dumps({"machine": machine(), "measured": measured}))
    page.write_text(f"Before.\n\n{BEGIN}\nold\n{END}\n\nAfter.\n")
    into_page(results, page)
    once = page.read_text()
    into_page(results, page)
    assert page.read_text() == once
    assert "old" not in once
    assert once.startswith("Before.")
    assert once.endswith("After.\n")
    assert f"## Some join\n\nHow.\n\n{table(rows)}" in once
    assert "| n = 20 | peer | 0.5 | 1,234 | 2,469 |" in once.replace("\N{NO-BREAK SPACE}", " ")


def test_every_measurement_is_a_module() -> None:
    modules = {path.stem for path in BENCH.glob("*.py")}
    assert {name.replace("-", "_") for name in NAMES} <= modules


def test_the_clock_of_every_core_is_measured() -> None:
    work = compiled()
    start = perf_counter()
    assert len(set(work())) == 1
    assert 1e8 < CYCLES / (perf_counter() - start) < 1e10
    assert CORES >= 1
