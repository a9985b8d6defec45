"""Values that the rooms pass to one another."""

from collections.abc import Iterator
from dataclasses import Field, dataclass, fields
from typing import Any, ClassVar, TypeAlias

import numpy as np
from numpy.typing import NDArray

from motifleet.errors import InvalidArgumentError, UnknownDeviceError

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]
Times: TypeAlias = NDArray[np.datetime64]


class Frozen:
    """A frozen dataclass whose arrays are read-only too, and are shown by their shapes.

    The arrays are views: one that was passed in can still be written to by whoever owns it.

    >>> Series(np.zeros(300), signal="speed")
    Series(values[300], signal='speed')
    """

    __slots__ = ()
    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    def __post_init__(self) -> None:
        for name in self.__dataclass_fields__:
            value = getattr(self, name)
            if isinstance(value, np.ndarray) and value.flags.writeable:
                view = value.view()
                view.setflags(write=False)
                object.__setattr__(self, name, view)

    def __repr__(self) -> str:
        named = ((field.name, getattr(self, field.name)) for field in fields(self) if field.repr)
        shown = (_shown(name, value) for name, value in named if value is not None)
        return f"{type(self).__name__}({', '.join(shown)})"


def _shown(name: str, value: object) -> str:
    if isinstance(value, np.ndarray):
        return f"{name}[{' × '.join(map(str, value.shape))}]"
    if isinstance(value, tuple | dict) and len(value) > 3:
        return f"{name}=({len(value):,} of them)"
    return f"{name}={value!r}"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Series(Frozen):
    """One signal of one device, at equal steps of time.

    Args:
        values: shape (n,), in the signal's unit; NaN where a report is missing.
        device_id: whose signal it is, where that is known.
        signal: the signal's column name, where that is known.
        event_ts: shape (n,), datetime64[us] in UTC, where the times are known.

    Raises:
        InvalidArgumentError: the times are not as many as the values.

    >>> import numpy as np
    >>> len(Series(np.array([50.0, 51.0, 53.0]), device_id="truck-7", signal="iot_signal_3"))
    3
    """

    values: Floats
    device_id: str | None = None
    signal: str | None = None
    event_ts: Times | None = None

    def __post_init__(self) -> None:
        Frozen.__post_init__(self)
        if self.event_ts is not None and len(self.event_ts) != len(self.values):
            raise InvalidArgumentError(
                f"expected a time for each of the {len(self.values)} values, "
                f"got {len(self.event_ts)} times"
            )

    def __len__(self) -> int:
        return len(self.values)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class FleetSeries(Frozen):
    """One signal of many devices: all values in one array, a device after the other.

    Args:
        values: shape (N,), the devices' values laid end to end.
        offsets: shape (devices + 1,), int64; device i owns ``values[offsets[i]:offsets[i + 1]]``.
        device_ids: one name for each device.
        signal: the signal's column name.
        event_ts: shape (N,), datetime64[us] in UTC, where the times are known.

    Raises:
        InvalidArgumentError: offsets, names and values do not fit together.

    >>> import numpy as np
    >>> fleet = FleetSeries(np.arange(5.0), np.array([0, 2, 5]), ("a", "b"), "speed")
    >>> fleet["b"].values
    array([2., 3., 4.])
    """

    values: Floats
    offsets: Ints
    device_ids: tuple[str, ...]
    signal: str | None = None
    event_ts: Times | None = None

    def __post_init__(self) -> None:
        Frozen.__post_init__(self)
        if len(self.offsets) != len(self.device_ids) + 1:
            raise InvalidArgumentError(
                f"expected {len(self.device_ids) + 1} offsets for {len(self.device_ids)} devices, "
                f"got {len(self.offsets)}"
            )
        ends_right = self.offsets[0] == 0 and self.offsets[-1] == len(self.values)
        if not ends_right or bool(np.any(np.diff(self.offsets) < 0)):
            raise InvalidArgumentError(
                f"expected offsets that rise from 0 to {len(self.values)}, "
                f"got {self.offsets[0]} to {self.offsets[-1]}"
            )

    def __len__(self) -> int:
        return len(self.device_ids)

    def __getitem__(self, device: str | int) -> Series:
        index = self.index(device) if isinstance(device, str) else range(len(self))[device]
        span = slice(int(self.offsets[index]), int(self.offsets[index + 1]))
        times = None if self.event_ts is None else self.event_ts[span]
        return Series(self.values[span], self.device_ids[index], self.signal, times)

    def __iter__(self) -> Iterator[Series]:
        return (self[index] for index in range(len(self)))

    def index(self, device_id: str) -> int:
        """The place of a device in ``device_ids``."""
        try:
            return self.device_ids.index(device_id)
        except ValueError:
            raise UnknownDeviceError(device_id, self.device_ids) from None
