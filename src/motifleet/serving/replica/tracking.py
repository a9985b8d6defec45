"""What a model's own code adds to the record of the prediction that it is making."""

from contextvars import ContextVar

Tracked = dict[str, float | str | bool]
_MOST = 100
_current: ContextVar[Tracked | None] = ContextVar("tracked", default=None)


def track_metric(name: str, value: float | str | bool) -> None:
    """Add a figure to the record of the prediction that is being made.

    Outside a replica it does nothing, so that model code runs anywhere.

    Raises:
        ValueError: the name or the value cannot be kept, or there are more than 100.

    >>> tracked = begin()
    >>> track_metric("nearest_distance", 0.25)
    >>> tracked
    {'nearest_distance': 0.25}
    """
    tracked = _current.get()
    if tracked is None:
        return
    if not isinstance(name, str) or not 0 < len(name) <= 200:
        raise ValueError(f"expected a metric's name of 1 to 200 characters, got {name!r}")
    if hasattr(value, "item"):
        value = value.item()
    if not isinstance(value, float | int | str | bool):
        raise ValueError(f"expected a number or text for metric {name!r}, got {type(value)}")
    if len(tracked) >= _MOST and name not in tracked:
        raise ValueError(f"expected at most {_MOST} metrics in a prediction, got {name!r} as well")
    tracked[name] = value


def begin() -> Tracked:
    """Begin a prediction: what is tracked from now on lands in the mapping that this gives."""
    tracked: Tracked = {}
    _current.set(tracked)
    return tracked
