"""The environment of a build: the host's where it fits, else one of its own, made by uv."""

import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from motifleet.errors import BuildError, MissingExtraError

# What the replica's own code needs.
_ALWAYS = ("numpy", "orjson")
_PATIENCE_SECONDS = 1_800


@dataclass(frozen=True, slots=True)
class Environment:
    """Where a build runs.

    Args:
        python: its interpreter.
        lock: each package that it runs with, as ``name==version``.
        own: whether it was made for this build alone.
    """

    python: Path
    lock: list[str]
    own: bool


def environment_for(requirements: Sequence[str], folder: Path) -> Environment:
    """The host's environment where it has all that is required; else a new one in a folder.

    Args:
        requirements: as pip takes them.
        folder: where an environment of its own goes; not there yet.

    Raises:
        BuildError: a requirement cannot be read, or cannot be installed.
        MissingExtraError: uv is needed and not installed.

    >>> environment_for(["numpy>=1"], Path("unused")).own
    False
    """
    wanted = [_requirement(each) for each in [*requirements, *_ALWAYS]]
    wanted = [each for each in wanted if each.marker is None or each.marker.evaluate()]
    if all(_is_here(each) for each in wanted):
        return Environment(Path(sys.executable), _closure(wanted), own=False)
    return _made(wanted, folder)


def _requirement(text: str) -> Requirement:
    try:
        return Requirement(text)
    except InvalidRequirement as error:
        raise BuildError(f"expected a requirement as pip takes it, got {text!r}: {error}") from None


def _is_here(wanted: Requirement) -> bool:
    if wanted.url is not None:
        return False
    try:
        return wanted.specifier.contains(distribution(wanted.name).version, prereleases=True)
    except PackageNotFoundError:
        return False


def _closure(wanted: Iterable[Requirement]) -> list[str]:
    """All that is needed by what is needed, as it is installed here."""
    found: dict[str, str] = {}
    due = [(each.name, frozenset(each.extras)) for each in wanted]
    seen = set(due)
    while due:
        name, extras = due.pop()
        try:
            package = distribution(name)
        except PackageNotFoundError:
            continue  # for another system, which markers do not always say
        found[canonicalize_name(name)] = package.version
        for text in package.requires or ():
            needed = Requirement(text)
            marker = needed.marker
            if marker and not any(marker.evaluate({"extra": each}) for each in (*extras, "")):
                continue
            key = (needed.name, frozenset(needed.extras))
            if key not in seen:
                seen.add(key)
                due.append(key)
    return [f"{name}=={version}" for name, version in sorted(found.items())]


def _made(wanted: Sequence[Requirement], folder: Path) -> Environment:
    uv = _uv()
    lock = _run([uv, "pip", "compile", "--quiet", "--no-annotate", "--no-header", "-"], wanted)
    names = [line for line in lock.splitlines() if line and not line.startswith("#")]
    _run([uv, "venv", "--quiet", "--python", sys.executable, str(folder)])
    python = folder / "bin" / "python"
    words = [uv, "pip", "install", "--quiet", "--python", str(python), "--requirement", "-"]
    _run(words, [_requirement(each) for each in names])
    return Environment(python, names, own=True)


def _uv() -> str:
    beside = Path(sys.executable).parent / "uv"
    found = str(beside) if beside.exists() else shutil.which("uv")
    if found is None:
        raise MissingExtraError("a build with requirements of its own", "uv", "server")
    return found


def _run(words: Sequence[str], lines: Sequence[Requirement] = ()) -> str:
    done = subprocess.run(  # noqa: S603 -- our own words; requirements are its input
        words,
        input="\n".join(str(each) for each in lines),
        capture_output=True,
        text=True,
        timeout=_PATIENCE_SECONDS,
        check=False,
    )
    if done.returncode:
        raise BuildError(
            f"expected requirements that can be installed, but uv says: {done.stderr.strip()}"
        )
    return done.stdout
