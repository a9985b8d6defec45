"""Alert rules and what became of them, and reports of drift."""

from sqlalchemy import JSON, Boolean, Column, Float, String, Table, UniqueConstraint, text

from motifleet.workspace.schema.names import identity, metadata, moment, reference, text_column

alert_rules = Table(
    "alert_rules",
    metadata,
    identity(),
    reference("project_id", "projects.id", index=False),
    Column("name", String(100), nullable=False),
    Column("metric", String(50), nullable=False),
    # A model, a table, or what else the metric is of.
    text_column("target"),
    Column("above", Boolean, nullable=False),
    Column("threshold", Float, nullable=False),
    # Where it counts as over again; the hysteresis.
    Column("clear", Float, nullable=False),
    Column("for_seconds", Float, nullable=False),
    Column("window_seconds", Float, nullable=False),
    # How long a firing alert is silent before it is told again; 0: it is told once.
    Column("repeat_seconds", Float, nullable=False, server_default=text("0")),
    # What the metric needs beside its target.
    Column("options", JSON, nullable=False, server_default=text("'{}'")),
    # Where it is sent: log, webhook, e-mail.
    Column("channels", JSON, nullable=False),
    Column("active", Boolean, nullable=False),
    moment("created_at"),
    UniqueConstraint("project_id", "name"),
)

alert_states = Table(
    "alert_states",
    metadata,
    Column("rule_id", String(64), primary_key=True),
    Column("firing", Boolean, nullable=False),
    moment("since", null=True),
    moment("checked_at"),
    moment("sent_at", null=True),
    Column("value", Float),
)

alert_events = Table(
    "alert_events",
    metadata,
    identity(),
    reference("rule_id", "alert_rules.id"),
    Column("kind", String(20), nullable=False),
    Column("value", Float),
    text_column("message"),
    # What each channel answered.
    Column("sent", JSON, nullable=False),
    moment("at", index=True),
)

drift_reports = Table(
    "drift_reports",
    metadata,
    identity(),
    Column("deployment_id", String(64), nullable=False, index=True),
    moment("started_ms"),
    moment("ended_ms"),
    Column("report", JSON, nullable=False),
    moment("created_at"),
)
