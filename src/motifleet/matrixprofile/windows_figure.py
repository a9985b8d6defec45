"""Windows that are alike, one over the other."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from motifleet.matrixprofile.findings import Finding, name_of_place
from motifleet.matrixprofile.panels import MOTIF, SIGNAL, Panels
from motifleet.types import Floats

if TYPE_CHECKING:
    from plotly.graph_objects import Figure


def windows_figure(
    windows: Floats, found: Sequence[Finding], strong: Sequence[int], title: str
) -> "Figure":
    """Draw windows as they are, and their shapes: without level and scale.

    Args:
        windows: shape (windows, m).
        found: what each is.
        strong: which of them are drawn in colour.
        title: what they are.
    """
    panels = Panels(["signal", "shape"])
    size = np.abs(windows).max(initial=0) or 1.0
    centred = windows / size - (windows / size).mean(axis=1, keepdims=True)
    deviation = centred.std(axis=1, keepdims=True)
    shapes = centred / np.where(deviation > 0, deviation, 1)
    x = np.arange(windows.shape[1])
    order = [number for number in range(len(found)) if number not in strong]
    for number in [*order, *strong]:
        name, bold = name_of_place(found[number]), number in strong
        color, width = (MOTIF, 3.0) if bold else (SIGNAL, 1.2)
        for row, rows in ((1, windows), (2, shapes)):
            panels.line(
                row,
                x,
                rows[number],
                name,
                color,
                width=width,
                legendgroup=name,
                showlegend=row == 1 and (bold or len(found) <= 8),
            )
    return panels.finish(title, "report of the window")
