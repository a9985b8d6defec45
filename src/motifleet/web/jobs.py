"""The page Jobs: what runs by hand, by the clock or after another job, and what it said."""

from collections.abc import Callable
from functools import partial
from typing import Any

from nicegui import ui

from motifleet.app import Job, JobPlan, JobRun, Jobs, Project
from motifleet.web.dialogs import sure
from motifleet.web.page import Page
from motifleet.web.parts import Text, card, empty, quoted
from motifleet.web.visit import Visit
from motifleet.web.work import thread

_WATCHED_SECONDS, _RUNS = 2.0, 50
_KINDS = ["script", "notebook", "command"]


async def build(visit: Visit) -> None:
    """Fill the page."""
    projects = await thread(visit.desk.projects)
    if not projects:
        empty("schedule", "No project yet", "Jobs belong to projects; the owner makes them.")
        return
    await JobsView(visit, projects).build()


class JobsView:
    """The jobs of a project, and their runs.

    Args:
        visit: whose page it is on.
        projects: those that the person sees.
    """

    def __init__(self, visit: Visit, projects: list[Project]) -> None:
        self.visit = visit
        self.names = [each.name for each in projects]
        asked = visit.asked.get("project", "")
        self.project = asked if asked in self.names else self.names[0]
        self.run = visit.asked.get("run", "")
        self.seen: Any = None

    @property
    def jobs(self) -> Jobs:
        """The jobs, in the name of the person."""
        return self.visit.fleet.jobs.acting(self.visit.desk.actor)

    async def build(self) -> None:
        """Fill the page."""
        with ui.element("div").classes("tools"):
            ui.select(
                self.names, value=self.project, label="project", on_change=self._turned
            ).props("outlined dense")
        with ui.element("div").classes("columns"):
            with card("Jobs"):
                self.listed = ui.element("div").props('data-part="jobs"')
                self.new = ui.element("div")
            with card("Runs, the newest first"):
                self.ran = ui.element("div").props('data-part="runs"')
            with card("What a run said", "wide"):
                self.said = ui.element("div").props('data-part="log"')
        self._form()
        await self._changed()
        ui.timer(_WATCHED_SECONDS, self._watched)

    async def _turned(self, event: Any) -> None:
        self.project, self.run = event.value, ""
        self.new.clear()
        self._form()
        await self._changed()

    async def _changed(self) -> None:
        self.seen = None
        self.visit.remember(project=self.project, run=self.run or None)
        await self._watched()

    async def _watched(self) -> None:
        """Show what has become of jobs and runs, where something has."""
        work = self.jobs
        jobs = await thread(work.jobs, self.project)
        runs = await thread(partial(work.runs, self.project, limit=_RUNS))
        log = await thread(work.log, self.run) if self.run else ""
        if (jobs, runs, log) == self.seen:
            return
        self.seen = (jobs, runs, log)
        self._show(jobs, runs)
        self._log(log)

    def _show(self, jobs: list[Job], runs: list[JobRun]) -> None:
        may_run = self.visit.may("job.run", self.project)
        may_write = self.visit.may("job.write", self.project)
        self.listed.clear()
        with self.listed:
            if not jobs:
                empty("schedule", "No job yet", "A job runs a file of the project, or a command.")
            with ui.element("ul").classes("plain-list"):
                for each in jobs:
                    self._job(each, may_run, may_write)
        self.ran.clear()
        with self.ran:
            self._runs(runs, may_run)

    def _job(self, job: Job, may_run: bool, may_write: bool) -> None:
        with ui.element("li"):
            with ui.element("div").classes("grow"):
                ui.label(job.name).classes("strong")
                ui.label(f"{job.kind} {job.target}, {self._when(job)}").classes("quiet")
            if may_run:
                self._button("Run", "play_arrow", f"Run {job.name}", partial(self._start, job.name))
            if may_write:
                ui.button(icon="delete", on_click=partial(self._ask, job.name)).props(
                    f'flat round dense aria-label="Remove {quoted(job.name)}"'
                )

    def _when(self, job: Job) -> str:
        if job.after:
            return f"after {job.after}"
        if not job.cron:
            return "by hand"
        following = f", next {self.visit.local(job.next_run_at)[:16]}" if job.next_run_at else ""
        return f"at {job.cron} ({job.time_zone}){following}"

    def _runs(self, runs: list[JobRun], may_run: bool) -> None:
        if not runs:
            ui.label("No run yet.").classes("quiet")
            return
        with ui.element("ul").classes("plain-list runs"):
            for each in runs:
                with ui.element("li"):
                    with ui.element("button").classes("bar-line") as line:
                        Text("span", f"{each.job}, {each.cause}")
                        Text("span", each.status).classes("status").props(
                            f'data-status="{quoted(each.status)}"'
                        )
                    line.on("click", partial(self._look, each.id))
                    at = each.started_at or each.scheduled_for
                    Text("time", self.visit.local(at)).classes("quiet").props(
                        f'title="{self.visit.utc(at)}"'
                    )
                    if may_run and not each.ended:
                        self._button("Stop", "stop", "Stop this run", partial(self._stop, each.id))

    def _button(self, word: str, icon: str, label: str, go: Callable[[], Any]) -> None:
        ui.button(word, icon=icon, on_click=go).props(
            f'no-caps outline dense aria-label="{quoted(label)}"'
        )

    async def _start(self, name: str) -> None:
        run = await thread(self.jobs.start, self.project, name)
        self.run = run.id
        await self._changed()

    async def _stop(self, run: str) -> None:
        await thread(self.jobs.stop, run)
        await self._changed()

    async def _look(self, run: str) -> None:
        self.run = run
        await self._changed()

    def _log(self, log: str) -> None:
        self.said.clear()
        with self.said:
            if not self.run:
                ui.label("Choose a run above.").classes("quiet")
                return
            Text("pre", log[-20_000:] or "nothing so far").classes("log").props(
                'tabindex=0 role=log aria-label="log of the run"'
            )

    def _ask(self, name: str) -> None:
        async def remove() -> None:
            await thread(self.jobs.remove, self.project, name)
            await self._changed()

        sure(f"Remove the job {name} with its runs?", "Remove it", remove)

    def _form(self) -> None:
        """A form that makes a job."""
        if not self.visit.may("job.write", self.project):
            return
        with self.new, ui.expansion("New job", icon="add").classes("deploy"):
            with ui.element("div").classes("tools"):
                name = ui.input("name").props("outlined dense maxlength=100")
                kind = ui.select(_KINDS, value=_KINDS[0], label="kind").props("outlined dense")
                target = ui.input("file in the project, or the command's words")
                target.props("outlined dense maxlength=1000").classes("grow")
            with ui.element("div").classes("tools"):
                cron = ui.input("cron; empty: by hand", placeholder="0 6 * * *")
                after = ui.input("or after the job")
                for each in (cron, after):
                    each.props("outlined dense maxlength=200")
                go = ui.button("Make job", icon="add").props("no-caps unelevated")

        async def make() -> None:
            plan = JobPlan(
                kind.value,
                (target.value or "").strip(),
                cron=(cron.value or "").strip() or None,
                after=(after.value or "").strip() or None,
                time_zone=self.visit.zone.key,
            )
            await thread(self.jobs.add, self.project, (name.value or "").strip(), plan)
            name.value = target.value = cron.value = after.value = ""
            await self._changed()

        go.on_click(make)


PAGE = Page("Jobs", "schedule", "/jobs", "job.read", build)
