from datetime import UTC, datetime
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from motifleet.errors import InvalidArgumentError
from motifleet.matrixprofile import multidimensional_profile
from motifleet.types import Floats, Series

START = np.datetime64("2026-01-01T00:00", "us")
TIMES = START + np.arange(400) * np.timedelta64(60, "s")
NAMES = ["speed", "temperature", "vibration"]


def truck() -> Floats:
    """Three channels; two of them repeat at 250 what they did at 60."""
    values = np.random.default_rng(19).normal(size=(3, 400)).cumsum(axis=1)
    values[:2, 250:290] = 2 * values[:2, 60:100] + 5
    return values


def test_a_motif_says_which_channels_take_part_and_when() -> None:
    series = [
        Series(values, "truck-7", name, TIMES) for name, values in zip(NAMES, truck(), strict=True)
    ]
    found = multidimensional_profile(series, 40).motifs(1, dimensions=2)[0]
    assert (found.index, found.neighbor_index, found.device_id) == (60, 250, "truck-7")
    assert sorted(found.channels) == ["speed", "temperature"]
    assert found.event_ts == datetime(2026, 1, 1, 1, 0, tzinfo=UTC)
    assert found.neighbor_ts == datetime(2026, 1, 1, 4, 10, tzinfo=UTC)
    assert found.distance < 1e-9
    assert found.to_dict()["channels"] == found.channels


def test_the_channels_are_those_of_the_distance() -> None:
    values = truck()
    profile = multidimensional_profile(values, 40)
    for k in (1, 2, 3):
        j = int(profile.indices[k - 1, 7])
        pair = [values[:, at : at + 40] for at in (7, j)]
        a, b = ((v - v.mean(1, keepdims=True)) / v.std(1, keepdims=True) for v in pair)
        apart = np.linalg.norm(a - b, axis=1)
        expected = np.argsort(apart)[:k]
        assert profile.channels(7, k) == tuple(str(channel) for channel in expected)
        assert profile.distances[k - 1, 7] == pytest.approx(apart[expected].mean(), abs=1e-9)


def test_included_channels_always_take_part_and_excluded_ones_never() -> None:
    columns = dict(zip(NAMES, truck(), strict=True))
    profile = multidimensional_profile(columns, 40, include=["vibration"])
    assert all(profile.channels(i, 1) == ("vibration",) for i in (0, 60, 250))
    assert profile.channels(60, 2)[0] == "vibration"
    without = multidimensional_profile(columns, 40, exclude=[1])
    assert without.names == ("speed", "vibration")
    expected = multidimensional_profile([columns["speed"], columns["vibration"]], 40)
    np.testing.assert_array_equal(without.distances, expected.distances)


def test_a_discord_counts_the_channels_that_are_least_alike() -> None:
    x = np.arange(600) * np.pi / 20
    values = np.array([np.sin(x), np.cos(x), np.sin(x / 2)])
    values[1, 300:312] += 2.0
    found = multidimensional_profile(values, 40, farthest=True).discords(1, dimensions=1)[0]
    assert 260 < found.index < 312
    assert found.channels == ("1",)


def test_a_gap_in_one_channel_leaves_the_others() -> None:
    values = truck()
    values[2, 70] = np.nan
    profile = multidimensional_profile(values, 40)
    assert profile.indices[1, 60] == 250
    assert (profile.indices[2, 60], profile.distances[2, 60]) == (-1, np.inf)
    assert profile.channels(60, 3) == ()
    assert np.isfinite(profile.motifs(3)[0].distance)


def test_another_device_did_the_same() -> None:
    other = np.random.default_rng(5).normal(size=(3, 200)).cumsum(axis=1)
    other[1:, 80:120] = truck()[1:, 300:340]
    profile = multidimensional_profile(truck(), 40, other=other)
    found = profile.motifs(1, dimensions=2)[0]
    assert (found.index, found.neighbor_index, sorted(found.channels)) == (300, 80, ["1", "2"])
    assert profile.reverse is not None
    back = profile.reverse.motifs(1, dimensions=2)[0]
    assert (back.index, back.neighbor_index) == (80, 300)
    assert "motif 1" in profile.plot(dimensions=2).to_json()


