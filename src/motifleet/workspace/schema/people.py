"""Projects, and who may do what in them."""

from sqlalchemy import Boolean, Column, Index, Integer, PrimaryKeyConstraint, String, Table

from motifleet.workspace.schema.names import identity, metadata, moment, reference, text_column

projects = Table(
    "projects",
    metadata,
    identity(),
    Column("name", String(100), nullable=False, unique=True),
    # Whether deployments come only from registered versions, or named files at a commit.
    Column("guarded", Boolean, nullable=False),
    text_column("folder", null=True),
    text_column("origin", null=True),
    text_column("commit", null=True),
    moment("created_at"),
)

users = Table(
    "users",
    metadata,
    identity(),
    Column("name", String(100), nullable=False, unique=True),
    # Argon2; nothing where a user has no password and comes with keys alone.
    text_column("password", null=True),
    Column("owner", Boolean, nullable=False),
    Column("active", Boolean, nullable=False),
    moment("created_at"),
)

memberships = Table(
    "memberships",
    metadata,
    reference("project_id", "projects.id", index=False),
    reference("user_id", "users.id"),
    Column("role", String(20), nullable=False),
    moment("created_at"),
    PrimaryKeyConstraint("project_id", "user_id"),
)

api_keys = Table(
    "api_keys",
    metadata,
    identity(),
    reference("user_id", "users.id"),
    # All projects where there is none.
    reference("project_id", "projects.id", null=True),
    Column("role", String(20), nullable=False),
    text_column("name"),
    Column("hint", String(20), nullable=False),
    Column("digest", String(64), nullable=False, unique=True),
    moment("created_at"),
    moment("expires_at", null=True),
    moment("used_at", null=True),
)

logins = Table(
    "logins",
    metadata,
    Column("digest", String(64), primary_key=True),
    reference("user_id", "users.id"),
    moment("created_at"),
    moment("expires_at"),
)

failed_logins = Table(
    "failed_logins",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(100), nullable=False),
    text_column("address", null=True),
    moment("at"),
    Index(None, "name", "at"),
)
