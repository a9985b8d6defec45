"""How the documentation is built: ``make docs``."""

import json
from pathlib import Path

from motifleet import __version__

project = "Motifleet"
author = "The Motifleet developers"
copyright = "2026, the Motifleet developers"  # noqa: A001
release = __version__
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
myst_enable_extensions = ["colon_fence", "fieldlist"]
myst_heading_anchors = 3
source_suffix = {".md": "markdown", ".markdown": "markdown"}
exclude_patterns = ["_build"]
autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented_params"
html_theme = "furo"
html_title = f"Motifleet {release}"
html_static_path: list[str] = []


def _lab_pages() -> None:
    """Write each of the lab's notebooks as a page: they are the tutorial, and stand once."""
    here = Path(__file__).parent
    pages = here / "_lab"
    pages.mkdir(exist_ok=True)
    for notebook in sorted((here.parent / "src" / "motifleet" / "notebooks").glob("*.ipynb")):
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        text = "\n\n".join(_cell(each["cell_type"], "".join(each["source"])) for each in cells)
        (pages / f"{notebook.stem}.markdown").write_text(text + "\n", encoding="utf-8")


def _cell(kind: str, source: str) -> str:
    return source if kind == "markdown" else f"```python\n{source}\n```"


_lab_pages()
