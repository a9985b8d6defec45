"""The journal: answers leave when they are in the log, and one bad record keeps no other."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from motifleet.serving.gateway import journal as journal_module
from motifleet.serving.gateway.ask import Ask
from motifleet.serving.gateway.journal import Journal, Line
from motifleet.serving.gateway.lines import line_of
from motifleet.serving.gateway.routing import Deployment
from motifleet.serving.replica.forms import LAB
from motifleet.serving.replica.frames import Answer
from motifleet.workspace import PredictionLog, Store

DEPLOYMENT = Deployment("dep-1", "crn:1", "bld-1", "failures@1", {})
PATIENCE = 20.0


@pytest.fixture
def log(store: Store) -> Iterator[PredictionLog]:
    made = PredictionLog(store)
    yield made
    made.close()


def answered(body: bytes, seconds: float = PATIENCE, tracked: bytes = b"") -> Line:
    loop = asyncio.get_running_loop()
    ask = Ask(LAB, body, loop.create_future(), loop.time() + seconds)
    ask.answer = Answer(200, b"[1]", tracked)
    return ask, line_of(DEPLOYMENT, ask)


async def statuses(lines: list[Line]) -> list[int]:
    futures = [ask.future for ask, _ in lines if ask.future is not None]
    async with asyncio.timeout(PATIENCE):
        return [answer.status for answer in await asyncio.gather(*futures)]


def logged(store: Store) -> set[str]:
    with store.read() as connection:
        return set(connection.scalars(text("SELECT uuid FROM predictions")))


def test_one_record_that_the_database_never_takes_keeps_no_other(
    store: Store,
    log: PredictionLog,
) -> None:
    async def run() -> tuple[list[int], list[Line]]:
        refusals: list[Exception] = []
        journal = Journal(log, asyncio.get_running_loop(), refusals.append)
        lines = [answered(b"{}") for _ in range(40)]
        ask, line = answered(b"{}", seconds=3.0)
        bad = (ask, line._replace(inputs="\ud800"))
        journal.add([*lines[:20], bad, *lines[20:]])
        good = await statuses(lines)
        assert refusals
        worse = await statuses([bad])
        journal.stop()
        return good + worse, lines

    found, lines = asyncio.run(run())
    assert found == [200] * 40 + [503]
    assert logged(store) == {ask.uuid for ask, _ in lines}


@pytest.mark.parametrize("body", [b"\0", b'{"a": "\0"}', b"\xff\xfe", '"\N{PILE OF POO}"'.encode()])
def test_whatever_callers_send_can_be_logged(
    store: Store,
    log: PredictionLog,
    body: bytes,
) -> None:
    async def run() -> tuple[list[int], str]:
        refusals: list[Exception] = []
        journal = Journal(log, asyncio.get_running_loop(), refusals.append)
        line = answered(body, tracked=b'{"a\\u0000b": "c\\u0000d", "n": null}')
        journal.add([line], alone=True)
        found = await statuses([line])
        journal.stop()
        assert refusals == []
        return found, line[0].uuid

    found, uuid = asyncio.run(run())
    assert found == [200]
    assert uuid in logged(store)


def test_a_lone_answer_leaves_without_the_thread(
    store: Store,
    log: PredictionLog,
) -> None:
    async def run() -> tuple[int, set[str]]:
        journal = Journal(log, asyncio.get_running_loop(), lambda _: None)
        at_once, uuids = 0, set()
        for _ in range(450):
            line = answered(b"{}")
            journal.add([line], alone=True)
            at_once += line[0].future is not None and line[0].future.done()
            await statuses([line])
            uuids.add(line[0].uuid)
        journal.stop()
        return at_once, uuids

    at_once, uuids = asyncio.run(run())
    assert at_once == (450 if store.embedded else 0)
    assert logged(store) == uuids


def test_a_journal_that_stops_has_committed_what_it_had(tmp_path: Path) -> None:
    home = Store(f"sqlite:///{tmp_path / 'workspace.db'}")
    log = PredictionLog(home)

    async def run() -> set[str]:
        journal = Journal(log, asyncio.get_running_loop(), lambda _: None)
        lines = [answered(b"{}") for _ in range(2_500)]
        journal.add(lines)
        journal.stop()
        return {ask.uuid for ask, _ in lines}

    uuids = asyncio.run(run())
    assert logged(home) == uuids
    log.close()
    home.close()


def test_what_the_loop_commits_is_moved_into_the_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The loop's own commits go to SQLite's log alone, which would grow without end."""
    monkeypatch.setattr(journal_module, "_TIDY_AFTER", 20)
    database = tmp_path / "workspace.db"
    store = Store(f"sqlite:///{database}")
    log = PredictionLog(store)
    before = database.stat().st_size

    async def run() -> list[int]:
        journal = Journal(log, asyncio.get_running_loop(), lambda _: None)
        lines = [answered(b'"' + b"x" * 4096 + b'"') for _ in range(60)]
        for line in lines:
            journal.add([line], alone=True)
        async with asyncio.timeout(PATIENCE):
            while database.stat().st_size == before:
                await asyncio.sleep(0.01)
        journal.stop()
        return await statuses(lines)

    assert asyncio.run(run()) == [200] * 60
    log.close()
    store.close()
