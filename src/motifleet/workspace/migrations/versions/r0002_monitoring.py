"""When metrics were told, batches on their way to the archive, and what alert rules need more."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns."""
    at = sa.Column("at", sa.BigInteger(), nullable=False, server_default=sa.text("0"))
    op.add_column("prediction_metrics", at)
    seconds = sa.Column("repeat_seconds", sa.Float(), nullable=False, server_default=sa.text("0"))
    op.add_column("alert_rules", seconds)
    options = sa.Column("options", sa.JSON(), nullable=False, server_default=sa.text("'{}'"))
    op.add_column("alert_rules", options)
    with op.batch_alter_table("archives") as archives:
        archives.add_column(sa.Column("from_ms", sa.BigInteger(), nullable=True))
        archives.alter_column("snapshot_id", existing_type=sa.BigInteger(), nullable=True)
        archives.alter_column("until_ms", existing_type=sa.BigInteger(), nullable=True)
    op.create_index("ix_archives_table_name", "archives", ["table_name", "from_ms"])
