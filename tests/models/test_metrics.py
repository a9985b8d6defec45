"""Figures against the established library's, and against what they mean."""

from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as established

from motifleet.models.metrics import (
    Ranked,
    best_threshold,
    confusion,
    pr_auc,
    precision_recall_curve,
    resampled,
    roc_auc,
    scores_of,
)
from motifleet.types import Floats


@st.composite
def judged(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    count = draw(st.integers(4, 60))
    labels = np.array(draw(st.lists(st.integers(0, 1), min_size=count, max_size=count)))
    labels[:2] = 0, 1
    scores = np.array(draw(st.lists(st.integers(0, 8), min_size=count, max_size=count))) / 8
    return labels, scores


@given(judged())
def test_areas_agree_with_the_established_library(given: tuple[np.ndarray, np.ndarray]) -> None:
    labels, scores = given
    assert pr_auc(labels, scores) == pytest.approx(
        established.average_precision_score(labels, scores)
    )
    assert roc_auc(labels, scores) == pytest.approx(established.roc_auc_score(labels, scores))


@given(judged(), st.integers(0, 100))
def test_weighted_areas_agree_too(given: tuple[np.ndarray, np.ndarray], seed: int) -> None:
    labels, scores = given
    weights = np.random.default_rng(seed).integers(1, 4, len(labels)).astype(float)
    ranked = Ranked(labels, scores)
    expected = established.average_precision_score(labels, scores, sample_weight=weights)
    assert ranked.pr_auc(weights) == pytest.approx(expected)
    expected = established.roc_auc_score(labels, scores, sample_weight=weights)
    assert ranked.roc_auc(weights) == pytest.approx(expected)


@given(judged(), st.floats(0, 1))
def test_scores_agree_with_the_established_library(
    given: tuple[np.ndarray, np.ndarray], threshold: float
) -> None:
    labels, scores = given
    predicted = (scores >= threshold).astype(int)
    found = scores_of(labels, scores, threshold, 0.5)
    assert found["accuracy"] == pytest.approx(established.accuracy_score(labels, predicted))
    assert found["recall"] == pytest.approx(
        established.recall_score(labels, predicted, zero_division=0)
    )
    assert found["precision"] == pytest.approx(
        established.precision_score(labels, predicted, zero_division=0)
    )
    assert found["brier"] == pytest.approx(established.brier_score_loss(labels, scores))
    assert (confusion(labels, predicted) == established.confusion_matrix(labels, predicted)).all()


@given(judged())
def test_the_best_threshold_is_that_of_the_largest_f1(
    given: tuple[np.ndarray, np.ndarray],
) -> None:
    labels, scores = given
    chosen = established.f1_score(labels, scores >= best_threshold(labels, scores))
    every = [established.f1_score(labels, scores >= each) for each in np.unique(scores)]
    assert chosen == pytest.approx(max(every))


def test_the_curve_ends_with_all_failures_found() -> None:
    precision, recall, thresholds = precision_recall_curve([0, 1, 1, 0], [0.1, 0.9, 0.4, 0.4])
    assert recall.tolist() == [0.5, 1.0, 1.0]
    assert precision.tolist() == [1.0, 2 / 3, 0.5]
    assert thresholds.tolist() == [0.9, 0.4, 0.1]


def mean(values: Floats, weights: Floats) -> float:
    return float(np.average(values, weights=weights))


def test_an_interval_holds_the_truth_as_often_as_it_says() -> None:
    held = 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        groups = np.repeat(np.arange(40), 5)
        values = rng.normal(size=40)[groups] + rng.normal(size=200)
        found = resampled(partial(mean, values), groups)
        held += 0.0 in found
    assert held >= 50


def test_a_part_of_one_class_has_no_area() -> None:
    assert np.isnan(roc_auc([1, 1], [0.1, 0.2]))
    assert np.isnan(pr_auc([0, 0], [0.1, 0.2]))
