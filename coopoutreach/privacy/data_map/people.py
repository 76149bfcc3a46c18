"""Who people are: their names and addresses, posts, accounts and what they said about a talk."""

import sqlalchemy as sa

from coopoutreach.platform.core.links import new_nonce
from coopoutreach.privacy.data_map.kinds import (
    COUNTS,
    LINKS,
    Column,
    Keep,
    Kept,
    Personal,
    Purpose,
    Put,
)
from coopoutreach.privacy.data_map.owners import (
    by_person,
    by_user,
    named,
    of_answers,
)

#: What stands in place of a name, and where no mail can go (RFC 2606).
NOBODY = "Persona eliminada"
NOWHERE = "eliminada.invalid"


def _unique_address(rows: sa.Table) -> sa.ColumnElement[str]:
    # An address with a name is unique: the row's number makes it so.
    return sa.literal("persona-") + sa.cast(rows.c.id, sa.String) + sa.literal(f"@{NOWHERE}")


def _new_nonce(_rows: sa.Table) -> str:
    return new_nonce()


_NO_ADDRESS = Put(_unique_address)
#: The link in old mails is dead.
_DEAD_LINK = Put(_new_nonce)
_TALK = named("talk_id", "event", "title")
_EVENT = named("event_id", "event", "title")
_ORGANISATION = named("organisation_id", "organisation", "name")

PERSON = Personal(
    "person",
    "Persona",
    Purpose.ORGANISE,
    Kept.ACTIVE,
    {
        "name": Column("nombre", Put(NOBODY)),
        "name_key": Column("", Put(NOBODY.lower())),
        "email": Column("correo", _NO_ADDRESS),
        "email_key": Column("", _NO_ADDRESS),
        "phone": Column("teléfono", Put()),
        "user_id": Column("", Put()),
        "blocked_at": Column("datos bloqueados desde", Put()),
        "created_at": Column("conocida desde", COUNTS),
    },
    by_person("id"),
    plain="id public_id",
)
AFFILIATION = Personal(
    "affiliation",
    "Cargos",
    Purpose.CONTACT,
    Kept.POST,
    {
        "person_id": Column("", LINKS),
        "organisation_id": Column("organización", LINKS, _ORGANISATION),
        "post": Column("cargo", Put("")),
        "access": Column("acceso", COUNTS),
        "deputy_for_id": Column("", LINKS),
        "since": Column("desde", COUNTS),
        "until": Column("hasta", COUNTS),
        "vouched_at": Column("habla por su institución desde", COUNTS),
    },
    by_person(),
    plain="id vouched_by vouch_nonce",
    deletes=True,
)
INVITEE = Personal(
    "invitee",
    "Invitaciones y asistencia",
    Purpose.REPORT,
    Kept.ACTIVE,
    {
        "person_id": Column("", LINKS),
        "event_id": Column("actividad", COUNTS, _EVENT),
        "organisation_id": Column("organización", COUNTS, _ORGANISATION),
        "role": Column("papel", COUNTS),
        "nonce": Column("", _DEAD_LINK),
        "standing": Column("situación", COUNTS),
        "answer": Column("respuesta", COUNTS),
        "answered_at": Column("respondió", COUNTS),
        "answer_source": Column("respondió por", COUNTS),
        "answer_comment": Column("comentario", Put("")),
        "stale_answer": Column("respuesta a la versión anterior", COUNTS),
        "reply_token": Column("", Put()),
        "entry_token": Column("", Put()),
        "delivery": Column("entrega del correo", COUNTS),
        "delivery_note": Column("nota de la entrega", Put("")),
        "attendance": Column("asistencia", COUNTS),
        "attendance_at": Column("asistencia marcada", COUNTS),
        "created_at": Column("desde", COUNTS),
    },
    by_person(),
    plain="id public_id told_sequence told_version told_stamp replied_sequence replied_stamp",
    differs={"delivery_note": Kept.EVENT},
)
REGISTRATION = Personal(
    "registration",
    "Inscripciones",
    Purpose.REPORT,
    Kept.ACTIVE,
    {
        "person_id": Column("", LINKS),
        "invitee_id": Column("", LINKS),
        "group_id": Column("", LINKS),
        "talk_id": Column("charla", COUNTS, _TALK),
        "organisation_id": Column("organización", COUNTS, _ORGANISATION),
        "organisation_name": Column("organización escrita", Put("")),
        "room": Column("modalidad", COUNTS),
        "state": Column("estado", COUNTS),
        "requested_at": Column("pedida", COUNTS),
        "confirmed_at": Column("confirmada", COUNTS),
        "cancelled_at": Column("anulada", COUNTS),
        "transferred_from_id": Column("", LINKS),
    },
    by_person(),
    plain="id turn",
)
ANSWER = Personal(
    "question_answer",
    "Respuestas a las preguntas de las charlas",
    Purpose.ANSWERS,
    Kept.ANSWER,
    {
        "question_id": Column("pregunta", LINKS, named("question_id", "question", "text")),
        "invitee_id": Column("", LINKS),
        "value": Column("respuesta", Put()),
        "answered_at": Column("respondida", COUNTS),
        "erased_at": Column("eliminada", COUNTS),
    },
    of_answers,
    plain="id",
    deletes=True,
)
GROUP = Personal(
    "registration_group",
    "Formularios de inscripción que envió con su cuenta",
    Purpose.REPORT,
    Kept.ACTIVE,
    {
        "by_user_id": Column("", LINKS),
        "talk_id": Column("charla", COUNTS, _TALK),
        "created_at": Column("enviado", COUNTS),
    },
    by_user("by_user_id"),
    plain="id form_key all_or_none",
)
SPEAKER = Personal(
    "speaker",
    "Quienes exponen",
    Purpose.ANNOUNCE,
    Kept.PUBLIC,
    {
        "name": Column("nombre", Keep("programa público; la coordinación lo cambia en la charla")),
        "post": Column("cargo", Keep("programa público; la coordinación lo cambia en la charla")),
        "organisation": Column("organización", COUNTS),
    },
    # A speaker is named by hand and by no number: whoever answers a case looks for the name.
    None,
    plain="id talk_id position",
    origin="Quien expone, o quien organiza la charla",
)
