"""What all of the room has in common: arguments, input, and the form of results."""

import dataclasses
import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from plotly.graph_objects import Figure

from motifleet import matrixprofile
from motifleet.errors import InvalidArgumentError, TooShortError
from motifleet.matrixprofile import (
    FleetStream,
    MultidimensionalStream,
    StreamingProfile,
    ab_join,
    anomaly_scores,
    consensus_motif,
    device_clusters,
    device_distances,
    distance_profile,
    findings_table,
    fleet_anomalies,
    fleet_profile,
    match,
    matrix_profile,
    motif_sets,
    mpdist,
    multidimensional_profile,
    per_device,
    segment,
    similar_devices,
    snippets,
    variable_discords,
)
from motifleet.types import FleetSeries, Floats, Series

RNG = np.random.default_rng(11)
VALUES = np.round(10 * (np.sin(np.arange(160) * np.pi / 12) + RNG.normal(size=160) / 5))
OTHER = np.round(VALUES[::-1] + RNG.normal(size=160))
FLEET = FleetSeries(
    np.concatenate([VALUES, OTHER, VALUES[:5]]),
    np.array([0, 160, 320, 325]),
    ("truck-1", "truck-2", "truck-3"),
    "speed",
    np.datetime64("2026-03-02", "us") + np.arange(325) * np.timedelta64(60, "s"),
)

OTHER_DEVICES = FleetSeries(
    FLEET.values[160:], FLEET.offsets[1:] - 160, FLEET.device_ids[1:], "speed"
)

# The functions of the room, called with one series (and another, where they take two).
CALLS: dict[str, Callable[[Any], Any]] = {
    "matrix_profile": lambda x: matrix_profile(x, 12).distances,
    "ab_join": lambda x: ab_join(x, OTHER, 12).distances,
    "ab_join, second": lambda x: ab_join(OTHER, x, 12).distances,
    "distance_profile": lambda x: distance_profile(OTHER[:12], x),
    "distance_profile, pattern": lambda x: distance_profile(x, np.concatenate([OTHER, OTHER])),
    "match": lambda x: [each.index for each in match(OTHER[:12], x)],
    "match, pattern": lambda x: [each.index for each in match(x, np.tile(OTHER, 3), k=2)],
    "mpdist": lambda x: mpdist(x, OTHER, 12),
    "mpdist, second": lambda x: mpdist(OTHER, x, 12),
    "device_distances": lambda x: device_distances(x, OTHER_DEVICES, 12),
    "similar_devices": lambda x: similar_devices(x, OTHER_DEVICES, 12).distances,
    "motif_sets": lambda x: [each.seed.index for each in motif_sets(x, 12)],
    "segment": lambda x: segment(x, 12, zone=1).curve,
    "snippets": lambda x: snippets(x, 40).profiles,
    "anomaly_scores": lambda x: anomaly_scores(x, 12).combined,
    "variable_discords": lambda x: variable_discords(x, [12, 14]).scores(),
    "multidimensional_profile": lambda x: multidimensional_profile([x, OTHER], 12).distances,
    "StreamingProfile": lambda x: StreamingProfile(12).append(x).left_distances,
}
TYPES = [np.int8, np.int16, np.int32, np.int64, np.uint8, np.float16, np.float32, np.float64]


def forms() -> dict[str, Any]:
    """The same numbers in every form that a series may have."""
    whole = VALUES - VALUES.min()
    apart = np.zeros((160, 3))
    apart[:, 1] = whole
    read_only = whole.copy()
    read_only.setflags(write=False)
    forms: dict[str, Any] = {f"numpy {kind.__name__}": whole.astype(kind) for kind in TYPES}
    return forms | {
        "big-endian": whole.astype(">f8"),
        "strided": apart[:, 1],
        "reversed": whole[::-1].copy()[::-1],
        "read-only": read_only,
        "list": whole.tolist(),
        "list of int": whole.astype(int).tolist(),
        "Arrow array": pa.array(whole),
        "Arrow int16": pa.array(whole.astype(np.int16)),
        "Arrow chunks": pa.chunked_array([whole[:70], whole[70:]]),
        "pandas": pd.Series(whole, name="speed"),
        "pandas Int64": pd.Series(whole.astype(int), dtype="Int64"),
        "Polars": pl.Series("speed", whole),
        "Polars Int32": pl.Series("speed", whole.astype(np.int32)),
        "Series": Series(whole, "truck-1", "speed"),
    }


