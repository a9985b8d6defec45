"""How good answers were is what scikit-learn says of them, whatever the order truth came in."""

import json
import random
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import (
    accuracy_score,
    brier_score_loss,
    confusion_matrix,
    f1_score,
    precision_score,
    recall_score,
    roc_auc_score,
)
from tests.monitoring.conftest import Endpoint

from motifleet.app import Motifleet, quality_figure
from motifleet.errors import InvalidArgumentError
from motifleet.monitoring import share


def answered(endpoint: Endpoint, count: int) -> tuple[list[int], list[float]]:
    rng = random.Random(7)
    truths, scores = [], []
    for at in range(count):
        truths.append(int(rng.random() < 0.3))
        scores.append(min(1.0, max(0.0, rng.gauss(0.3 + 0.3 * truths[-1], 0.2))))
        endpoint.answer(1_000 * at, [{"label": int(scores[-1] >= 0.5), "probability": scores[-1]}])
    return truths, scores


def test_figures_are_those_of_a_peer(fleet: Motifleet, endpoint: Endpoint, tmp_path: Path) -> None:
    truths, scores = answered(endpoint, 200)
    endpoint.answer(300_000, status=500)
    endpoint.answer(300_001, [{"label": 1, "probability": 1.0}])  # nobody knows
    told = list(zip(endpoint.uuids, truths, strict=False))
    random.Random(1).shuffle(told)
    file = tmp_path / "truth.jsonl"
    lines = [json.dumps({"uuid": uuid, "metrics": {"ground_truth": t}}) for uuid, t in told]
    file.write_text("\n".join(lines) + "\n\n")
    assert fleet.monitoring.track_file(file) == 200
    assert fleet.monitoring.track_file(file) == 0
    (found,) = fleet.monitoring.quality("failures")
    said = [int(each >= 0.5) for each in scores]
    assert found.count == 200
    assert found.accuracy.value == accuracy_score(truths, said)
    assert found.recall.value == recall_score(truths, said)
    assert found.precision.value == precision_score(truths, said)
    assert found.f1 == pytest.approx(f1_score(truths, said))
    assert found.roc_auc == pytest.approx(roc_auc_score(truths, scores))
    assert found.brier == pytest.approx(brier_score_loss(truths, scores))
    assert np.array_equal(found.confusion, confusion_matrix(truths, said))
    assert found.accuracy.low < found.accuracy.value < found.accuracy.high
    parts = fleet.monitoring.quality("failures", per=60)
    assert [each.count for each in parts] == [60, 60, 60, 20]
    assert parts[1].accuracy.value == accuracy_score(truths[60:120], said[60:120])
    by_time = fleet.monitoring.quality("failures", every=100)
    assert sum(each.count for each in by_time) == 200
    assert len(by_time) in (2, 3)
    figure = quality_figure(parts)
    assert [each.name for each in figure.data] == ["accuracy", "recall", "precision"]
    assert list(figure.data[0].y) == [each.accuracy.value for each in parts]


def test_requests_of_several_rows_and_other_labels(fleet: Motifleet, endpoint: Endpoint) -> None:
    monitoring = fleet.monitoring
    both = endpoint.answer(0, [{"label": "ok"}, {"label": "hot"}])
    monitoring.track_delayed_metrics({"was": ["ok", "ok"]}, both)
    bare = endpoint.answer(1, ["hot"])
    monitoring.track_delayed_metrics({"was": "hot"}, bare)
    tracked = endpoint.answer(2, None, label="ok")  # the answer is not kept
    monitoring.track_delayed_metrics({"was": "ok"}, tracked)
    odd = endpoint.answer(3, [{"label": "ok"}])
    monitoring.track_delayed_metrics({"was": ["ok", "ok"]}, odd)  # not as many as rows
    (found,) = monitoring.quality("failures", truth="was", positive="hot")
    assert (found.count, found.accuracy.value) == (4, 0.75)
    assert (found.labels, found.confusion) == (("hot", "ok"), ((1, 0), (1, 2)))
    assert (found.recall.value, found.precision.value, found.roc_auc) == (1.0, 0.5, None)


def test_without_truth_there_is_no_quality(fleet: Motifleet, endpoint: Endpoint) -> None:
    endpoint.answer(0, [{"label": 1}])
    assert fleet.monitoring.quality("failures") == []
    with pytest.raises(InvalidArgumentError, match="parts of a length"):
        fleet.monitoring.quality("failures", per=0)


@pytest.mark.parametrize(("hits", "count"), [(0, 0), (0, 5), (5, 5), (1, 1_000)])
def test_intervals_hold_their_share(hits: int, count: int) -> None:
    found = share(hits, count)
    assert 0 <= found.low <= found.high <= 1
    assert count == 0 or found.low <= found.value <= found.high + 1e-12


def test_intervals_cover_as_often_as_they_say() -> None:
    rng = np.random.default_rng(0)
    for part, count in ((0.5, 30), (0.9, 50), (0.03, 100)):
        drawn = [share(int(hits), count) for hits in rng.binomial(count, part, 2_000)]
        covered = np.mean([each.low <= part <= each.high for each in drawn])
        assert 0.92 <= covered <= 0.99
