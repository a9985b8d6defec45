"""A build, frozen: a folder that is written once, summed up, tried, and never changed.

``content/`` holds what is served: ``build.json``, the model's files or the function's, the code of
the replica, the requirements and the input example. Beside it are ``build.log``, ``env/`` where the
build has an environment of its own, and ``manifest.json``, written last.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from motifleet.errors import BuildError
from motifleet.serving import replica
from motifleet.serving.environment import Environment, environment_for
from motifleet.serving.process import replica_command, replica_environment
from motifleet.serving.source import EXAMPLE, BuildSource

LOG, MANIFEST, CONTENT = "build.log", "manifest.json", "content"
_CODE = "motifleet_replica"
_TRIAL_SECONDS = 300
_TOLD = 4_000


@dataclass(frozen=True, slots=True)
class Frozen:
    """A build that can be deployed.

    Args:
        folder: of the build.
        python: what it runs with.
        digest: SHA-256 over all of its content.
        columns: what the model takes, by its signature; empty where that says nothing.
    """

    folder: Path
    python: Path
    digest: str
    columns: tuple[dict[str, Any], ...] = ()

    @property
    def content(self) -> Path:
        """What the replica is given."""
        return self.folder / CONTENT


def freeze(folder: Path, source: BuildSource) -> Frozen:
    """Freeze a source into a new folder, and try its input example in a process of its own.

    Raises:
        BuildError: it cannot be installed, loaded, or answer its example; the log says more.
    """
    folder.mkdir(mode=0o700, parents=True)
    with (folder / LOG).open("w", encoding="utf-8") as log:
        say = _saying(log.write, log.flush)
        try:
            return _frozen(folder, source, say)
        except Exception as error:
            say(f"failed: {error}")
            if isinstance(error, OSError | subprocess.SubprocessError):
                raise BuildError(f"the build cannot be written: {error}") from error
            raise


def thaw(folder: Path) -> Frozen:
    """A build that was frozen before, whose content is still what it was.

    Raises:
        BuildError: it is not whole, or was changed.
    """
    try:
        told = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BuildError(f"expected a whole build at {folder}, got none: build it again") from error
    if _digest(folder / CONTENT) != told["digest"]:
        raise BuildError(
            f"expected build {folder.name} as it was made, but its files have changed since: "
            "build it again"
        )
    return Frozen(folder, Path(told["python"]), told["digest"], tuple(told["columns"]))


def build_columns(folder: Path) -> list[str]:
    """The names of the columns that a build's model takes; none where that is not known."""
    try:
        told = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    return [str(each["name"]) for each in told["columns"]]


def _frozen(folder: Path, source: BuildSource, say: Callable[[str], None]) -> Frozen:
    content = folder / CONTENT
    told = source.content()
    say(f"freezing {told['source']}")
    _copy(source, content)
    (content / "build.json").write_text(json.dumps(told, indent=2), encoding="utf-8")
    environment = environment_for(source.requirements(), folder / "env")
    which = "an environment of its own" if environment.own else "the host's environment"
    say(f"{len(environment.lock)} packages, {which}")
    lock = "\n".join(environment.lock) + "\n"
    (content / "requirements.lock").write_text(lock, encoding="utf-8")
    _try(content, environment, say)
    _protect(content)
    made = Frozen(folder, environment.python, _digest(content), _columns(content))
    part = folder / f"{MANIFEST}.part"
    manifest = {"digest": made.digest, "python": str(made.python), "columns": made.columns}
    part.write_text(json.dumps(manifest, indent=2), encoding="utf-8")
    part.replace(folder / MANIFEST)
    say(f"frozen, SHA-256 {made.digest}")
    return made


def _copy(source: BuildSource, content: Path) -> None:
    for name, path in source.files_to_copy().items():
        target = content / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    example = source.example()
    if example is not None:
        (content / EXAMPLE).write_bytes(example)
    here = Path(replica.__file__).parent
    left_out = shutil.ignore_patterns("__pycache__")
    shutil.copytree(here, content / "code" / _CODE, ignore=left_out)


def _try(content: Path, environment: Environment, say: Callable[[str], None]) -> None:
    """Load the model, and have it answer its example, in a process like a replica's."""
    words = [*replica_command(environment.python, content, Path("unused")), "--try"]
    try:
        done = subprocess.run(  # noqa: S603 -- our own words
            words,
            env=replica_environment(content, cpu=1),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=_TRIAL_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise BuildError(
            f"expected the input example's answer within {_TRIAL_SECONDS} seconds, got none"
        ) from error
    said = done.stdout.decode("utf-8", "replace").strip()
    if said:
        say(said)
    if done.returncode:
        raise BuildError(f"the build cannot be served: {_reason(said) or 'the process ended'}")
    say("the input example is answered")


def _reason(said: str) -> str:
    r"""Why a process failed: the exception at the end of a traceback, which is in the log whole.

    >>> _reason("Traceback (most recent call last):\n  File 'x', line 1\nValueError: no licence")
    'ValueError: no licence'
    """
    lines = said.splitlines()
    if any(line.startswith("Traceback ") for line in lines):
        inside = [at for at, line in enumerate(lines) if line.startswith(" ")]
        lines = lines[max(inside, default=-1) + 1 :] or lines
    return "\n".join(lines)[-_TOLD:]


def _columns(content: Path) -> tuple[dict[str, Any], ...]:
    """The model's columns as the Open Inference protocol tells them."""
    path = content / "model" / "MLmodel"
    if not path.exists():
        return ()
    from motifleet.models import signature_columns

    kinds = {"double": "FP64", "float": "FP32", "long": "INT64", "integer": "INT32"}
    kinds |= {"boolean": "BOOL"}
    return tuple(
        {"name": each["name"], "datatype": kinds.get(str(each["type"]), "BYTES"), "shape": [-1]}
        for each in signature_columns(content / "model")
    )


def _digest(content: Path) -> str:
    from motifleet.models import folder_digest  # brings the tables with it, which gateways need not

    return folder_digest(content)


def _protect(content: Path) -> None:
    """Take away the right to write, so that nothing changes by mistake."""
    for path in content.rglob("*"):
        if path.is_file() and not path.is_symlink():
            path.chmod(0o400)


def _saying(write: Callable[[str], object], flush: Callable[[], None]) -> Callable[[str], None]:
    def say(text: str) -> None:
        write(text.rstrip() + os.linesep)
        flush()

    return say
