"""What a measurement is, and one row of its table: ours against a peer, held against a floor."""

import operator
from dataclasses import dataclass
from typing import Protocol

Row = dict[str, object]
HOLDS = {"≥": operator.ge, ">": operator.gt, "≤": operator.le, "<": operator.lt}


class Measurement(Protocol):
    """A module of this package: its docstring says what it measures, and how."""

    TITLE: str

    def rows(self) -> list[Row]:
        """Measure, and return the rows of one table."""


@dataclass(frozen=True)
class Floor:
    """What a measured number must be."""

    sign: str
    bound: float
    unit: str = "×"

    def judge(self, measured: float) -> Row:
        """The two last cells of a number's row."""
        holds = bool(HOLDS[self.sign](measured, self.bound))
        return {"floor": f"{self.sign} {self.bound:,.6g} {self.unit}", "met": holds}


def judged(measured: float, floor: Floor | None) -> Row:
    """The cells of a floor, empty where none is set."""
    return floor.judge(measured) if floor else {"floor": None, "met": None}


def versus(
    work: str,
    peer: str,
    ours: float,
    theirs: float,
    *,
    floor: Floor | None = None,
    error: float | None = None,
    difference: float | None = None,
) -> Row:
    """The seconds of a work against those of a peer; the errors are those of distances."""
    return {
        "work": work,
        "peer": peer,
        "motifleet (s)": ours,
        "peer (s)": theirs,
        "times as fast": theirs / ours,
        **judged(theirs / ours, floor),
        "largest error": error,
        "off the peer": difference,
    }
