"""Names of a package that are loaded when they are first used, so that importing it is cheap."""

import ast
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from motifleet.errors import MissingExtraError

EXTRAS = "models,server"
"""What brings every library that some names need, and others do not."""


def lazily(package: str) -> tuple[Callable[[str], object], Callable[[], list[str]]]:
    """The ``__getattr__`` and ``__dir__`` of a package with imports below ``if TYPE_CHECKING``.

    There they are read by whoever reads the package, types are checked, and here they are found.

    Args:
        package: its name, which is in the middle of being imported.

    Raises:
        AttributeError: by the first, for a name that is not imported there.
        MissingExtraError: by the first, where the name needs a library that is not here.

    >>> import motifleet
    >>> motifleet.fleet_series.__module__
    'motifleet.telemetry.series'
    >>> "open_home" in dir(motifleet)
    True
    """
    module = sys.modules[package]
    homes = _homes(Path(str(module.__file__)).read_text(encoding="utf-8"))

    def load(name: str) -> object:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        home, there = homes[name]
        try:
            found: object = getattr(import_module(home), there)
        except ModuleNotFoundError as error:
            library = str(error.name).partition(".")[0]
            if library == "motifleet":
                raise
            raise MissingExtraError("this", library, EXTRAS) from error
        setattr(module, name, found)
        return found

    return load, lambda: sorted({*vars(module), *homes})


def _homes(source: str) -> dict[str, tuple[str, str]]:
    r"""Where each name below ``if TYPE_CHECKING`` comes from, and what it is called there.

    >>> _homes("if TYPE_CHECKING:\n    from here import a, b as c")
    {'a': ('here', 'a'), 'c': ('here', 'b')}
    """
    return {
        name.asname or name.name: (str(each.module), name.name)
        for block in ast.parse(source).body
        if isinstance(block, ast.If) and ast.unparse(block.test) == "TYPE_CHECKING"
        for each in block.body
        if isinstance(each, ast.ImportFrom)
        for name in each.names
    }
