"""Who sat at the table, what they said of minutes, and who answers for which commitment."""

from coopoutreach.platform.core.links import new_nonce
from coopoutreach.privacy.data_map.authored import AUTHOR, authored
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
from coopoutreach.privacy.data_map.owners import by_person, of_answers, of_votes

_MINUTES = Keep("el acta aprobada es prueba de lo acordado y no se puede alterar")
_LEDGER = Keep("constancia de lo que las instituciones se deben; sin nombre después del borrado")
_DEAD_LINK = Put(lambda _rows: new_nonce())


MEMBER = Personal(
    "series_member",
    "Lista de integrantes de la mesa",
    Purpose.CONTACT,
    Kept.POST,
    {
        "person_id": Column("", LINKS),
        "post": Column("cargo", Put("")),
        "capacity": Column("calidad", COUNTS),
        "approves": Column("aprueba actas", COUNTS),
        "digest": Column("un correo al día", COUNTS),
        "created_at": Column("desde", COUNTS),
        "ended_at": Column("hasta", COUNTS),
    },
    by_person(),
    plain="id public_id series_id organisation_id position deputy_for_id",
    origin="La coordinación",
)
SEAT = Personal(
    "meeting_seat",
    "Participación en reuniones",
    Purpose.REPORT,
    Kept.MINUTES,
    {
        "invitee_id": Column("", LINKS),
        "post": Column("cargo", Put("")),
        "capacity": Column("calidad", COUNTS),
        "modality": Column("modalidad", COUNTS),
        "excuse": Column("excusa", Put("")),
        "excused": Column("con excusa", COUNTS),
        "stand_in": Column("va en su lugar", Put("")),
    },
    of_answers,
    plain="meeting_id organisation_id agenda_told",
    origin="La coordinación y la persona",
)
PROPOSAL = Personal(
    "time_proposal",
    "Otros horarios que propuso",
    Purpose.ORGANISE,
    Kept.ACTIVE,
    {
        "invitee_id": Column("", LINKS),
        "starts_at": Column("desde", COUNTS),
        "ends_at": Column("hasta", COUNTS),
        "comment": Column("comentario", Put("")),
        "proposed_at": Column("propuesto", COUNTS),
        "settled_at": Column("resuelto", COUNTS),
    },
    of_answers,
    plain="id public_id event_id",
    origin="La persona, desde su calendario",
)
VOTER = Personal(
    "poll_voter",
    "Consultas de fecha",
    Purpose.ORGANISE,
    Kept.ACTIVE,
    {
        "person_id": Column("", LINKS),
        "nonce": Column("", _DEAD_LINK),
        "answered_at": Column("respondida", COUNTS),
        "comment": Column("comentario", Put("")),
    },
    by_person(),
    plain="id public_id poll_id organisation_id",
    origin="La persona",
)
CHOICE = Personal(
    "poll_choice",
    "Fechas que le acomodan",
    Purpose.ORGANISE,
    Kept.ACTIVE,
    {"voter_id": Column("", LINKS), "suits": Column("le acomoda", COUNTS)},
    of_votes,
    plain="option_id",
    origin="La persona",
)
DIGEST = Personal(
    "digest_line",
    "Avisos reunidos en un correo al día",
    Purpose.ORGANISE,
    Kept.MAIL_BODY,
    {
        "person_id": Column("", LINKS),
        "text": Column("aviso", Put("")),
        "url": Column("", Put("")),
        "created_at": Column("escrito", COUNTS),
        "told_at": Column("enviado", COUNTS),
    },
    by_person(),
    plain="id key event_id",
    deletes=True,
    origin="El sistema, al avisar",
)
OBSERVATION = Personal(
    "minutes_observation",
    "Observaciones a actas",
    Purpose.REPORT,
    Kept.MINUTES,
    {
        "person_id": Column("", LINKS),
        "text": Column("observación", _MINUTES),
        "created_at": Column("hecha", COUNTS),
        "reply": Column("respuesta", _MINUTES),
        "replied_at": Column("respondida", COUNTS),
    },
    by_person(),
    plain="id public_id minutes_id part_id review organisation_id",
    origin="La persona",
)
APPROVAL = Personal(
    "minutes_approval",
    "Actas que visó o aprobó",
    Purpose.PROOF,
    Kept.MINUTES,
    {
        "person_id": Column("", LINKS),
        "kind": Column("acto", _MINUTES),
        "name": Column("nombre", _MINUTES),
        "post": Column("cargo", _MINUTES),
        "capacity": Column("calidad", _MINUTES),
        "statement": Column("texto", _MINUTES),
        "at": Column("cuándo", _MINUTES),
        "address": Column("red", _MINUTES),
        "method": Column("cómo", _MINUTES),
        "void_at": Column("dejó de contar", _MINUTES),
    },
    by_person(),
    plain="id minutes_id organisation_id content_sha256",
    origin="La persona",
)
REVIEW_LINK = Personal(
    "minutes_review_link",
    "Enlaces para revisar actas",
    Purpose.REPORT,
    Kept.MINUTES,
    {
        "person_id": Column("", LINKS),
        "nonce": Column("", _DEAD_LINK),
        "created_at": Column("enviado", COUNTS),
        "expires_at": Column("vence", COUNTS),
        "signed_off_at": Column("visada", COUNTS),
        "approved_at": Column("aprobada", COUNTS),
    },
    by_person(),
    plain="id public_id minutes_id organisation_id review approves",
    origin="El sistema, al pedir la revisión",
)
COMMITMENT = Personal(
    "commitment",
    "Compromisos de los que responde",
    Purpose.REPORT,
    Kept.MINUTES,
    {
        "person_id": Column("", LINKS),
        "number": Column("número", _LEDGER),
        "action": Column("acción", _LEDGER),
        "due_on": Column("plazo", _LEDGER),
        "state": Column("estado", _LEDGER),
        "nonce": Column("", _DEAD_LINK),
    },
    by_person(),
    plain="id public_id event_id ordinal party_id owed_to_id first_due_on verification progress "
    "extensions escalation_days head_id reserved_for_id created_at delivered_on closed_at",
    origin="El acta de la reunión",
)
COMMITMENT_ENTRY = Personal(
    "commitment_entry",
    "Avances de compromisos que informó",
    Purpose.REPORT,
    Kept.MINUTES,
    {
        "person_id": Column("", LINKS),
        "actor": Column("", AUTHOR),
        "kind": Column("qué", _LEDGER),
        "at": Column("cuándo", _LEDGER),
        "note": Column("nota", _LEDGER),
    },
    by_person(),
    plain="id commitment_id from_due_on to_due_on progress",
    origin="La persona",
)


