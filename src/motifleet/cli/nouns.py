"""The nouns of the command line: each module is imported when its noun is used, or looked into."""

from collections.abc import Iterator, MutableMapping
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command, get_group

NOUNS = {
    "up": "Start REST API, endpoints, MLflow's page and jobs, until Ctrl-C.",
    "status": "Say where the server of a home answers, and what it runs.",
    "demo": "Do the whole lab, then find patterns in real flights and a simulated fleet.",
    "notebook": "Open the lab's notebooks in JupyterLab.",
    "telemetry": "Import, check and simulate telemetry.",
    "table": "List, describe and read tables.",
    "pattern": "Find motifs, discords and patterns.",
    "device": "Find devices that behave alike.",
    "geo": "Ask where devices are and were.",
    "map": "Draw maps to open in a browser.",
    "experiment": "Look at experiments and their runs.",
    "model": "Train, register, compare and use models.",
    "build": "Build models for deployment.",
    "deployment": "Deploy builds, and change what is deployed.",
    "endpoint": "Serve endpoints, ask them, and keep their keys.",
    "job": "Run scripts, notebooks and commands by hand, by cron or after one another.",
    "monitor": "Read predictions, their metrics, quality and drift.",
    "alert": "Be told when something is wrong with endpoints or devices.",
    "project": "Make projects, and give roles in them.",
    "user": "Make users, and give them passwords.",
    "key": "Make and revoke API keys.",
    "audit": "Print the audit log, the newest first.",
    "lineage": "Say which data a prediction or version rests on, or what rests on a batch.",
}
"""Each noun is a module of its name: with an ``app``, or with one command, a function."""


class Nouns(TyperGroup):
    """The root command, which shows its nouns by their names alone."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options | {"commands": _Modules()})

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Show what there is, without importing any of it."""
        shown = {name: TyperCommand(name, help=told) for name, told in NOUNS.items()}
        group = TyperGroup(name=self.name, commands=dict(shown), help=self.help, params=self.params)
        group.format_help(ctx, formatter)


class _Modules(MutableMapping[str, Any]):
    """The commands by noun; each is made when it is asked for."""

    def __init__(self) -> None:
        self._made: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._made:
            if name not in NOUNS:
                raise KeyError(name)
            self._made[name] = _command(name)
        return self._made[name]

    def __setitem__(self, name: str, command: Any) -> None:
        self._made[name] = command

    def __delitem__(self, name: str) -> None:
        del self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter({**NOUNS, **self._made})

    def __len__(self) -> int:
        return len({**NOUNS, **self._made})


def _command(name: str) -> Any:
    module = import_module(f"motifleet.cli.{name}")
    if hasattr(module, "app"):
        command = get_group(module.app)
        command.name, command.help = name, NOUNS[name]
        return command
    alone = typer.Typer(add_completion=False)
    alone.command(name)(getattr(module, name))
    return get_command(alone)
