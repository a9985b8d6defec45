"""The best of each device: the same as choosing among all and taking each one's first."""

import numpy as np
import pytest

from motifleet.matrixprofile import Finding, fleet_profile
from motifleet.types import FleetSeries


def holey(seed: int) -> FleetSeries:
    """Four devices with gaps and a flat stretch, one of them too short."""
    rng = np.random.default_rng(seed)
    values = rng.normal(size=600)
    values[rng.random(600) < 0.02] = np.nan
    values[100:150] = 3
    return FleetSeries(values, np.array([0, 200, 205, 400, 600]), tuple("abcd"))


@pytest.mark.parametrize("seed", range(6))
def test_one_of_each_device_is_its_best_of_all(seed: int) -> None:
    profile = fleet_profile(holey(seed), 8)
    for every, one in (
        (profile.discords(200), profile.discords(9, each=1)),
        (profile.motifs(200), profile.motifs(9, each=1)),
    ):
        first: dict[str | None, Finding] = {}
        for found in every:
            first.setdefault(found.device_id, found)
        assert list(one) == list(first.values())
        assert len(one) == 3
