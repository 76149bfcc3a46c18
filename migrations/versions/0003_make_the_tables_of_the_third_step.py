"""Make the tables of the third step."""

import base64
import secrets

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


#: Minutes that were approved never change, whatever asks for it: the database refuses it.
APPROVED = "('aprobada', 'publicada')"
#: What of approved minutes stays as it was; its PDF and its publication follow later.
MINUTES_FIXED = (
    "public_id",
    "meeting_id",
    "version",
    "rectifies_id",
    "rectification",
    "created_at",
    "review_began_at",
    "reviews",
    "review_until",
    "content",
    "content_sha256",
    "approved_at",
    "code",
)
#: What of a commitment stays as it was in the minutes: its state and its date go on.
COMMITMENT_FIXED = (
    "event_id",
    "ordinal",
    "number",
    "action",
    "party_id",
    "owed_to_id",
    "first_due_on",
    "verification",
    "reserved_for_id",
)
#: Tables of which nothing changes any more, with what leads from a row to its minutes.
OF_MINUTES = {
    "minutes_part": "{row}.minutes_id",
    "minutes_part_revision": "(SELECT minutes_id FROM minutes_part WHERE id = {row}.part_id)",
    "decision": "{row}.minutes_id",
    "minutes_approval": "{row}.minutes_id",
    "minutes_observation": "{row}.minutes_id",
}
LOCKED = "minutes are locked"


def locks() -> list[tuple[str, str, str, str]]:
    """Return each lock: its name, the table, upon what, and when it refuses."""
    changed = " OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in MINUTES_FIXED)
    other_state = "NEW.state NOT IN {0} OR (OLD.state = 'publicada' AND NEW.state <> OLD.state)"
    other_pdf = (
        "OLD.pdf_sha256 <> '' AND (NEW.pdf_sha256 <> OLD.pdf_sha256 "
        "OR NEW.pdf_stored_as <> OLD.pdf_stored_as)"
    )
    update = f"OLD.state IN {{0}} AND ({changed} OR {other_state} OR ({other_pdf}))"
    found = [
        ("minutes_lock_update", "minutes", "UPDATE", update.format(APPROVED)),
        ("minutes_lock_delete", "minutes", "DELETE", f"OLD.state IN {APPROVED}"),
    ]
    for table, path in OF_MINUTES.items():
        for upon, rows in (("INSERT", ["NEW"]), ("UPDATE", ["OLD", "NEW"]), ("DELETE", ["OLD"])):
            ways = " OR ".join(_is_approved(f"id = {path.format(row=row)}") for row in rows)
            found.append((f"{table}_lock_{upon.lower()}", table, upon, ways))
    words = " OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in COMMITMENT_FIXED)
    of_meeting = _is_approved("meeting_id = OLD.event_id")
    return [
        *found,
        ("commitment_lock_update", "commitment", "UPDATE", f"({words}) AND {of_meeting}"),
        ("commitment_lock_delete", "commitment", "DELETE", of_meeting),
    ]


def _is_approved(which: str) -> str:
    return f"EXISTS (SELECT 1 FROM minutes WHERE {which} AND state IN {APPROVED})"  # noqa: S608 (fixed names)


def lock_approved_minutes() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for name, table, upon, when in locks():
            row = "OLD" if upon == "DELETE" else "NEW"
            op.execute(
                f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                f"IF {when} THEN RAISE EXCEPTION '{LOCKED}'; END IF; RETURN {row}; END $$"
            )
            op.execute(
                f"CREATE TRIGGER {name} BEFORE {upon} ON {table} "
                f"FOR EACH ROW EXECUTE FUNCTION {name}()"
            )
        return
    for name, table, upon, when in locks():
        # SQLite before 3.39 has no IS DISTINCT FROM; its IS NOT says the same.
        refuses = when.replace("IS DISTINCT FROM", "IS NOT")
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {upon} ON {table} WHEN {refuses} "
            f"BEGIN SELECT RAISE(ABORT, '{LOCKED}'); END"
        )


def unlock_approved_minutes() -> None:
    for name, table, _upon, _when in locks():
        if op.get_bind().dialect.name == "postgresql":
            op.execute(f"DROP TRIGGER {name} ON {table}")
            op.execute(f"DROP FUNCTION {name}")
        else:
            op.execute(f"DROP TRIGGER {name}")


