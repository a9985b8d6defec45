"""Whatever takes long tells how far it is, and ends with what its progress function raises."""

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from motifleet import matrixprofile
from motifleet.errors import InvalidArgumentError
from motifleet.matrixprofile import (
    anomaly_scores,
    consensus_motif,
    distance_profile,
    fleet_anomalies,
    fleet_discords,
    match,
    motif_sets,
    mpdist,
    multidimensional_discords,
    multidimensional_match,
    multidimensional_motifs,
    nearest_elsewhere,
    segment,
    shared_motifs,
    snippets,
    variable_discords,
    windows_beyond,
)
from motifleet.matrixprofile.steps import Steps
from motifleet.types import FleetSeries

VALUES = np.random.default_rng(3).normal(size=9000) + np.sin(np.arange(9000) / 9)
FLEET = FleetSeries(VALUES, np.arange(7) * 1500, tuple("abcdef"), "speed")
CHANNELS = {
    name: FleetSeries(row, FLEET.offsets, FLEET.device_ids, name)
    for name, row in (("speed", VALUES), ("load", VALUES[::-1].copy()))
}
PATTERN = VALUES[100:140]
CALLS: dict[str, Callable[..., Any]] = {
    "match": lambda **how: match(PATTERN, FLEET, **how),
    "match, plain": lambda **how: match(PATTERN, FLEET, normalize=False, **how),
    "distance_profile": lambda **how: distance_profile(PATTERN, FLEET, **how),
    "anomaly_scores": lambda **how: anomaly_scores(VALUES, 40, **how),
    "fleet_anomalies": lambda **how: fleet_anomalies(FLEET, 40, **how),
    "motif_sets": lambda **how: motif_sets(FLEET, 40, k=1, **how),
    "segment": lambda **how: segment(VALUES, 40, **how),
    "snippets": lambda **how: snippets(VALUES[:3000], 300, **how),
    "mpdist": lambda **how: mpdist(VALUES[:4000], VALUES[4000:], 40, **how),
    "consensus_motif": lambda **how: consensus_motif(FLEET, 40, **how),
    "variable_discords": lambda **how: variable_discords(VALUES[:3000], range(20, 60, 10), **how),
    "multidimensional_match": lambda **how: multidimensional_match(
        dict.fromkeys(CHANNELS, PATTERN), CHANNELS, **how
    ),
    "multidimensional_motifs": lambda **how: multidimensional_motifs(CHANNELS, 40, **how),
    "multidimensional_discords": lambda **how: multidimensional_discords(CHANNELS, 40, **how),
    "fleet_discords": lambda **how: fleet_discords(FLEET, 40, **how),
    "windows_beyond": lambda **how: windows_beyond(FLEET, 40, enough=6.0, **how),
    "nearest_elsewhere": lambda **how: nearest_elsewhere(
        np.stack([PATTERN, PATTERN]), FLEET, np.array([9.0, 9.0]), **how
    ),
    "shared_motifs": lambda **how: shared_motifs(FLEET, 40, k=1, **how),
}


@pytest.mark.parametrize("name", CALLS)
def test_progress_rises_to_the_end(name: str) -> None:
    seen: list[tuple[int, int | None]] = []
    told = CALLS[name](progress=lambda done, total: seen.append((done, total)))
    assert seen
    done, totals = zip(*seen, strict=True)
    if name != "shared_motifs":  # which goes over the devices again in each round
        assert list(done) == sorted(done)
    assert len(set(totals)) == 1
    assert totals[0] is None or done[-1] == totals[0]
    assert done[-1] > 0
    assert repr(told) == repr(CALLS[name]())


class StopError(Exception):
    """What a progress function may raise."""


@pytest.mark.parametrize("name", CALLS)
def test_what_it_raises_comes_out(name: str) -> None:
    def stop(_: int, __: int | None) -> None:
        raise StopError

    with pytest.raises(StopError):
        CALLS[name](progress=stop)


@pytest.mark.parametrize("name", CALLS)
def test_it_has_to_be_a_function(name: str) -> None:
    with pytest.raises(InvalidArgumentError, match="a progress function of"):
        CALLS[name](progress=5)


@pytest.mark.parametrize("name", ["anomaly_scores", "motif_sets", "segment", "fleet_anomalies"])
def test_a_share_of_the_pairs_is_enough(name: str) -> None:
    assert CALLS[name](share=0.3) is not None
    with pytest.raises(InvalidArgumentError, match="share above 0"):
        CALLS[name](share=0)
    seen: list[int | None] = []
    CALLS[name](share=0.5, progress=lambda _, total: seen.append(total))
    whole: list[int | None] = []
    CALLS[name](progress=lambda _, total: whole.append(total))
    assert seen[0] is not None
    assert whole[0] is not None
    assert seen[0] == pytest.approx(whole[0] / 2, abs=1)


def test_steps_of_nobody_cost_nothing() -> None:
    steps = Steps(None, 5)
    assert steps.part(3) is None
    steps.finished()


def test_all_that_take_threads_tell_of_their_progress() -> None:
    for name in matrixprofile.__all__:
        each = getattr(matrixprofile, name)
        if inspect.isfunction(each):
            named = list(inspect.signature(each).parameters)
            assert ("threads" in named) == ("progress" in named), name
