"""How the documentation is built: ``make docs``."""

from motifleet import __version__

project = "Motifleet"
author = "The Motifleet developers"
copyright = "2026, the Motifleet developers"  # noqa: A001
release = __version__
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
myst_enable_extensions = ["colon_fence", "fieldlist"]
myst_heading_anchors = 3
exclude_patterns = ["_build"]
autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented_params"
html_theme = "furo"
html_title = f"Motifleet {release}"
html_static_path: list[str] = []