FORMS = forms()


@pytest.mark.parametrize("function", CALLS)
def test_a_series_may_come_in_every_form(function: str) -> None:
    call = CALLS[function]
    wanted = call(FORMS["numpy float64"])
    for form, values in FORMS.items():
        np.testing.assert_array_equal(call(values), wanted, err_msg=form)


@pytest.mark.parametrize("gap", [None, float("nan")])
def test_a_gap_is_a_gap_in_every_form(gap: float | None) -> None:
    values: list[float | None] = [*VALUES.tolist()]
    values[80] = gap
    holed = VALUES.copy()
    holed[80] = np.nan
    wanted = matrix_profile(holed, 12).distances
    forms: list[Any] = [
        pa.array(values),
        pa.chunked_array([values[:90], values[90:]], pa.float64()),
        pd.Series(values, dtype=float),
        pl.Series("speed", values),
        values,
    ]
    for form in forms:
        np.testing.assert_array_equal(matrix_profile(form, 12).distances, wanted)


@pytest.mark.parametrize(
    "table",
    [
        pa.table({"speed": pa.array(VALUES), "load": pa.array(OTHER)}),
        pd.DataFrame({"speed": VALUES, "load": OTHER}),
        pl.DataFrame({"speed": VALUES, "load": OTHER}),
        {"speed": VALUES, "load": OTHER.tolist()},
    ],
    ids=lambda table: type(table).__module__.split(".")[0],
)
def test_channels_may_come_as_a_table(table: Any) -> None:
    profile = multidimensional_profile(table, 12)
    assert profile.names == ("speed", "load")
    wanted = multidimensional_profile(np.stack([VALUES, OTHER]), 12).distances
    np.testing.assert_array_equal(profile.distances, wanted)


def test_what_was_passed_in_stays_as_it_was_and_writable() -> None:
    values = VALUES.copy()
    profile = matrix_profile(values, 12)
    values[0] += 1
    assert values.flags.writeable
    assert not profile.series.values.flags.writeable


FUNCTIONS = [
    name for name in matrixprofile.__all__ if inspect.isfunction(getattr(matrixprofile, name))
]
PUT_TOGETHER = {"nearest_of", "chosen_by_index"}
FIRST = ["pattern", "series", "fleet", "a", "b"]
ORDER = [
    "other",
    "min_devices",
    "k",
    "each",
    "enough",
    "least",
    "sample",
    "seed",
    "neighbor",
    "radius",
    "zone",
    "window",
    "dimensions",
    "max_distance",
    "constant",
    "min_score",
    "min_windows",
    "include",
    "exclude",
    "farthest",
    "normalize",
    "p",
    "share",
    "progress",
    "threads",
    "simd",
]


# These take no series and m, or call what does.
OTHERS = {
    "chosen_devices",
    "exclusion_zone",
    "findings_from",
    "findings_table",
    "nearest_elsewhere",
    "per_device",
    *PUT_TOGETHER,
}
BY_PATTERN = {"match", "distance_profile", "multidimensional_match"}


@pytest.mark.parametrize("name", sorted(set(FUNCTIONS) - OTHERS))
def test_arguments_are_the_same_in_the_same_order_everywhere(name: str) -> None:
    """First what is searched, then m, then by name alone: always in one order."""
    parameters = inspect.signature(getattr(matrixprofile, name)).parameters.values()
    positional = [each.name for each in parameters if each.kind is each.POSITIONAL_OR_KEYWORD]
    named = [each.name for each in parameters if each.kind is each.KEYWORD_ONLY]
    assert positional[-1] in {"m", "lengths"} or name in BY_PATTERN
    searched = [each for each in positional if each not in {"m", "lengths"}]
    assert searched == [each for each in FIRST if each in searched]
    assert named == [each for each in ORDER if each in named]
    assert named[-3:] == ["progress", "threads", "simd"]
    defaults = {each.name: each.default for each in parameters}
    assert (defaults["threads"], defaults["simd"]) == (0, "auto")
    assert defaults.get("normalize", True) is True
    assert defaults["progress"] is None


