"""The documentation lists all operations of the API, as the API describes them."""

from pathlib import Path

from tests.api.conftest import Site

from motifleet.api import operations_table

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "api.md"


def test_the_page_lists_all_operations(site: Site) -> None:
    table = operations_table(site.app)
    assert table.count("\n") > 100
    assert table in PAGE.read_text(encoding="utf-8")
