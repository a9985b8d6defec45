"""The user's own spatial SQL over tables, read-only and bounded."""

from collections.abc import Callable, Collection
from typing import Any, Final

import pyarrow as pa

from motifleet.errors import InvalidArgumentError
from motifleet.geo.arrow import pc, table_of
from motifleet.geo.engine import Engine
from motifleet.geo.fences import Fences
from motifleet.geo.guard import check_plan, tables_of
from motifleet.telemetry import LATITUDE, LONGITUDE

DEFAULT_MEMORY: Final = 2**31
_SMALLEST: Final = 2**24
GEOMETRY: Final = "geom"
"""The column that tables with positions get: their points."""


def query(
    sql: str,
    tables: Collection[str],
    read: Callable[[str], pa.Table],
    fences: dict[str, Fences],
    *,
    memory: int = DEFAULT_MEMORY,
) -> pa.Table:
    """Run SQL with SedonaDB's spatial functions.

    Args:
        sql: one statement that begins with SELECT, WITH or VALUES.
        tables: the names that it may read.
        read: gives a table by its name; only asked for those that the query names. A table with
            positions gets the column ``geom``: its points, null where there is no position.
        fences: further tables, with ``name``, ``km2`` and ``geom``.
        memory: bytes that the query may take, and its result again.

    Returns:
        The result; geometries are well-known text.

    Raises:
        QueryError: the query would do more than read these tables, is no SQL, fails, or takes more
            memory than it may.
        InvalidArgumentError: the memory limit is below 16 MiB.

    >>> points = pa.table({"longitude": [-93.6, 8.5], "latitude": [41.6, 47.4]})
    >>> select = "select ST_AsText(geom) as place from t where ST_X(geom) < 0"
    >>> query(select, ["t"], lambda name: points, {})["place"].to_pylist()
    ['POINT(-93.6 41.6)']
    """
    if memory < _SMALLEST:
        raise InvalidArgumentError(
            f"expected a memory limit of at least 16 MiB, got {memory} bytes"
        )
    sql = sql.replace("\r\n", "\n")
    allowed = {*tables, *fences}
    named = tables_of(sql, allowed)
    engine = Engine(memory)
    for name in sorted(named):
        if name in fences:
            _register_fences(engine, name, fences[name])
        else:
            _register_reports(engine, name, read(name))
    plan = engine.run(f"EXPLAIN {sql}")
    check_plan("\n".join(map(str, plan["plan"].to_pylist())), allowed)
    return _readable(engine.run(sql))


def _raw(name: str) -> str:
    return f"{name}__raw"


def _register_fences(engine: Engine, name: str, fences: Fences) -> None:
    engine.register(_raw(name), fences.table())
    select = f'SELECT name, km2, ST_GeomFromWKB(geometry) AS {GEOMETRY} FROM "{_raw(name)}"'  # noqa: S608
    engine.define(name, select)


def _register_reports(engine: Engine, name: str, rows: pa.Table) -> None:
    if not {LONGITUDE, LATITUDE} <= set(rows.column_names) or GEOMETRY in rows.column_names:
        engine.register(name, rows)
        return
    for column in (LONGITUDE, LATITUDE):
        # A point that is NaN would be taken to lie in every fence.
        place, values = rows.column_names.index(column), rows[column]
        known = pc.if_else(pc.is_finite(values), values, pa.scalar(None, values.type))
        rows = rows.set_column(place, column, known)
    engine.register(_raw(name), rows)
    point = f"ST_Point({LONGITUDE}, {LATITUDE}) AS {GEOMETRY}"
    engine.view(name, f'SELECT *, {point} FROM "{_raw(name)}"')  # noqa: S608


def _readable(result: pa.Table) -> pa.Table:
    """Geometries as text, and no types of string that other readers do not know."""
    for place, field in enumerate(result.schema):
        column: Any = result.column(place)
        if b"geoarrow.wkb" in (field.metadata or {}).values():
            column = _as_text(column)
        elif field.type == pa.string_view():
            column = column.cast(pa.string())
        elif field.type == pa.binary_view():
            column = column.cast(pa.binary())
        result = result.set_column(place, pa.field(field.name, column.type), column)
    return result


def _as_text(column: Any) -> Any:
    engine = Engine()
    rows = table_of(
        {"place": pa.array(range(len(column)), pa.int64()), "wkb": column.cast(pa.binary())}
    )
    engine.register("shapes", rows)
    select = "SELECT ST_AsText(ST_GeomFromWKB(wkb)) AS text FROM shapes ORDER BY place"
    return engine.run(select)["text"].cast(pa.string())
