"""Findings as tables: whole, once, and with the way back to their data."""

import json
from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest

from motifleet.app import Motifleet, Origin, Selection
from motifleet.errors import InvalidArgumentError, SchemaConflictError

START = datetime(2026, 3, 2, tzinfo=UTC)
M = 12
RAMP = np.arange(M, dtype=float)
SAWTOOTH = RAMP % 5


def reports(device: str, values: np.ndarray, start: datetime = START) -> pa.Table:
    times = [start + timedelta(minutes=minute) for minute in range(len(values))]
    return pa.table(
        {
            "device_id": [device] * len(values),
            "event_ts": pa.array(times, pa.timestamp("us", "UTC")),
            "manufacturer": ["Kenworth" if device < "d3" else "Volvo"] * len(values),
            "load": pa.array(values),
            "speed": pa.array(values[::-1].copy()),
        }
    )


@pytest.fixture
def filled(fleet: Motifleet) -> Motifleet:
    random = np.random.default_rng(3)
    for number in range(6):
        fleet.tables.append("trucks", reports(f"d{number}", random.normal(size=150)))
    return fleet


def rows_of(fleet: Motifleet, table: str) -> list[dict[str, object]]:
    return sorted(fleet.scan(table).to_pylist(), key=lambda row: (row["question_id"], row["rank"]))


def test_a_discord_leads_back_to_its_data(filled: Motifleet) -> None:
    found = filled.discords("trucks", "load", M, k=3, into="discords")
    snapshot = filled.tables.snapshots("trucks")[-1].id
    filled.tables.append("trucks", reports("d9", np.zeros(99)))
    rows = rows_of(filled, "discords")
    assert [(row["rank"], row["device_id"], row["distance"]) for row in rows] == [
        (rank, each.device_id, each.distance) for rank, each in enumerate(found, 1)
    ]
    row = rows[0]
    assert (row["source_table"], row["snapshot_id"], row["m"]) == ("trucks", snapshot, M)
    assert (row["signals"], row["neighbor_device_id"]) == ("load", row["device_id"])
    assert json.loads(str(row["parameters"])) == {"against": "self", "min_windows": 1}
    back = filled.series(
        "trucks",
        str(row["device_id"]),
        "load",
        selection=Selection(start=row["event_ts"], as_of=row["snapshot_id"]),  # type: ignore[arg-type]
    )
    mine = filled.series("trucks", str(found[0].device_id), "load").values
    np.testing.assert_array_equal(back.values[:M], mine[found[0].index :][:M])


def test_the_same_question_replaces_its_answer(filled: Motifleet) -> None:
    for k in (3, 5, 5, 2):
        filled.discords("trucks", "load", M, k=k, into="discords")
        assert [row["rank"] for row in rows_of(filled, "discords")] == list(range(1, k + 1))
    as_of = filled.tables.snapshots("trucks")[-1].id
    filled.discords("trucks", "load", M, k=2, selection=Selection(as_of=as_of), into="discords")
    assert len(rows_of(filled, "discords")) == 2


def test_other_questions_are_kept_beside(filled: Motifleet) -> None:
    filled.discords("trucks", "load", M, k=2, into="discords")
    filled.discords("trucks", "speed", M, k=2, into="discords")
    filled.discords("trucks", "load", M, against="past", k=2, into="discords")
    early = filled.tables.snapshots("trucks")[2].id
    filled.discords("trucks", "load", M, k=2, selection=Selection(as_of=early), into="discords")
    rows = rows_of(filled, "discords")
    assert len(rows) == 8
    assert len({row["question_id"] for row in rows}) == 4


def test_every_kind_of_finding_is_kept(filled: Motifleet) -> None:
    motifs = filled.motifs("trucks", ["load", "speed"], M, k=2, into="motifs")
    matches = filled.match(SAWTOOTH, "trucks", "load", k=4, into="matches")
    anomalies = filled.anomalies("trucks", "load", M, k=3, into="anomalies")
    (first, _) = rows_of(filled, "motifs")
    assert first["channels"] == ", ".join(motifs[0].channels)  # type: ignore[attr-defined]
    assert first["signals"] == "load, speed"
    assert [row["distance"] for row in rows_of(filled, "matches")] == [m.distance for m in matches]
    assert [row["kind"] for row in rows_of(filled, "anomalies")] == [a.kind for a in anomalies]


def test_one_manufacturer(filled: Motifleet) -> None:
    chosen = Selection(where="manufacturer = 'Volvo'")
    found = filled.match(RAMP, "trucks", "load", k=50, selection=chosen, into="matches")
    assert {each.device_id for each in found} == {"d3", "d4", "d5"}
    assert "Volvo" in str(rows_of(filled, "matches")[0]["parameters"])


def test_no_finding_is_an_answer_too(filled: Motifleet) -> None:
    filled.match(RAMP, "trucks", "load", k=2, into="matches")
    filled.match(RAMP, "trucks", "load", max_distance=0.0, into="matches")
    assert len(rows_of(filled, "matches")) == 2
    everyone = Selection(where="load > -100")
    filled.discords("trucks", "load", M, k=1, selection=everyone, into="discords")
    filled.discords(
        "trucks", "load", M, k=1, min_windows=10**6, selection=everyone, into="discords"
    )
    assert len(rows_of(filled, "discords")) == 1


def test_findings_of_ones_own(filled: Motifleet) -> None:
    snapshot = filled.tables.snapshot("trucks").id
    assert snapshot is not None
    pairs = pa.table({"device_id": ["d1"], "neighbor_device_id": ["d2"], "distance": [0.5]})
    origin = Origin("similarity", "trucks", snapshot, ("load",), M, {"device": "d1"})
    for _ in range(2):
        assert filled.keep(pairs, "similarity", origin).rows == 1
    (row,) = filled.scan("similarity").to_pylist()
    assert (row["neighbor_device_id"], row["snapshot_id"], row["rank"]) == ("d2", snapshot, 1)


def test_a_table_of_reports_takes_no_findings(filled: Motifleet) -> None:
    before = filled.scan("trucks").num_rows
    with pytest.raises(SchemaConflictError, match="made of parts by 'question_id'"):
        filled.discords("trucks", "load", M, into="trucks")
    assert filled.scan("trucks").num_rows == before


def test_findings_of_a_file_are_not_kept(filled: Motifleet, tmp_path: object) -> None:
    path = f"{tmp_path}/reports.csv"
    lines = [f"d1,{(START + timedelta(minutes=i)).isoformat()},{i * i % 97}" for i in range(50)]
    with open(path, "w") as file:  # noqa: PTH123
        file.write("\n".join(["device_id,event_ts,load", *lines]))
    assert filled.discords(path, "load", M, k=1)
    with pytest.raises(InvalidArgumentError, match="import it into a table first"):
        filled.discords(path, "load", M, into="discords")
