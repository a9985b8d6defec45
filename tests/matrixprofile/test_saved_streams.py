"""A stream that was saved goes on as if nothing had happened, and damaged bytes are refused."""

import zlib
from collections.abc import Callable
from itertools import pairwise
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.matrixprofile.strategies import series

from motifleet.errors import InvalidArgumentError, UnknownDeviceError
from motifleet.matrixprofile import (
    Arrivals,
    FleetStream,
    MultidimensionalStream,
    StreamingProfile,
    exclusion_zone,
    saving,
)
from motifleet.matrixprofile.streaming import WHAT
from motifleet.types import Floats

RNG = np.random.default_rng(12)


@settings(max_examples=60, deadline=None)
@given(case=series(300), data=st.data())
def test_a_restored_stream_goes_on_exactly(case: tuple[Floats, int], data: st.DataObject) -> None:
    values, m = case
    least = m + exclusion_zone(m) + 1
    history = data.draw(st.none() | st.integers(least, least + 60))
    cut = data.draw(st.integers(0, len(values)))
    stream = StreamingProfile(m, history=history, channels=2)
    stream.append(np.stack([values, values[::-1]])[:, :cut])
    restored = StreamingProfile.from_bytes(stream.to_bytes())
    for each in (stream, restored):
        each.append(np.stack([values, values[::-1]])[:, cut:])
    assert (restored.m, restored.history, len(restored)) == (m, history, len(values))
    for channel in range(2):
        one, other = stream.snapshot(channel), restored.snapshot(channel)
        assert one.to_arrow().equals(other.to_arrow())
        np.testing.assert_array_equal(one.values, other.values)
    assert stream.to_bytes() == restored.to_bytes()


def bits(stream: StreamingProfile, came: Arrivals) -> bytes:
    """All that a stream tells and remembers, to the last bit."""
    told = [came.windows, came.left_distances, came.left_indices]
    for channel in range(stream.channels):
        one = stream.snapshot(channel)
        told += [one.values, one.neighbor_distances, one.neighbor_indices]
        told += [one.left_distances, one.left_indices]
    return b"".join(array.tobytes() for array in told) + stream.to_bytes()


@settings(max_examples=150, deadline=None)
@given(case=series(500), data=st.data())
def test_a_restored_stream_is_the_one_that_was_never_saved_to_the_last_bit(
    case: tuple[Floats, int], data: st.DataObject
) -> None:
    values, m = case
    least = m + exclusion_zone(m) + 1
    history = data.draw(st.none() | st.integers(least, least + 60), label="history")
    p = data.draw(st.sampled_from([None, 1.0, 2.0, 3.5]), label="p")
    k = data.draw(st.integers(1, 3), label="k")
    channels = data.draw(st.integers(1, 2), label="channels")
    measure = {} if p is None else {"normalize": False, "p": p}
    how: dict[str, Any] = {"history": history, "k": k, "channels": channels, **measure}
    never, restored = StreamingProfile(m, **how), StreamingProfile(m, **how)
    block = np.stack([values, 1.0 - values[::-1]])[:channels]
    block = block if channels > 1 else block[0]
    cuts = data.draw(st.lists(st.integers(0, len(values)), max_size=4), label="cuts")
    for start, end in pairwise([0, *sorted(cuts), len(values)]):
        part = block[..., start:end]
        saved = restored.to_bytes()
        restored = StreamingProfile.from_bytes(saved)
        assert restored.to_bytes() == saved
        assert bits(never, never.append(part)) == bits(restored, restored.append(part))


@settings(max_examples=60, deadline=None)
@given(case=series(300), data=st.data())
def test_restored_channels_are_those_never_saved_to_the_last_bit(
    case: tuple[Floats, int], data: st.DataObject
) -> None:
    values, m = case
    least = m + exclusion_zone(m) + 1
    history = data.draw(st.none() | st.integers(least, least + 60), label="history")
    never = MultidimensionalStream(2, m, history=history)
    restored = MultidimensionalStream(2, m, history=history)
    block = np.stack([values, np.abs(values[::-1])])
    cuts = data.draw(st.lists(st.integers(0, len(values)), max_size=4), label="cuts")
    for start, end in pairwise([0, *sorted(cuts), len(values)]):
        restored = MultidimensionalStream.from_bytes(restored.to_bytes())
        one, other = never.append(block[:, start:end]), restored.append(block[:, start:end])
        assert one.left_distances.tobytes() == other.left_distances.tobytes()
        assert one.left_indices.tobytes() == other.left_indices.tobytes()
        assert never.to_bytes() == restored.to_bytes()


def test_bytes_of_the_first_version_go_on() -> None:
    """They hold values and profiles, and no sums: these are computed anew."""
    values = RNG.normal(size=400).cumsum()
    stream = StreamingProfile(20, history=150, k=2)
    stream.append(values[:300])
    one = stream.snapshot()
    near = one.neighbor_distances.ravel(), one.neighbor_indices.ravel()
    arrays = [np.array([20, 150, 2]), np.array([0.0]), np.array([300]), one.values, *near]
    first = saving.pack(WHAT, [*arrays, one.left_distances, one.left_indices])
    restored = StreamingProfile.from_bytes(resealed(first[:16] + b"\1" + first[17:]))
    one_more, other = stream.append(values[300:]), restored.append(values[300:])
    np.testing.assert_allclose(one_more.left_distances, other.left_distances, atol=1e-9)
    np.testing.assert_array_equal(one_more.left_indices, other.left_indices)


