"""Opening the catalog: SQLite in the home folder, or what the settings name."""

import os
import re
import sqlite3
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from pyiceberg.catalog import Catalog, load_catalog
from pyiceberg.catalog.sql import SqlCatalog
from pyiceberg.exceptions import NamespaceAlreadyExistsError, NoSuchTableError
from pyiceberg.table import Table

from motifleet.config import Settings, prepare_home
from motifleet.errors import CatalogError, InvalidArgumentError, UnknownTableError
from motifleet.tables.failures import translated
from motifleet.tables.retry import attempts

_CATALOG_NAME = "motifleet"
_TABLE_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
_LOCK_WAIT_SECONDS = 60


def open_catalog(settings: Settings) -> Catalog:
    """Open the catalog that the settings name and make its namespace.

    Raises:
        CatalogError: it cannot be opened, or catalog.db is no SQLite database.
        StorageError: the disk is full.
    """
    home = prepare_home(settings)
    with translated("open the catalog"):
        catalog = _from_settings(settings) if settings.catalog else _embedded(home)
        _make_namespace(catalog, settings.namespace)
    return catalog


def load_table(catalog: Catalog, namespace: str, name: str) -> Table:
    """Open the table of that name as it is now.

    Raises:
        UnknownTableError: there is none.
        InvalidArgumentError: no table can have such a name.
    """
    check_table_name(name)
    with translated(f"open table {name!r}"):
        try:
            return catalog.load_table((namespace, name))
        except NoSuchTableError:
            raise UnknownTableError(name, table_names(catalog, namespace)) from None


def table_names(catalog: Catalog, namespace: str) -> list[str]:
    """List the names of all tables, sorted."""
    with translated("list the tables"):
        return sorted(name for *_, name in catalog.list_tables(namespace))


def check_table_name(name: str) -> None:
    """Refuse a name that some catalog or file system would not take.

    Raises:
        InvalidArgumentError: it is not made of lower-case letters, digits and underscores.
    """
    if not _TABLE_NAME.fullmatch(name):
        raise InvalidArgumentError(
            "expected a table name of at most 63 lower-case letters, digits and underscores "
            f"that starts with a letter, got {name!r}"
        )


def _from_settings(settings: Settings) -> Catalog:
    try:
        return _once_made(lambda: load_catalog(_CATALOG_NAME, **settings.catalog))
    except (ValueError, ImportError) as error:
        raise CatalogError(
            f"expected a catalog by the setting 'catalog', got {_known(settings.catalog)}: {error}"
        ) from error


def _known(properties: dict[str, str]) -> str:
    # Their values may hold passwords.
    return f"the properties {', '.join(sorted(properties))}"


def _embedded(home: Path) -> Catalog:
    database, warehouse = home / "catalog.db", home / "warehouse"
    warehouse.mkdir(mode=0o700, exist_ok=True)
    # SQLite would make the file readable by all; its journal takes over the file's permissions.
    os.close(os.open(database, os.O_CREAT | os.O_RDWR, 0o600))
    uri = f"sqlite:///{quote(str(database))}?timeout={_LOCK_WAIT_SECONDS}"
    try:
        return _once_made(lambda: SqlCatalog(_CATALOG_NAME, uri=uri, warehouse=str(warehouse)))
    except Exception as error:
        _raise_if_damaged(database, error)
        raise


def _once_made(make: Callable[[], Catalog]) -> Catalog:
    for _ in attempts():
        try:
            return make()
        except Exception as error:
            if not _is_being_made(error):
                raise
    raise CatalogError("cannot open the catalog: other processes keep changing it, try again")


def _is_being_made(error: Exception) -> bool:
    # PyIceberg asks whether the catalog's own tables are there and then makes them: of several
    # processes that open a new catalog at once, the slower ones find them made in between.
    return "already exists" in str(error)


def _raise_if_damaged(database: Path, error: Exception) -> None:
    cause = getattr(error, "orig", None)
    # Its subclass OperationalError is for locks and full disks, not for what the file holds.
    if type(cause) is sqlite3.DatabaseError:
        raise CatalogError(
            f"expected an SQLite catalog in {database}, got something else ({cause}); "
            "move it away and import again, or put a back-up in its place"
        ) from error


def _make_namespace(catalog: Catalog, namespace: str) -> None:
    if catalog.namespace_exists(namespace):
        return
    try:
        catalog.create_namespace(namespace)
    except NamespaceAlreadyExistsError:
        return
    except Exception:
        # Another process was quicker, which SQL catalogs report as a duplicate key.
        if not catalog.namespace_exists(namespace):
            raise
