"""The figure of the prediction log: percentiles and rates of each part, gaps where nobody asked."""

import numpy as np

from motifleet.app import answers_figure
from motifleet.workspace import Logged


def logged(at: int, took: int, status: int = 200) -> Logged:
    return Logged("u", "d", "b", "v", at, at + took, status, None, None, False)


def test_parts_have_percentiles_and_rates() -> None:
    found = [logged(0, 10), logged(100, 30), logged(3_000, 5, 500)]
    p50, p99, answers, failures = answers_figure(found).data
    assert np.array_equal(p50.y, [20.0, np.nan, np.nan, 5.0], equal_nan=True)
    assert p99.y[0] > 29
    assert list(answers.y) == [2, 0, 0, 0]
    assert list(failures.y) == [0, 0, 0, 1]


def test_a_long_log_has_few_parts() -> None:
    found = [logged(hour * 3_600_000, 1) for hour in range(0, 10_000, 7)]
    assert len(answers_figure(found).data[0].x) <= 121
