"""The lab's notebooks: copies of one's own, and JupyterLab to open them in."""

import importlib.util
import os
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

from motifleet.config import Settings, prepare_home
from motifleet.errors import MissingExtraError


def copy_notebooks(settings: Settings) -> list[Path]:
    """Copy the lab's notebooks into ``notebooks`` of the home folder; what is there stays as it is.

    Returns:
        where they are, in the lab's order.

    >>> from motifleet.config import load_settings
    >>> settings = load_settings(getfixture("tmp_path") / "home")
    >>> [path.name for path in copy_notebooks(settings)][:2]
    ['00_datagen.ipynb', '01A_maps.ipynb']
    """
    folder = prepare_home(settings) / "notebooks"
    folder.mkdir(mode=0o700, exist_ok=True)
    names = sorted(_packaged(), key=lambda each: (not each.startswith("0"), each))
    for name in names:
        path = folder / name
        if not path.exists():
            path.write_bytes((files("motifleet") / "notebooks" / name).read_bytes())
    return [folder / name for name in names]


def open_notebooks(settings: Settings, port: int, *, browser: bool) -> int:
    """Open JupyterLab on them, on this machine alone, until it is stopped.

    Args:
        settings: of the home, which the notebooks open too.
        port: where it listens.
        browser: whether to open a browser.

    Returns:
        what it ended with.

    Raises:
        MissingExtraError: there is no JupyterLab.
    """
    if importlib.util.find_spec("jupyterlab") is None:
        raise MissingExtraError("motifleet notebook", "JupyterLab", "notebooks")
    folder = copy_notebooks(settings)[0].parent
    command = [sys.executable, "-m", "jupyterlab", f"--port={port}", "--ip=127.0.0.1"]
    command += [] if browser else ["--no-browser"]
    home = str(settings.home.absolute())
    environment = {**os.environ, "MOTIFLEET_HOME": home}
    with subprocess.Popen(command, cwd=folder, env=environment) as jupyter:  # noqa: S603 -- ours
        return jupyter.wait()


def _packaged() -> list[str]:
    folder = files("motifleet") / "notebooks"
    return [each.name for each in folder.iterdir() if each.name.endswith(".ipynb")]
