"""Builds: what is frozen is tried, summed up, and refused when it has changed since."""

import json
from pathlib import Path

import pytest
from tests.serving.models import CRASHES_AT_LOAD, HOLDS_NO_FUNCTION, RAISES_AT_LOAD, WELL

from motifleet.errors import BuildError, InvalidArgumentError
from motifleet.serving import FunctionSource, freeze, thaw


def function(folder: Path, text: str, **options: object) -> FunctionSource:
    file = folder / "model.py"
    file.write_text(text, encoding="utf-8")
    return FunctionSource(file, "predict", **options)  # type: ignore[arg-type]


def test_a_build_is_tried_and_thawed_as_it_was_frozen(tmp_path: Path) -> None:
    frozen = freeze(tmp_path / "build", function(tmp_path, WELL, request={"value": 21}))
    assert thaw(tmp_path / "build") == frozen
    told = json.loads((frozen.content / "build.json").read_text())
    assert told["source"] == "model.py:predict"
    lock = (frozen.content / "requirements.lock").read_text()
    assert {"numpy", "orjson"} <= {line.partition("==")[0] for line in lock.split()}
    assert "the input example is answered" in (tmp_path / "build" / "build.log").read_text()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (CRASHES_AT_LOAD, "cannot be served"),
        (RAISES_AT_LOAD, "no licence for this model"),
        (HOLDS_NO_FUNCTION, "expected a function 'predict'"),
        ("def predict(request):\n    return request['other']\n", "KeyError"),
        ("def predict(request):\n    return object()\n", "expected an answer that JSON can hold"),
        ("def predict(\n", "SyntaxError"),
    ],
    ids=["crash", "raise", "no function", "example fails", "no JSON", "no Python"],
)
def test_a_broken_build_fails_with_its_log(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(BuildError, match="cannot be served"):
        freeze(tmp_path / "build", function(tmp_path, text, request={"value": 1}))
    log = (tmp_path / "build" / "build.log").read_text()
    assert "failed: the build cannot be served" in log
    assert says in log
    with pytest.raises(BuildError, match="expected a whole build"):
        thaw(tmp_path / "build")


def test_a_build_whose_files_changed_is_refused(tmp_path: Path) -> None:
    frozen = freeze(tmp_path / "build", function(tmp_path, WELL))
    file = frozen.content / "source" / "model.py"
    assert file.stat().st_mode & 0o777 == 0o400
    file.chmod(0o600)
    file.write_text(WELL + "# changed\n")
    with pytest.raises(BuildError, match="have changed since"):
        thaw(tmp_path / "build")


def test_a_requirement_that_nobody_has_ends_the_build(tmp_path: Path) -> None:
    with pytest.raises(BuildError, match="as pip takes it"):
        freeze(tmp_path / "build", function(tmp_path, WELL, needs=("no requirement!",)))


def test_links_and_other_files_are_no_source(tmp_path: Path) -> None:
    function(tmp_path, WELL)
    (tmp_path / "link.py").symlink_to(tmp_path / "model.py")
    for name, function_name in (
        ("link.py", "predict"),
        ("none.py", "predict"),
        ("model.py", "a b"),
    ):
        with pytest.raises(InvalidArgumentError):
            FunctionSource(tmp_path / name, function_name)
