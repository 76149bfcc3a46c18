"""Make the tables of the second step."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TALK_CHECKS = {
    "held_room_within_capacity": "held_room BETWEEN 0 AND capacity_room",
    "held_online_within_capacity": "held_online BETWEEN 0 AND capacity_online",
    "held_seats_are_released": "(held_room = 0 AND held_online = 0) OR held_until IS NOT NULL",
    "limit_per_cooperative_positive": "limit_per_cooperative > 0",
}

FIRST_VERSIONS = (
    """INSERT INTO event_version (event_id, number, since, state, wall_start, wall_end, zone,
    starts_at, ends_at, modality, place, address, comuna, link, words)
    SELECT id, 1, revised_at, state, wall_start, wall_end, zone, starts_at, ends_at, modality,
    place, address, comuna, link, 0 FROM event WHERE state <> 'draft'""",
    "UPDATE event SET version = 1 WHERE state <> 'draft'",
    """UPDATE invitee SET told_version = 1 WHERE told_sequence IS NULL OR told_sequence >=
    (SELECT sequence FROM event WHERE event.id = invitee.event_id)""",
)


def upgrade() -> None:
    op.create_table(
        "consent_text",
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(length=32), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_consent_text")),
    )
    op.create_table(
        "message_template",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("notice", sa.String(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_template")),
        sa.UniqueConstraint("notice", "event_id", "version", name="uq_message_template_version"),
    )
    with op.batch_alter_table("message_template", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_message_template_event_id"), ["event_id"], unique=False
        )

    op.create_table(
        "retention_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_run")),
    )
    with op.batch_alter_table("retention_run", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_retention_run_at"), ["at"], unique=False)

    op.create_table(
        "suppression",
        sa.Column("address_hash", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cause", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("address_hash", name=op.f("pk_suppression")),
    )
    op.create_table(
        "consent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=32), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.Column("text_hash", sa.String(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("network", sa.String(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_channel", sa.String(length=32), nullable=True),
        sa.Column("withdrawn_network", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_consent_event_id_event")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_consent_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["text_hash"], ["consent_text.hash"], name=op.f("fk_consent_text_hash_consent_text")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
    )
    with op.batch_alter_table("consent", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_consent_event_id"), ["event_id"], unique=False)
        batch_op.create_index("ix_consent_person_purpose", ["person_id", "purpose"], unique=False)

    op.create_table(
        "data_case",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("nonce", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("right", sa.String(length=32), nullable=False),
        sa.Column("details", sa.String(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("extended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("extension_reason", sa.String(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.String(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("alerted_day", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_data_case_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_case")),
        sa.UniqueConstraint("public_id", name=op.f("uq_data_case_public_id")),
    )
    with op.batch_alter_table("data_case", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_data_case_due_on"), ["due_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_data_case_person_id"), ["person_id"], unique=False)

    op.create_table(
        "feed_address",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("nonce", sa.String(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("scope", sa.String(length=32), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("regions", sa.JSON(), nullable=False),
        sa.Column("formats", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("renewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_program", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_feed_address_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_feed_address_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_feed_address_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feed_address")),
        sa.UniqueConstraint("public_id", name=op.f("uq_feed_address_public_id")),
    )
    with op.batch_alter_table("feed_address", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_feed_address_organisation_id"), ["organisation_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_feed_address_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_feed_address_user_id"), ["user_id"], unique=False)

    op.create_table(
        "material",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("talk_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("stored_as", sa.String(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("audience", sa.String(length=32), nullable=False),
        sa.Column("release", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.CheckConstraint(
            "(kind = 'file') = (stored_as <> '')", name=op.f("ck_material_files_are_stored")
        ),
        sa.CheckConstraint(
            "(kind = 'link') = (url <> '')", name=op.f("ck_material_links_have_an_address")
        ),
        sa.ForeignKeyConstraint(
            ["talk_id"],
            ["talk.id"],
            name=op.f("fk_material_talk_id_talk"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_material")),
        sa.UniqueConstraint("public_id", name=op.f("uq_material_public_id")),
    )
    with op.batch_alter_table("material", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_material_talk_id"), ["talk_id"], unique=False)

    op.create_table(
        "question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("talk_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("hint", sa.String(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("audience", sa.String(length=32), nullable=False),
        sa.Column("need", sa.String(length=32), nullable=False),
        sa.Column("condition_question_id", sa.Integer(), nullable=True),
        sa.Column("condition_value", sa.String(), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "need = 'none' OR NOT required", name=op.f("ck_question_needs_are_never_required")
        ),
        sa.ForeignKeyConstraint(
            ["condition_question_id"],
            ["question.id"],
            name=op.f("fk_question_condition_question_id_question"),
        ),
        sa.ForeignKeyConstraint(["talk_id"], ["talk.id"], name=op.f("fk_question_talk_id_talk")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question")),
        sa.UniqueConstraint("public_id", name=op.f("uq_question_public_id")),
    )
    with op.batch_alter_table("question", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_question_talk_id"), ["talk_id"], unique=False)

    op.create_table(
        "seat_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("talk_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("cause", sa.String(length=32), nullable=False),
        sa.Column("rooms", sa.JSON(), nullable=False),
        sa.Column("limit_per_cooperative", sa.Integer(), nullable=True),
        sa.Column("waiting", sa.JSON(), nullable=False),
        sa.Column("seats_before", sa.JSON(), nullable=False),
        sa.Column("given", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["talk_id"], ["talk.id"], name=op.f("fk_seat_decision_talk_id_talk")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seat_decision")),
    )
    with op.batch_alter_table("seat_decision", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_seat_decision_talk_id"), ["talk_id"], unique=False)

    op.create_table(
        "erasure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_hash", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"], ["data_case.id"], name=op.f("fk_erasure_case_id_data_case")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure")),
        sa.UniqueConstraint("person_hash", name=op.f("uq_erasure_person_hash")),
    )
    op.create_table(
        "question_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("invitee_id", sa.Integer(), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["invitee_id"], ["invitee.id"], name=op.f("fk_question_answer_invitee_id_invitee")
        ),
        sa.ForeignKeyConstraint(
            ["question_id"], ["question.id"], name=op.f("fk_question_answer_question_id_question")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_answer")),
        sa.UniqueConstraint("invitee_id", "question_id", name="uq_question_answer_once"),
    )
    with op.batch_alter_table("question_answer", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_question_answer_question_id"), ["question_id"], unique=False
        )

    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.add_column(sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="0"))

    op.create_table(
        "event_version",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("wall_start", sa.DateTime(), nullable=False),
        sa.Column("wall_end", sa.DateTime(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("modality", sa.String(length=32), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("comuna", sa.String(), nullable=True),
        sa.Column("link", sa.String(), nullable=False),
        sa.Column("words", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_event_version_event_id_event")
        ),
        sa.PrimaryKeyConstraint("event_id", "number", name=op.f("pk_event_version")),
    )
    with op.batch_alter_table("invitee", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("told_version", sa.Integer(), nullable=False, server_default="0")
        )

    with op.batch_alter_table("announcement", schema=None) as batch_op:
        batch_op.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(
            sa.Column("from_version", sa.Integer(), nullable=False, server_default="0")
        )
        batch_op.drop_column("note")
        batch_op.drop_constraint("uq_announcement_once", type_="unique")
        batch_op.create_unique_constraint(
            "uq_announcement_once", ["event_id", "kind", "days", "sequence", "version"]
        )

    # What stands is the first version, and whoever was told of its sequence knows it.
    for statement in FIRST_VERSIONS:
        op.execute(statement)

    with op.batch_alter_table("outgoing_message", schema=None) as batch_op:
        batch_op.add_column(sa.Column("purged_at", sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table("registration", schema=None) as batch_op:
        batch_op.add_column(sa.Column("transferred_from_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_registration_transferred_from_id_registration"),
            "registration",
            ["transferred_from_id"],
            ["id"],
        )

    with op.batch_alter_table("registration_group", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("all_or_none", sa.Boolean(), nullable=False, server_default=sa.false())
        )

    with op.batch_alter_table("talk", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("held_room", sa.Integer(), nullable=False, server_default="0")
        )
        batch_op.add_column(
            sa.Column("held_online", sa.Integer(), nullable=False, server_default="0")
        )
        batch_op.add_column(sa.Column("held_until", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("released_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("limit_per_cooperative", sa.Integer(), nullable=True))
        batch_op.add_column(
            sa.Column("photos", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.add_column(
            sa.Column("asks", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.add_column(sa.Column("session_of_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("replacement_id", sa.Integer(), nullable=True))
        for name, condition in TALK_CHECKS.items():
            batch_op.create_check_constraint(batch_op.f(f"ck_talk_{name}"), condition)
        batch_op.create_index(batch_op.f("ix_talk_held_until"), ["held_until"], unique=False)
        batch_op.create_index(batch_op.f("ix_talk_session_of_id"), ["session_of_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_talk_session_of_id_talk"), "talk", ["session_of_id"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_talk_replacement_id_talk"), "talk", ["replacement_id"], ["id"]
        )

    with op.batch_alter_table("user_session", schema=None) as batch_op:
        batch_op.add_column(sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("user_session", schema=None) as batch_op:
        batch_op.drop_column("confirmed_at")

    # Kinds that the first step does not know.
    op.execute("DELETE FROM announcement WHERE kind IN ('link', 'revised')")
    with op.batch_alter_table("talk", schema=None) as batch_op:
        for name in TALK_CHECKS:
            batch_op.drop_constraint(batch_op.f(f"ck_talk_{name}"), type_="check")
        batch_op.drop_constraint(batch_op.f("fk_talk_replacement_id_talk"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_talk_session_of_id_talk"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_talk_session_of_id"))
        batch_op.drop_index(batch_op.f("ix_talk_held_until"))
        batch_op.drop_column("replacement_id")
        batch_op.drop_column("session_of_id")
        batch_op.drop_column("asks")
        batch_op.drop_column("photos")
        batch_op.drop_column("limit_per_cooperative")
        batch_op.drop_column("released_at")
        batch_op.drop_column("held_until")
        batch_op.drop_column("held_online")
        batch_op.drop_column("held_room")

    with op.batch_alter_table("registration_group", schema=None) as batch_op:
        batch_op.drop_column("all_or_none")

    with op.batch_alter_table("registration", schema=None) as batch_op:
        batch_op.drop_constraint(
            batch_op.f("fk_registration_transferred_from_id_registration"), type_="foreignkey"
        )
        batch_op.drop_column("transferred_from_id")

    with op.batch_alter_table("outgoing_message", schema=None) as batch_op:
        batch_op.drop_column("purged_at")

    with op.batch_alter_table("announcement", schema=None) as batch_op:
        batch_op.drop_constraint("uq_announcement_once", type_="unique")
        batch_op.create_unique_constraint(
            "uq_announcement_once", ["event_id", "kind", "days", "sequence"]
        )
        batch_op.add_column(sa.Column("note", sa.String(), nullable=False, server_default=""))
        batch_op.drop_column("from_version")
        batch_op.drop_column("version")

    with op.batch_alter_table("invitee", schema=None) as batch_op:
        batch_op.drop_column("told_version")

    op.drop_table("event_version")
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.drop_column("version")
        batch_op.drop_column("cancelled_at")

    with op.batch_alter_table("question_answer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_question_answer_question_id"))

    op.drop_table("question_answer")
    op.drop_table("erasure")
    with op.batch_alter_table("seat_decision", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_seat_decision_talk_id"))

    op.drop_table("seat_decision")
    with op.batch_alter_table("question", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_question_talk_id"))

    op.drop_table("question")
    with op.batch_alter_table("material", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_material_talk_id"))

    op.drop_table("material")
    with op.batch_alter_table("feed_address", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_feed_address_user_id"))
        batch_op.drop_index(batch_op.f("ix_feed_address_person_id"))
        batch_op.drop_index(batch_op.f("ix_feed_address_organisation_id"))

    op.drop_table("feed_address")
    with op.batch_alter_table("data_case", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_data_case_person_id"))
        batch_op.drop_index(batch_op.f("ix_data_case_due_on"))

    op.drop_table("data_case")
    with op.batch_alter_table("consent", schema=None) as batch_op:
        batch_op.drop_index("ix_consent_person_purpose")
        batch_op.drop_index(batch_op.f("ix_consent_event_id"))

    op.drop_table("consent")
    op.drop_table("suppression")
    with op.batch_alter_table("retention_run", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_retention_run_at"))

    op.drop_table("retention_run")
    with op.batch_alter_table("message_template", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_message_template_event_id"))

    op.drop_table("message_template")
    op.drop_table("consent_text")
