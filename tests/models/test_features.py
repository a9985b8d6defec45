"""Features are what their definitions say, and know nothing of the future."""

from itertools import pairwise

import numpy as np
import pytest

from motifleet.models.carried.features import FEATURES, feature_matrix, feature_names

OFFSETS = [0, 70, 90, 200]
WINDOW = 8


def signals(seed: int = 0) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    values = {"speed": rng.normal(50, 10, 200), "heat": rng.normal(90, 2, 200)}
    values["speed"][[5, 80, 81]] = np.nan
    return values


def test_rolling_features_are_those_of_the_definition() -> None:
    given = signals()
    found = feature_matrix(given, OFFSETS, ["rolling"], WINDOW)
    names = feature_names(list(given), ["rolling"], WINDOW)
    for place, (start, end) in enumerate(pairwise(OFFSETS)):
        for row in range(start, end):
            some = given["heat"][max(start, row - WINDOW + 1) : row + 1]
            mean, spread = some.mean(), some.std()
            change = mean - given["heat"][start : row + 1].mean()
            at = [names.index(f"heat {what} {WINDOW}") for what in ("mean", "spread", "change")]
            assert found[row, at] == pytest.approx([mean, spread, change], rel=1e-4, abs=1e-4), (
                place
            )


def test_the_distance_to_the_past_is_that_of_the_definition() -> None:
    given = signals()
    found = feature_matrix(given, OFFSETS, ["past"], WINDOW)
    names = feature_names(list(given), ["past"], WINDOW)
    values, column = given["heat"][90:200], found[90:200, names.index(f"heat past {WINDOW}")]
    windows = np.lib.stride_tricks.sliding_window_view(values, WINDOW)
    row = 60
    # Neighbours within a quarter of a window do not count.
    earlier = windows[: row - WINDOW + 1 - WINDOW // 4]
    newest = windows[row - WINDOW + 1]
    nearest = np.sqrt(((earlier - newest) ** 2).sum(axis=1)).min() / np.sqrt(WINDOW)
    assert column[row] == pytest.approx(nearest, rel=1e-5)


@pytest.mark.parametrize("kind", FEATURES)
def test_no_feature_looks_ahead_or_at_another_device(kind: str) -> None:
    given, changed = signals(), signals()
    for values in changed.values():
        values[150:] += 1000.0
        values[:70] -= 1000.0
    before = feature_matrix(given, OFFSETS, [kind], WINDOW)[70:150]
    after = feature_matrix(changed, OFFSETS, [kind], WINDOW)[70:150]
    assert after == pytest.approx(before, nan_ok=True, rel=1e-3, abs=1e-2)


def test_each_column_has_a_name() -> None:
    given = signals()
    found = feature_matrix(given, OFFSETS, FEATURES, WINDOW)
    assert found.shape == (200, len(feature_names(list(given), FEATURES, WINDOW)))
    assert found.dtype == np.float32
