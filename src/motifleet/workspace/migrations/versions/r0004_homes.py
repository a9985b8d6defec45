"""Which home folder a database belongs to."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    number = sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False)
    op.create_table("homes", number, sa.Column("id", sa.String(64), nullable=False))
