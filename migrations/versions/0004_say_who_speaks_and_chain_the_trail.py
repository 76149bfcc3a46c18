"""Say who speaks for an institution, and chain the trail.

Who speaks today goes on speaking: counterparts who sign in, standing members who approve, and the
federation's own people where nobody is a counterpart. The administration may take it from them.
"""

import hashlib
import json
from datetime import UTC
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_BATCH = 1000
_START = "0" * 64
#: Nothing of the chain changes either, whatever asks for it.
_SQLITE_TRIGGERS = {"audit_link_no_update": "UPDATE", "audit_link_no_delete": "DELETE"}


def upgrade() -> None:
    with op.batch_alter_table("affiliation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("vouched_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("vouched_by", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("vouch_nonce", sa.String(), nullable=True))
    _let_speak_who_speaks()
    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
    )
    op.create_table(
        "audit_link",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["audit_entry.id"], name=op.f("fk_audit_link_entry_id_audit_entry")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit_link")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_audit_link_entry_id")),
    )
    _chain_what_is_there()
    _keep_links()


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER audit_link_append_only ON audit_link")
        op.execute("DROP FUNCTION audit_link_is_append_only")
    else:
        for name in _SQLITE_TRIGGERS:
            op.execute(f"DROP TRIGGER {name}")
    op.drop_table("audit_link")
    op.drop_table("audit_head")
    with op.batch_alter_table("affiliation", schema=None) as batch_op:
        batch_op.drop_column("vouch_nonce")
        batch_op.drop_column("vouched_by")
        batch_op.drop_column("vouched_at")


def _let_speak_who_speaks() -> None:
    counterpart_at = (
        "SELECT coalesce(o.parent_id, o.id) FROM affiliation a "
        "JOIN organisation o ON o.id = a.organisation_id WHERE a.access = 'counterpart'"
    )
    staff = (
        "SELECT p.id FROM person p JOIN user_account u ON u.id = p.user_id OR u.email = p.email_key "
        "WHERE u.role IN ('coordination', 'administration')"
    )
    root = (
        "(SELECT coalesce(o.parent_id, o.id) FROM organisation o "
        "WHERE o.id = affiliation.organisation_id)"
    )
    approving = (
        "SELECT 1 FROM series_member m WHERE m.person_id = affiliation.person_id "  # noqa: S608 (fixed names)
        f"AND m.organisation_id = {root} AND m.approves AND m.ended_at IS NULL"
    )
    op.execute(
        "UPDATE affiliation SET vouched_at = CURRENT_TIMESTAMP, vouched_by = 'migration' "  # noqa: S608 (fixed names)
        "WHERE until IS NULL AND organisation_id IN "
        "(SELECT id FROM organisation WHERE kind <> 'cooperative') AND ("
        f"(person_id NOT IN ({staff}) AND (access = 'counterpart' OR EXISTS ({approving})))"
        f" OR (person_id IN ({staff}) AND {root} NOT IN ({counterpart_at})))"
    )


def _chain_what_is_there() -> None:
    entries = sa.table(
        "audit_entry",
        sa.column("id", sa.Integer),
        sa.column("at", sa.DateTime(timezone=True)),
        *(sa.column(name, sa.String) for name in ("actor", "action", "thing_kind", "thing_id")),
        sa.column("before", sa.JSON),
        sa.column("after", sa.JSON),
        sa.column("address", sa.String),
    )
    links = sa.table("audit_link", sa.column("number"), sa.column("entry_id"), sa.column("hash"))
    connection = op.get_bind()
    number, last, after = 0, _START, 0
    while True:
        rows = connection.execute(
            sa.select(entries).where(entries.c.id > after).order_by(entries.c.id).limit(_BATCH)
        ).all()
        if not rows:
            break
        made = []
        for row in rows:
            number, after = number + 1, row.id
            last = hashlib.sha256(f"{last}\n{number}\n{_content(row)}".encode()).hexdigest()
            made.append({"number": number, "entry_id": row.id, "hash": last})
        connection.execute(links.insert(), made)
    heads = sa.table("audit_head", sa.column("id"), sa.column("number"), sa.column("hash"))
    if number:
        connection.execute(heads.insert(), [{"id": 1, "number": number, "hash": last}])


def _content(row: Any) -> str:
    at = row.at.replace(tzinfo=UTC) if row.at.tzinfo is None else row.at.astimezone(UTC)
    said = [
        row.id,
        at.isoformat(timespec="microseconds"),
        row.actor,
        row.action,
        row.thing_kind,
        row.thing_id,
        row.before,
        row.after,
        row.address,
    ]
    return json.dumps(said, sort_keys=True, separators=(",", ":"))


def _keep_links() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION audit_link_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ "
            "BEGIN RAISE EXCEPTION 'audit_link is append only'; END $$"
        )
        op.execute(
            "CREATE TRIGGER audit_link_append_only BEFORE UPDATE OR DELETE ON audit_link "
            "FOR EACH ROW EXECUTE FUNCTION audit_link_is_append_only()"
        )
        return
    for name, upon in _SQLITE_TRIGGERS.items():
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {upon} ON audit_link "
            "BEGIN SELECT RAISE(ABORT, 'audit_link is append only'); END"
        )
