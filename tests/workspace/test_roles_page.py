"""The documentation prints the table that the code goes by."""

from pathlib import Path

from motifleet.workspace import roles_table

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "roles.md"


def test_the_page_prints_the_table() -> None:
    assert roles_table() in PAGE.read_text(encoding="utf-8")
