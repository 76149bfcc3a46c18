"""Read what came in with what it is about, and say it in words."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from coopoutreach.events.models import Event, Invitee
from coopoutreach.events.rules import EventKind
from coopoutreach.mail.incoming import queries, rules, written_by_hand
from coopoutreach.mail.incoming.models import InboundMessage
from coopoutreach.mail.incoming.rules import Reason
from coopoutreach.pages.mail_admin import queries as mails
from coopoutreach.people.directory.models import Person
from coopoutreach.platform.audit import queries as audit
from coopoutreach.platform.core import spanish

#: Why a message led to what it did → the word, the badge's tone, its shape, what it means.
REASONS = {
    Reason.APPLIED: ("Respuesta anotada", "success", "check", "Quedó anotada con la persona."),
    Reason.COUNTER: (
        "Propone otra hora",
        "warning",
        "clock",
        "La actividad no se movió. Quedó anotado «tal vez» hasta que alguien decida.",
    ),
    Reason.DUPLICATE: ("Repetida", "neutral", "ring", "Ya se había anotado: no cambió nada."),
    Reason.STALE_SEQUENCE: (
        "Versión anterior",
        "warning",
        "half",
        "Respondió a la versión anterior: el aviso del cambio le pregunta de nuevo.",
    ),
    Reason.STALE_DTSTAMP: (
        "Respuesta atrasada",
        "neutral",
        "clock",
        "Es anterior a lo último que respondió: vale lo último.",
    ),
    Reason.UNKNOWN_UID: (
        "De otra actividad",
        "neutral",
        "ring",
        "Responde a una actividad que no es de este sistema.",
    ),
    Reason.NOT_INVITED: (
        "No estaba en la lista",
        "warning",
        "triangle",
        "Responde alguien que no tiene cupo o no fue invitado. No cambió nada.",
    ),
    Reason.UNAUTHENTICATED: (
        "Por verificar",
        "warning",
        "triangle",
        "No se pudo comprobar quién la envía. No cambió nada: pregunte a la persona.",
    ),
    Reason.METHOD_MISMATCH: (
        "No es una respuesta",
        "neutral",
        "ring",
        "Es otra clase de mensaje de calendario. No cambió nada.",
    ),
    Reason.NO_CALENDAR: (
        "Sin respuesta",
        "neutral",
        "ring",
        "No trae la respuesta de un calendario.",
    ),
    Reason.AUTO_REPLY: (
        "Respuesta automática",
        "neutral",
        "ring",
        "La escribió un programa, no la persona.",
    ),
    Reason.BOUNCE: (
        "Aviso de entrega",
        "neutral",
        "ring",
        "Habla de una demora, o de un correo que no es de este sistema.",
    ),
    Reason.UNDELIVERABLE: (
        "Correo devuelto",
        "danger",
        "triangle",
        "Un correo nuestro no llegó. Lo que la persona respondió sigue igual.",
    ),
    Reason.CLOSED: (
        "Fuera de plazo",
        "neutral",
        "clock",
        "La actividad ya terminó o se suspendió.",
    ),
    Reason.UNREADABLE: (
        "No se pudo leer",
        "warning",
        "triangle",
        "El mensaje está dañado o no dice una respuesta conocida. Léalo en el buzón.",
    ),
}
#: What an attendee's calendar says → in words.
ANSWERS = {
    "ACCEPTED": "Asistirá",
    "TENTATIVE": "Tal vez",
    "DECLINED": "No asistirá",
    "DELEGATED": "Envía a otra persona",
}


@dataclass(frozen=True, slots=True)
class Line:
    """A message in the list, with what it is about."""

    message: InboundMessage
    event_title: str | None
    event_url: str
    person: str | None
    proposal: str

    @property
    def is_waiting(self) -> bool:
        """Return whether whoever wrote waits for somebody."""
        return self.message.waits and self.message.seen_at is None

    @property
    def words(self) -> str:
        """Return what they wrote, without what they quote: the mail's text, or the comment."""
        return written_by_hand.split_history(self.message.text)[0] or self.message.comment

    @property
    def quoted(self) -> str:
        """Return the mail that they answer, as their program quotes it, or nothing."""
        return written_by_hand.split_history(self.message.text)[1]

    @property
    def is_to_look_at(self) -> bool:
        """Return whether a person has yet to look at it."""
        message = self.message
        asks = (
            message.waits
            or message.reason in rules.TO_LOOK_AT
            or message.partstat == rules.DELEGATED
        )
        return asks and message.seen_at is None


#: What was done with a message → in words.
DEEDS = {
    "inbound.seen": "Marcado como atendido",
    "inbound.answered": "Respondido",
    "inbound.forwarded": "Avisado a",
}
_MOST_DEEDS = 50


@dataclass(frozen=True, slots=True)
class Deed:
    """What somebody did with a message, and when."""

    words: str
    who: str
    at: datetime


def deeds(session: Session, message: InboundMessage) -> list[Deed]:
    """Return what was done with a message, the first first."""
    found = audit.entries_of(session, [("inbound", [message.id])], limit=_MOST_DEEDS)
    handed = {entry.id: f"user:{(entry.after or {}).get('user_id')}" for entry in found}
    actors = {entry.actor for entry in found} | set(handed.values())
    names = mails.names_of_actors(session, actors)
    made = []
    for entry in reversed(found):
        words = DEEDS.get(entry.action)
        if words is not None:
            is_handed = entry.action == "inbound.forwarded"
            words = f"{words} {names.get(handed[entry.id], '')}".strip() if is_handed else words
            made.append(Deed(words, names.get(entry.actor, ""), entry.at))
    return made


def lines(session: Session, page: queries.Page) -> list[Line]:
    """Return a page of messages with what each is about, by one query more."""
    numbers = [message.id for message in page.messages]
    rows = session.execute(
        sa.select(InboundMessage.id, Event.title, Event.kind, Event.public_id, Event.path)
        .add_columns(Event.zone, Person.name)
        .outerjoin(Event, Event.id == InboundMessage.event_id)
        .outerjoin(Invitee, Invitee.id == InboundMessage.invitee_id)
        .outerjoin(Person, Person.id == Invitee.person_id)
        .where(InboundMessage.id.in_(numbers))
    )
    about = {row[0]: row for row in rows}
    return [_line(message, about[message.id]) for message in page.messages]


def _line(message: InboundMessage, about: Any) -> Line:
    url = ""
    if about.title is not None:
        is_talk = about.kind is EventKind.TALK
        url = f"/plan/charlas/{about.public_id}/asistentes" if is_talk else about.path
    return Line(
        message,
        event_title=about.title,
        event_url=url,
        person=about.name,
        proposal=_proposal(message, about.zone or spanish.HOME_ZONE),
    )


def _proposal(message: InboundMessage, zone: str) -> str:
    start = message.explained.get("proposed_start")
    end = message.explained.get("proposed_end")
    if not start or not end:
        return ""
    first = spanish.wall(datetime.fromisoformat(start), zone)
    last = spanish.wall(datetime.fromisoformat(end), zone)
    whole_days = (first.hour, first.minute, last.hour, last.minute) == (0, 0, 0, 0)
    if whole_days and (last - first).days == 1:
        return f"{spanish.day(first)}, todo el día"
    return f"{spanish.daytime(first)}, hasta las {spanish.clock(last)}"
