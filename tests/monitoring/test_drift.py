"""Drift is seen where it is, and not where chance alone makes differences."""

import math
from typing import Any

import numpy as np
import pytest
from scipy.stats import ks_2samp
from tests.monitoring.conftest import BASE, Endpoint

from motifleet.app import Motifleet
from motifleet.errors import InvalidArgumentError, MonitoringError
from motifleet.monitoring import DriftReport, answered, asked, drift_of
from motifleet.workspace import Logged


def one(before: Any, now: Any) -> Any:
    return drift_of({"x": before}, {"x": now})[0]


def test_what_is_the_same_is_stable_as_often_as_chance_says() -> None:
    rng = np.random.default_rng(1)
    before = rng.normal(size=5_000)
    drawn = [one(before, rng.normal(size=200)) for _ in range(200)]
    assert not any(each.verdict == "drift" for each in drawn)
    assert sum(each.verdict != "stable" for each in drawn) <= 10
    above = sum(each.psi > each.chance for each in drawn)
    assert above <= 24  # one in 20, and what is left to luck
    assert sum(each.p_value < 0.05 for each in drawn) <= 20


def test_what_has_gone_is_seen_with_an_interval_that_holds_it() -> None:
    rng = np.random.default_rng(2)
    before, large = rng.normal(size=20_000), rng.normal(0.8, 1, 200_000)
    true = one(before, large).psi
    held = 0
    for _ in range(60):
        found = one(before, rng.normal(0.8, 1, 500))
        assert found.verdict == "drift"
        held += found.psi_low <= true <= found.psi_high
    assert held >= 48
    some = rng.normal(0.8, 1, 500)
    found = one(before, some)
    assert found.ks == pytest.approx(ks_2samp(before, some).statistic)
    assert found.ks_low < found.ks < found.ks_high
    assert found.p_value < 1e-6
    assert sum(each.current for each in found.bins) == pytest.approx(1)


@pytest.mark.parametrize(
    ("before", "now", "verdict"),
    [
        ([5.0] * 100, [5.0] * 100, "stable"),  # constant, and still
        ([5.0] * 100, [6.0] * 100, "drift"),  # constant, and another now
        ([5.0] * 100, [5.0] * 60 + [7.0] * 40, "drift"),
        ([1, 2, 3] * 50, [1, 2, 3] * 40, "stable"),
        ([1, 2, 3] * 50, [3] * 100, "drift"),
        (["a", "b"] * 50, ["a", "b"] * 40, "stable"),
        (["a", "b"] * 50, ["c"] * 60, "drift"),
        ([True, False] * 50, [True] * 70, "drift"),
        ([1.0] * 10, [2.0] * 1_000, "too few"),
        ([1.0] * 1_000, [2.0] * 29, "too few"),
        ([], [1.0] * 100, "nothing"),
        ([None] * 50, [1.0] * 100, "nothing"),
        ([1.0] * 100, [math.nan] * 100, "nothing"),
        (list(range(100)), [None] * 60 + list(range(60)), "drift"),  # much is missing now
        ([1.0, math.inf] * 50, [1.0] * 50, "drift"),
        ([1, "x"] * 50, [1, "x"] * 40, "stable"),
    ],
)
def test_odd_features_are_answered_sensibly(before: Any, now: Any, verdict: str) -> None:
    found = one(before, now)
    assert found.verdict == verdict
    told = found.to_dict()
    assert all(value is None or value == value for value in told.values())  # noqa: PLR0124
    assert (found.psi is None) == (verdict in ("too few", "nothing"))


def test_features_are_read_from_every_form_of_request() -> None:
    bodies = [
        '{"dataframe_split": {"columns": ["a", "b"], "data": [[1, 2], [3, 4]]}}',
        '{"dataframe_records": [{"a": 1, "b": 2}, {"a": 3, "b": 4}]}',
        '{"inputs": {"a": [1, 3], "b": [2, 4]}}',
        '[{"a": 1, "b": 2}, {"a": 3, "b": 4}]',
        '{"a": [1, 3], "b": [2, 4]}',
        '{"0": {"a": 1, "b": 2}, "1": {"a": 3, "b": 4}}',
        '{"inputs": [{"name": "a", "shape": [2], "datatype": "FP64", "data": [1, 3]},'
        ' {"name": "b", "shape": [2], "datatype": "FP64", "data": [2, 4]}]}',
    ]
    for body in bodies:
        told = Logged("u", "d", "b", "v", 0, 1, 200, body, '[{"label": 1}]', False)
        assert asked([told], ["a", "b"]) == {"a": [1, 3], "b": [2, 4]}, body
        assert answered([told]) == {"label": [1]}
    for odd in ("nonsense", "[]", "3", '{"inputs": 3}', '{"rows": {"1": 2}}', None):
        told = Logged("u", "d", "b", "v", 0, 1, 400, odd, None, False)
        assert asked([told], ["a", "b"]) == answered([told]) == {}
    query = Logged("u", "d", "b", "v", 0, 1, 200, '{"pattern": [5, 6]}', None, False)
    assert asked([query], ["pattern"]) == {"pattern": [5, 6]}
    rows = '{"0": {"a": 1}, "1": {"a": 2}}'
    batch = Logged("u", "d", "b", "v", 0, 1, 200, rows, None, False)
    assert asked([batch], ["a", "rows"]) == {"a": [1, 2]}


def test_drift_against_an_earlier_time_is_measured_and_kept(
    fleet: Motifleet, endpoint: Endpoint
) -> None:
    rng = np.random.default_rng(3)
    for at in range(200):
        shift = 0 if at < 100 else 3
        endpoint.answer(1_000 * at, [{"label": 0}], inputs={"x": rng.normal() + shift, "y": at % 5})
    drift = fleet.monitoring.drift
    times: dict[str, Any] = {"start": BASE + 100_000, "end": BASE + 200_000}
    report = drift.measure("failures", **times, reference=(BASE, BASE + 100_000))
    assert {each.name: each.verdict for each in report.inputs} == {"x": "drift", "y": "stable"}
    assert [each.verdict for each in report.outputs] == ["stable"]
    assert (report.verdict, report.predictions) == ("drift", 100)
    (kept,) = drift.reports("failures")
    assert kept == report
    assert DriftReport.from_dict(report.to_dict()) == report
    fleet.monitoring.alerts.add("drifts", "drift", "failures", 0.25)
    fleet.monitoring.alerts.look(now=BASE + 200_000)
    (event,) = fleet.monitoring.alerts.events("drifts")
    assert "(of x), above 0.25" in event.message
    with pytest.raises(MonitoringError, match="registered version"):
        drift.measure("failures", **times)
    with pytest.raises(MonitoringError, match="got none"):
        drift.measure("failures", start=0, end=1, reference=(BASE, BASE + 1))
    with pytest.raises(InvalidArgumentError):
        drift.measure("failures", start="yesterday")
