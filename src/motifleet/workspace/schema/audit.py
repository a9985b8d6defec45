"""Who did what, and requests that are not to be done twice."""

from sqlalchemy import (
    JSON,
    Column,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    Table,
)

from motifleet.workspace.schema.names import identity, metadata, moment, text_column

audit = Table(
    "audit",
    metadata,
    identity(),
    moment("at", index=True),
    # Names, not references: the record stays when whom it names has gone.
    Column("who", String(100), nullable=False),
    Column("project", String(100)),
    Column("action", String(100), nullable=False),
    text_column("subject"),
    Column("details", JSON, nullable=False),
    Index(None, "project", "at"),
)

idempotency = Table(
    "idempotency",
    metadata,
    Column("who", String(100), nullable=False),
    Column("key", String(200), nullable=False),
    Column("request", String(64), nullable=False),
    # Nothing while the first of them is being done.
    Column("status", Integer),
    Column("body", LargeBinary),
    moment("created_at", index=True),
    PrimaryKeyConstraint("who", "key"),
)
