"""The demo does the main job; a second run changes nothing; its page works without a network."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from motifleet.app import DemoResult, Motifleet, open_home, run_demo

KINDS = ("motif", "discord", "discord against its past", "discord against the fleet")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo") / "home"


@pytest.fixture(scope="module")
def done(home: Path) -> DemoResult:
    return run_demo(open_home(home), on_phase=lambda _: None)


def contents(fleet: Motifleet) -> dict[str, list[object]]:
    return {table.name: list(fleet.tables.snapshots(table.name)) for table in fleet.tables.list()}


def test_it_lands_all_reports(done: DemoResult, home: Path) -> None:
    rows = {table.name: table.rows for table in open_home(home).tables.list()}
    assert rows["flights"] == 139_098
    assert rows["fleet"] == 200 * 3 * 1440


def test_it_finds_motifs_and_discords_in_both_tables(done: DemoResult) -> None:
    kinds = {(row["table"], row["finding"]) for row in done.findings}
    assert kinds == {(table, kind) for table in ("flights", "fleet") for kind in KINDS}
    assert all(row["event_ts"] is not None for row in done.findings)


def test_discords_against_the_fleet_are_beside_those_against_the_past(done: DemoResult) -> None:
    for table in ("flights", "fleet"):
        for kind in KINDS[1:]:
            found = [
                row for row in done.findings if (row["table"], row["finding"]) == (table, kind)
            ]
            far = [row["distance"] for row in found]
            assert len(far) == 3
            assert far == sorted(far, reverse=True)
            others = [row["neighbor_device_id"] for row in found]
            if kind.endswith("fleet"):
                own = [row["device_id"] for row in found]
                assert all(a != b for a, b in zip(own, others, strict=True))
            else:
                assert others == [None] * 3


def test_the_discords_of_the_simulated_fleet_were_injected(done: DemoResult) -> None:
    """The profile knows nothing of the ground truth, which knows of most of what it found."""
    truth = [
        row["ground_truth"] or ""
        for row in done.findings
        if (row["table"], row["finding"]) == ("fleet", "discord")
    ]
    known = [text for text in truth if text.startswith(("sensor fault", "failure", "degradation"))]
    assert len(known) >= 2


def test_it_finds_devices_alike_and_draws_maps_of_both_tables(done: DemoResult) -> None:
    for table in ("flights", "fleet"):
        near = [row["distance"] for row in done.similar if row["table"] == table]
        assert len(near) == 5
        assert near == sorted(near)
        assert done.maps[table].stat().st_size > 100_000
    assert len(done.states) > 5


def test_it_registers_three_models_and_tells_their_lineage(done: DemoResult, home: Path) -> None:
    assert [row["kind"] for row in done.models] == [
        "failure-classifier",
        "time-series-query",
        "multi-dim-motif",
    ]
    fleet = open_home(home)
    newest = fleet.tables.snapshot("fleet")
    for row in done.models:
        assert (row["snapshot"], row["rows"]) == (str(newest.id), newest.total_rows)
        assert row["batches"] == len(fleet.tables.snapshots("fleet"))
    assert done.models[0]["verdict"].startswith("The model finds failures")


def test_the_pattern_is_seen_again(done: DemoResult) -> None:
    assert len(done.matches) == 10
    assert done.matches[0]["distance"] < 1e-6


def test_it_says_where_the_fleet_drove_and_draws_two_maps(done: DemoResult, home: Path) -> None:
    states = {row["fence"]: row for row in done.states}
    assert {"California", "Iowa", "Texas"} <= set(states)
    assert all(0 < row["devices"] <= 200 for row in done.states)
    assert done.maps == {
        "fleet": home / "map.html",
        "flights": home / "map_flights.html",
    }
    for table, layers in (("fleet", 4), ("flights", 3)):
        page = done.maps[table].read_text(encoding="utf-8")
        assert page.count("motifleet.paths(map_") == 1
        assert page.count("motifleet.findings(map_") == layers - 1
        assert "default-src 'none'" in page
        assert len(page) < 3_000_000


def test_a_second_run_changes_no_table_and_finds_the_same(done: DemoResult, home: Path) -> None:
    fleet = open_home(home)
    before = contents(fleet)
    again = run_demo(fleet, on_phase=lambda _: None)
    assert contents(fleet) == before
    assert again.findings == done.findings
    assert again.matches == done.matches


def test_the_page_loads_nothing_from_elsewhere(done: DemoResult) -> None:
    page = done.report.read_text(encoding="utf-8")
    without_scripts = re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)
    assert not re.search(r"(src|href)\s*=|@import|url\(", without_scripts)
    assert not re.search(r"<script[^>]+src", page)


def test_the_page_draws_its_figures_in_a_browser(done: DemoResult, tmp_path: Path) -> None:
    browser = shutil.which("chromium") or shutil.which("chromium-browser")
    if browser is None:
        pytest.skip("needs a browser: apt-get install chromium")
    flags = "--headless --no-sandbox --disable-gpu --disable-background-networking --disable-sync"
    flags += " --no-first-run --disable-component-update --virtual-time-budget=20000"
    flags += " --host-resolver-rules=MAP*~NOTFOUND"
    command = [browser, *flags.split(), f"--user-data-dir={tmp_path}", "--dump-dom"]
    dom = subprocess.run(
        [*command, done.report.as_uri()], capture_output=True, text=True, check=True, timeout=120
    ).stdout
    figures = dom.count("<figure>")
    assert figures == 8
    assert len(re.findall(r'class="[^"]*\bjs-plotly-plot\b', dom)) == figures
    assert len(re.findall(r'<path class="js-line"', dom)) > figures
