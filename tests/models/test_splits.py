"""What a model is judged by it cannot have seen: neither device, nor future, nor twin."""

import numpy as np
import pytest

from motifleet.errors import InvalidArgumentError
from motifleet.models.sample import Sample
from motifleet.models.splits import Split, twins

MINUTE = 60_000_000


def sample(devices: int = 200, reports: int = 50, seed: int = 0) -> Sample:
    rng = np.random.default_rng(seed)
    codes = np.repeat(np.arange(devices), reports)
    return Sample(
        device_ids=tuple(f"truck-{number:04d}" for number in range(devices)),
        codes=codes,
        times=np.tile(np.arange(reports) * MINUTE, devices),
        signals={"speed": rng.normal(size=len(codes)), "heat": rng.normal(size=len(codes))},
        labels=rng.integers(0, 2, len(codes)),
        known=np.ones(len(codes), bool),
    )


def test_by_device_no_device_is_on_two_sides() -> None:
    given = sample()
    parts = Split("device").parts(given)
    sides = [set(given.codes[part]) for part in (parts.train, parts.validation, parts.test)]
    assert sides[0] & sides[1] == sides[0] & sides[2] == sides[1] & sides[2] == set()
    assert sum(map(len, sides)) == 200
    assert 0.1 < len(sides[2]) / 200 < 0.3


def test_by_time_no_label_of_an_earlier_part_looks_into_a_later_one() -> None:
    given, horizon = sample(), 5 * MINUTE
    parts = Split("time").parts(given, horizon)
    assert given.times[parts.train].max() + horizon < given.times[parts.validation].min()
    assert given.times[parts.validation].max() + horizon < given.times[parts.test].min()


def test_by_device_and_time_neither_device_nor_time_is_shared() -> None:
    given, horizon = sample(), 5 * MINUTE
    parts = Split("device-time").parts(given, horizon)
    assert set(given.codes[parts.train]) & set(given.codes[parts.test]) == set()
    assert given.times[parts.train].max() + horizon < given.times[parts.test].min()


def test_a_device_keeps_its_side_when_others_come() -> None:
    few, many = sample(100), sample(200)
    for part in ("train", "validation", "test"):
        before = set(few.codes[getattr(Split().parts(few), part)])
        after = set(many.codes[getattr(Split().parts(many), part)])
        assert before == {code for code in after if code < 100}


def test_a_twin_is_on_the_side_of_its_twin() -> None:
    given = sample(40)
    for signal in given.signals.values():  # the second half reports what the first half does
        signal[20 * 50 :] = signal[: 20 * 50]
    assert twins(given).tolist() == [*range(20), *range(20)]
    parts = Split().parts(given)
    for part in (parts.train, parts.validation, parts.test):
        codes = set(given.codes[part])
        assert {code % 20 for code in codes} == {code for code in codes if code < 20}


def test_parked_vehicles_are_no_twins() -> None:
    given = sample(40)
    for signal in given.signals.values():
        signal[:] = 0.0
    assert twins(given).tolist() == [*range(40)]


def test_reports_without_a_label_are_in_no_part() -> None:
    given = sample()
    given.known[::3] = False
    parts = Split().parts(given)
    assert not (parts.train | parts.validation | parts.test)[::3].any()


def test_another_seed_is_another_split() -> None:
    given = sample()
    assert (Split(seed=1).parts(given).test != Split(seed=2).parts(given).test).any()


@pytest.mark.parametrize("part", ["train", "test"])
def test_a_part_of_one_class_is_refused(part: str) -> None:
    given = sample()
    given.labels[getattr(Split().parts(given), part)] = 0
    with pytest.raises(InvalidArgumentError, match=f"both classes.* 0 failures to {part}"):
        Split().parts(given)


@pytest.mark.parametrize("wrong", [{"by": "luck"}, {"test": 0.0}, {"validation": 0.6, "test": 0.5}])
def test_what_is_no_split_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(InvalidArgumentError, match="expected"):
        Split(**wrong)  # type: ignore[arg-type]