def arrivals() -> Any:
    stream = FleetStream(["truck-1", "truck-2"], 12, history=60)
    return stream.append(np.stack([VALUES, OTHER]))


def snapshot() -> Any:
    stream = StreamingProfile(12)
    stream.append(VALUES)
    return stream.snapshot()


def channels_arrivals() -> Any:
    return MultidimensionalStream(2, 12).append(np.stack([VALUES, OTHER]))


def channels_snapshot() -> Any:
    stream = MultidimensionalStream(2, 12)
    stream.append(np.stack([VALUES, OTHER]))
    return stream.snapshot()


def clusters() -> Any:
    values = np.concatenate([FLEET.values[:320], VALUES + 0.1 * RNG.normal(size=160)])
    names = ("truck-1", "truck-2", "truck-3")
    return device_clusters(FleetSeries(values, np.arange(4) * 160, names), 12, k=1, least=2)


RESULTS: dict[str, Callable[[], Any]] = {
    "MatrixProfile": lambda: matrix_profile(FLEET[0], 12, k=2),
    "FleetProfile": lambda: fleet_profile(FLEET, 12, k=2),
    "Join": lambda: ab_join(FLEET[0], FLEET[1], 12),
    "MultidimensionalProfile": lambda: multidimensional_profile([FLEET[0], OTHER], 12),
    "AnomalyScores": lambda: anomaly_scores(FLEET[0], 12),
    "Segmentation": lambda: segment(FLEET[0], 12, zone=1),
    "Snippets": lambda: snippets(FLEET[0], 40),
    "MotifSet": lambda: motif_sets(FLEET, 12)[0],
    "ConsensusMotif": lambda: consensus_motif(FLEET, 12),
    "VariableDiscords": lambda: variable_discords(FLEET, range(10, 14), k=2),
    "SimilarDevices": lambda: similar_devices(FLEET[0], FLEET, 12),
    "DeviceClusters": clusters,
    "DeviceCluster": lambda: clusters().clusters[0],
    "StreamSnapshot": snapshot,
    "Arrivals": arrivals,
    "MultidimensionalArrivals": channels_arrivals,
    "MultidimensionalSnapshot": channels_snapshot,
}


# Of a search over pages of a table: no results.
SEARCHES = {"SharedAsked", "SharedSearch"}


def test_every_result_is_looked_at() -> None:
    """Results with arrays are those with `to_arrow`; findings are rows of `findings_table`."""
    kinds = [getattr(matrixprofile, name) for name in matrixprofile.__all__]
    with_arrays = {
        kind.__name__ for kind in kinds if inspect.isclass(kind) and hasattr(kind, "to_arrow")
    }
    assert with_arrays == set(RESULTS)
    places = matrixprofile.Place
    places = matrixprofile.Place
    findings = {
        kind.__name__ for kind in kinds if inspect.isclass(kind) and issubclass(kind, places)
    }
    others = (
        {
            name
            for name, kind in zip(matrixprofile.__all__, kinds, strict=True)
            if dataclasses.is_dataclass(kind)
        }
        - findings
        - SEARCHES
    )
    assert others <= set(RESULTS)


def arrays(result: Any) -> list[np.ndarray[Any, Any]]:
    """The arrays that a result holds, those of the series in it too."""
    found = []
    for field in dataclasses.fields(result):
        value = getattr(result, field.name)
        if isinstance(value, np.ndarray):
            found.append(value)
        elif isinstance(value, Series | FleetSeries):
            found += arrays(value)
        elif isinstance(value, dict):
            found += [array for each in value.values() for array in arrays(each)]
    return found


