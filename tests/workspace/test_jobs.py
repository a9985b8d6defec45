"""Jobs and their runs in both databases: who may, what is due, what follows, what is refused."""

from pathlib import Path

import pytest

from motifleet.errors import (
    InvalidArgumentError,
    JobError,
    NameTakenError,
    NotAllowedError,
    UnknownJobError,
    UnknownProjectError,
    UnknownRunError,
)
from motifleet.workspace import (
    OWNER,
    Actor,
    Job,
    JobPlan,
    JobRun,
    Store,
    add_job,
    add_project,
    ask_run,
    ask_stop,
    begin_run,
    change_job,
    end_run,
    find_job,
    find_run,
    list_audit,
    list_jobs,
    list_runs,
    note_process,
    plan_runs,
    remove_job,
    run_statuses,
    startable_runs,
)

SCRIPT = JobPlan("script", "load.py")


def at_once(cron: str, zone: str, after: int) -> int:
    """Every minute of the day is due as soon as it is asked for."""
    return after


def never_soon(cron: str, zone: str, after: int) -> int:
    return after + 3_600_000


@pytest.fixture
def project(store: Store, tmp_path: Path) -> str:
    return add_project(store, OWNER, "DEV", tmp_path / "dev").id


def made(store: Store, name: str = "load", plan: JobPlan = SCRIPT, **how: object) -> Job:
    following = how.get("following", never_soon)
    return add_job(store, OWNER, "DEV", name, plan, following=following)  # type: ignore[arg-type]


def runs(store: Store, job: str = "load") -> list[tuple[str, str, int]]:
    return [(each.cause, each.status, each.attempt) for each in list_runs(store, OWNER, "DEV", job)]


def began(store: Store) -> JobRun:
    [(_, run, _)] = startable_runs(store)
    assert begin_run(store, run.id)
    return run


def test_a_job_is_made_found_changed_and_removed(store: Store, project: str) -> None:
    plan = JobPlan("script", "load.py", ("--rows", "9"), "0 6 * * *", "Europe/Berlin", retries=2)
    told = made(store, plan=plan)
    assert told.plan == plan
    assert told.next_run_at is not None
    assert find_job(store, OWNER, "DEV", "load") == told
    assert list_jobs(store, OWNER) == list_jobs(store, OWNER, "DEV") == [told]
    changed = change_job(
        store, OWNER, "DEV", "load", JobPlan("script", "b.py"), following=never_soon
    )
    assert (changed.id, changed.target, changed.next_run_at) == (told.id, "b.py", None)
    remove_job(store, OWNER, "DEV", "load")
    with pytest.raises(UnknownJobError, match="none yet"):
        find_job(store, OWNER, "DEV", "load")
    noted = [each.details.get("target") for each in list_audit(store, action="job.write")]
    assert noted == [None, "b.py", "load.py"]
    assert all("arguments" not in each.details for each in list_audit(store, action="job.write"))


def test_each_role_does_what_the_table_says(store: Store, project: str) -> None:
    viewer, operator = (Actor(name, roles={project: name}) for name in ("viewer", "operator"))
    made(store)
    assert len(list_jobs(store, viewer)) == 1
    with pytest.raises(NotAllowedError):
        ask_run(store, viewer, "DEV", "load")
    run = ask_run(store, operator, "DEV", "load")
    assert find_run(store, viewer, run.id).status == "waiting"
    with pytest.raises(NotAllowedError):
        ask_stop(store, viewer, run.id)
    with pytest.raises(NotAllowedError):
        add_job(store, operator, "DEV", "more", SCRIPT, following=never_soon)
    with pytest.raises(NotAllowedError):
        remove_job(store, operator, "DEV", "load")


def test_a_stranger_is_not_told_that_there_is_a_job(store: Store, project: str) -> None:
    made(store)
    run, stranger = ask_run(store, OWNER, "DEV", "load"), Actor("stranger")
    assert list_jobs(store, stranger) == []
    for ask in (find_run, ask_stop):
        with pytest.raises(UnknownRunError):
            ask(store, stranger, run.id)
    with pytest.raises(UnknownProjectError):
        find_job(store, stranger, "DEV", "load")


def test_names_and_circles_are_refused(store: Store, project: str) -> None:
    made(store)
    made(store, "then", JobPlan("script", "b.py", after="load"))
    with pytest.raises(NameTakenError):
        made(store)
    with pytest.raises(JobError, match="after itself"):
        change_job(
            store, OWNER, "DEV", "load", JobPlan("script", "a.py", after="then"), following=at_once
        )
    with pytest.raises(JobError, match="then"):
        remove_job(store, OWNER, "DEV", "load")
    with pytest.raises(InvalidArgumentError):
        made(store, "../x")
    with pytest.raises(UnknownJobError, match="load"):
        made(store, "x", JobPlan("script", "a.py", after="laod"))


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        ({"kind": "binary"}, "a kind of script"),
        ({"target": " "}, "something to run"),
        ({"cron": "* * * * *", "after": "x"}, "either cron or after"),
        ({"cpu": 0}, "cores, got 0"),
        ({"memory": 1}, "64 MB of memory, got 1"),
        ({"timeout_seconds": 0}, "timeout"),
        ({"retries": -1}, "retries, got -1"),
    ],
)
def test_plans_out_of_bounds_are_refused(wrong: dict[str, object], expected: str) -> None:
    with pytest.raises(InvalidArgumentError, match=expected):
        JobPlan(**{"kind": "script", "target": "a.py", **wrong}).check()  # type: ignore[arg-type]


