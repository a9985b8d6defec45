"""The lab's steps do what they say, twice changes nothing, and the whole of it ends well."""

import re
from pathlib import Path

import pytest

from motifleet.app import Motifleet, demonstrate, open_home, run_lab
from motifleet.app.lab import STEPS, steps_named
from motifleet.errors import InvalidArgumentError


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Motifleet:
    return open_home(tmp_path_factory.mktemp("lab") / "home")


def snapshots(fleet: Motifleet) -> dict[str, list[object]]:
    return {table.name: list(fleet.tables.snapshots(table.name)) for table in fleet.tables.list()}


def test_a_step_comes_with_those_that_it_needs() -> None:
    assert [step.name for step in steps_named(["2.04"])] == ["2.00", "2.01", "2.03", "2.04"]
    assert steps_named([]) == list(STEPS)


def test_each_step_needs_earlier_ones_only() -> None:
    names = [step.name for step in STEPS]
    for number, step in enumerate(STEPS):
        assert set(step.needs) <= set(names[:number]), step.name


def test_an_unknown_step_is_told_what_there_is(fleet: Motifleet) -> None:
    with pytest.raises(InvalidArgumentError, match=r"1\.00, 1\.01A.*got '9'"):
        demonstrate(fleet, ["9"])


def test_telemetry_lands_in_two_batches_and_a_second_time_not_at_all(fleet: Motifleet) -> None:
    first = run_lab(fleet, ["1.01A", "1.01B"])
    assert [each.step for each in first.steps] == ["1.00", "1.01A", "1.01B"]
    before = snapshots(fleet)
    assert [each.total_rows for each in fleet.tables.snapshots("iot_fleet")] == [3_000, 4_440]
    assert Path(first.steps[1].look).stat().st_size > 100_000
    assert first.steps[2].what == "Iowa: 40 devices"
    again = run_lab(fleet, ["1.00"])
    assert "were there" in again.steps[0].what
    assert snapshots(fleet) == before


@pytest.mark.served
def test_the_whole_lab(fleet: Motifleet) -> None:
    told = demonstrate(fleet, [step.name for step in STEPS])
    did = {each.step: each.what for each in told.steps}
    assert list(did) == [step.name for step in STEPS]
    assert "1,000 of 1,000 answered" in did["1.05"]
    assert "10 of 10 answered" in did["1.05"]
    for step in ("1.07", "2.05"):
        assert int(re.search(r"([\d,]+) requests meanwhile", did[step])[1].replace(",", "")) > 0  # type: ignore[index]
        assert "none failed" in did[step]
    assert "Nothing can be learnt" in did["2.01"]
    assert "ground truth of 1,000 came later" in did["2.06"]
    assert re.search(r"rows in 2 batches", did["2.08"])
    resources = {
        (each.endpoint, each.number): (each.resources.cpu, each.resources.least)
        for each in fleet.serving.deployments()
    }
    assert resources["TimeSeriesQuery", 1] == (2, 1)
    assert resources["TimeSeriesQuery", 2] == (4, 2)
    assert {each.status for each in fleet.serving.deployments()} == {"stopped"}
    assert {each.name: each.guarded for each in fleet.workspace.projects()}["PRD"]
