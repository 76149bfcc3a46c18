"""Keep which invitees share the entry of one mailbox, and when its calendar was told last."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("invitee", sa.Column("entry_token", sa.String(), nullable=True))
    op.add_column("invitee", sa.Column("told_stamp", sa.DateTime(timezone=True), nullable=True))
    op.create_index(op.f("ix_invitee_entry_token"), "invitee", ["entry_token"])


def downgrade() -> None:
    op.drop_index(op.f("ix_invitee_entry_token"), "invitee")
    op.drop_column("invitee", "told_stamp")
    op.drop_column("invitee", "entry_token")
