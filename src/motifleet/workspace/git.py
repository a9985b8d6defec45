"""Git, asked: without a shell, hooks or anybody who could be asked for a password."""

import os
import subprocess

from motifleet.errors import ProjectSourceError

_SECONDS = 600
_NOTHING_RUNS = ("core.hooksPath=/dev/null", "core.fsmonitor=false", "protocol.ext.allow=never")


def git(*words: str, what: str = "the repository cannot be fetched") -> bytes:
    """What git says.

    Args:
        words: its arguments.
        what: what is wrong where it fails.

    Raises:
        ProjectSourceError: it is not installed, or fails.
    """
    options = [word for each in _NOTHING_RUNS for word in ("-c", each)]
    command = ["git", *options, *words]
    quiet = {"GIT_TERMINAL_PROMPT": "0", "GIT_SSH_COMMAND": "ssh -o BatchMode=yes"}
    try:
        done = subprocess.run(  # noqa: S603 -- no shell, and the words have been looked at
            command,
            capture_output=True,
            check=False,
            env={**os.environ, **quiet},
            timeout=_SECONDS,
            stdin=subprocess.DEVNULL,
        )
    except FileNotFoundError:
        raise ProjectSourceError("git is needed, which is not installed") from None
    except (subprocess.TimeoutExpired, ValueError) as error:
        raise ProjectSourceError(f"{what}: {error}") from error
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines() or ["it says nothing"]
        raise ProjectSourceError(f"{what}: {said[-1]}")
    return done.stdout
