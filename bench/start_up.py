"""How long a new process takes: ``import motifleet`` and ``motifleet --help``."""

import subprocess
import sys
from functools import partial
from pathlib import Path

from bench.rows import Floor, Row, judged
from bench.timing import timed

TITLE = "Start-up of a new process"
COMMANDS = {
    "python -c pass": [sys.executable, "-c", "pass"],
    "import motifleet": [sys.executable, "-c", "import motifleet"],
    "import motifleet, first profile": [
        sys.executable,
        "-c",
        "import motifleet; motifleet.matrix_profile([0, 1, 5, 1, 0, 0, 1, 5, 1, 0], m=4)",
    ],
    "motifleet --help": [str(Path(sys.executable).with_name("motifleet")), "--help"],
}
FLOORS = dict.fromkeys(("import motifleet", "motifleet --help"), Floor("<", 0.5, "s"))


def rows() -> list[Row]:
    return [
        {"command": name, "seconds": taken, **judged(taken, FLOORS.get(name))}
        for name, command in COMMANDS.items()
        for taken in [seconds(command)]
    ]


def seconds(command: list[str], times: int = 7) -> float:
    """The best of several runs, each a process of its own."""
    run = partial(subprocess.run, command, check=True, capture_output=True)
    return min(timed(run).seconds for _ in range(times))
