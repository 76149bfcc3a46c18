"""Keep what people write, until somebody answers it."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the columns. What came before waits for nobody."""
    with op.batch_alter_table("inbound_message", schema=None) as batch_op:
        for column in (
            sa.Column("waits", sa.Boolean(), nullable=False, server_default=sa.false()),
            sa.Column("text", sa.String(), nullable=False, server_default=""),
            sa.Column("attachments", sa.JSON(), nullable=False, server_default="[]"),
            sa.Column("thread", sa.String(), nullable=False, server_default=""),
        ):
            batch_op.add_column(column)
        batch_op.create_index(batch_op.f("ix_inbound_message_waits"), ["waits"], unique=False)
    with op.batch_alter_table("inbound_message", schema=None) as batch_op:
        for name in ("waits", "text", "attachments", "thread"):
            batch_op.alter_column(name, server_default=None)


def downgrade() -> None:
    """Take the columns away."""
    with op.batch_alter_table("inbound_message", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_inbound_message_waits"))
        for name in ("thread", "attachments", "text", "waits"):
            batch_op.drop_column(name)
