"""The prediction log, what is known of predictions later, and the technical metrics.

Nothing here refers to a deployment by a constraint: records outlive deployments, and ground truth
may come before the record that it belongs to has.
"""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    text,
)

from motifleet.workspace.schema.names import identity, metadata, moment, text_column

predictions = Table(
    "predictions",
    metadata,
    Column("uuid", String(36), primary_key=True),
    Column("deployment_id", String(64), nullable=False),
    Column("build_id", String(64), nullable=False),
    text_column("version"),
    moment("started_ms"),
    moment("ended_ms"),
    Column("status", Integer, nullable=False),
    text_column("inputs", null=True),
    text_column("outputs", null=True),
    # Whether nobody got the answer.
    Column("shadow", Boolean, nullable=False),
    Index(None, "deployment_id", "started_ms"),
    Index(None, "started_ms"),
)

prediction_metrics = Table(
    "prediction_metrics",
    metadata,
    Column("uuid", String(36), nullable=False),
    Column("name", String(200), nullable=False),
    Column("value", JSON, nullable=False),
    # When it was told, where that was later; 0 for what the model's own code tracked.
    Column("at", BigInteger, nullable=False, server_default=text("0")),
    PrimaryKeyConstraint("uuid", "name"),
)

aggregates = Table(
    "aggregates",
    metadata,
    identity(),
    Column("deployment_id", String(64), nullable=False),
    moment("started_ms"),
    moment("ended_ms"),
    Column("metrics", JSON, nullable=False),
    # The same metrics of the same time, told again, are one.
    Column("digest", String(64), nullable=False, unique=True),
    Index(None, "deployment_id", "started_ms"),
)

samples = Table(
    "samples",
    metadata,
    Column("deployment_id", String(64), nullable=False),
    # The replica's, or "gateway".
    Column("source", String(64), nullable=False),
    moment("at"),
    Column("requests", BigInteger, nullable=False),
    Column("errors", BigInteger, nullable=False),
    Column("p50_ms", Float),
    Column("p95_ms", Float),
    Column("p99_ms", Float),
    Column("queue", Float),
    Column("batch", Float),
    Column("cpu", Float),
    Column("memory", BigInteger),
    PrimaryKeyConstraint("deployment_id", "source", "at"),
    Index(None, "at"),
)

archives = Table(
    "archives",
    metadata,
    identity(),
    Column("table_name", String(200), nullable=False),
    # Nothing while the batch is on its way there.
    Column("snapshot_id", BigInteger),
    moment("from_ms", null=True),
    moment("until_ms", null=True),
    Column("count", BigInteger, nullable=False),
    moment("created_at"),
    Index(None, "table_name", "from_ms"),
)
