"""Warnings that name the line of the caller's own code, however deep they come from."""

import sys
import warnings
from pathlib import Path

HERE = str(Path(__file__).parent)


def warned(message: str) -> None:
    """Warn at the first caller outside of this package."""
    frame, level = sys._getframe(1), 1
    while frame.f_back is not None and frame.f_code.co_filename.startswith(HERE):
        frame, level = frame.f_back, level + 1
    warnings.warn(message, stacklevel=level + 1)
