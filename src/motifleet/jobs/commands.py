"""What a run of a job starts: its command, its variables, its files."""

import os
import shlex
import sys
from pathlib import Path

from motifleet.errors import JobError
from motifleet.serving import bare_environment
from motifleet.workspace import Job

_SHELL = "/bin/sh"
_OURS = "MOTIFLEET_"


def run_command(job: Job, folder: Path, result: Path) -> list[str]:
    """The command of a run.

    Args:
        job: the job.
        folder: of its project.
        result: where a notebook goes as it was run.

    Raises:
        JobError: the file is not there, or outside of the folder.
    """
    if job.kind == "command":
        return [sys.executable, "-m", "motifleet", *command_words(job.target), *job.arguments]
    file = str(confined(folder, job.target))
    if job.kind == "notebook":
        words = [sys.executable, "-m", "motifleet.jobs.notebook", file, str(result)]
        return [*words, *job.arguments]
    runner = _SHELL if file.endswith(".sh") else sys.executable
    return [runner, file, *job.arguments]


def command_words(target: str) -> list[str]:
    """The words of a command of Motifleet, with or without ``motifleet`` before them.

    Raises:
        JobError: quotes do not close.

    >>> command_words("motifleet table compact 'my table'")
    ['table', 'compact', 'my table']
    """
    try:
        words = shlex.split(target)
    except ValueError as error:
        raise JobError(f"expected the words of a command, got {target!r}: {error}") from None
    return words[1:] if words[:1] == ["motifleet"] else words


def confined(folder: Path, target: str) -> Path:
    """A file of a folder, which no ``..`` and no link leads out of.

    Raises:
        JobError: it is not there, or outside.

    >>> confined(getfixture("tmp_path"), "../../etc/passwd")
    Traceback (most recent call last):
    motifleet.errors.JobError: expected a file in the project's folder, got '../../etc/passwd'
    """
    wanted = Path(target)
    if wanted.is_absolute() or ".." in wanted.parts:
        raise JobError(f"expected a file in the project's folder, got {target!r}")
    path = (folder / wanted).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise JobError(f"expected a file in the project's folder, but {target!r} leads out of it")
    if not path.is_file():
        raise JobError(f"expected a file in the project's folder, but there is no {target!r}")
    return path


def run_environment(job: Job, run: str, home: Path) -> dict[str, str]:
    """The variables of a run: nothing of the server's but where things are.

    Commands of Motifleet get its settings too; they are ours, and may need the database's address.
    """
    ours = {name: value for name, value in os.environ.items() if name.startswith(_OURS)}
    return {
        **bare_environment(job.cpu),
        **(ours if job.kind == "command" else {}),
        "PATH": os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", ""))),
        "MOTIFLEET_HOME": str(home),
        RUN_VARIABLE: run,
        "JUPYTER_RUNTIME_DIR": str(home / "logs" / "jobs"),
        "IPYTHONDIR": str(home / "logs" / "jobs" / ".ipython"),
    }


RUN_VARIABLE = "MOTIFLEET_JOB_RUN"
"""By this variable the processes of a run are known, whoever their parent is by then."""
