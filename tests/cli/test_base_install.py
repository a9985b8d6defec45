"""What ``pip install motifleet`` gives by itself, without extras, and what it says of the rest.

Each command runs in a process that can import nothing but the base requirements and theirs.
"""

import subprocess
import sys
from pathlib import Path

import pytest

ONLY_THE_BASE = """
import sys
from importlib.metadata import PackageNotFoundError, packages_distributions, requires
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

seen, left = set(), [("motifleet", "")]
while left:
    name, extra = left.pop()
    if (name, extra) in seen:
        continue
    seen.add((name, extra))
    try:
        needed = [Requirement(each) for each in requires(name) or ()]
    except PackageNotFoundError:  # for another machine than this
        continue
    for each in needed:
        if each.marker is None or each.marker.evaluate({"extra": extra}):
            left += [(canonicalize_name(each.name), extra) for extra in ("", *each.extras)]
there = {name for name, _ in seen}
found = packages_distributions().items()
hidden = {name for name, by in found if not {canonicalize_name(each) for each in by} & there}

class Hidden:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in hidden:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

assert {"fastapi", "argon2", "mlflow", "orjson"} <= hidden and "numpy" not in hidden
sys.meta_path.insert(0, Hidden())
"""
COMMAND = ONLY_THE_BASE + "from motifleet.cli.main import main\nmain()"
PYTHON = """
import motifleet
fleet = motifleet.open_home(sys.argv[1])
print(fleet.tables.list()[0].name)
from motifleet.errors import MissingExtraError
for room in ("workspace", "serving", "monitoring", "jobs", "server"):
    try:
        getattr(fleet, room)
    except MissingExtraError as error:
        assert "motifleet[models,server]" in str(error), error
    else:
        raise AssertionError(room)
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("base") / "home"


def run(*words: object) -> subprocess.CompletedProcess[str]:
    told = [sys.executable, "-c", *map(str, words)]
    return subprocess.run(told, capture_output=True, text=True, check=False, timeout=300)


def test_telemetry_tables_patterns_and_places_need_no_extra(home: Path) -> None:
    works = (
        "--help",
        f"telemetry simulate lab --part 2 --table lab --home {home}",
        f"table list --home {home}",
        f"pattern match lab --signal iot_signal_1 --pattern 54,53,52,51 --home {home}",
        f"geo locate lab --home {home}",
    )
    for words in works:
        done = run(COMMAND, *words.split())
        assert done.returncode == 0, (words, done.stderr)
    done = run(ONLY_THE_BASE + PYTHON, home)
    assert (done.returncode, done.stdout) == (0, "lab\n"), done.stderr


@pytest.mark.parametrize(
    ("words", "extras"),
    [
        ("up", "models,server"),
        ("status", "models,server"),
        ("deployment list", "models,server"),
        ("project list", "models,server"),
        ("endpoint simulate failures", "models,server"),
        ("model list", "models"),
        ("notebook", "notebooks"),
    ],
)
def test_what_needs_an_extra_says_which(tmp_path: Path, words: str, extras: str) -> None:
    done = run(COMMAND, *words.split(), "--home", tmp_path / "home")
    assert done.returncode == 1
    assert f"`pip install 'motifleet[{extras}]'`" in done.stderr
    assert "Traceback" not in done.stderr
