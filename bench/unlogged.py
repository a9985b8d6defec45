"""A home's endpoints without the prediction log: ``python bench/unlogged.py HOME PORT``."""

import asyncio
import signal
import sys
from pathlib import Path

from motifleet.config import load_settings
from motifleet.serving import Listen, StoreLedger, Supervisor
from motifleet.workspace import open_store


async def main(home: Path, port: int) -> None:
    """Serve until SIGTERM."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    ledger = StoreLedger(open_store(load_settings(home)), home / "builds")
    await Supervisor(ledger, home / "unlogged", Listen(port=port), {"database": ""}).run(stop)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
