"""Batches of a model that answers many at once: who ends the replica pays alone."""

import asyncio
import json
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from motifleet.serving.gateway.ask import Ask
from motifleet.serving.gateway.figures import Counters
from motifleet.serving.gateway.pool import Pool
from motifleet.serving.gateway.routing import Deployment
from motifleet.serving.replica import frames
from motifleet.serving.replica.forms import LAB
from motifleet.serving.replica.frames import Answer


class Batching:
    """A replica on a socket that echoes batches, and ends its connection at the word crash."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.sizes: list[int] = []

    async def start(self) -> asyncio.Server:
        return await asyncio.start_unix_server(self._heard, str(self.path))

    async def _heard(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readexactly(frames.HEADER.size)
                length, _, number = frames.HEADER.unpack(head)
                asked = frames.unpack_requests(await reader.readexactly(length))
                self.sizes.append(len(asked))
                await asyncio.sleep(0.01)
                if any(each.body == b'"crash"' for each in asked):
                    break
                told = frames.pack_answers(Answer(200, each.body, b"") for each in asked)
                writer.write(frames.frame(frames.ANSWERS, number, told))
        except asyncio.IncompleteReadError:
            pass
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


async def answered(pool: Pool, bodies: Sequence[str]) -> list[Answer]:
    loop = asyncio.get_running_loop()
    asks = []
    for body in bodies:
        ask = Ask(LAB, json.dumps(body).encode(), loop.create_future(), loop.time() + 60)
        pool.submit(ask)
        asks.append(ask)
    done = asyncio.gather(*(ask.future for ask in asks if ask.future))
    while not done.done():
        if not pool.links:
            await pool.connect("r", pool.deployment.replicas["r"])  # as the desk does
        await asyncio.sleep(0.005)
    return await done


def recorded(pool: Pool, asks: Sequence[Ask]) -> None:
    del pool
    for ask in asks:
        if ask.future is not None:
            ask.future.set_result(ask.answer)


def test_a_request_that_ends_its_batch_is_found_and_the_others_answered(tmp_path: Path) -> None:
    async def run() -> tuple[list[Answer], list[int]]:
        replica = Batching(tmp_path / "s")
        server = await replica.start()
        told = Deployment("d", "c", "b", "v", {"r": str(replica.path)}, batch=64)
        pool = Pool("e", told, recorded, Counters().of("e", "d"))
        await pool.connect("r", str(replica.path))
        bodies = [f"body {at}" for at in range(40)]
        bodies[25] = "crash"
        found = await answered(pool, bodies)
        pool.retire(["r"])
        server.close()
        while len(asyncio.all_tasks()) > 1:
            await asyncio.sleep(0.005)
        return found, replica.sizes

    found, sizes = asyncio.run(run())
    assert [each.status for each in found] == [500 if at == 25 else 200 for at in range(40)]
    assert b"twice" in found[25].output
    assert [json.loads(each.output) for each in found[:25]] == [f"body {at}" for at in range(25)]
    assert max(sizes) > 1
    assert sizes.count(1) >= 40  # each by itself, once nobody knows who it was
