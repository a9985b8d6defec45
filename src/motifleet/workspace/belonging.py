"""One database, one home: of two homes each would run what the other has deployed."""

import os
from contextlib import suppress
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from motifleet.errors import StoreError
from motifleet.workspace.ids import new_id
from motifleet.workspace.schema import homes
from motifleet.workspace.store import Store

_FILE = "id"


def check_home(store: Store, home: Path) -> None:
    """See that a database belongs to a home folder; one that belongs to none does from now on.

    Args:
        store: the database.
        home: the folder, which keeps its id in a file.

    Raises:
        StoreError: it belongs to another.
    """
    mine = home_id(home)
    with store.read() as connection:
        found = connection.scalar(select(homes.c.id))
    if found is None:
        with store.write() as connection:
            first = insert(homes).values(number=1, id=mine)
            connection.execute(first.on_conflict_do_nothing())
            found = connection.scalar(select(homes.c.id))
    if found != mine:
        raise StoreError(
            f"expected the database of {home}, got one that belongs to another home, {found}: set "
            "a database_url of its own for each home; or, where this home takes the place of that "
            f"one, write {found} into {home / _FILE}"
        )


def home_id(home: Path) -> str:
    """The id of a home folder, which goes where it goes; made where there is none.

    >>> folder = getfixture("tmp_path")
    >>> home_id(folder) == home_id(folder)
    True
    """
    path, begun = home / _FILE, home / f"{_FILE}.{new_id('new')}"
    if not path.exists():
        begun.write_text(f"{new_id('home')}\n", encoding="ascii")
        # A link is there whole or not at all, and of two processes one is first.
        with suppress(FileExistsError):
            os.link(begun, path)
        begun.unlink()
    return path.read_text(encoding="ascii").strip()
