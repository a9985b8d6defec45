"""Models of a project, their builds and deployments."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Float,
    Integer,
    String,
    Table,
    UniqueConstraint,
)

from motifleet.workspace.schema.names import identity, metadata, moment, reference, text_column

models = Table(
    "models",
    metadata,
    identity(),
    reference("project_id", "projects.id"),
    # Also the name of its endpoint, which has no project in its address.
    Column("name", String(100), nullable=False, unique=True),
    # How its predictions are kept: share, greatest size, whether inputs and outputs are.
    Column("settings", JSON, nullable=False),
    moment("created_at"),
)

builds = Table(
    "builds",
    metadata,
    identity(),
    reference("model_id", "models.id", index=False),
    Column("number", Integer, nullable=False),
    # A registered version, such as failures@3, or a file and a function: model.py:predict.
    text_column("source"),
    Column("status", String(20), nullable=False),
    text_column("reason", null=True),
    Column("digest", String(64)),
    moment("created_at"),
    moment("ended_at", null=True),
    UniqueConstraint("model_id", "number"),
)

deployments = Table(
    "deployments",
    metadata,
    identity(),
    reference("model_id", "models.id", index=False),
    reference("build_id", "builds.id"),
    Column("number", Integer, nullable=False),
    Column("role", String(20), nullable=False),
    Column("share", Float, nullable=False),
    Column("status", String(20), nullable=False, index=True),
    text_column("reason", null=True),
    Column("cpu", Float, nullable=False),
    Column("memory", BigInteger, nullable=False),
    Column("least", Integer, nullable=False),
    Column("most", Integer, nullable=False),
    Column("idle_seconds", Float, nullable=False),
    Column("restart", Integer, nullable=False),
    moment("created_at"),
    moment("started_at", null=True),
    moment("ended_at", null=True),
    UniqueConstraint("model_id", "number"),
)

replicas = Table(
    "replicas",
    metadata,
    identity(),
    reference("deployment_id", "deployments.id"),
    Column("pid", Integer, nullable=False),
    text_column("log"),
    moment("started_at"),
    moment("ready_at", null=True),
    moment("ended_at", null=True),
    Column("exit_code", Integer),
    text_column("reason", null=True),
)

access_keys = Table(
    "access_keys",
    metadata,
    identity(),
    reference("model_id", "models.id"),
    Column("hint", String(20), nullable=False),
    Column("digest", String(64), nullable=False, unique=True),
    moment("created_at"),
    moment("expires_at", null=True),
)
