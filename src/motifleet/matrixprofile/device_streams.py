"""Many devices watched at once: what a device does now, beside what it did before."""

import json
from collections.abc import Sequence
from typing import Any

import numpy as np

from motifleet.errors import InvalidArgumentError, UnknownDeviceError
from motifleet.matrixprofile import _core, kernels, saving
from motifleet.matrixprofile.arrivals import Arrivals, windows_of
from motifleet.matrixprofile.streaming import matrix, memory_length
from motifleet.types import Ints, Series

WHAT = b"fleet   "


class FleetStream:
    """The streams of many devices, of one signal, each with a memory of fixed length.

    A call takes a block of every device, or of some, and tells for each new window how far the
    nearest earlier one of the same device is. Nothing is kept but the values in memory: 8 bytes
    for each, 400 MB for 100,000 devices with a history of 500. Conventions are those of
    `StreamingProfile`.

    Args:
        device_ids: the devices' names, or how many there are: then they are "0", "1", …
        m: the window length, at least 3.
        history: how many values of each device to remember.
        threads: how many to use; 0: ``MOTIFLEET_THREADS``, else one for each core.
        simd: the instruction set, "auto": ``MOTIFLEET_SIMD``, else the widest there is.

    Raises:
        InvalidArgumentError: a name comes twice, m or history is out of its bounds, or the
            machine has no such instruction set.

    >>> fleet = FleetStream(["truck-1", "truck-2"], 8, history=500)
    >>> signal = np.sin(np.arange(300) * np.pi / 10)
    >>> broken = signal.copy()
    >>> broken[290:294] = 3.0
    >>> fleet.append(np.stack([signal, broken])).left_distances[:, -1].round(2)
    array([0.  , 1.33])
    """

    def __init__(
        self,
        device_ids: Sequence[str] | int,
        m: int,
        *,
        history: int,
        threads: int = 0,
        simd: str = "auto",
    ) -> None:
        self._places = _places(device_ids)
        self._m = kernels.window_length(m)
        self._history = memory_length(history, self._m)
        self._threads = kernels.resolve_threads(threads)
        self._simd = kernels.resolve_simd(simd)
        totals = np.zeros(len(self._places), np.int64)
        try:
            self._streams = _core.DeviceStreams(self._m, self._history, totals, None)
        except (MemoryError, OverflowError) as error:
            raise InvalidArgumentError(
                f"expected a history that fits into memory for {len(self._places)} devices, "
                f"got {self._history}: 8 bytes are needed for each value"
            ) from error

    @property
    def m(self) -> int:
        """The window length."""
        return self._m

    @property
    def history(self) -> int:
        """How many values of each device are remembered."""
        return self._history

    @property
    def device_ids(self) -> tuple[str, ...]:
        """The devices' names."""
        return tuple(self._places)

    @property
    def totals(self) -> Ints:
        """How many values of each device have come; shape (devices,)."""
        return self._streams.totals

    def __len__(self) -> int:
        return len(self._places)

    def __getitem__(self, device_id: str) -> Series:
        """The values of a device that are in memory."""
        if device_id not in self._places:
            raise UnknownDeviceError(device_id, self._places)
        return Series(self._streams.values(self._places[device_id]), device_id)

    def append(
        self, values: Any, devices: Sequence[str] | Sequence[int] | Ints | None = None
    ) -> Arrivals:
        """Take in a block of each device, or of the devices named; NaN where a report is missing.

        Args:
            values: shape (devices, n), or (devices,) for one value of each.
            devices: whose rows these are, as names or as places in ``device_ids``, each at most
                once; None: all.

        Returns:
            the windows that the values completed, each with its nearest earlier window.

        Raises:
            InvalidArgumentError: the block has another shape, or a device comes twice. Nothing
                is taken in.
            UnknownDeviceError: there is no such device.
        """
        places = np.arange(len(self)) if devices is None else self._lookup(devices)
        block = matrix(values, len(places), "devices")
        windows = windows_of(self.totals[places], block.shape[1], self._m)
        flat = self._streams.append(places, block.ravel(), self._threads, self._simd)
        distances, indices = flat[0].reshape(block.shape), flat[1].reshape(block.shape)
        names = self.device_ids
        chosen = names if devices is None else tuple(names[place] for place in places)
        return Arrivals(self._m, windows, distances, indices, chosen)

    def to_bytes(self) -> bytes:
        """Save the streams: what `from_bytes` makes of them goes on exactly as these."""
        names = np.frombuffer(json.dumps(self.device_ids).encode(), np.uint8)
        head = np.array([self._m, self._history], np.int64)
        return saving.pack(WHAT, [head, self.totals, self._streams.memory, names])

    @classmethod
    def from_bytes(cls, data: bytes, *, threads: int = 0, simd: str = "auto") -> "FleetStream":
        """Restore streams that `to_bytes` saved.

        Raises:
            InvalidArgumentError: these are not the bytes of a fleet's streams, or are damaged.
        """
        try:
            head, totals, memory, names = saving.unpack(WHAT, data)
            m, history = head.tolist()
            ids = json.loads(names.tobytes())
            fleet = cls(ids, m, history=history, threads=threads, simd=simd)
            if len(ids) != len(totals) or (totals.size and totals.min() < 0):
                raise ValueError
            fleet._streams = _core.DeviceStreams(m, history, totals, memory)
        except InvalidArgumentError:
            raise
        except (ValueError, TypeError) as error:
            raise InvalidArgumentError(
                "expected the saved state of a fleet, got arrays that do not fit together"
            ) from error
        return fleet

    def _lookup(self, devices: Sequence[str] | Sequence[int] | Ints) -> Ints:
        named = [each for each in devices if isinstance(each, str)]
        unknown = [each for each in named if each not in self._places]
        if unknown:
            raise UnknownDeviceError(unknown[0], self._places)
        places = np.array(
            [
                self._places[each] if isinstance(each, str) else kernels.integer("a device", each)
                for each in devices
            ],
            np.int64,
        )
        if places.size and not (places.min() >= 0 and places.max() < len(self)):
            raise InvalidArgumentError(
                f"expected devices from 0 to {len(self) - 1}, got {places.min()} to {places.max()}"
            )
        if len(np.unique(places)) < len(places):
            raise InvalidArgumentError("expected each device at most once, got one twice")
        return places


def _places(device_ids: Sequence[str] | int) -> dict[str, int]:
    if isinstance(device_ids, str):
        raise InvalidArgumentError(f"expected a list of device names, got {device_ids!r}")
    if not isinstance(device_ids, Sequence):
        count = kernels.integer("names of devices, or their number", device_ids)
        device_ids = [str(place) for place in range(count)]
    places = {str(name): place for place, name in enumerate(device_ids)}
    if len(places) < len(device_ids):
        raise InvalidArgumentError(
            f"expected {len(device_ids)} different device names, got {len(places)}"
        )
    return places
