"""The pattern that is searched for: typed in, or cut from a device."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from motifleet.app import Motifleet, Selection


@dataclass(frozen=True)
class Wanted:
    """A pattern of each signal, or where it is cut from.

    Args:
        patterns: the numbers of each, as they are typed in.
        from_device: the device that it is cut from.
        from_start: when it begins.
        window: how many reports it holds.

    Raises:
        BadParameter: both are said, or half of one.
    """

    patterns: Sequence[str]
    from_device: str | None
    from_start: str | None
    window: int

    def __post_init__(self) -> None:
        if self.patterns and (self.from_device or self.from_start):
            raise typer.BadParameter("say either --pattern, or --from-device with --from-start")
        if (self.from_device is None) != (self.from_start is None):
            raise typer.BadParameter("say --from-device and --from-start together")

    @property
    def asked(self) -> bool:
        """Whether there is one at all."""
        return bool(self.patterns) or self.from_device is not None

    def of(
        self,
        fleet: "Motifleet",
        reports: "tuple[str, Selection, float | None]",
        signals: Sequence[str],
    ) -> Any:
        """The values of each signal; cut from the table, the selection and the step."""
        if self.patterns:
            return [numbers(pattern) for pattern in self.patterns]
        if self.from_device is None or self.from_start is None:
            raise typer.BadParameter("say --pattern, or --from-device with --from-start")
        table, selection, step = reports
        where = self.from_device, self.from_start, self.window
        return fleet.cut(table, signals, *where, as_of=selection.as_of, step=step)


def numbers(text: str) -> list[float]:
    """The numbers of a pattern as it is typed in."""
    try:
        return [float(part) for part in text.replace(",", " ").split()]
    except ValueError:
        raise typer.BadParameter(f"expected numbers such as '54,53,52,51', got {text!r}") from None
