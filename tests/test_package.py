"""The package as a whole: what it exports, and how soon it starts."""

import subprocess
import sys
from pathlib import Path

import motifleet

HEAVY = {
    "folium",
    "h3",
    "mlflow",
    "numpy",
    "pandas",
    "plotly",
    "pyarrow",
    "pydantic",
    "pyiceberg",
    "pyproj",
    "rich",
    "sedonadb",
    "sqlalchemy",
    "xgboost",
}
HELP = """
import contextlib, io, motifleet.cli.main
sys.argv[:] = ["motifleet", "--help"]
with contextlib.redirect_stdout(io.StringIO()) as said, contextlib.suppress(SystemExit):
    motifleet.cli.main.main()
assert "telemetry" in said.getvalue()
"""


def loaded_by(statement: str) -> set[str]:
    program = f"import sys\n{statement}\nprint(*{{name.split('.')[0] for name in sys.modules}})"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True, text=True
    )
    return set(done.stdout.split())


def test_import_loads_nothing_heavy() -> None:
    assert loaded_by("import motifleet") & HEAVY == set()


def test_the_command_line_loads_nothing_heavy_but_its_own_libraries() -> None:
    assert loaded_by("import motifleet.cli.main") & HEAVY <= {"rich"}


def test_a_question_to_a_table_loads_no_models_and_no_server(tmp_path: Path) -> None:
    asked = f"import motifleet; motifleet.open_home({str(tmp_path)!r}).tables.list()"
    server = {"alembic", "argon2", "fastapi", "granian", "httpx", "mlflow", "optuna", "xgboost"}
    assert loaded_by(asked) & server == set()
    rooms = "print(*(name.removeprefix('motifleet.') for name in sys.modules))"
    assert loaded_by(f"{asked}; {rooms}") & {"monitoring", "serving", "workspace", "jobs"} == set()


def test_help_loads_no_noun() -> None:
    program = HELP + "nouns = {name for name in sys.modules if name.startswith('motifleet.')}"
    program += "\nassert nouns == {'motifleet.cli', 'motifleet.cli.main', 'motifleet.cli.nouns', "
    program += "'motifleet.errors', 'motifleet.lazily'}, nouns"
    assert loaded_by(program) & HEAVY <= {"rich"}


def test_every_exported_name_is_there() -> None:
    missing = [name for name in motifleet.__all__ if getattr(motifleet, name, None) is None]
    assert missing == []
    assert set(motifleet.__all__) <= set(dir(motifleet))


def test_an_unknown_name_is_an_attribute_error() -> None:
    assert not hasattr(motifleet, "no_such_name")
