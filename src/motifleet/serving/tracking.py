"""What a model's own code adds to a prediction's record."""

import sys


def track_metric(name: str, value: float | str | bool) -> None:
    """Add a figure to the record of the prediction that is being made.

    In a replica it reaches the code that travels in the build; elsewhere it does nothing, so that
    model code runs anywhere.

    >>> track_metric("nearest_distance", 0.25)
    """
    carried = sys.modules.get("motifleet_replica.tracking")
    if carried is not None:
        carried.track_metric(name, value)