AGENDA_FILE = authored(
    "agenda_file",
    "Documentos de tabla que subió",
    "created_by",
    "id public_id item_id stored_as file_name media_type size sha256 created_at",
    kept=Kept.MINUTES,
)
EVIDENCE = authored(
    "commitment_evidence",
    "Respaldos de compromisos que subió",
    "created_by",
    "id public_id entry_id stored_as file_name media_type size sha256 created_at",
    kept=Kept.MINUTES,
)
SIGNED_COPY = authored(
    "minutes_signed_copy",
    "Actas firmadas que subió",
    "created_by",
    "id public_id minutes_id organisation_id stored_as file_name size sha256 note created_at",
    kept=Kept.MINUTES,
)
POLL = authored(
    "date_poll",
    "Consultas de fecha que hizo",
    "created_by",
    "id public_id series_id meeting_id title closes_at closed_at created_at",
    kept=Kept.MINUTES,
)
MINUTES = authored(
    "minutes",
    "Actas que empezó",
    "created_by",
    "id public_id meeting_id version state rectifies_id rectification created_at review_began_at "
    "reviews review_until content content_sha256 approved_at published_at code pdf_stored_as "
    "pdf_sha256 pdf_size",
    kept=Kept.MINUTES,
)
PART = authored(
    "minutes_part",
    "Partes de actas que escribió",
    "saved_by",
    "id public_id minutes_id position kind item_id title text revision reserved_for_id saved_at",
    kept=Kept.MINUTES,
)
PART_REVISION = authored(
    "minutes_part_revision",
    "Versiones de partes de actas que escribió",
    "by",
    "part_id number text at aside",
    kept=Kept.MINUTES,
)
#: In the order in which they are erased.
MEETINGS = (
    PROPOSAL,
    SEAT,
    CHOICE,
    VOTER,
    MEMBER,
    DIGEST,
    OBSERVATION,
    APPROVAL,
    REVIEW_LINK,
    COMMITMENT_ENTRY,
    COMMITMENT,
    AGENDA_FILE,
    EVIDENCE,
    SIGNED_COPY,
    POLL,
    MINUTES,
    PART,
    PART_REVISION,
)
