"""A build whose requirements the host has not: installed, deployed and asked for real."""

from pathlib import Path

import pytest
from tests.serving.conftest import PATIENCE, Server, soon_answers

from motifleet.app import Motifleet
from motifleet.errors import BuildError

pytestmark = pytest.mark.served
NEEDS = "inflection==0.5.1"
MODEL = """
import sys
import inflection
from motifleet_replica import track_metric

def predict(request):
    track_metric("length", len(request.get("word", "")))
    if "word" not in request:
        return sys.prefix
    return {"plural": inflection.pluralize(request["word"]), "prefix": sys.prefix}
"""


def test_a_build_of_other_requirements_runs_in_an_environment_of_its_own(
    home: Motifleet, server: Server, tmp_path: Path
) -> None:
    serving = home.serving
    file = tmp_path / "plurals.py"
    file.write_text(MODEL)
    with pytest.raises(BuildError, match="No module named 'inflection'"):
        serving.build_function(file, "predict", "plurals", example={"word": "truck"})
    build = serving.build_function(
        file, "predict", "plurals", requirements=[NEEDS], example={"word": "truck"}
    )
    folder = serving.folder(build)
    assert "an environment of its own" in serving.build_log(build.id)
    lock = (folder / "content" / "requirements.lock").read_text().split()
    assert NEEDS in lock
    assert {each.partition("==")[0] for each in lock} == {"inflection", "numpy", "orjson"}

    serving.deploy(build.id, wait=PATIENCE)
    key = serving.make_key("plurals")[1]
    soon_answers(server, key, 200)
    status, told = server.ask(key, {"word": "box"})
    assert status == 200, told
    assert told["response"]["prediction"] == {"plural": "boxes", "prefix": str(folder / "env")}


def test_requirements_that_cannot_be_had_end_the_build_with_what_uv_says(
    home: Motifleet, tmp_path: Path
) -> None:
    file = tmp_path / "plurals.py"
    file.write_text(MODEL)
    with pytest.raises(BuildError, match=r"cannot be installed|can be installed"):
        home.serving.build_function(file, "predict", "none", requirements=["inflection==99.99"])
    (build,) = home.serving.builds("none")
    assert build.status == "failed"
    assert "99.99" in home.serving.build_log(build.id)
