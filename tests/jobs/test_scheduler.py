"""The scheduler over real processes: what they get, how they end, and that none is left."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

import psutil
import pytest

from motifleet.app import Jobs, Motifleet, open_home
from motifleet.errors import JobError, UnknownRunError
from motifleet.workspace import JobPlan, JobRun, begin_run

PATIENCE = 60.0
MB = 1 << 20
TREE = """
import os, subprocess, sys, time
script = "import time; time.sleep(600)"
subprocess.Popen([sys.executable, "-c", script], start_new_session=True)
print("started", flush=True)
time.sleep(600)
"""


class Works:
    """A home with a project and its folder, and a scheduler in a thread."""

    def __init__(self, home: Path) -> None:
        self.fleet: Motifleet = open_home(home)
        self.folder = Path(self.fleet.workspace.add_project("DEV").folder or "")
        self.jobs: Jobs = self.fleet.jobs
        self.notes: list[str] = []
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        ready = threading.Event()

        def work() -> None:
            async def run() -> None:
                self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
                ready.set()
                await self.jobs.schedule(self._stop, self.notes.append)

            asyncio.run(run())

        self._thread = threading.Thread(target=work)
        self._thread.start()
        ready.wait(PATIENCE)

    def stop(self) -> None:
        if self._thread is not None:
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join(PATIENCE)
            self._thread = None

    def script(self, text: str, name: str = "job.py", **plan: Any) -> str:
        """A job of a script; its name."""
        (self.folder / name).write_text(text, encoding="utf-8")
        job = name.partition(".")[0]
        self.jobs.add("DEV", job, JobPlan("script", name, **plan))
        return job

    def done(self, job: str) -> JobRun:
        return self.jobs.start("DEV", job, wait=PATIENCE)

    def begun(self, job: str) -> JobRun:
        """A run that has said something."""
        run = self.jobs.start("DEV", job)
        soon(lambda: bool(self.jobs.log(run.id)))
        return self.jobs.run(run.id)


def soon(true: Callable[[], bool], seconds: float = PATIENCE) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


def processes(run: str) -> list[psutil.Process]:
    found = []
    for each in psutil.process_iter():
        with suppress(psutil.Error):
            if each.environ().get("MOTIFLEET_JOB_RUN") == run:
                found.append(each)
    return found


@pytest.fixture
def works(tmp_path: Path) -> Iterator[Works]:
    made = Works(tmp_path / "home")
    made.start()
    yield made
    made.stop()


def test_a_script_runs_in_the_folder_with_its_arguments_and_no_secrets(
    works: Works, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOTIFLEET_DATABASE_SECRET", "hidden")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hidden")
    code = "import json, os, sys; print(json.dumps([os.getcwd(), sys.argv[1:], dict(os.environ)]))"
    run = works.done(works.script(code, arguments=("--rows", "9; rm -rf /")))
    assert (run.status, run.exit_code, run.attempt) == ("succeeded", 0, 1)
    folder, words, environment = json.loads(works.jobs.log(run.id))
    assert folder == str(works.folder)
    assert words == ["--rows", "9; rm -rf /"]
    assert "hidden" not in environment.values()
    assert environment["MOTIFLEET_HOME"] == str(works.fleet.settings.home)


def test_a_shell_script_and_a_command_of_motifleet_run(works: Works) -> None:
    assert "shell" in works.jobs.log(works.done(works.script("echo shell", "say.sh")).id)
    works.jobs.add("DEV", "list", JobPlan("command", "motifleet project list --json"))
    run = works.done("list")
    assert [each["name"] for each in json.loads(works.jobs.log(run.id))["projects"]] == ["DEV"]


def test_a_failure_says_how_and_what_it_said(works: Works) -> None:
    run = works.done(works.script("import sys; print('before'); sys.exit(3)"))
    assert (run.status, run.exit_code) == ("failed", 3)
    assert "status 3" in (run.reason or "")
    assert works.jobs.log(run.id) == "before\n"


def test_what_takes_too_long_is_ended_with_all_its_processes(works: Works) -> None:
    job = works.script(TREE, timeout_seconds=6)
    run = works.begun(job)
    assert len(processes(run.id)) == 2
    assert works.jobs.wait(run.id, PATIENCE).status == "timed out"
    assert processes(run.id) == []


def test_what_takes_too_much_memory_is_ended(works: Works) -> None:
    code = "import time\nheld = []\nwhile True:\n    held.append(b'x' * (20 << 20))\n"
    run = works.done(works.script(code + "    time.sleep(.1)", memory=100 * MB))
    assert run.status == "failed"
    assert "bytes in memory" in (run.reason or "")


def test_a_run_gets_its_cores(works: Works) -> None:
    run = works.done(works.script("import os; print(len(os.sched_getaffinity(0)))", cpu=1))
    assert works.jobs.log(run.id) == "1\n"


def test_stopping_a_run_leaves_no_process_of_it(works: Works) -> None:
    run = works.begun(works.script(TREE))
    assert works.jobs.stop(run.id, wait=PATIENCE).status == "stopped"
    assert processes(run.id) == []


def test_what_ends_leaves_no_process_behind(works: Works) -> None:
    run = works.done(works.script(TREE.rpartition("time.sleep")[0]))
    assert run.status == "succeeded"
    assert processes(run.id) == []


def test_removing_a_job_ends_its_run(works: Works) -> None:
    run = works.begun(works.script(TREE))
    works.jobs.remove("DEV", "job")
    soon(lambda: processes(run.id) == [])
    with pytest.raises(UnknownRunError):
        works.jobs.run(run.id)


def test_jobs_follow_one_another(works: Works) -> None:
    works.script("print('first')", "first.py")
    works.script("print('second')", "second.py", after="first")
    works.done("first")
    soon(lambda: bool(works.jobs.runs("DEV", "second")))
    run = works.jobs.wait(works.jobs.runs("DEV", "second")[0].id, PATIENCE)
    assert (run.cause, run.status) == ("after", "succeeded")


def test_a_time_of_cron_begins_a_run(works: Works) -> None:
    job = works.script("print('by itself')", cron="* * * * *")
    # Nobody waits for a full minute: the time that is kept is set to now.
    from sqlalchemy import update

    from motifleet.workspace.schema import jobs

    with works.jobs.store.write() as connection:
        connection.execute(update(jobs).values(next_run_at=int(time.time() * 1000)))
    soon(lambda: bool(works.jobs.runs("DEV", job)))
    run = works.jobs.wait(works.jobs.runs("DEV", job)[0].id, PATIENCE)
    assert (run.cause, run.status) == ("cron", "succeeded")
    assert (works.jobs.job("DEV", job).next_run_at or 0) > time.time() * 1000


def test_stopping_the_server_ends_runs_and_says_so(works: Works) -> None:
    run = works.begun(works.script(TREE))
    works.stop()
    told = works.jobs.run(run.id)
    assert (told.status, told.reason) == ("stopped", "the server was stopped")
    assert processes(run.id) == []


def test_files_outside_of_the_folder_are_refused(works: Works, tmp_path: Path) -> None:
    outside = tmp_path / "outside.py"
    outside.write_text("print('out')")
    (works.folder / "link.py").symlink_to(outside)
    for target in ("../outside.py", str(outside), "link.py", "nothing.py", "."):
        with pytest.raises(JobError, match="project's folder"):
            works.jobs.add("DEV", "bad", JobPlan("script", target))
    job = works.script("print(1)")
    (works.folder / "job.py").unlink()
    (works.folder / "job.py").symlink_to(outside)
    run = works.done(job)  # the file is looked at again when it runs
    assert (run.status, works.jobs.log(run.id)) == ("failed", "")


def test_a_notebook_runs_with_parameters_and_is_kept(works: Works) -> None:
    nbformat: Any = import_module("nbformat")
    new = nbformat.v4
    cells = [
        new.new_code_cell("rows = 1", metadata={"tags": ["parameters"]}),
        new.new_code_cell("print('rows', rows)"),
        new.new_code_cell("1 / 0"),
    ]
    for name, count in (("good", 2), ("bad", 3)):
        notebook = new.new_notebook(cells=cells[:count])
        nbformat.write(notebook, works.folder / f"{name}.ipynb")
        works.jobs.add("DEV", name, JobPlan("notebook", f"{name}.ipynb", ("rows=100",)))
    good, bad = works.done("good"), works.done("bad")
    assert (good.status, bad.status) == ("succeeded", "failed"), works.jobs.log(good.id)
    assert "rows 100" in works.jobs.log(good.id)
    assert "ZeroDivisionError" in works.jobs.log(bad.id)
    kept = works.jobs.notebook(good.id)
    assert kept is not None
    assert "rows 100" in kept.read_text()
    assert "rows 100" not in (works.folder / "good.ipynb").read_text()


def test_what_a_killed_server_leaves_is_lost_and_tried_again(tmp_path: Path) -> None:
    works = Works(tmp_path / "home")
    works.script(TREE, retries=1)
    code = (
        "import asyncio, sys; from motifleet.app import open_home\n"
        "jobs = open_home(sys.argv[1]).jobs\n"
        "asyncio.run(jobs.schedule(asyncio.Event(), print))"
    )
    server = subprocess.Popen([sys.executable, "-c", code, str(works.fleet.settings.home)])
    run = works.begun("job")
    held = processes(run.id)
    assert len(held) == 2
    os.kill(server.pid, signal.SIGKILL)
    server.wait(PATIENCE)
    assert psutil.wait_procs(held, timeout=PATIENCE)[1] == []
    assert works.jobs.run(run.id).status == "running"
    works.start()
    try:
        soon(lambda: works.jobs.run(run.id).status == "lost")
        assert [each.attempt for each in works.jobs.runs("DEV", "job")] == [2, 1]
        assert any("lost" in each for each in works.notes)
    finally:
        works.stop()


def test_a_killed_keeper_takes_its_processes_along(works: Works) -> None:
    run = works.begun(works.script(TREE))
    held = processes(run.id)
    keeper = {each.ppid() for each in held} & {each.pid for each in psutil.Process().children()}
    psutil.Process(keeper.pop()).kill()
    assert works.jobs.wait(run.id, PATIENCE).status == "failed"
    assert psutil.wait_procs(held, timeout=PATIENCE)[1] == []


def test_a_run_that_somebody_else_began_is_left_to_them(tmp_path: Path) -> None:
    works = Works(tmp_path / "home")
    run = works.jobs.start("DEV", works.script("print(1)"))
    assert begin_run(works.jobs.store, run.id)
    assert not begin_run(works.jobs.store, run.id)
