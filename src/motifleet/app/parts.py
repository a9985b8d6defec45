"""The parts of a server that runs: started together, watched, and stopped together."""

import asyncio
import json
import signal
import sys
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from motifleet.serving import Child

_STEP_SECONDS, _END_SECONDS, _AGAIN_SECONDS = 0.1, 5.0, 5.0
# To look for garbage while all is loaded takes a sixth of the time; it goes on when it serves.
_SITE = "import gc; gc.disable(); from motifleet.site import main; main()"
Note = Callable[[str], None]
Part = Callable[[asyncio.Event], Awaitable[None]]


async def run_parts(parts: dict[str, Part], note: Note) -> None:
    """Run parts until Ctrl-C or SIGTERM, or until one of them fails.

    Each is told to stop, and ends in order; a second signal does not wait for that.

    Args:
        parts: by name; each runs until its event is set.
        note: told what happens, a line each.

    Raises:
        Exception: what the part that failed first raises.
    """
    stop, hurry = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def told() -> None:
        (hurry if stop.is_set() else stop).set()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, told)
    tasks = [asyncio.create_task(_run(part, stop), name=name) for name, part in parts.items()]
    hurried = asyncio.create_task(hurry.wait())
    stopped = asyncio.create_task(_announce(stop, note))
    await asyncio.wait({hurried, asyncio.ensure_future(_all(tasks))}, return_when="FIRST_COMPLETED")
    for each in (*tasks, hurried, stopped):
        each.cancel()
    for result in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(result, Exception):
            raise result


def kept(child: Child) -> Part:
    """A process, as a part: kept running, and asked to end when it is time."""

    async def run(stop: asyncio.Event) -> None:
        try:
            while not stop.is_set():
                await child.step()
                await _either(stop, _STEP_SECONDS)
        finally:
            await child.stop(_END_SECONDS)

    return run


def threaded(name: str, work: Callable[[threading.Event], None], note: Note) -> Part:
    """Work that takes a thread of its own; where it fails it is begun again some seconds later.

    Args:
        name: what it is called.
        work: it, which ends soon after its event is set; what does not is left to the process's
            end.
        note: told why it has failed.
    """

    async def run(stop: asyncio.Event) -> None:
        while not stop.is_set():
            over = threading.Event()
            ended = _in_thread(partial(work, over))
            stopped = asyncio.create_task(stop.wait())
            both: set[asyncio.Future[Any]] = {ended, stopped}
            await asyncio.wait(both, return_when="FIRST_COMPLETED")
            over.set()
            stopped.cancel()
            await asyncio.wait({ended}, timeout=_END_SECONDS)
            if ended.done() and (error := ended.exception()) is not None:
                note(f"{name} has failed, and is begun again: {error}")
                await _either(stop, _AGAIN_SECONDS)

    return run


def later(when: asyncio.Event, part: Part, most: float) -> Part:
    """A part that begins when an event is set, and in any case after so many seconds."""

    async def run(stop: asyncio.Event) -> None:
        await _either(when, most)
        await part(stop)

    return run


def _in_thread(work: Callable[[], None]) -> "asyncio.Future[None]":
    """Begin work in a thread that the process does not wait for when it ends."""
    loop = asyncio.get_running_loop()
    ended: asyncio.Future[None] = loop.create_future()

    def run() -> None:
        told: Callable[[], None] = partial(ended.set_result, None)
        try:
            work()
        except Exception as error:
            told = partial(ended.set_exception, error)
        with suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(told)

    threading.Thread(target=run, daemon=True).start()
    return ended


def site_child(home: Path, told: dict[str, Any], note: Note) -> Child:
    """The process of the REST API: see `motifleet.site`, which knows this room and not otherwise.

    Args:
        home: the home folder.
        told: what it is told: ``fd`` of its socket, and files for TLS.
        note: told when it has ended.
    """
    return Child(
        [sys.executable, "-c", _SITE],
        home / "logs" / "api.log",
        told=json.dumps({"home": str(home), **told}).encode() + b"\n",
        sockets=[told["fd"]],
        ended=partial(ended, note, "the REST API"),
    )


def ended(note: Note, name: str, code: int) -> None:
    """Tell that a process has ended by itself."""
    note(f"{name} has ended with status {code}, and is started again")


async def _run(part: Part, stop: asyncio.Event) -> None:
    """A part that ends, however it does, ends all."""
    try:
        await part(stop)
    finally:
        stop.set()


async def _all(tasks: list[asyncio.Task[None]]) -> None:
    await asyncio.gather(*tasks, return_exceptions=True)


async def _announce(stop: asyncio.Event, note: Note) -> None:
    await stop.wait()
    note("stopping: what is under way is answered first (Ctrl-C again does not wait for it)")


async def _either(stop: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await stop.wait()
