"""Jobs, and their runs."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    Integer,
    String,
    Table,
    UniqueConstraint,
)

from motifleet.workspace.schema.names import identity, metadata, moment, reference, text_column

jobs = Table(
    "jobs",
    metadata,
    identity(),
    reference("project_id", "projects.id", index=False),
    Column("name", String(100), nullable=False),
    Column("kind", String(20), nullable=False),
    text_column("target"),
    Column("arguments", JSON, nullable=False),
    # When: by hand where there is neither, by a cron expression, or after another job.
    text_column("cron", null=True),
    Column("time_zone", String(100), nullable=False, server_default="UTC"),
    reference("after_id", "jobs.id", null=True),
    Column("cpu", Float, nullable=False),
    Column("memory", BigInteger, nullable=False),
    Column("timeout_seconds", Float, nullable=False),
    Column("retries", Integer, nullable=False),
    Column("active", Boolean, nullable=False),
    # Kept, so that a time which passes while nothing runs is noticed.
    moment("next_run_at", null=True, index=True),
    moment("created_at"),
    UniqueConstraint("project_id", "name"),
)

job_runs = Table(
    "job_runs",
    metadata,
    identity(),
    reference("job_id", "jobs.id", index=False),
    # One run for each time: whoever comes second finds it taken.
    moment("scheduled_for"),
    # A retry waits before it begins.
    moment("not_before", null=True),
    Column("attempt", Integer, nullable=False),
    Column("cause", String(20), nullable=False),
    Column("status", String(20), nullable=False, index=True),
    Column("exit_code", Integer),
    text_column("reason", null=True),
    text_column("log", null=True),
    Column("pid", Integer),
    moment("started_at", null=True),
    moment("ended_at", null=True),
    UniqueConstraint("job_id", "scheduled_for", "attempt"),
)
