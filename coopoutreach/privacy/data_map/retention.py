"""What goes by itself, and when: each rule purges what the data map says is kept for so long."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from coopoutreach.privacy.data_map.kinds import table
from coopoutreach.privacy.rules import CONFIRM_DAYS

_MONTH = timedelta(days=30)
_YEAR = timedelta(days=365)
#: The time in which what was done may have to be proved. To be confirmed by counsel.
_PROOF = timedelta(days=4 * 365)
_LIVE_MAIL = ("queued", "sending", "uncertain", "held")


@dataclass(frozen=True, slots=True)
class Rule:
    """One purge. Without values the rows go; with them, those columns are emptied."""

    name: str
    says: str
    table: str
    where: Callable[[sa.Table, datetime], Any]
    values: Mapping[str, Any] | None = None
    #: The column that keeps when it was done.
    stamps: str = ""


def _texts(rows: sa.Table, now: datetime) -> Any:
    return sa.and_(
        rows.c.created_at <= now - _MONTH,
        rows.c.state.not_in(_LIVE_MAIL),
        rows.c.purged_at.is_(None),
    )


def _old_mail(rows: sa.Table, now: datetime) -> Any:
    return sa.and_(rows.c.created_at <= now - _YEAR, rows.c.state.not_in(_LIVE_MAIL))


def _received_bodies(rows: sa.Table, now: datetime) -> Any:
    return sa.and_(rows.c.received_at <= now - _MONTH, rows.c.purged_at.is_(None))


def _answered_words(rows: sa.Table, now: datetime) -> Any:
    dealt_with = sa.func.coalesce(rows.c.seen_at, rows.c.received_at)
    # What waits for somebody stays until they deal with it: it was not read yet.
    waits = sa.and_(rows.c.waits, rows.c.seen_at.is_(None))
    return sa.and_(dealt_with <= now - _MONTH, sa.not_(waits), rows.c.text != "")


def _old_received(rows: sa.Table, now: datetime) -> Any:
    return rows.c.received_at <= now - _YEAR


def _delivery_notes(rows: sa.Table, now: datetime) -> Any:
    event = table("event")
    over = sa.select(event.c.id).where(event.c.ends_at <= now - _MONTH)
    return sa.and_(rows.c.delivery_note != "", rows.c.event_id.in_(over))


def _released(rows: sa.Table, now: datetime) -> Any:
    return rows.c.released_at <= now - _YEAR


def _lapsed(rows: sa.Table, now: datetime) -> Any:
    lapses = now - timedelta(days=CONFIRM_DAYS)
    return sa.and_(rows.c.state == "unverified", rows.c.received_at <= lapses)


def _old_cases(rows: sa.Table, now: datetime) -> Any:
    return sa.and_(rows.c.answered_at <= now - _PROOF, rows.c.name != "")


def _old_consents(rows: sa.Table, now: datetime) -> Any:
    return rows.c.withdrawn_at <= now - _PROOF


RULES = (
    Rule(
        "outgoing_message.raw",
        "Texto de los correos, a los 30 días",
        "outgoing_message",
        _texts,
        {"raw": b""},
        stamps="purged_at",
    ),
    Rule(
        "outgoing_message",
        "A quién y cuándo se escribió, al año",
        "outgoing_message",
        _old_mail,
    ),
    Rule(
        "inbound_message.raw",
        "Texto de los correos recibidos, a los 30 días",
        "inbound_message",
        _received_bodies,
        {"raw": None},
        stamps="purged_at",
    ),
    Rule(
        "inbound_message.text",
        "Lo que alguien escribió por correo, 30 días después de atenderlo",
        "inbound_message",
        _answered_words,
        {"text": "", "attachments": []},
    ),
    Rule(
        "inbound_message",
        "Qué se respondió por correo y qué se hizo con eso, al año",
        "inbound_message",
        _old_received,
    ),
    Rule(
        "invitee.delivery_note",
        "Notas de la entrega de correos, 30 días después de la charla",
        "invitee",
        _delivery_notes,
        {"delivery_note": ""},
    ),
    Rule(
        "held_address",
        "Correos que no existían y se corrigieron, al año",
        "held_address",
        _released,
    ),
    Rule(
        "data_case.unverified",
        "Solicitudes que nadie confirmó, a los 7 días",
        "data_case",
        _lapsed,
    ),
    Rule(
        "data_case",
        "Nombre, correo y texto de las solicitudes, 4 años después de responder",
        "data_case",
        _old_cases,
        {"name": "", "email": "", "details": "", "answer": "", "extension_reason": ""},
    ),
    Rule(
        "consent",
        "Consentimientos, 4 años después de retirarse",
        "consent",
        _old_consents,
    ),
)
#: What other features erase by jobs of their own.
ELSEWHERE = (
    "Sesiones terminadas y enlaces vencidos, cada noche",
    "Intentos contados por los límites, cada noche",
    "Necesidades de alimentación y acceso, 30 días después de la charla",
)
