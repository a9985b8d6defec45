"""The one place where foreign exceptions become Motifleet's."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

import pyarrow as pa
from pyiceberg.exceptions import (
    CommitStateUnknownException,
    NoSuchPropertyException,
    NotInstalledError,
    ResolveError,
    RESTError,
    SignError,
    ValidationError,
)

from motifleet.errors import CatalogError, MotifleetError, StorageError

_FULL = ("No space left", "database or disk is full", "Disk quota exceeded")
_NO_SPACE = (errno.ENOSPC, errno.EDQUOT)
_CATALOG = (RESTError, NoSuchPropertyException, NotInstalledError, SignError)
# ValueError, EOFError and SystemError are what the readers of a damaged file raise.
_STORAGE = (
    OSError,
    pa.ArrowException,
    ValueError,
    EOFError,
    SystemError,
    ValidationError,
    ResolveError,
)


@contextmanager
def translated(doing: str) -> Iterator[None]:
    """Turn what the catalog, the storage and their libraries raise into a TableError.

    Args:
        doing: what is being tried, to go after "cannot", such as "read table 'fleet'".

    Raises:
        StorageError: the storage refused, or a file of the table is missing or damaged.
        CatalogError: the catalog's database or service refused.
    """
    try:
        yield
    except MotifleetError:
        raise
    except Exception as error:
        ours = _our_error(doing, error)
        if ours is None:
            raise
        raise ours from error


def _our_error(doing: str, error: Exception) -> MotifleetError | None:
    # SQLAlchemy hangs the database driver's error on `orig`; asking for that names no driver.
    database = getattr(error, "orig", None)
    if _is_full(error, database):
        return StorageError(
            f"cannot {doing}: expected room on the disk, got a full one; "
            "free some space and try again"
        )
    if isinstance(error, CommitStateUnknownException):
        return StorageError(
            f"cannot {doing}: the catalog did not say whether the batch landed; "
            "append it again with the same batch id, which lands it once"
        )
    if isinstance(database, BaseException):
        return CatalogError(f"cannot {doing}: the catalog's database says: {database}")
    if isinstance(error, _CATALOG):
        return CatalogError(f"cannot {doing}: the catalog says: {error}")
    if isinstance(error, _STORAGE):
        return StorageError(f"cannot {doing}: {error}")
    return None


def _is_full(error: Exception, database: object) -> bool:
    text = f"{database or error}"
    return getattr(error, "errno", None) in _NO_SPACE or any(sign in text for sign in _FULL)