def test_a_time_that_comes_makes_one_run_and_the_next_time(store: Store, project: str) -> None:
    made(store, plan=JobPlan("script", "a.py", cron="* * * * *"), following=at_once)
    assert len(plan_runs(store, never_soon)) == 1
    assert plan_runs(store, never_soon) == []
    assert runs(store) == [("cron", "waiting", 1)]


def test_times_that_passed_while_nobody_ran_are_one_run(store: Store, project: str) -> None:
    def long_ago(cron: str, zone: str, after: int) -> int:
        return after - 86_400_000

    made(store, plan=JobPlan("script", "a.py", cron="* * * * *"), following=long_ago)
    plan_runs(store, never_soon)
    plan_runs(store, never_soon)
    assert runs(store) == [("missed", "waiting", 1)]


def test_a_time_that_comes_while_a_run_is_under_way_is_skipped(store: Store, project: str) -> None:
    made(store, plan=JobPlan("script", "a.py", cron="* * * * *"), following=at_once)
    plan_runs(store, at_once)
    run = began(store)
    assert plan_runs(store, never_soon) == []
    assert runs(store) == [("cron", "skipped", 1), ("cron", "running", 1)]
    end_run(store, run.id, "succeeded", exit_code=0)
    assert find_run(store, OWNER, run.id).exit_code == 0


def test_an_inactive_job_runs_by_hand_alone(store: Store, project: str) -> None:
    plan = JobPlan("script", "a.py", cron="* * * * *", active=False)
    assert made(store, plan=plan, following=at_once).next_run_at is None
    assert plan_runs(store, at_once) == []
    assert ask_run(store, OWNER, "DEV", "load").cause == "manual"


def test_one_run_of_a_job_at_a_time_and_one_that_waits(store: Store, project: str) -> None:
    made(store)
    ask_run(store, OWNER, "DEV", "load")
    with pytest.raises(JobError, match="wait already"):
        ask_run(store, OWNER, "DEV", "load")
    run = began(store)
    ask_run(store, OWNER, "DEV", "load")
    assert startable_runs(store) == []
    assert not begin_run(store, run.id)
    end_run(store, run.id, "succeeded")
    assert began(store).id != run.id


def test_what_fails_is_tried_again_as_often_as_it_says(store: Store, project: str) -> None:
    made(store, plan=JobPlan("script", "a.py", retries=1))
    ask_run(store, OWNER, "DEV", "load")
    first = began(store)
    end_run(store, first.id, "failed", exit_code=3, reason="it ended with status 3")
    second = list_runs(store, OWNER, "DEV", "load")[0]
    assert (second.attempt, second.status, second.scheduled_for) == (
        2,
        "waiting",
        first.scheduled_for,
    )
    assert second.not_before is not None
    assert startable_runs(store) == []  # it waits some seconds before
    assert begin_run(store, second.id)
    end_run(store, second.id, "lost")
    assert runs(store) == [("manual", "lost", 2), ("manual", "failed", 1)]


def test_after_a_success_the_next_job_runs_and_after_a_failure_not(
    store: Store, project: str
) -> None:
    made(store)
    made(store, "then", JobPlan("script", "b.py", after="load"))
    for status in ("failed", "succeeded"):
        ask_run(store, OWNER, "DEV", "load")
        end_run(store, began(store).id, status)
        assert runs(store, "then") == ([] if status == "failed" else [("after", "waiting", 1)])


def test_stopping_ends_what_waits_and_asks_what_runs(store: Store, project: str) -> None:
    made(store)
    waiting = ask_run(store, OWNER, "DEV", "load")
    assert ask_stop(store, OWNER, waiting.id).status == "stopped"
    ask_run(store, OWNER, "DEV", "load")
    run = began(store)
    note_process(store, run.id, 4711)
    assert ask_stop(store, OWNER, run.id).status == "stopping"
    assert run_statuses(store) == {run.id: "stopping"}
    end_run(store, run.id, "stopped")
    end_run(store, run.id, "failed")
    assert ask_stop(store, OWNER, run.id).status == "stopped"


def test_runs_come_newest_first_and_by_page(store: Store, project: str) -> None:
    made(store)
    ids = []
    for _ in range(5):
        ids.append(ask_run(store, OWNER, "DEV", "load").id)
        end_run(store, began(store).id, "succeeded")
    first = list_runs(store, OWNER, "DEV", limit=3)
    rest = list_runs(store, OWNER, "DEV", "load", before=first[-1].id)
    assert [each.id for each in [*first, *rest]] == ids[::-1]


def test_removing_a_job_removes_its_runs(store: Store, project: str) -> None:
    made(store)
    run = ask_run(store, OWNER, "DEV", "load")
    remove_job(store, OWNER, "DEV", "load")
    with pytest.raises(UnknownRunError):
        find_run(store, OWNER, run.id)
    end_run(store, run.id, "succeeded")  # what was under way ends without a trace