def test_standing_still_is_no_motif_unless_asked_for() -> None:
    values = np.random.default_rng(2).normal(size=(3, 400))
    values[:2, 100:200] = 7.0
    profile = multidimensional_profile(values, 20)
    still = profile.motifs(1, dimensions=2, constant=True)[0]
    assert (still.distance, 100 <= still.index <= 180) == (0, True)
    assert all(not 100 <= found.index <= 180 for found in profile.motifs(5, dimensions=2))


@pytest.mark.parametrize("library", [pa.table, pd.DataFrame])
def test_tables_bring_names_and_times(library: Any) -> None:
    table = library({"event_ts": TIMES} | dict(zip(NAMES, truck(), strict=True)))
    profile = multidimensional_profile(table, 40)
    assert profile.names == tuple(NAMES)
    assert profile.motifs(1, dimensions=2)[0].event_ts == datetime(2026, 1, 1, 1, 0, tzinfo=UTC)
    rows = profile.to_arrow()
    assert rows.schema.names[:3] == ["event_ts", "distance_1", "index_1"]
    assert rows.num_rows == len(profile) == 361


def test_a_time_index_brings_times() -> None:
    index = pd.DatetimeIndex(TIMES, tz="UTC")
    frame = pd.DataFrame(dict(zip(NAMES, truck(), strict=True)), index=index)
    found = multidimensional_profile(frame, 40).motifs(1, dimensions=2)[0]
    assert found.event_ts == datetime(2026, 1, 1, 1, 0, tzinfo=UTC)


def test_the_windows_found_are_drawn_on_their_channels() -> None:
    figure = multidimensional_profile(truck(), 40).plot(dimensions=2, discords=0)
    drawn = [trace for trace in figure.data if trace.name.startswith("motif 1")]
    assert len(drawn) == 4
    assert {trace.yaxis for trace in drawn} == {"y", "y2"}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"series": np.zeros(50)}, r"shape \(channels, n\), got shape \(50,\)"),
        ({"series": []}, "at least one channel, got none"),
        ({"series": 5}, "expected a series of channels, got a int"),
        ({"series": [[1.0, 2.0, 3.0], [1.0, 2.0]]}, "of one length in the series, got 0: 3, 1: 2"),
        ({"series": {"a": ["x", "y"]}}, "expected a channel 'a' of real numbers"),
        ({"series": np.full((2, 50), np.nan)}, "only NaN and infinity"),
        ({"m": 401}, "at most 400"),
        ({"m": 2}, "at least 3"),
        ({"include": ["speed"]}, "to include out of 0, 1, 2 or their numbers from 0, got 'speed'"),
        ({"exclude": [3]}, "to exclude out of 0, 1, 2 .*got 3"),
        ({"include": "1"}, "as a list, got '1'"),
        ({"include": [1], "exclude": ["1"]}, "got both for 1"),
        ({"exclude": [0, 1, 2]}, "got all of them excluded"),
        ({"other": np.zeros((2, 90))}, "other's channels to be 0, 1, 2 too, got 0, 1"),
        ({"simd": "mmx"}, "got 'mmx'"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_bad_input(change: dict[str, Any], sentence: str) -> None:
    arguments: dict[str, Any] = {"series": truck(), "m": 10} | change
    with pytest.raises(InvalidArgumentError, match=sentence):
        multidimensional_profile(**arguments)


@pytest.mark.parametrize("dimensions", [0, 4, 1.5])
def test_dimensions(dimensions: Any) -> None:
    profile = multidimensional_profile(truck(), 40)
    for call in (profile.motifs, profile.discords, profile.plot):
        with pytest.raises(InvalidArgumentError, match="number of dimensions"):
            call(dimensions=dimensions)
    with pytest.raises(InvalidArgumentError, match="number of dimensions"):
        profile.channels(0, dimensions)
    with pytest.raises(InvalidArgumentError, match="index from 0 to 360, got 361"):
        profile.channels(361)
