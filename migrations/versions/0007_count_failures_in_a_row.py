"""Count failures of a job in a row, and remember whom an announcement could not tell."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the columns. What ran before counts as well done."""
    with op.batch_alter_table("heartbeat", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("failures", sa.Integer(), nullable=False, server_default=sa.text("0"))
        )
        batch_op.add_column(sa.Column("failing_since", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("succeeded_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("heartbeat", schema=None) as batch_op:
        batch_op.alter_column("failures", server_default=None)
    with op.batch_alter_table("announcement", schema=None) as batch_op:
        batch_op.add_column(sa.Column("untold", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("again_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("announcement", schema=None) as batch_op:
        batch_op.alter_column("untold", server_default=None)


def downgrade() -> None:
    """Take the columns away."""
    with op.batch_alter_table("announcement", schema=None) as batch_op:
        batch_op.drop_column("again_at")
        batch_op.drop_column("untold")
    with op.batch_alter_table("heartbeat", schema=None) as batch_op:
        for name in ("succeeded_at", "failing_since", "failures"):
            batch_op.drop_column(name)
