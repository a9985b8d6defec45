"""H3 cells: against counting report by report."""

from collections import Counter, defaultdict

import h3
import numpy as np
import pyarrow as pa
import pytest
from tests.geo.conftest import MakeReports
from tests.geo.test_near import around

from motifleet.errors import InvalidArgumentError, UnknownColumnError
from motifleet.geo import cells


def fleet() -> pa.Table:
    reports = around((-93.6, 41.6), 500, 1.0)
    names = [f"truck-{n % 7}" for n in range(500)]
    speeds = [float(n) if n % 5 else float("nan") for n in range(500)]
    return reports.set_column(0, "device_id", [names]).append_column("speed", [speeds])


def test_cells_are_what_one_counts_report_by_report() -> None:
    counted: Counter[str] = Counter()
    devices, speeds = defaultdict(set), defaultdict(list)
    for row in fleet().to_pylist():
        cell = h3.latlng_to_cell(row["latitude"], row["longitude"], 5)
        counted[cell] += 1
        devices[cell].add(row["device_id"])
        if not np.isnan(row["speed"]):
            speeds[cell].append(row["speed"])
    found = cells([fleet()], 5, signals=["speed"])
    assert (
        dict(zip(found["cell"].to_pylist(), found["reports"].to_pylist(), strict=True)) == counted
    )
    for row in found.to_pylist():
        cell = row["cell"]
        assert row["devices"] == len(devices[cell])
        assert (row["latitude"], row["longitude"]) == pytest.approx(h3.cell_to_latlng(cell))
        mean = np.mean(speeds[cell]) if speeds[cell] else None
        assert row["mean_speed"] == (mean if mean is None else pytest.approx(mean))
    assert np.all(np.diff(found["reports"].to_numpy()) <= 0)


def test_parts_of_a_fleet_add_up() -> None:
    whole = fleet()
    odd = pa.array([int(str(name)[-1]) % 2 == 1 for name in whole["device_id"].to_pylist()])
    even = pa.array([not each.as_py() for each in odd])
    parts = [whole.filter(odd), whole.filter(even)]
    assert cells(parts, 4).equals(cells([whole], 4))


def test_no_reports_are_no_cells(reports: MakeReports) -> None:
    for groups in ([], [reports([])], [reports([("a", 0, None, None)])]):
        found = cells(groups, 4)
        assert found.num_rows == 0
        assert found.column_names == ["cell", "reports", "devices", "longitude", "latitude"]


def test_bad_arguments_are_refused() -> None:
    with pytest.raises(InvalidArgumentError, match="resolution from 0 to 15, got 16"):
        cells([fleet()], 16)
    with pytest.raises(UnknownColumnError, match="did you mean 'speed'"):
        cells([fleet()], 5, signals=["sped"])
