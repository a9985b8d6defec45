"""The time zone of a job's times, and when a run may begin."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns."""
    zone = sa.Column("time_zone", sa.String(100), nullable=False, server_default="UTC")
    op.add_column("jobs", zone)
    op.add_column("job_runs", sa.Column("not_before", sa.BigInteger(), nullable=True))
