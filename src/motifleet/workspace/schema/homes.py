"""Which home folder a database belongs to."""

from sqlalchemy import Column, Integer, String, Table

from motifleet.workspace.schema.names import metadata

homes = Table(
    "homes",
    metadata,
    # There is one row, and this is 1.
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("id", String(64), nullable=False),
)
