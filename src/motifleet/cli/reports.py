"""The reports that a command of ``motifleet pattern`` works on: options shared by all of them."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Protocol

import typer

from motifleet.cli import options
from motifleet.cli.output import Output, Row

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

    from motifleet.app import Motifleet, Selection
    from motifleet.types import FleetSeries, Series


Plot = Annotated[
    Path | None, typer.Option("--plot", metavar="FILE", help="Draw it there, as HTML.")
]


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """Which reports are meant, and how it is answered."""

    devices: options.Devices = None
    start: options.Start = None
    end: options.End = None
    where: options.Where = None
    as_of: options.AsOf = None
    home: options.Home = None
    as_json: options.Json = False

    @property
    def output(self) -> Output:
        """Where the command says what it found."""
        return Output(self.as_json)

    def open(self) -> "Motifleet":
        """Open the home folder."""
        from motifleet.app import open_home

        return open_home(self.home)

    @property
    def selection(self) -> "Selection":
        """Which reports."""
        return options.selection(self.devices, self.start, self.end, self.where, self.as_of)


@dataclass(frozen=True)
class Selected(Chosen):
    """Which reports of which table are meant, and how it is answered."""

    table: options.TableName


@dataclass(frozen=True)
class Reports(Selected):
    """Reports of a table or a file, as the options name them."""

    step: options.Step = None

    def kernels(self) -> dict[str, Any]:
        """How the kernels are run, by the settings."""
        settings = self.open().settings
        return {"threads": settings.threads, "simd": settings.simd}

    def fleet(self, signal: str) -> "FleetSeries":
        """Read one signal of all devices."""
        return self.open().fleet_series(
            self.table, signal, selection=self.selection, step=self.step
        )

    def chosen(self, signal: str, count: int) -> "list[Series]":
        """Read one signal of just so many devices, which --device names."""
        if len(self.devices or []) != count:
            named = "--device once" if count == 1 else f"--device {count} times"
            raise typer.BadParameter(f"say {named}, got {len(self.devices or [])}")
        fleet = self.fleet(signal)
        return [fleet[device] for device in self.devices or []]

    def draw(self, found: "Drawable", plot: Path | None) -> None:
        """Write a figure where one was asked for."""
        if plot is not None:
            found.plot().write_html(plot)

    def render(
        self, found: Mapping[str, Sequence[Row]], columns: Mapping[str, Sequence[str]]
    ) -> None:
        """Say what was found: one document, or a table for each noun."""
        self.output.document(found)
        for noun, rows in found.items():
            if rows:
                self.output.rows(rows, columns[noun], noun if len(found) > 1 else None)
            else:
                self.output.line(f"no {noun}")


class Drawable(Protocol):
    """What can be drawn."""

    def plot(self) -> "Figure":
        """Draw it."""


def over_reports(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of `Reports`; it is called with them as its first argument."""
    return sharing(Reports, command)


def sharing(kind: Callable[..., Any], command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that a dataclass has as its fields, the first one in front.

    The command is called with an object of that kind as its first argument.
    """
    shared = inspect.signature(kind).parameters
    signature = inspect.signature(command)
    own = list(signature.parameters.values())[1:]
    required = [each for each in own if each.default is each.empty]
    optional = [each for each in own if each.default is not each.empty]
    common = [each.replace(kind=each.POSITIONAL_OR_KEYWORD) for each in shared.values()]

    def run(**values: Any) -> None:
        command(kind(**{name: values.pop(name) for name in shared}), **values)

    order = [common[0], *required, *optional, *common[1:]]
    run.__signature__ = signature.replace(parameters=order)  # type: ignore[attr-defined]
    run.__annotations__ = {each.name: each.annotation for each in order}
    run.__doc__, run.__name__ = command.__doc__, command.__name__
    return run
