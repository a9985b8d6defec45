"""Patterns over a table: the right window of the right device, as of the right snapshot."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from motifleet.app import Motifleet, Selection, open_home
from motifleet.errors import InvalidArgumentError, UnknownDeviceError

START = datetime(2026, 3, 2, tzinfo=UTC)
BUMP = np.array([0, 3, 9, 2, -4, -1, 5, 0], float)


def reports(device: str, values: np.ndarray, start: datetime = START) -> pa.Table:
    times = [start + timedelta(minutes=minute) for minute in range(len(values))]
    return pa.table(
        {
            "device_id": [device] * len(values),
            "event_ts": pa.array(times, pa.timestamp("us", "UTC")),
            "load": pa.array(values),
        }
    )


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Motifleet]:
    """20 devices of noise, to be read only: the bump is at 50 and 150 of d07, at 100 of d13."""
    fleet = open_home(tmp_path_factory.mktemp("filled") / "home")
    random = np.random.default_rng(4)
    for number in range(20):
        values = random.normal(size=200)
        for place in {7: (50, 150), 13: (100,)}.get(number, ()):
            values[place : place + 8] = BUMP * 2 + 5
        fleet.tables.append("trucks", reports(f"d{number:02d}", values))
    with fleet.tables:
        yield fleet


def test_a_match_says_device_and_time(filled: Motifleet) -> None:
    found = filled.match(BUMP, "trucks", "load", k=3)
    places = {(match.device_id, match.event_ts) for match in found}
    bumps = (("d07", 50), ("d07", 150), ("d13", 100))
    assert places == {(device, START + timedelta(minutes=at)) for device, at in bumps}
    assert max(match.distance for match in found) < 1e-6


def test_the_best_motif_of_the_fleet_is_the_repeated_bump(filled: Motifleet) -> None:
    (motif,) = filled.motifs("trucks", "load", 8, k=1)
    assert (motif.device_id, motif.index, motif.neighbor_index) == ("d07", 50, 150)


def test_a_discord_of_one_device(filled: Motifleet) -> None:
    (discord,) = filled.discords("trucks", "load", 8, k=1, selection=Selection(devices=("d13",)))
    assert discord.device_id == "d13"


def test_a_pattern_cut_from_a_device_is_found_again(filled: Motifleet) -> None:
    pattern = filled.cut("trucks", "load", "d13", "2026-03-02T01:40", 8)
    assert np.allclose(pattern, BUMP * 2 + 5)
    with pytest.raises(InvalidArgumentError, match="expected 8 reports"):
        filled.cut("trucks", "load", "d13", "2026-03-02T03:19", 8)


def test_as_of_a_snapshot_what_came_later_is_not_seen(filled: Motifleet) -> None:
    before = filled.tables.snapshots("trucks")[12].id
    found = filled.match(BUMP, "trucks", "load", k=3, selection=Selection(as_of=before))
    assert {match.device_id for match in found if match.distance < 1e-6} == {"d07"}


def test_time_ranges_and_filters_narrow_the_search(filled: Motifleet) -> None:
    late = Selection(start="2026-03-02T02:00", where="load is not null")
    found = filled.match(BUMP, "trucks", "load", k=1, selection=late)
    assert (found[0].device_id, found[0].event_ts) == ("d07", START + timedelta(minutes=150))


def test_a_gap_is_not_spanned(fleet: Motifleet) -> None:
    values = np.random.default_rng(2).normal(size=60)
    fleet.tables.append("trucks", reports("d1", values))
    fleet.tables.append("trucks", reports("d1", values, START + timedelta(hours=2)))
    series = fleet.series("trucks", "d1", "load")
    assert np.isnan(series.values).any()
    (motif,) = fleet.motifs("trucks", "load", 30, k=1)
    assert motif.event_ts is not None
    assert motif.neighbor_ts == motif.event_ts + timedelta(hours=2)


def test_an_unknown_device_names_the_near_miss(filled: Motifleet) -> None:
    with pytest.raises(UnknownDeviceError, match="did you mean 'd07'"):
        filled.series("trucks", "d007", "load")


@pytest.mark.parametrize("k", [1, 4, 50])
def test_pages_of_devices_give_what_all_at_once_gives(fleet: Motifleet, k: int) -> None:
    random = np.random.default_rng(5)
    for number, length in enumerate((120, 40, 200, 5, 90)):
        fleet.tables.append("trucks", reports(f"d{number}", random.normal(size=length)))
    paged = Motifleet(fleet.settings.model_copy(update={"page_rows": 130}), fleet.tables)
    assert len(paged.tables.reader("trucks").pages(130)) >= 3
    pattern = random.normal(size=8)
    for each in (None, 1, 2):
        assert paged.motifs("trucks", "load", 8, k=k, each=each) == fleet.motifs(
            "trucks", "load", 8, k=k, each=each
        )
        for against in ("self", "past"):
            found, wanted = (
                one.discords("trucks", "load", 8, against=against, k=k, each=each, min_windows=30)
                for one in (paged, fleet)
            )
            assert found == wanted
    assert paged.match(pattern, "trucks", "load", k=k) == fleet.match(
        pattern, "trucks", "load", k=k
    )
    assert paged.anomalies("trucks", "load", 8, k=k) == fleet.anomalies("trucks", "load", 8, k=k)


@pytest.mark.parametrize(("k", "each"), [(1, None), (4, None), (30, None), (5, 1)])
@pytest.mark.parametrize("page_rows", [1, 300, 700])
def test_discords_against_the_fleet_are_the_same_for_any_pages(
    fleet: Motifleet, k: int, each: int | None, page_rows: int
) -> None:
    random, steps, devices = np.random.default_rng(6), np.arange(150), []
    for number in range(9):
        values = np.sin((steps + 11 * number) / 5) + random.normal(size=150) / 9
        if number in (3, 7):
            values[40:60] = values[90:110] = random.normal(size=20) * 2
        devices.append(reports(f"d{number}", values))
    fleet.tables.append("trucks", pa.concat_tables(devices))
    paged = Motifleet(fleet.settings.model_copy(update={"page_rows": page_rows}), fleet.tables)
    assert len(paged.tables.reader("trucks").pages(page_rows)) > 1
    wanted = fleet.discords("trucks", "load", 12, against="fleet", k=k, each=each)
    found = paged.discords("trucks", "load", 12, against="fleet", k=k, each=each, into="discords")
    assert {one.device_id for one in found[:2]} <= {"d3", "d7"}
    assert [(one.device_id, one.index) for one in found] == [
        (one.device_id, one.index) for one in wanted
    ]
    np.testing.assert_allclose([o.distance for o in found], [o.distance for o in wanted], 1e-7)
    rows = paged.scan("discords").to_pylist()
    assert len(rows) == len(found)
    assert all(row["neighbor_device_id"] not in (None, row["device_id"]) for row in rows)


def test_discords_of_several_signals_are_against_self_only(filled: Motifleet) -> None:
    with pytest.raises(InvalidArgumentError, match="expected one signal for discords against"):
        filled.discords("trucks", ["load", "speed"], 8, against="fleet")
    with pytest.raises(InvalidArgumentError, match="expected discords against self, past, fleet"):
        filled.discords("trucks", "load", 8, against="others")  # type: ignore[arg-type]


def test_progress_counts_reports(filled: Motifleet) -> None:
    seen: list[tuple[int, int | None]] = []
    filled.motifs("trucks", "load", 8, progress=lambda done, total=None: seen.append((done, total)))
    assert seen[0] == (0, 4000)
    assert seen[-1] == (4000, 4000)


@pytest.mark.parametrize("m", [2, 201])
def test_a_window_out_of_bounds(filled: Motifleet, m: int) -> None:
    with pytest.raises(InvalidArgumentError, match=str(m)):
        filled.discords("trucks", "load", m)


def test_a_report_written_by_the_plot(filled: Motifleet, tmp_path: Path) -> None:
    profile = filled.profile("trucks", "load", 8)["d07"]
    profile.plot().write_html(tmp_path / "plot.html")
    assert "d07" in (tmp_path / "plot.html").read_text(encoding="utf-8")
