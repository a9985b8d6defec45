"""What the app's functions give back."""

from collections import Counter
from dataclasses import Field, dataclass, field
from typing import Any, ClassVar

from motifleet.telemetry import IN_TABLE


class _Result:
    """A result that can be written as JSON."""

    __slots__ = ()
    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    def to_dict(self) -> dict[str, Any]:
        """The result as plain values."""
        values = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return {name: dict(v) if isinstance(v, Counter) else v for name, v in values.items()}


@dataclass(slots=True)
class ImportResult(_Result):
    """What became of a file or a simulation.

    Args:
        table: where the accepted rows are.
        source: the file's name, or the simulation's.
        accepted: rows that landed now.
        already: rows of batches that had landed before.
        rejected: rows that were kept in the table ``rejected`` instead.
        reasons: how many rows were rejected for what; a row may count under several.
        snapshot_id: the table's snapshot with the last batch of this import.
        hints: remarks on the file that a person may want to act on.
    """

    table: str
    source: str
    accepted: int = 0
    already: int = 0
    rejected: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    snapshot_id: int | None = None
    hints: tuple[str, ...] = ()

    @property
    def useless(self) -> bool:
        """Whether not one row could be accepted, other than for being in the table already."""
        return self.accepted + self.already == 0 and self.rejected > self.reasons[IN_TABLE]


@dataclass(slots=True)
class FileCheck(_Result):
    """What an import of a file would accept and reject.

    Args:
        accepted: rows that are fine.
        rejected: rows that are not.
        reasons: how many rows would be rejected for what.
        columns: the report's columns and what each is: device, time, position, label or signal.
        examples: the first rejected rows: row, reason, report.
        hints: remarks on the file.
    """

    accepted: int = 0
    rejected: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    columns: dict[str, str] = field(default_factory=dict)
    examples: list[dict[str, Any]] = field(default_factory=list)
    hints: tuple[str, ...] = ()