def test_a_restored_fleet_goes_on_exactly() -> None:
    fleet = FleetStream(["a", "b"], 10, history=60)
    fleet.append(RNG.normal(size=(2, 50)))
    fleet.append(RNG.normal(size=(1, 50)), ["b"])
    restored = FleetStream.from_bytes(fleet.to_bytes())
    block = RNG.normal(size=(2, 20))
    one, other = fleet.append(block), restored.append(block)
    assert one.to_arrow().equals(other.to_arrow())
    assert restored.totals.tolist() == [70, 120]
    assert restored.to_bytes() == fleet.to_bytes()


def saved() -> bytes:
    stream = StreamingProfile(4, history=20)
    stream.append(RNG.normal(size=30))
    return stream.to_bytes()


def resealed(data: bytes) -> bytes:
    return data[:-4] + zlib.crc32(data[:-4]).to_bytes(4, "little")


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda _: b"", "got other bytes"),
        (lambda data: b"PK" + data[2:], "got other bytes"),
        (lambda _: FleetStream(1, 4, history=20).to_bytes(), "got other bytes"),
        (lambda data: data[:-1], "the checksum differs"),
        (lambda data: data + b"\0", "the checksum differs"),
        (lambda data: data[:90] + bytes([data[90] ^ 1]) + data[91:], "the checksum differs"),
        (lambda data: resealed(data[:16] + b"\3" + data[17:]), "got version 3, not up to 2"),
        (lambda data: resealed(data[:16] + b"\1" + data[17:]), "do not fit together"),
        (lambda data: resealed(data[:18] + b"\3" + data[19:]), "lengths do not fit"),
        (lambda data: resealed(data[:20] + b"x" + data[21:]), "lengths do not fit"),
        (lambda data: resealed(data[:28] + b"\xff" + data[29:]), "lengths do not fit"),
        (lambda data: resealed(data[:29] + b"\1" + data[30:]), "at least 3|do not fit"),
        (lambda _: "text", "expected bytes, got a str"),
    ],
)
def test_foreign_bytes_are_refused(spoil: Callable[[bytes], Any], sentence: str) -> None:
    with pytest.raises(InvalidArgumentError, match=sentence):
        StreamingProfile.from_bytes(spoil(saved()))


@given(place=st.integers(0, 10_000), value=st.integers(1, 255), seal=st.booleans())
@settings(max_examples=150, deadline=None)
def test_damage_is_an_error_or_harmless(place: int, value: int, seal: bool) -> None:
    """Even bytes with a right checksum do no more than start a stream or say what is wrong."""
    data = bytearray(saved())
    data[place % (len(data) - 4)] ^= value
    spoilt = resealed(bytes(data)) if seal else bytes(data)
    try:
        StreamingProfile.from_bytes(spoilt).append(RNG.normal(size=30))
    except InvalidArgumentError:
        return
    assert seal


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: StreamingProfile(2), "at least 3, got 2"),
        (lambda: StreamingProfile(20, history=25), "history of at least 26 values"),
        (lambda: StreamingProfile(20, history=cast("Any", 2.5)), "as an integer, got 2.5"),
        (lambda: StreamingProfile(20, channels=0), "at least 1 channel, got 0"),
        (lambda: StreamingProfile(20, simd="mmx"), "got 'mmx'"),
        (
            lambda: StreamingProfile(20).append(cast("Any", ["a"])),
            "expected a block of real numbers",
        ),
        (lambda: StreamingProfile(20).append([[1.0]]), "in one dimension"),
        (lambda: StreamingProfile(20, channels=2).append([1.0]), r"shape \(2, n\)"),
        (lambda: StreamingProfile(20, channels=2).append([[1.0], [1.0, 2.0]]), "different lengths"),
        (lambda: StreamingProfile(20).snapshot(1), "channel from 0 to 0, got 1"),
        (lambda: FleetStream("ab", 5, history=9), "list of device names"),
        (lambda: FleetStream(["a", "a"], 5, history=9), "2 different device names, got 1"),
        (lambda: FleetStream(2.0, 5, history=9), "as an integer, got 2.0"),  # type: ignore[arg-type]
        (lambda: FleetStream(2, 5, history=7), "history of at least 8"),
        (lambda: FleetStream(9, 5, history=10**15), "a history that fits into memory"),
        (lambda: FleetStream(9, 5, history=10**30), "a history of at most"),
        (lambda: StreamingProfile(5, history=10**30), "a history of at most"),
        (lambda: FleetStream(2, 5, history=9).append([1.0]), "a row for each of the devices"),
        (lambda: FleetStream(2, 5, history=9).append([1.0], [2]), "devices from 0 to 1"),
        (lambda: FleetStream(2, 5, history=9).append([1.0, 2.0], [1, 1]), "at most once"),
    ],
)
def test_mistakes(call: Callable[[], object], sentence: str) -> None:
    with pytest.raises(InvalidArgumentError, match=sentence):
        call()


def test_unknown_devices() -> None:
    fleet = FleetStream(["truck-1", "truck-2"], 5, history=9)
    with pytest.raises(UnknownDeviceError, match="did you mean 'truck-1'"):
        fleet.append([1.0], ["truck1"])
    with pytest.raises(UnknownDeviceError, match="did you mean 'truck-2'"):
        fleet["truck2"]