def upgrade() -> None:
    op.create_table(
        "inbox_outage",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox_outage")),
    )
    op.create_table(
        "inbound_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_hash", sa.String(), nullable=False),
        sa.Column("body_hash", sa.String(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sender", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("action", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("attendee", sa.String(), nullable=False),
        sa.Column("partstat", sa.String(), nullable=False),
        sa.Column("comment", sa.String(), nullable=False),
        sa.Column("explained", sa.JSON(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.Column("invitee_id", sa.Integer(), nullable=True),
        sa.Column("raw", sa.LargeBinary(), nullable=True),
        sa.Column("purged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbound_message")),
        sa.UniqueConstraint("message_hash", "body_hash", name="uq_inbound_message_hashes"),
    )
    with op.batch_alter_table("inbound_message", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_inbound_message_event_id"), ["event_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_inbound_message_invitee_id"), ["invitee_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_inbound_message_reason"), ["reason"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_inbound_message_received_at"), ["received_at"], unique=False
        )

    op.create_table(
        "meeting_series",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("pattern", sa.String(length=32), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=True),
        sa.Column("ordinal", sa.Integer(), nullable=True),
        sa.Column("month_day", sa.Integer(), nullable=True),
        sa.Column("interval", sa.Integer(), nullable=False),
        sa.Column("picked", sa.JSON(), nullable=False),
        sa.Column("skipped", sa.JSON(), nullable=False),
        sa.Column("holiday_rule", sa.String(length=32), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("wall_time", sa.Time(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("modality", sa.String(length=32), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("comuna", sa.String(), nullable=True),
        sa.Column("link", sa.String(), nullable=False),
        sa.Column("reminder_days", sa.JSON(), nullable=False),
        sa.Column("review_days", sa.Integer(), nullable=False),
        sa.Column("silence_approves", sa.Boolean(), nullable=False),
        sa.Column("escalation_days", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("interval > 0", name=op.f("ck_meeting_series_interval_positive")),
        sa.CheckConstraint("minutes > 0", name=op.f("ck_meeting_series_minutes_positive")),
        sa.CheckConstraint(
            "month_day IS NULL OR month_day BETWEEN 1 AND 31",
            name=op.f("ck_meeting_series_month_day_in_range"),
        ),
        sa.CheckConstraint(
            "ordinal IS NULL OR ordinal BETWEEN 1 AND 5",
            name=op.f("ck_meeting_series_ordinal_in_range"),
        ),
        sa.CheckConstraint(
            "review_days BETWEEN 1 AND 60", name=op.f("ck_meeting_series_review_days_in_range")
        ),
        sa.CheckConstraint(
            "weekday IS NULL OR weekday BETWEEN 0 AND 6",
            name=op.f("ck_meeting_series_weekday_in_range"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_series")),
        sa.UniqueConstraint("public_id", name=op.f("uq_meeting_series_public_id")),
    )
    op.create_table(
        "commitment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.Column("owed_to_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("first_due_on", sa.Date(), nullable=False),
        sa.Column("verification", sa.String(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("progress", sa.Integer(), nullable=False),
        sa.Column("extensions", sa.Integer(), nullable=False),
        sa.Column("escalation_days", sa.Integer(), nullable=False),
        sa.Column("head_id", sa.Integer(), nullable=True),
        sa.Column("reserved_for_id", sa.Integer(), nullable=True),
        sa.Column("nonce", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("delivered_on", sa.Date(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("extensions >= 0", name=op.f("ck_commitment_extensions_not_negative")),
        sa.CheckConstraint(
            "progress BETWEEN 0 AND 100", name=op.f("ck_commitment_progress_in_range")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_commitment_event_id_event")
        ),
        sa.ForeignKeyConstraint(
            ["head_id"], ["person.id"], name=op.f("fk_commitment_head_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["owed_to_id"], ["organisation.id"], name=op.f("fk_commitment_owed_to_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["party_id"], ["organisation.id"], name=op.f("fk_commitment_party_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_commitment_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["reserved_for_id"],
            ["organisation.id"],
            name=op.f("fk_commitment_reserved_for_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commitment")),
        sa.UniqueConstraint("event_id", "ordinal", name="uq_commitment_event_ordinal"),
        sa.UniqueConstraint("public_id", name=op.f("uq_commitment_public_id")),
    )
    with op.batch_alter_table("commitment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_commitment_event_id"), ["event_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_commitment_head_id"), ["head_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_commitment_number"), ["number"], unique=False)
        batch_op.create_index(batch_op.f("ix_commitment_owed_to_id"), ["owed_to_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_commitment_party_id"), ["party_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_commitment_person_id"), ["person_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_commitment_reserved_for_id"), ["reserved_for_id"], unique=False
        )
        batch_op.create_index("ix_commitment_state_due_on", ["state", "due_on"], unique=False)

    op.create_table(
        "digest_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_digest_line_event_id_event")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_digest_line_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_digest_line")),
        sa.UniqueConstraint("key", name="uq_digest_line_key"),
    )
    with op.batch_alter_table("digest_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_digest_line_event_id"), ["event_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_digest_line_person_id"), ["person_id"], unique=False)

    op.create_table(
        "meeting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("type", sa.String(length=32), nullable=False),
        sa.Column("slot_on", sa.Date(), nullable=True),
        sa.Column("detached", sa.Boolean(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("agenda_sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("agenda_sent", sa.Integer(), nullable=False),
        sa.Column("agenda_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("began_at", sa.DateTime(), nullable=True),
        sa.Column("finished_at", sa.DateTime(), nullable=True),
        sa.Column("chair_id", sa.Integer(), nullable=True),
        sa.Column("secretary_id", sa.Integer(), nullable=True),
        sa.Column("lobby", sa.String(length=32), nullable=False),
        sa.Column("lobby_folio", sa.String(), nullable=False),
        sa.Column("lobby_link", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["chair_id"], ["person.id"], name=op.f("fk_meeting_chair_id_person")
        ),
        sa.ForeignKeyConstraint(["id"], ["event.id"], name=op.f("fk_meeting_id_event")),
        sa.ForeignKeyConstraint(
            ["secretary_id"], ["person.id"], name=op.f("fk_meeting_secretary_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["series_id"], ["meeting_series.id"], name=op.f("fk_meeting_series_id_meeting_series")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting")),
        sa.UniqueConstraint("series_id", "slot_on", name="uq_meeting_series_slot"),
        sa.UniqueConstraint("series_id", "year", "number", name="uq_meeting_series_year_number"),
    )
    with op.batch_alter_table("meeting", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_meeting_agenda_due_at"), ["agenda_due_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_meeting_chair_id"), ["chair_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_meeting_secretary_id"), ["secretary_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_meeting_series_id"), ["series_id"], unique=False)

    op.create_table(
        "series_member",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("post", sa.String(), nullable=False),
        sa.Column("capacity", sa.String(length=32), nullable=False),
        sa.Column("deputy_for_id", sa.Integer(), nullable=True),
        sa.Column("approves", sa.Boolean(), nullable=False),
        sa.Column("digest", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["deputy_for_id"],
            ["series_member.id"],
            name=op.f("fk_series_member_deputy_for_id_series_member"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_series_member_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_series_member_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["series_id"],
            ["meeting_series.id"],
            name=op.f("fk_series_member_series_id_meeting_series"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_series_member")),
        sa.UniqueConstraint("public_id", name=op.f("uq_series_member_public_id")),
        sa.UniqueConstraint("series_id", "person_id", name="uq_series_member_series_person"),
    )
    with op.batch_alter_table("series_member", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_series_member_organisation_id"), ["organisation_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_series_member_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_series_member_series_id"), ["series_id"], unique=False)

    op.create_table(
        "series_party",
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("quorum", sa.Integer(), nullable=False),
        sa.Column("head_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("quorum >= 0", name=op.f("ck_series_party_quorum_not_negative")),
        sa.ForeignKeyConstraint(
            ["head_id"], ["person.id"], name=op.f("fk_series_party_head_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_series_party_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["series_id"],
            ["meeting_series.id"],
            name=op.f("fk_series_party_series_id_meeting_series"),
        ),
        sa.PrimaryKeyConstraint("series_id", "organisation_id", name=op.f("pk_series_party")),
    )
    with op.batch_alter_table("series_party", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_series_party_head_id"), ["head_id"], unique=False)

    op.create_table(
        "agenda_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("presenter_id", sa.Integer(), nullable=True),
        sa.Column("reserved_for_id", sa.Integer(), nullable=True),
        sa.Column("proposed_by_id", sa.Integer(), nullable=True),
        sa.Column("refusal", sa.String(), nullable=False),
        sa.Column("moved_to_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("minutes >= 0", name=op.f("ck_agenda_item_minutes_not_negative")),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f("fk_agenda_item_meeting_id_meeting")
        ),
        sa.ForeignKeyConstraint(
            ["moved_to_id"], ["agenda_item.id"], name=op.f("fk_agenda_item_moved_to_id_agenda_item")
        ),
        sa.ForeignKeyConstraint(
            ["presenter_id"], ["person.id"], name=op.f("fk_agenda_item_presenter_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by_id"], ["person.id"], name=op.f("fk_agenda_item_proposed_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["reserved_for_id"],
            ["organisation.id"],
            name=op.f("fk_agenda_item_reserved_for_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agenda_item")),
        sa.UniqueConstraint("public_id", name=op.f("uq_agenda_item_public_id")),
    )
    with op.batch_alter_table("agenda_item", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_agenda_item_meeting_id"), ["meeting_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_agenda_item_presenter_id"), ["presenter_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_agenda_item_proposed_by_id"), ["proposed_by_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_agenda_item_reserved_for_id"), ["reserved_for_id"], unique=False
        )

    op.create_table(
        "commitment_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("commitment_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("from_due_on", sa.Date(), nullable=True),
        sa.Column("to_due_on", sa.Date(), nullable=True),
        sa.Column("progress", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["commitment_id"],
            ["commitment.id"],
            name=op.f("fk_commitment_entry_commitment_id_commitment"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_commitment_entry_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commitment_entry")),
    )
    with op.batch_alter_table("commitment_entry", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_commitment_entry_commitment_id"), ["commitment_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_commitment_entry_person_id"), ["person_id"], unique=False
        )

    op.create_table(
        "date_poll",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f("fk_date_poll_meeting_id_meeting")
        ),
        sa.ForeignKeyConstraint(
            ["series_id"], ["meeting_series.id"], name=op.f("fk_date_poll_series_id_meeting_series")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_date_poll")),
        sa.UniqueConstraint("public_id", name=op.f("uq_date_poll_public_id")),
    )
    with op.batch_alter_table("date_poll", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_date_poll_meeting_id"), ["meeting_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_date_poll_series_id"), ["series_id"], unique=False)

    op.create_table(
        "meeting_seat",
        sa.Column("invitee_id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("post", sa.String(), nullable=False),
        sa.Column("capacity", sa.String(length=32), nullable=False),
        sa.Column("modality", sa.String(length=32), nullable=True),
        sa.Column("excuse", sa.String(), nullable=False),
        sa.Column("excused", sa.Boolean(), nullable=False),
        sa.Column("stand_in", sa.String(), nullable=False),
        sa.Column("agenda_told", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["invitee_id"], ["invitee.id"], name=op.f("fk_meeting_seat_invitee_id_invitee")
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f("fk_meeting_seat_meeting_id_meeting")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_meeting_seat_organisation_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("invitee_id", name=op.f("pk_meeting_seat")),
    )
    with op.batch_alter_table("meeting_seat", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_meeting_seat_meeting_id"), ["meeting_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_meeting_seat_organisation_id"), ["organisation_id"], unique=False
        )

    op.create_table(
        "minutes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("rectifies_id", sa.Integer(), nullable=True),
        sa.Column("rectification", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("review_began_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reviews", sa.Integer(), nullable=False),
        sa.Column("review_until", sa.Date(), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("content_sha256", sa.String(), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("code", sa.String(), nullable=True),
        sa.Column("pdf_stored_as", sa.String(), nullable=False),
        sa.Column("pdf_sha256", sa.String(), nullable=False),
        sa.Column("pdf_size", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f("fk_minutes_meeting_id_meeting")
        ),
        sa.ForeignKeyConstraint(
            ["rectifies_id"], ["minutes.id"], name=op.f("fk_minutes_rectifies_id_minutes")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_minutes")),
        sa.UniqueConstraint("code", name=op.f("uq_minutes_code")),
        sa.UniqueConstraint("meeting_id", "version", name="uq_minutes_meeting_version"),
        sa.UniqueConstraint("public_id", name=op.f("uq_minutes_public_id")),
    )
    with op.batch_alter_table("minutes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_minutes_meeting_id"), ["meeting_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_minutes_state"), ["state"], unique=False)

    op.create_table(
        "time_proposal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("invitee_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("comment", sa.String(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_time_proposal_event_id_event")
        ),
        sa.ForeignKeyConstraint(
            ["invitee_id"], ["invitee.id"], name=op.f("fk_time_proposal_invitee_id_invitee")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_time_proposal")),
        sa.UniqueConstraint("public_id", name=op.f("uq_time_proposal_public_id")),
    )
    with op.batch_alter_table("time_proposal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_time_proposal_event_id"), ["event_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_time_proposal_invitee_id"), ["invitee_id"], unique=False
        )

    op.create_table(
        "agenda_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("stored_as", sa.String(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["agenda_item.id"], name=op.f("fk_agenda_file_item_id_agenda_item")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agenda_file")),
        sa.UniqueConstraint("public_id", name=op.f("uq_agenda_file_public_id")),
    )
    with op.batch_alter_table("agenda_file", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_agenda_file_item_id"), ["item_id"], unique=False)

    op.create_table(
        "commitment_evidence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("stored_as", sa.String(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["commitment_entry.id"],
            name=op.f("fk_commitment_evidence_entry_id_commitment_entry"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commitment_evidence")),
        sa.UniqueConstraint("public_id", name=op.f("uq_commitment_evidence_public_id")),
    )
    with op.batch_alter_table("commitment_evidence", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_commitment_evidence_entry_id"), ["entry_id"], unique=False
        )

    op.create_table(
        "minutes_approval",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("minutes_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("post", sa.String(), nullable=False),
        sa.Column("capacity", sa.String(), nullable=False),
        sa.Column("statement", sa.String(), nullable=False),
        sa.Column("content_sha256", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("method", sa.String(length=32), nullable=False),
        sa.Column("void_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["minutes_id"], ["minutes.id"], name=op.f("fk_minutes_approval_minutes_id_minutes")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_minutes_approval_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_minutes_approval_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_minutes_approval")),
    )
    with op.batch_alter_table("minutes_approval", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_minutes_approval_minutes_id"), ["minutes_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_minutes_approval_organisation_id"), ["organisation_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_minutes_approval_person_id"), ["person_id"], unique=False
        )

    op.create_table(
        "minutes_part",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("minutes_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("reserved_for_id", sa.Integer(), nullable=True),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["agenda_item.id"], name=op.f("fk_minutes_part_item_id_agenda_item")
        ),
        sa.ForeignKeyConstraint(
            ["minutes_id"], ["minutes.id"], name=op.f("fk_minutes_part_minutes_id_minutes")
        ),
        sa.ForeignKeyConstraint(
            ["reserved_for_id"],
            ["organisation.id"],
            name=op.f("fk_minutes_part_reserved_for_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_minutes_part")),
        sa.UniqueConstraint("public_id", name=op.f("uq_minutes_part_public_id")),
    )
    with op.batch_alter_table("minutes_part", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_minutes_part_item_id"), ["item_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_minutes_part_minutes_id"), ["minutes_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_minutes_part_reserved_for_id"), ["reserved_for_id"], unique=False
        )

    op.create_table(
        "minutes_review_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("minutes_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("review", sa.Integer(), nullable=False),
        sa.Column("nonce", sa.String(), nullable=False),
        sa.Column("approves", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signed_off_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["minutes_id"], ["minutes.id"], name=op.f("fk_minutes_review_link_minutes_id_minutes")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_minutes_review_link_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_minutes_review_link_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_minutes_review_link")),
        sa.UniqueConstraint("minutes_id", "person_id", "review", name="uq_minutes_review_link"),
        sa.UniqueConstraint("public_id", name=op.f("uq_minutes_review_link_public_id")),
    )
    with op.batch_alter_table("minutes_review_link", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_minutes_review_link_minutes_id"), ["minutes_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_minutes_review_link_organisation_id"), ["organisation_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_minutes_review_link_person_id"), ["person_id"], unique=False
        )

    op.create_table(
        "minutes_signed_copy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("minutes_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("stored_as", sa.String(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["minutes_id"], ["minutes.id"], name=op.f("fk_minutes_signed_copy_minutes_id_minutes")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_minutes_signed_copy_organisation_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_minutes_signed_copy")),
        sa.UniqueConstraint("public_id", name=op.f("uq_minutes_signed_copy_public_id")),
    )
    with op.batch_alter_table("minutes_signed_copy", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_minutes_signed_copy_minutes_id"), ["minutes_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_minutes_signed_copy_organisation_id"), ["organisation_id"], unique=False
        )

    op.create_table(
        "poll_option",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("poll_id", sa.Integer(), nullable=False),
        sa.Column("wall_start", sa.DateTime(), nullable=False),
        sa.Column("wall_end", sa.DateTime(), nullable=False),
        sa.Column("chosen", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["poll_id"], ["date_poll.id"], name=op.f("fk_poll_option_poll_id_date_poll")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_poll_option")),
        sa.UniqueConstraint("poll_id", "wall_start", name="uq_poll_option_start"),
    )
    with op.batch_alter_table("poll_option", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_poll_option_poll_id"), ["poll_id"], unique=False)

    op.create_table(
        "poll_voter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("poll_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("nonce", sa.String(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("comment", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_poll_voter_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_poll_voter_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["poll_id"], ["date_poll.id"], name=op.f("fk_poll_voter_poll_id_date_poll")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_poll_voter")),
        sa.UniqueConstraint("poll_id", "person_id", name="uq_poll_voter_poll_person"),
        sa.UniqueConstraint("public_id", name=op.f("uq_poll_voter_public_id")),
    )
    with op.batch_alter_table("poll_voter", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_poll_voter_organisation_id"), ["organisation_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_poll_voter_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_poll_voter_poll_id"), ["poll_id"], unique=False)

    op.create_table(
        "decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("minutes_id", sa.Integer(), nullable=False),
        sa.Column("part_id", sa.Integer(), nullable=True),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("addressed_to_id", sa.Integer(), nullable=True),
        sa.Column("reserved_for_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["addressed_to_id"],
            ["organisation.id"],
            name=op.f("fk_decision_addressed_to_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["minutes_id"], ["minutes.id"], name=op.f("fk_decision_minutes_id_minutes")
        ),
        sa.ForeignKeyConstraint(
            ["part_id"], ["minutes_part.id"], name=op.f("fk_decision_part_id_minutes_part")
        ),
        sa.ForeignKeyConstraint(
            ["reserved_for_id"],
            ["organisation.id"],
            name=op.f("fk_decision_reserved_for_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
        sa.UniqueConstraint("minutes_id", "ordinal", name="uq_decision_minutes_ordinal"),
        sa.UniqueConstraint("public_id", name=op.f("uq_decision_public_id")),
    )
    with op.batch_alter_table("decision", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_decision_addressed_to_id"), ["addressed_to_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_decision_minutes_id"), ["minutes_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_decision_number"), ["number"], unique=False)
        batch_op.create_index(batch_op.f("ix_decision_part_id"), ["part_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_decision_reserved_for_id"), ["reserved_for_id"], unique=False
        )

    op.create_table(
        "minutes_observation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("minutes_id", sa.Integer(), nullable=False),
        sa.Column("part_id", sa.Integer(), nullable=True),
        sa.Column("review", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reply", sa.String(), nullable=False),
        sa.Column("replied_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["minutes_id"], ["minutes.id"], name=op.f("fk_minutes_observation_minutes_id_minutes")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_minutes_observation_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["part_id"],
            ["minutes_part.id"],
            name=op.f("fk_minutes_observation_part_id_minutes_part"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_minutes_observation_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_minutes_observation")),
        sa.UniqueConstraint("public_id", name=op.f("uq_minutes_observation_public_id")),
    )
    with op.batch_alter_table("minutes_observation", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_minutes_observation_minutes_id"), ["minutes_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_minutes_observation_organisation_id"), ["organisation_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_minutes_observation_part_id"), ["part_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_minutes_observation_person_id"), ["person_id"], unique=False
        )

    op.create_table(
        "minutes_part_revision",
        sa.Column("part_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("aside", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["part_id"],
            ["minutes_part.id"],
            name=op.f("fk_minutes_part_revision_part_id_minutes_part"),
        ),
        sa.PrimaryKeyConstraint("part_id", "number", name=op.f("pk_minutes_part_revision")),
    )
    op.create_table(
        "poll_choice",
        sa.Column("voter_id", sa.Integer(), nullable=False),
        sa.Column("option_id", sa.Integer(), nullable=False),
        sa.Column("suits", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["option_id"], ["poll_option.id"], name=op.f("fk_poll_choice_option_id_poll_option")
        ),
        sa.ForeignKeyConstraint(
            ["voter_id"], ["poll_voter.id"], name=op.f("fk_poll_choice_voter_id_poll_voter")
        ),
        sa.PrimaryKeyConstraint("voter_id", "option_id", name=op.f("pk_poll_choice")),
    )
    with op.batch_alter_table("invitee", schema=None) as batch_op:
        batch_op.add_column(sa.Column("answer_source", sa.String(length=32), nullable=True))
        batch_op.add_column(
            sa.Column("answer_comment", sa.String(), nullable=False, server_default="")
        )
        batch_op.add_column(sa.Column("reply_token", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("replied_sequence", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("replied_stamp", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("stale_answer", sa.String(length=32), nullable=True))
        batch_op.create_unique_constraint(batch_op.f("uq_invitee_reply_token"), ["reply_token"])
    _give_reply_tokens()

    with op.batch_alter_table("feed_address", schema=None) as batch_op:
        batch_op.add_column(sa.Column("series_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_feed_address_series_id"), ["series_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_feed_address_series_id_meeting_series"),
            "meeting_series",
            ["series_id"],
            ["id"],
        )


def _give_reply_tokens() -> None:
    connection = op.get_bind()
    invitee = sa.table("invitee", sa.column("id"), sa.column("reply_token"))
    given = [
        {"its_id": number, "token": base64.b32encode(secrets.token_bytes(10)).decode().lower()}
        for (number,) in connection.execute(sa.select(invitee.c.id))
    ]
    if given:
        change = sa.update(invitee).where(invitee.c.id == sa.bindparam("its_id"))
        connection.execute(change.values(reply_token=sa.bindparam("token")), given)
    lock_approved_minutes()


def downgrade() -> None:
    unlock_approved_minutes()
    with op.batch_alter_table("feed_address", schema=None) as batch_op:
        batch_op.drop_constraint(
            batch_op.f("fk_feed_address_series_id_meeting_series"), type_="foreignkey"
        )
        batch_op.drop_index(batch_op.f("ix_feed_address_series_id"))
        batch_op.drop_column("series_id")

    with op.batch_alter_table("invitee", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_invitee_reply_token"), type_="unique")
        batch_op.drop_column("stale_answer")
        batch_op.drop_column("replied_stamp")
        batch_op.drop_column("replied_sequence")
        batch_op.drop_column("reply_token")
        batch_op.drop_column("answer_comment")
        batch_op.drop_column("answer_source")

    op.drop_table("poll_choice")
    op.drop_table("minutes_part_revision")
    with op.batch_alter_table("minutes_observation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_minutes_observation_person_id"))
        batch_op.drop_index(batch_op.f("ix_minutes_observation_part_id"))
        batch_op.drop_index(batch_op.f("ix_minutes_observation_organisation_id"))
        batch_op.drop_index(batch_op.f("ix_minutes_observation_minutes_id"))

    op.drop_table("minutes_observation")
    with op.batch_alter_table("decision", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_decision_reserved_for_id"))
        batch_op.drop_index(batch_op.f("ix_decision_part_id"))
        batch_op.drop_index(batch_op.f("ix_decision_number"))
        batch_op.drop_index(batch_op.f("ix_decision_minutes_id"))
        batch_op.drop_index(batch_op.f("ix_decision_addressed_to_id"))

    op.drop_table("decision")
    with op.batch_alter_table("poll_voter", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_poll_voter_poll_id"))
        batch_op.drop_index(batch_op.f("ix_poll_voter_person_id"))
        batch_op.drop_index(batch_op.f("ix_poll_voter_organisation_id"))

    op.drop_table("poll_voter")
    with op.batch_alter_table("poll_option", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_poll_option_poll_id"))

    op.drop_table("poll_option")
    with op.batch_alter_table("minutes_signed_copy", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_minutes_signed_copy_organisation_id"))
        batch_op.drop_index(batch_op.f("ix_minutes_signed_copy_minutes_id"))

    op.drop_table("minutes_signed_copy")
    with op.batch_alter_table("minutes_review_link", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_minutes_review_link_person_id"))
        batch_op.drop_index(batch_op.f("ix_minutes_review_link_organisation_id"))
        batch_op.drop_index(batch_op.f("ix_minutes_review_link_minutes_id"))

    op.drop_table("minutes_review_link")
    with op.batch_alter_table("minutes_part", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_minutes_part_reserved_for_id"))
        batch_op.drop_index(batch_op.f("ix_minutes_part_minutes_id"))
        batch_op.drop_index(batch_op.f("ix_minutes_part_item_id"))

    op.drop_table("minutes_part")
    with op.batch_alter_table("minutes_approval", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_minutes_approval_person_id"))
        batch_op.drop_index(batch_op.f("ix_minutes_approval_organisation_id"))
        batch_op.drop_index(batch_op.f("ix_minutes_approval_minutes_id"))

    op.drop_table("minutes_approval")
    with op.batch_alter_table("commitment_evidence", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_commitment_evidence_entry_id"))

    op.drop_table("commitment_evidence")
    with op.batch_alter_table("agenda_file", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_agenda_file_item_id"))

    op.drop_table("agenda_file")
    with op.batch_alter_table("time_proposal", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_time_proposal_invitee_id"))
        batch_op.drop_index(batch_op.f("ix_time_proposal_event_id"))

    op.drop_table("time_proposal")
    with op.batch_alter_table("minutes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_minutes_state"))
        batch_op.drop_index(batch_op.f("ix_minutes_meeting_id"))

    op.drop_table("minutes")
    with op.batch_alter_table("meeting_seat", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_meeting_seat_organisation_id"))
        batch_op.drop_index(batch_op.f("ix_meeting_seat_meeting_id"))

    op.drop_table("meeting_seat")
    with op.batch_alter_table("date_poll", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_date_poll_series_id"))
        batch_op.drop_index(batch_op.f("ix_date_poll_meeting_id"))

    op.drop_table("date_poll")
    with op.batch_alter_table("commitment_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_commitment_entry_person_id"))
        batch_op.drop_index(batch_op.f("ix_commitment_entry_commitment_id"))

    op.drop_table("commitment_entry")
    with op.batch_alter_table("agenda_item", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_agenda_item_reserved_for_id"))
        batch_op.drop_index(batch_op.f("ix_agenda_item_proposed_by_id"))
        batch_op.drop_index(batch_op.f("ix_agenda_item_presenter_id"))
        batch_op.drop_index(batch_op.f("ix_agenda_item_meeting_id"))

    op.drop_table("agenda_item")
    with op.batch_alter_table("series_party", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_series_party_head_id"))

    op.drop_table("series_party")
    with op.batch_alter_table("series_member", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_series_member_series_id"))
        batch_op.drop_index(batch_op.f("ix_series_member_person_id"))
        batch_op.drop_index(batch_op.f("ix_series_member_organisation_id"))

    op.drop_table("series_member")
    with op.batch_alter_table("meeting", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_meeting_series_id"))
        batch_op.drop_index(batch_op.f("ix_meeting_secretary_id"))
        batch_op.drop_index(batch_op.f("ix_meeting_chair_id"))
        batch_op.drop_index(batch_op.f("ix_meeting_agenda_due_at"))

    op.drop_table("meeting")
    with op.batch_alter_table("digest_line", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_digest_line_person_id"))
        batch_op.drop_index(batch_op.f("ix_digest_line_event_id"))

    op.drop_table("digest_line")
    with op.batch_alter_table("commitment", schema=None) as batch_op:
        batch_op.drop_index("ix_commitment_state_due_on")
        batch_op.drop_index(batch_op.f("ix_commitment_reserved_for_id"))
        batch_op.drop_index(batch_op.f("ix_commitment_person_id"))
        batch_op.drop_index(batch_op.f("ix_commitment_party_id"))
        batch_op.drop_index(batch_op.f("ix_commitment_owed_to_id"))
        batch_op.drop_index(batch_op.f("ix_commitment_number"))
        batch_op.drop_index(batch_op.f("ix_commitment_head_id"))
        batch_op.drop_index(batch_op.f("ix_commitment_event_id"))

    op.drop_table("commitment")
    op.drop_table("meeting_series")
    with op.batch_alter_table("inbound_message", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_inbound_message_received_at"))
        batch_op.drop_index(batch_op.f("ix_inbound_message_reason"))
        batch_op.drop_index(batch_op.f("ix_inbound_message_invitee_id"))
        batch_op.drop_index(batch_op.f("ix_inbound_message_event_id"))

    op.drop_table("inbound_message")
    op.drop_table("inbox_outage")
    # A meeting is nothing that the second step knows.
    meetings = "(SELECT id FROM event WHERE kind = 'meeting')"
    for table in ("announcement", "reminder_policy", "event_version", "invitee"):
        op.execute(f"DELETE FROM {table} WHERE event_id IN {meetings}")  # noqa: S608 (fixed names)
    op.execute("DELETE FROM event WHERE kind = 'meeting'")
