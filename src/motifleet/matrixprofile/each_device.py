"""What is done to one series, done to every device of a fleet."""

from collections.abc import Callable, Iterator
from typing import Concatenate, ParamSpec, TypeVar

from motifleet.errors import TooShortError
from motifleet.types import FleetSeries, Series

P = ParamSpec("P")
T = TypeVar("T")


def per_device(
    fleet: FleetSeries,
    function: Callable[Concatenate[Series, P], T],
    *arguments: P.args,
    **named: P.kwargs,
) -> Iterator[tuple[str, T]]:
    """Call a function of one series with each device's, in the fleet's order.

    Any function of this room that takes a series will do: `segment`, `snippets`,
    `anomaly_scores`, `motif_sets`, `variable_discords` and others. Each result is what the device
    has alone; it is made when it is asked for, so that memory holds one at a time. Devices that
    are too short, or have no value, are passed over.

    Args:
        fleet: one signal of many devices.
        function: called as ``function(series, *arguments, **named)``.
        arguments: what it takes after the series, such as m.
        named: what it takes by name.

    Yields:
        the device's name and the function's result.

    Raises:
        TooShortError: every device is too short.
        InvalidArgumentError: as the function does.

    >>> import numpy as np
    >>> from motifleet.matrixprofile import segment
    >>> steps = np.arange(300)
    >>> one = np.where(steps < 150, np.sin(steps / 4), np.abs(steps / 12 % 2 - 1))
    >>> fleet = FleetSeries(np.tile(one, 2), np.array([0, 300, 600]), ("a", "b"))
    >>> for device, found in per_device(fleet, segment, 25, zone=2):
    ...     print(device, round(found.boundaries(1)[0].index, -1))
    a 150
    b 150
    """
    done, refused = 0, None
    for series in fleet:
        try:
            result = function(series, *arguments, **named)
        except TooShortError as error:
            refused = error
            continue
        done += 1
        yield str(series.device_id), result
    if refused is not None and not done:
        raise refused
