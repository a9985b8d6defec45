"""A process that replaces the same part of a table again and again, until it is killed."""

from pathlib import Path
from typing import Any

import pyarrow as pa

from motifleet.config import Settings
from motifleet.tables import open_tables


def answer(part: str, number: int, rows: int) -> pa.Table:
    """Rows of a part that all hold the same number."""
    numbers: Any = pa.array([number] * rows, pa.int64())
    return pa.table({"question": pa.array([part] * rows, pa.string()), "number": numbers})


def run(home: str, attempt: int, ready: Any) -> None:
    """Replace the part, and say when it was done for the first time."""
    with open_tables(Settings(home=Path(home))) as tables:
        for number in range(10_000):
            rows = answer("a", 10_000 * attempt + number, 5)
            tables.replace("results", rows, column="question", value="a")
            ready.set()


if "arguments" in globals():
    run(*globals()["arguments"])
