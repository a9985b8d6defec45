"""A disk that runs full at every step of an append."""

import json
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SCRIPT = Path(__file__).with_name("full_disk.py")


@pytest.fixture(scope="module")
def observations(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """What appends did with 0, 1, … pages left, in a mount namespace that ends with the process."""
    disk = tmp_path_factory.mktemp("disk")
    command = shlex.join([sys.executable, str(SCRIPT), str(disk)])
    mount = f"mount -t tmpfs -o size=4m tmpfs {shlex.quote(str(disk))}"
    done = subprocess.run(
        [*_namespace(), "sh", "-c", f"{mount} && exec {command}"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_full_disk_is_one_helpful_line(observations: list[dict[str, Any]]) -> None:
    refused = [each["outcome"] for each in observations if each["outcome"] != "landed"]
    assert len(refused) > 5
    assert all(each.startswith("StorageError") for each in refused)
    assert all("free some space and try again" in each for each in refused)


def test_both_files_and_the_catalog_were_refused_room(observations: list[dict[str, Any]]) -> None:
    causes = {each["outcome"].split(":")[0] for each in observations}
    assert causes == {"StorageError of OSError", "StorageError of OperationalError", "landed"}


def test_a_refused_append_changes_nothing(observations: list[dict[str, Any]]) -> None:
    for each in observations:
        landed = each["outcome"] == "landed"
        assert (each["changed"], each["left_over"]) == (landed, landed), each


def test_with_room_again_the_same_batch_lands_once(observations: list[dict[str, Any]]) -> None:
    assert {(each["again"], each["rows"]) for each in observations} == {("landed", 400)}


def _namespace() -> list[str]:
    for command in (["unshare", "-m"], ["unshare", "-rm"]):
        if shutil.which("unshare") and _works([*command, "mount", "-t", "tmpfs", "none", "/mnt"]):
            return command
    problem = "cannot mount a small tmpfs here: run the tests as root, or allow `unshare -rm`"
    if os.environ.get("CI") == "true":
        pytest.fail(problem)
    pytest.skip(problem)


def _works(command: list[str]) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0
