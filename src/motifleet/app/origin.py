"""Where a finding comes from: what was asked, of which snapshot of which table."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import motifleet


@dataclass(frozen=True, slots=True)
class Origin:
    """A question about a snapshot; the same one always has the same id.

    How many findings are wanted is no part of it: asked again for more, the answer is replaced.

    Args:
        noun: what is asked for, such as "discords".
        table: the table of reports.
        snapshot_id: its snapshot.
        signals: the signals, in the order in which they were named.
        m: the window's length.
        parameters: all else that decides the answer, as JSON has it.

    >>> origin = Origin("discords", "trucks", 7, ("speed",), 60, {"against": "self"})
    >>> origin.question_id, origin.columns()["signals"]
    ('8b4c42233d5519a8', 'speed')
    """

    noun: str
    table: str
    snapshot_id: int
    signals: tuple[str, ...]
    m: int
    parameters: Mapping[str, Any]

    @property
    def question_id(self) -> str:
        """The id, from all that the question is made of."""
        parts = [self.noun, self.table, self.snapshot_id, self.signals, self.m, self.parameters]
        text = json.dumps(parts, sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def columns(self) -> dict[str, Any]:
        """What every finding of a result table says of its origin."""
        return {
            "signals": ", ".join(self.signals),
            "m": self.m,
            "source_table": self.table,
            "snapshot_id": self.snapshot_id,
            "parameters": json.dumps(self.parameters, sort_keys=True, default=str),
            "question_id": self.question_id,
            "version": motifleet.__version__,
        }
