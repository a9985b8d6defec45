"""How long a new process takes: ``import motifleet`` and ``motifleet --help``."""

import subprocess
import sys
from pathlib import Path
from time import perf_counter

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
FLOORS = {"import motifleet": 0.5, "motifleet --help": 0.5}


def seconds(command: list[str], times: int = 7) -> float:
    """The best of several runs, each a process of its own."""
    taken = []
    for _ in range(times):
        start = perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        taken.append(perf_counter() - start)
    return min(taken)


def rows() -> list[dict[str, object]]:
    return [
        {"command": name, "seconds": seconds(command), "floor": FLOORS.get(name, "–")}
        for name, command in COMMANDS.items()
    ]
