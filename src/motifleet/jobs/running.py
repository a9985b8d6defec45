"""A run of a job that is under way: its processes, watched and ended."""

import asyncio
import json
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from motifleet.jobs.commands import RUN_VARIABLE, run_command, run_environment
from motifleet.serving import hold, keeper_command
from motifleet.workspace import Job, JobRun, RunEnd

_GRACE_SECONDS = 3.0
_SIGNALLED = 128


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run ended.

    Args:
        status: of the run.
        exit_code: of its process.
        reason: why, where it did not succeed.
    """

    status: RunEnd
    exit_code: int | None
    reason: str = ""


class Running:
    """A run that is under way.

    Args:
        job: its job.
        run: it.
        process: the keeper that holds its processes.
    """

    def __init__(self, job: Job, run: JobRun, process: asyncio.subprocess.Process) -> None:
        self.job, self.run = job, run
        self._process = process
        self._begun = time.monotonic()
        self._ending: Ended | None = None

    @classmethod
    async def start(
        cls, job: Job, run: JobRun, folder: Path, home: Path, first_core: int = 0
    ) -> "Running":
        """Start it.

        Args:
            job: the job.
            run: the run.
            folder: of the project, where it works.
            home: the home folder.
            first_core: where its cores begin.

        Raises:
            JobError: the file is not there, or outside of the folder.
            OSError: no process can be started.
        """
        log = run_log(home, job.id, run.id)
        command = run_command(job, folder, log.with_suffix(".ipynb"))
        log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        told = {"command": command, "folder": str(folder), "grace": _GRACE_SECONDS}
        told["environment"] = run_environment(job, run.id, home)
        with log.open("ab") as output:
            process = await asyncio.create_subprocess_exec(
                *keeper_command(),
                stdin=asyncio.subprocess.PIPE,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        # The keeper waits for its line, so that whatever it starts is held from the beginning.
        hold(process.pid, job.cpu, job.memory, first_core)
        if process.stdin is not None:
            process.stdin.write(json.dumps(told).encode() + b"\n")
        return cls(job, run, process)

    @property
    def pid(self) -> int:
        """The keeper's process."""
        return self._process.pid

    def look(self) -> Ended | None:
        """See whether it has ended, and let it end where it takes too long or too much."""
        code = self._process.returncode
        if code is not None:
            return self._ended(code)
        if self._ending is None:
            if time.monotonic() - self._begun > self.job.timeout_seconds:
                most = self.job.timeout_seconds
                self.end(Ended("timed out", None, f"expected it to take {most:g} seconds at most"))
            elif (resident := self._resident()) > self.job.memory:
                most = self.job.memory
                why = f"expected at most {most:,} bytes in memory, got {resident:,}"
                self.end(Ended("failed", None, why))
        return None

    def end(self, how: Ended) -> None:
        """Ask it to end; what does not is killed some seconds later."""
        if self._ending is None:
            self._ending = how
            if self._process.stdin is not None:
                self._process.stdin.close()

    async def wait(self) -> Ended:
        """Wait until it has ended."""
        return self._ended(await self._process.wait())

    def _ended(self, code: int) -> Ended:
        if self._ending is not None:
            return Ended(self._ending.status, code, self._ending.reason)
        if code < 0:  # the keeper itself was killed, and its processes may be left
            kill_run(self.run.id)
            return Ended("failed", code, f"it was killed by signal {-code}")
        if code == 0:
            return Ended("succeeded", 0)
        by = f" (signal {code - _SIGNALLED})" if code > _SIGNALLED else ""
        return Ended("failed", code, f"it ended with status {code}{by}: its log says more")

    def _resident(self) -> int:
        """The bytes that its processes hold in memory together."""
        total = 0
        with suppress(psutil.Error):
            for each in psutil.Process(self.pid).children(recursive=True):
                with suppress(psutil.Error):
                    total += each.memory_info().rss
        return total


def run_log(home: Path, job: str, run: str) -> Path:
    """Where the log of a run is."""
    return home / "logs" / "jobs" / job / f"{run}.log"


def kill_run(run: str) -> None:
    """Kill what is left of a run's processes; they are known by a variable."""
    for each in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if each.environ().get(RUN_VARIABLE) == run:
                each.kill()
