"""What a build is made of: a registered version, or a Python file and a function in it."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from motifleet.errors import InvalidArgumentError

EXAMPLE, FOLDER_OF_MODEL, FOLDER_OF_SOURCE = "input_example.json", "model", "source"
_EXAMPLE_OF_MLFLOW = "serving_input_example.json"


@dataclass(frozen=True, slots=True)
class VersionSource:
    """A registered version.

    Args:
        reference: as in ``failures@3``.
        files: its files, checked against its checksum.
    """

    reference: str
    files: Path

    def content(self) -> dict[str, Any]:
        """What ``build.json`` says of it."""
        return {"kind": "mlflow", "source": self.reference}

    def files_to_copy(self) -> dict[str, Path]:
        """Where each file goes in the build."""
        found = (path for path in self.files.rglob("*") if path.is_file())
        return {f"{FOLDER_OF_MODEL}/{path.relative_to(self.files)}": path for path in found}

    def example(self) -> bytes | None:
        """The request that the model was logged with."""
        path = self.files / _EXAMPLE_OF_MLFLOW
        return path.read_bytes() if path.exists() else None

    def requirements(self) -> list[str]:
        """What the model needs, as pip takes it."""
        path = self.files / "requirements.txt"
        return _lines(path.read_text(encoding="utf-8")) if path.exists() else ["mlflow"]


@dataclass(frozen=True, slots=True)
class FunctionSource:
    """A Python file, and the name of a function in it that takes a request.

    Args:
        file: the file.
        function: the function's name.
        beside: other files that it reads or imports, which go into the same folder.
        needs: what it needs, as pip takes it.
        request: an input example; None: there is none, and the build is only loaded.
        commit: the whole hash of the commit, where the files are those of one.
    """

    file: Path
    function: str
    beside: tuple[Path, ...] = ()
    needs: tuple[str, ...] = ()
    request: Any = None
    commit: str = ""

    def __post_init__(self) -> None:
        if not self.function.isidentifier():
            raise InvalidArgumentError(f"expected a function's name, got {self.function!r}")
        for path in (self.file, *self.beside):
            if path.is_symlink() or not path.is_file():
                raise InvalidArgumentError(f"expected a file, and no link, at {path}")
        if self.file.suffix != ".py" or set(self.file.name) & set("@:"):
            raise InvalidArgumentError(
                f"expected a Python file without @ or : in its name, got {self.file.name!r}"
            )

    def content(self) -> dict[str, Any]:
        """What ``build.json`` says of it."""
        at = f"@{self.commit}" if self.commit else ""
        source = f"{self.file.name}:{self.function}{at}"
        told = {"kind": "function", "file": self.file.name, "function": self.function}
        return {**told, "source": source}

    def files_to_copy(self) -> dict[str, Path]:
        """Where each file goes in the build."""
        return {f"{FOLDER_OF_SOURCE}/{path.name}": path for path in (self.file, *self.beside)}

    def example(self) -> bytes | None:
        """The request to try it with."""
        return None if self.request is None else json.dumps(self.request).encode()

    def requirements(self) -> list[str]:
        """What the function needs, as pip takes it."""
        return list(self.needs)


BuildSource = VersionSource | FunctionSource


def _lines(text: str) -> list[str]:
    """The requirements of a file; its comments and options are left out."""
    lines = (line.partition(" #")[0].strip() for line in text.splitlines())
    return [line for line in lines if line and not line.startswith(("#", "-"))]