@pytest.mark.parametrize("kind", RESULTS)
def test_a_result_is_frozen_plain_and_short(kind: str) -> None:
    result = RESULTS[kind]()
    assert type(result).__name__ == kind
    held = arrays(result)
    assert held
    for array in held:
        assert array.dtype.kind in "fi" or array.dtype == np.dtype("datetime64[us]")
        assert not array.flags.writeable
    with pytest.raises(ValueError, match="read-only"):
        held[-1][...] = 0
    name = dataclasses.fields(result)[0].name
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(result, name, None)
    text = repr(result)
    assert text.startswith(f"{kind}(")
    assert "array(" not in text
    assert len(text) < 1000


@pytest.mark.parametrize("kind", RESULTS)
def test_a_result_becomes_a_table_and_a_figure(kind: str) -> None:
    result = RESULTS[kind]()
    table = result.to_arrow()
    assert isinstance(table, pa.Table)
    assert table.num_rows > 0
    assert not any(pa.types.is_nested(each.type) for each in table.schema)
    figure = result.plot()
    assert isinstance(figure, Figure)
    assert figure.layout.title.text
    assert any(len(trace.x) for trace in figure.data)
    assert figure.to_json()


def test_findings_become_a_table() -> None:
    profile = fleet_profile(FLEET, 12)
    motifs = findings_table(profile.motifs(3))
    assert motifs.column_names[-2:] == ["neighbor_index", "neighbor_ts"]
    assert motifs["device_id"].to_pylist() == [each.device_id for each in profile.motifs(3)]
    assert motifs.schema.field("event_ts").type == pa.timestamp("us", "UTC")
    several = multidimensional_profile([VALUES, OTHER], 12).discords(2)
    assert findings_table(several)["channels"].to_pylist()[0] == list(several[0].channels)
    anomalies = findings_table(fleet_anomalies(FLEET, 12))
    assert set(anomalies["kind"].to_pylist()) <= {"shape", "level", "spread", "point"}
    nothing = findings_table([], matrixprofile.Discord)
    assert (nothing.num_rows, nothing.column_names) == (0, motifs.column_names)


@pytest.mark.parametrize(
    ("function", "arguments"),
    [
        (segment, {"m": 12, "zone": 1}),
        (snippets, {"m": 30, "k": 2}),
        (anomaly_scores, {"m": 12}),
        (motif_sets, {"m": 12, "k": 1}),
        (matrix_profile, {"m": 12, "k": 2}),
        (variable_discords, {"lengths": range(10, 14)}),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_device_of_a_fleet_is_as_it_is_alone(
    function: Callable[..., Any], arguments: dict[str, Any]
) -> None:
    each = dict(per_device(FLEET, function, **arguments))
    assert list(each) == ["truck-1", "truck-2"]  # the third is too short
    for device, found in each.items():
        alone = function(FLEET[device], **arguments)
        assert repr(found) == repr(alone)
        for one, other in zip(arrays_of(found), arrays_of(alone), strict=True):
            np.testing.assert_array_equal(one, other)


def arrays_of(found: Any) -> list[np.ndarray[Any, Any]]:
    return (
        [array for each in found for array in arrays(each)]
        if isinstance(found, list)
        else (arrays(found))
    )


def test_a_fleet_where_one_series_is_meant_is_told_apart() -> None:
    with pytest.raises(InvalidArgumentError, match="got a fleet of 3: per_device"):
        segment(FLEET, 12)  # type: ignore[arg-type]
    with pytest.raises(TooShortError, match="at most 5"):
        list(per_device(FLEET, segment, 200))
    with pytest.raises(InvalidArgumentError, match="zone"):
        list(per_device(FLEET, segment, 12, zone=-1))


def huge(exponent: int) -> Floats:
    walk: Floats = np.random.default_rng(0).normal(size=160).cumsum()
    return np.asarray(walk / np.abs(walk).max() * 10.0**exponent)


@pytest.mark.parametrize("exponent", [-290, -160, 150, 160, 300])
@pytest.mark.parametrize(
    "function", sorted({*CALLS} - {"match, pattern", "distance_profile, pattern"})
)
def test_values_whose_squares_overflow_are_compared_as_others(function: str, exponent: int) -> None:
    found, wanted = CALLS[function](huge(exponent)), CALLS[function](huge(0))
    np.testing.assert_allclose(found, wanted, atol=1e-9)
