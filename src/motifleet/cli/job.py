"""``motifleet job``: what runs in a project's folder, by hand or by itself."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from motifleet.cli import options
from motifleet.cli.output import Output, done

if TYPE_CHECKING:
    from motifleet.app import JobRun

app = typer.Typer(no_args_is_help=True)

Project = Annotated[str, typer.Option("--project", metavar="PROJECT", help="The job's project.")]
Name = Annotated[str, typer.Argument(metavar="JOB", help="The job's name.")]
RunId = Annotated[str, typer.Argument(metavar="RUN", help="The run's id.")]
Script = Annotated[
    str | None, typer.Option("--script", metavar="FILE", help="Run this Python or shell script.")
]
Notebook = Annotated[
    str | None, typer.Option("--notebook", metavar="FILE", help="Run this notebook.")
]
Command = Annotated[
    str | None, typer.Option("--command", metavar="WORDS", help="Run this command of Motifleet.")
]
Arguments = Annotated[
    list[str] | None,
    typer.Option("--argument", metavar="WORD", help="Give it this; of a notebook NAME=VALUE."),
]
Cron = Annotated[
    str | None, typer.Option("--cron", metavar="FIELDS", help="Run then, as in '0 6 * * 1-5'.")
]
Zone = Annotated[
    str | None, typer.Option("--time-zone", metavar="ZONE", help="Where --cron is meant (UTC).")
]
After = Annotated[
    str | None, typer.Option("--after", metavar="JOB", help="Run when this job has succeeded.")
]
Cpu = Annotated[float | None, typer.Option("--cpu", metavar="CORES", help="Of a run (1).")]
Memory = Annotated[
    str | None, typer.Option("--memory", metavar="SIZE", help="Of a run, as in 4GB (2GB).")
]
Timeout = Annotated[
    float | None, typer.Option("--timeout", metavar="SECONDS", help="Of a run (3600).")
]
Retries = Annotated[
    int | None, typer.Option("--retries", min=0, help="Try again so often what fails (0).")
]
Wait = Annotated[
    float, typer.Option("--wait", min=0, metavar="SECONDS", help="Wait until it has ended.")
]


@app.command()
def create(
    name: Name,
    project: Project,
    script: Script = None,
    notebook: Notebook = None,
    command: Command = None,
    argument: Arguments = None,
    cron: Cron = None,
    time_zone: Zone = None,
    after: After = None,
    cpu: Cpu = None,
    memory: Memory = None,
    timeout: Timeout = None,
    retries: Retries = None,
    home: options.Home = None,
    as_json: options.Json = False,
) -> None:
    """Make a job: a script, a notebook or a command; by hand, by cron, or after another job."""
    from motifleet.app import JobPlan, open_home

    what = _what(script, notebook, command)
    if not what:
        raise typer.BadParameter("expected --script, --notebook or --command")
    chosen = _chosen(argument, cron, time_zone, after, cpu, memory, timeout, retries)
    made = open_home(home).jobs.add(project, name, JobPlan(**what, **chosen))
    done(as_json, made.to_dict(), f"{name} is a job of {project}: {_when(made.to_dict())}")


@app.command()
def change(
    name: Name,
    project: Project,
    script: Script = None,
    notebook: Notebook = None,
    command: Command = None,
    argument: Arguments = None,
    cron: Cron = None,
    time_zone: Zone = None,
    after: After = None,
    by_hand: Annotated[
        bool, typer.Option("--by-hand", help="Run neither by cron nor after a job.")
    ] = False,
    cpu: Cpu = None,
    memory: Memory = None,
    timeout: Timeout = None,
    retries: Retries = None,
    active: Annotated[
        bool | None, typer.Option("--active/--paused", help="Whether it runs by itself.")
    ] = None,
    home: options.Home = None,
    as_json: options.Json = False,
) -> None:
    """Change what a job runs, when, and with what; its runs so far stay."""
    from motifleet.app import open_home

    changes = _what(script, notebook, command)
    changes |= _chosen(argument, cron, time_zone, after, cpu, memory, timeout, retries)
    if cron is not None or after is not None or by_hand:
        changes |= {"cron": cron, "after": after}
    if active is not None:
        changes["active"] = active
    told = open_home(home).jobs.change(project, name, **changes).to_dict()
    done(as_json, told, f"{name}: {_when(told)}")


@app.command("list")
def list_jobs(
    project: Annotated[
        str | None, typer.Option("--project", metavar="PROJECT", help="Only this project's.")
    ] = None,
    home: options.Home = None,
    as_json: options.Json = False,
) -> None:
    """List the jobs."""
    from motifleet.app import open_home

    output = Output(as_json)
    found = [each.to_dict() for each in open_home(home).jobs.jobs(project)]
    output.document({"jobs": found})
    if not found:
        output.line("no jobs yet: `motifleet job create NAME --project PROJECT` makes one")
        return
    rows = [{**each, "runs": _when(each)} for each in options.with_times(found)]
    output.rows(rows, ["project", "name", "kind", "target", "runs", "next_run_at"])


@app.command()
def show(
    name: Name, project: Project, home: options.Home = None, as_json: options.Json = False
) -> None:
    """Show a job and its latest runs."""
    from motifleet.app import open_home

    output = Output(as_json)
    jobs = open_home(home).jobs
    told, latest = jobs.job(project, name).to_dict(), jobs.runs(project, name, limit=10)
    output.document({**told, "latest_runs": [each.to_dict() for each in latest]})
    words = " ".join([told["target"], *told["arguments"]])
    output.line(f"{project}/{name}: {told['kind']} {words}")
    output.line(f"{_when(told)}; next: {_shown(told['next_run_at'])}")
    memory = told["memory"] / (1 << 30)
    limits = f"{told['cpu']:g} cores, {memory:g} GB, {told['timeout_seconds']:g} seconds"
    output.line(f"{limits}, {told['retries']} retries")
    _show_runs(output, latest)


@app.command()
def run(
    name: Name,
    project: Project,
    wait: Wait = 0.0,
    home: options.Home = None,
    as_json: options.Json = False,
) -> None:
    """Ask for a run by hand; a server that runs (`motifleet up`) begins it."""
    from motifleet.app import open_home

    _one(as_json, open_home(home).jobs.start(project, name, wait=wait))


@app.command()
def stop(
    run: RunId, wait: Wait = 0.0, home: options.Home = None, as_json: options.Json = False
) -> None:
    """Ask that a run ends, with all its processes."""
    from motifleet.app import open_home

    _one(as_json, open_home(home).jobs.stop(run, wait=wait))


@app.command()
def runs(
    project: Project,
    job: Annotated[
        str | None, typer.Option("--job", metavar="JOB", help="Only this job's.")
    ] = None,
    count: options.Count = 20,
    home: options.Home = None,
    as_json: options.Json = False,
) -> None:
    """List the runs of a job, or of all jobs of a project; the newest first."""
    from motifleet.app import open_home

    output = Output(as_json)
    found = open_home(home).jobs.runs(project, job, limit=count)
    output.document({"runs": [each.to_dict() for each in found]})
    _show_runs(output, found)


@app.command()
def log(run: RunId, home: options.Home = None, as_json: options.Json = False) -> None:
    """Print what a run has said so far, and where its notebook is."""
    from motifleet.app import open_home

    output = Output(as_json)
    jobs = open_home(home).jobs
    text, notebook = jobs.log(run), jobs.notebook(run)
    output.document({"run": run, "log": text, "notebook": notebook and str(notebook)})
    output.plain(text)
    if notebook is not None:
        output.note(f"the notebook with its outputs is {notebook}")


@app.command()
def remove(
    name: Name, project: Project, home: options.Home = None, as_json: options.Json = False
) -> None:
    """Remove a job with its runs; one that is under way ends."""
    from motifleet.app import open_home

    told = open_home(home).jobs.remove(project, name)
    done(as_json, {"removed": told.name}, f"{told.name} is no job of {project} any more")


def _what(script: str | None, notebook: str | None, command: str | None) -> dict[str, Any]:
    given = {"script": script, "notebook": notebook, "command": command}
    found = [(kind, target) for kind, target in given.items() if target is not None]
    if len(found) > 1:
        raise typer.BadParameter("expected one of --script, --notebook and --command")
    return {"kind": found[0][0], "target": found[0][1]} if found else {}


def _chosen(
    argument: list[str] | None,
    cron: str | None,
    time_zone: str | None,
    after: str | None,
    cpu: float | None,
    memory: str | None,
    timeout: float | None,
    retries: int | None,
) -> dict[str, Any]:
    given = {
        "arguments": tuple(argument) if argument else None,
        "cron": cron,
        "time_zone": time_zone,
        "after": after,
        "cpu": cpu,
        "memory": None if memory is None else options.bytes_of(memory),
        "timeout_seconds": timeout,
        "retries": retries,
    }
    return {name: value for name, value in given.items() if value is not None}


def _when(job: dict[str, Any]) -> str:
    if job["cron"]:
        paused = "" if job["active"] else ", paused"
        return f"{job['cron']} ({job['time_zone']}){paused}"
    return f"after {job['after']}" if job["after"] else "by hand"


def _shown(milliseconds: int | None) -> str:
    from motifleet.cli.output import shown

    return shown(options.time_of(milliseconds))


def _show_runs(output: Output, found: "list[JobRun]") -> None:
    rows = options.with_times([each.to_dict() for each in found])
    columns = ["id", "job", "cause", "attempt", "status", "started_at", "ended_at", "reason"]
    output.rows(rows, columns)


def _one(as_json: bool, told: "JobRun") -> None:
    why = f": {told.reason}" if told.reason else ""
    done(as_json, told.to_dict(), f"{told.id} of {told.job}: {told.status}{why}")
    if told.ended and told.status != "succeeded":
        raise typer.Exit(1)
