"""The lab's notebooks run from top to bottom, and say what they should."""

import json
import os
from collections.abc import Iterator
from typing import Any

import pytest

from motifleet.app import Motifleet, copy_notebooks, open_home

NAMES = [
    "00_datagen.ipynb",
    "01A_maps.ipynb",
    "01B_geospatial.ipynb",
    "02_patterns.ipynb",
    "03_time_series_query.ipynb",
    "04_multi_dim_motif.ipynb",
    "2_failures.ipynb",
]
SAYS = {
    "00_datagen.ipynb": ["3000", "1440", "iot_signal_4"],
    "01A_maps.ipynb": ["leaflet"],
    "01B_geospatial.ipynb": ["Iowa", "depot"],
    "02_patterns.ipynb": ["Motif(", "Discord(", "truck-000003"],
    "03_time_series_query.ipynb": ["running", "nearest_neighbor", "p99_ms"],
    "04_multi_dim_motif.ipynb": ["channels", "running"],
    "2_failures.ipynb": ["Nothing can be learnt", "model_deployment_crn", "truths=1000"],
}


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Motifleet:
    return open_home(tmp_path_factory.mktemp("notebooks") / "home")


def test_they_are_copied_once_and_ones_own_changes_stay(fleet: Motifleet) -> None:
    copied = copy_notebooks(fleet.settings)
    assert [path.name for path in copied] == NAMES
    kept = copied[0].read_bytes()
    copied[0].write_text("mine")
    copied[1].unlink()
    assert copy_notebooks(fleet.settings) == copied
    assert copied[0].read_text() == "mine"
    assert copied[1].exists()
    copied[0].write_bytes(kept)


def test_they_hold_no_outputs(fleet: Motifleet) -> None:
    for path in copy_notebooks(fleet.settings):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        assert all(not cell.get("outputs") for cell in cells), path.name
        assert cells[0]["cell_type"] == "markdown"


@pytest.fixture(scope="module")
def outputs(fleet: Motifleet) -> Iterator[dict[str, str]]:
    import nbformat
    from nbclient import NotebookClient

    home = os.environ.get("MOTIFLEET_HOME")
    os.environ["MOTIFLEET_HOME"] = str(fleet.settings.home)
    told: dict[str, str] = {}
    try:
        for path in copy_notebooks(fleet.settings):
            notebook: Any = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
            NotebookClient(
                notebook, timeout=600, resources={"metadata": {"path": path.parent}}
            ).execute()
            told[path.name] = json.dumps([cell.get("outputs", []) for cell in notebook.cells])
        yield told
    finally:
        if home is None:
            del os.environ["MOTIFLEET_HOME"]
        else:
            os.environ["MOTIFLEET_HOME"] = home


@pytest.mark.served
def test_they_run_from_top_to_bottom(outputs: dict[str, str]) -> None:
    assert list(outputs) == NAMES
    for name, said in SAYS.items():
        for text in said:
            assert text in outputs[name], (name, text)
    for name in ("02_patterns.ipynb",):
        assert outputs[name].count("application/vnd.plotly") >= 3
