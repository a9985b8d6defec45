"""Agreement with stumpy: how far series and stretches are apart."""

from types import ModuleType
from typing import Any

import numpy as np
import pytest
from tests.compat.agreement import AGREED, same_distances, same_norms, series

from motifleet.compat import stumpy as ours

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning", "ignore::RuntimeWarning")


@pytest.mark.parametrize("kind", AGREED)
@pytest.mark.parametrize("arguments", [{}, {"percentage": 0.5}, {"k": 0}, {"k": 1000}], ids=str)
def test_mpdist(theirs: ModuleType, kind: str, arguments: dict[str, Any]) -> None:
    a, b = series(kind, 70, gaps=True), series(kind, 50, seed=4)
    same_distances(ours.mpdist(a, b, 9, **arguments), theirs.mpdist(a, b, 9, **arguments))


@pytest.mark.parametrize(
    "arguments",
    [{}, {"s": 8}, {"percentage": 0.5}, {"mpdist_k": 3, "s": 6}, {"mpdist_percentage": 0.3}],
    ids=str,
)
def test_snippets(theirs: ModuleType, arguments: dict[str, Any]) -> None:
    steps = np.arange(170)
    values = np.where(steps < 90, np.sin(steps / 3), np.abs(steps / 5 % 2 - 1))
    values = values + series("noise", 170) / 10
    mine, yours = (each.snippets(values, 24, 2, **arguments) for each in (ours, theirs))
    # A stretch across two snippets is at distance 0 from both: a tie that rounding decides there.
    tied = np.mean(np.abs(np.diff(yours[2], axis=0)) < 1e-5)
    for number, (one, other) in enumerate(zip(mine, yours, strict=True)):
        assert (one.dtype, one.ndim) == (other.dtype, other.ndim)
        if number < 5 or tied == 0:
            tolerance = tied if number == 3 else 0
            np.testing.assert_allclose(one, other, rtol=0, atol=tolerance + 1e-5)


@pytest.mark.parametrize("kind", AGREED)
@pytest.mark.parametrize("p", [1.0, 2.0, 3.0])
@pytest.mark.parametrize("arguments", [{}, {"percentage": 0.5}, {"k": 0}, {"k": 1000}], ids=str)
def test_aampdist(theirs: ModuleType, kind: str, p: float, arguments: dict[str, Any]) -> None:
    a, b = series(kind, 70, gaps=True), series(kind, 50, seed=4)
    mine, yours = (each.aampdist(a, b, 9, p=p, **arguments) for each in (ours, theirs))
    same_norms(mine, yours, p)
    assert ours.mpdist(a, b, 9, normalize=False, p=p, **arguments) == mine


@pytest.mark.parametrize("n", [168, 170])
@pytest.mark.parametrize(
    "arguments",
    [{}, {"s": 8}, {"percentage": 0.5, "p": 1.0}, {"mpdist_k": 3, "s": 6, "p": 3.0}],
    ids=str,
)
def test_aampdist_snippets(theirs: ModuleType, n: int, arguments: dict[str, Any]) -> None:
    steps = np.arange(n)
    values = np.where(steps < 90, np.sin(steps / 3), np.abs(steps / 5 % 2 - 1))
    values = values + series("noise", n) / 10
    mine, yours = (each.aampdist_snippets(values, 24, 2, **arguments) for each in (ours, theirs))
    # A stretch across two snippets is at distance 0 from both: a tie that rounding decides.
    tied = np.mean(np.abs(np.diff(yours[2], axis=0)) < 1e-5)
    for number, (one, other) in enumerate(zip(mine, yours, strict=True)):
        assert (one.dtype, one.ndim) == (other.dtype, other.ndim)
        if number < 5 or tied == 0:
            tolerance = tied if number == 3 else 0
            np.testing.assert_allclose(one, other, rtol=0, atol=tolerance + 1e-9)
