"""Many devices watched at once: what a device does now, beside what it did before."""

import json
from collections.abc import Sequence
from typing import Any

import numpy as np

from motifleet.errors import InvalidArgumentError, UnknownDeviceError
from motifleet.matrixprofile import _core, kernels, saving
from motifleet.matrixprofile.arrivals import Arrivals, windows_of
from motifleet.matrixprofile.options import Progress, progress_function
from motifleet.matrixprofile.stream_terms import StreamTerms, matrix, memory_length
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
        normalize: False: the plain distance, which sees level and scale.
        p: of the norm that the plain distance is, from 1 (Manhattan) over 2 (Euclidean) to 20.
        threads: how many to use; 0: ``MOTIFLEET_THREADS``, else one for each core.
        simd: the instruction set, "auto": ``MOTIFLEET_SIMD``, else the widest there is.

    Raises:
        InvalidArgumentError: a name comes twice, an argument is out of its bounds, or the machine
            has no such instruction set.

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
        normalize: bool = True,
        p: float = 2.0,
        threads: int = 0,
        simd: str = "auto",
    ) -> None:
        self._places = _places(device_ids)
        memory_length(history, kernels.window_length(m))
        self._terms = StreamTerms.checked(m, history, normalize=normalize, p=p, simd=simd)
        self._threads = kernels.resolve_threads(threads)
        totals = np.zeros(len(self._places), np.int64)
        try:
            self._streams = _core.DeviceStreams(self._terms, totals, None)
        except (MemoryError, OverflowError) as error:
            raise InvalidArgumentError(
                f"expected a history that fits into memory for {len(self._places)} devices, "
                f"got {self.history}: 8 bytes are needed for each value"
            ) from error

    @property
    def m(self) -> int:
        """The window length."""
        return self._terms.m

    @property
    def history(self) -> int:
        """How many values of each device are remembered."""
        return self._terms.history

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
        self,
        values: Any,
        devices: Sequence[str] | Sequence[int] | Ints | None = None,
        *,
        progress: Progress | None = None,
    ) -> Arrivals:
        """Take in a block of each device, or of the devices named; NaN where a report is missing.

        Args:
            values: shape (devices, n), or (devices,) for one value of each.
            devices: whose rows these are, as names or as places in ``device_ids``, each at most
                once; None: all.
            progress: called now and then with how many values are done, and how many there are.
                Where it raises, or at Ctrl-C, what has been taken in stays; ``totals`` tells.

        Returns:
            the windows that the values completed, each with its nearest earlier window.

        Raises:
            InvalidArgumentError: the block has another shape, or a device comes twice. Nothing
                is taken in.
            UnknownDeviceError: there is no such device.
        """
        places = np.arange(len(self)) if devices is None else self._lookup(devices)
        block = matrix(values, len(places), "devices")
        windows = windows_of(self.totals[places], block.shape[1], self.m)
        follow = progress_function(progress)
        flat = self._streams.append(places, block.ravel(), follow, self._threads)
        distances, indices = flat[0].reshape(block.shape), flat[1].reshape(block.shape)
        names = self.device_ids
        chosen = names if devices is None else tuple(names[place] for place in places)
        return Arrivals(self.m, windows, distances, indices, chosen)

    def to_bytes(self) -> bytes:
        """Save the streams: what `from_bytes` makes of them goes on exactly as these."""
        names = np.frombuffer(json.dumps(self.device_ids).encode(), np.uint8)
        parts = [*self._terms.saved(), self.totals, self._streams.memory, names]
        return saving.pack(WHAT, parts)

    @classmethod
    def from_bytes(cls, data: bytes, *, threads: int = 0, simd: str = "auto") -> "FleetStream":
        """Restore streams that `to_bytes` saved.

        Raises:
            InvalidArgumentError: these are not the bytes of a fleet's streams, or are damaged.
        """
        _, arrays = saving.unpack(WHAT, data)
        with saving.fitting("fleet"):
            *terms, totals, memory, names = arrays
            if totals.size and totals.min() < 0:
                raise ValueError("a device has fewer than no values")
            fleet = cls.__new__(cls)
            fleet._places = _places(json.loads(names.tobytes()))
            fleet._threads = kernels.resolve_threads(threads)
            fleet._terms = StreamTerms.restored(terms, simd)
            if len(fleet) != len(totals):
                raise ValueError("devices and totals differ")
            fleet._streams = _core.DeviceStreams(fleet._terms, totals, memory)
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
