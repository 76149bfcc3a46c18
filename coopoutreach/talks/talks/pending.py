"""What the coordination reads of what people are going to be told: who, how, when, and what."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from coopoutreach.events import entries, notices, waiting
from coopoutreach.events import queries as events
from coopoutreach.events.models import Announcement
from coopoutreach.events.queries import Audience, Outlook
from coopoutreach.events.rules import ACTIVE_STATES, AnnouncementKind, EventState
from coopoutreach.platform.core import spanish
from coopoutreach.talks.talks import reactions
from coopoutreach.talks.talks.models import Talk

#: What each is called on top of what waits to be told.
TITLES = {
    AnnouncementKind.MOVED: "Cambio de fecha, hora o lugar",
    AnnouncementKind.LINK: "Cambio del enlace para conectarse",
    AnnouncementKind.REVISED: "Información actualizada",
    AnnouncementKind.CANCELLED: "Suspensión",
}


@dataclass(frozen=True, slots=True)
class Said:
    """Something that people are going to be told, in words."""

    title: str
    #: «Se avisará a 38 personas por correo a las 10:25 h.»
    sentence: str
    people: str
    #: It does not wait: what sets it off cannot be undone.
    at_once: bool


@dataclass(frozen=True, slots=True)
class Notice(Said):
    """Something that waits to be told, with what its readers will read."""

    before: str
    after: str
    subject: str
    text: str

    @property
    def leaving(self) -> bool:
        """Return whether it is going out already."""
        return self.at_once


@dataclass(frozen=True, slots=True)
class Undo:
    """What was done of late and can be undone: the endpoint that does, and until when."""

    endpoint: str
    done: str
    until: str


def said(outlook: Outlook, *, now: datetime) -> Said:
    """Return in words what would follow from something."""
    return Said(
        TITLES[outlook.kind],
        sentence(outlook.audience, outlook.due_at, now=now),
        people(outlook.audience),
        at_once=outlook.due_at <= now,
    )


def sentence(audience: Audience, due_at: datetime, *, now: datetime) -> str:
    """Return «Se avisará a 38 personas por correo a las 10:25 h.»."""
    who = spanish.count(audience.total, "persona", "personas")
    return f"Se avisará a {who} por correo {at(due_at, now=now)}."


def people(audience: Audience) -> str:
    """Return «30 personas con cupo y 8 en lista de espera»."""
    parts = []
    if audience.invited:
        parts.append(spanish.count(audience.invited, "persona con cupo", "personas con cupo"))
    if audience.waiting:
        parts.append(
            f"{spanish.integer(audience.waiting)} en lista de espera"
            if parts
            else spanish.count(
                audience.waiting, "persona en lista de espera", "personas en lista de espera"
            )
        )
    return " y ".join(parts) or "nadie"


def at(due_at: datetime, *, now: datetime) -> str:
    """Return when something is told: «de inmediato», «a las 10:25 h», or with the day."""
    if due_at <= now:
        return "de inmediato"
    moment = _moment(due_at, now=now)
    return f"a {moment}" if moment.startswith("las") else moment


def _moment(of: datetime, *, now: datetime) -> str:
    wall, today = spanish.wall(of), spanish.wall(now)
    clock = f"las {spanish.clock(wall)}"
    if wall.date() == today.date():
        return clock
    return f"el {spanish.day_and_month(wall)} a {clock}"


def wait_in_words() -> str:
    """Return how long after the last change people are told: «5 minutos»."""
    minutes = waiting.wait_of(AnnouncementKind.MOVED) // timedelta(minutes=1)
    return spanish.count(minutes, "minuto", "minutos")


def outlook_of_cancellation(session: Session, talk: Talk, *, now: datetime) -> Said:
    """Return in words whom calling the talk off would tell, and when."""
    kind = AnnouncementKind.CANCELLED
    due_at = waiting.due(kind, starts=events.believed_starts(session, talk), now=now)
    return said(Outlook(kind, events.audience(session, talk.id), due_at), now=now)


def notice_of(session: Session, talk: Talk, *, now: datetime) -> Notice | None:
    """Return what people are yet to be told of the talk, if there is anything and anybody."""
    if talk.state is EventState.CANCELLED:
        found = events.pending_cancellation(session, talk.id)
        audience = events.audience(session, talk.id)
    else:
        found = events.pending(session, talk.id)
        audience = _audience(session, talk)
    if found is None or not audience.total:
        return None
    return _notice(session, talk, found, audience, now=now)


def undo_of(session: Session, talk: Talk, *, now: datetime) -> Undo | None:
    """Return what can still be undone of the talk, if anything can."""
    if talk.state is EventState.CANCELLED:
        return _undo_of_cancellation(session, talk, now=now)
    if talk.state not in ACTIVE_STATES or talk.published_at is None:
        return None
    until = waiting.undo_until(talk.published_at)
    if now >= until or events.has_invitees(session, talk.id):
        return None
    return Undo(
        "outreach.undo_publication",
        "Publicada. Ya está en el sitio y en el calendario, con inscripción.",
        f"Puede deshacerlo hasta {_moment(until, now=now)}, mientras nadie se inscriba.",
    )


def _undo_of_cancellation(session: Session, talk: Talk, *, now: datetime) -> Undo | None:
    found = events.pending_cancellation(session, talk.id)
    if found is None or found.due_at <= now or found.last_invitee_id:
        return None
    return Undo(
        "outreach.undo_cancellation",
        "Suspendida.",
        f"Puede deshacerlo hasta {_moment(found.due_at, now=now)}.",
    )


def _audience(session: Session, talk: Talk) -> Audience:
    known = events.versions(session, talk.id)
    current = known.get(talk.version)
    found = events.news(session, talk.id, current, known) if current else {}
    return Audience(
        sum(part.invited for part in found.values()), sum(part.waiting for part in found.values())
    )


def _notice(
    session: Session, talk: Talk, found: Announcement, audience: Audience, *, now: datetime
) -> Notice:
    # Of what was to move and is called off, people believe what held before the move.
    first = events.pending(session, talk.id) or found
    before = events.versions(session, talk.id).get(first.from_version)
    instead = reactions.proposal(talk, now=now)
    mail = notices.preview(found, before=before, instead=instead)
    moved = found.kind is AnnouncementKind.MOVED and before is not None
    return Notice(
        title=TITLES[found.kind],
        sentence=sentence(audience, found.due_at, now=now),
        people=people(audience),
        before=_line(before) if moved and before else "",
        after=_line(talk) if moved else "",
        subject=mail.subject,
        text=mail.plain,
        at_once=found.due_at <= now,
    )


def _line(of: entries.Timed) -> str:
    return f"{entries.when_line(of)}. {entries.place_line(of)}"
