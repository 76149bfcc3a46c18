"""What invitees are told about an event, with the invitation that their calendar follows."""

from collections.abc import Mapping
from datetime import datetime
from email.utils import parseaddr

from coopoutreach.core import settings
from coopoutreach.events import entries
from coopoutreach.events.models import Announcement, Event, Invitee
from coopoutreach.events.rules import LINK, AnnouncementKind, Answer, Modality, Standing
from coopoutreach.ics.entry import Answer as CalendarAnswer
from coopoutreach.ics.entry import Method, Party
from coopoutreach.ics.invitation import invitation
from coopoutreach.messaging.letters import Calendar, Letter, Recipient

#: What an answer is called in a calendar.
_ANSWERS = {
    Answer.PENDING: CalendarAnswer.NEEDS_ACTION,
    Answer.ACCEPTED: CalendarAnswer.ACCEPTED,
    Answer.TENTATIVE: CalendarAnswer.TENTATIVE,
    Answer.DECLINED: CalendarAnswer.DECLINED,
}


def link_of(invitee: Invitee) -> str:
    """Return the address of the invitee's own page."""
    links = settings.current().links
    return links.to(f"/inscripciones/{links.token(LINK, invitee.public_id, invitee.nonce)}")


def calendar(
    event: Event, invitee: Invitee, *, method: Method, now: datetime, sequence: int | None = None
) -> Calendar:
    """Return the invitation or its withdrawal for one invitee, stamped `now`."""
    name, address = parseaddr(settings.current().mail_from)
    body = invitation(
        event.vevent_invited,
        method=method,
        stamp=now,
        organizer=Party(name, address),
        attendee=Party(invitee.person.name, invitee.person.email),
        answer=_ANSWERS[invitee.answer],
        sequence=sequence,
    )
    return Calendar(method=method, body=body)


def letter(  # noqa: PLR0913 (each is a part of the letter, and each call names them)
    event: Event,
    invitee: Invitee,
    *,
    notice: str,
    version: str,
    context: Mapping[str, object] | None = None,
    attach: Calendar | None = None,
    not_after: datetime | None = None,
) -> Letter:
    """Return a letter about an event to one invitee; `version` makes its key unique."""
    person = invitee.person
    return Letter(
        key=f"{notice}:{invitee.id}:{version}",
        notice=notice,
        to=Recipient(person.name, person.email, person.id),
        context={**facts(event, invitee), **(context or {})},
        calendar=attach,
        event_id=event.id,
        invitee_id=invitee.id,
        not_after=not_after,
    )


def facts(event: Event, invitee: Invitee) -> dict[str, object]:
    """Return what every mail about an event says: what, when, where, and the person's link."""
    online = event.modality is not Modality.ROOM and invitee.standing is Standing.INVITED
    return {
        "name": invitee.person.name,
        "title": event.title,
        "when": entries.when_line(event),
        "place": entries.place_line(event),
        "join": event.link if online else "",
        "page": settings.current().links.to(event.path),
        "own_page": link_of(invitee),
    }


def announced(announcement: Announcement, invitee: Invitee, *, now: datetime) -> Letter:
    """Return the letter of an announcement to one invitee."""
    event = announcement.event
    has_place = invitee.standing is Standing.INVITED
    attach = None
    if announcement.kind is AnnouncementKind.CANCELLED and invitee.told_sequence is not None:
        attach = calendar(event, invitee, method=Method.CANCEL, now=now)
    elif announcement.kind is AnnouncementKind.MOVED and has_place:
        attach = calendar(event, invitee, method=Method.REQUEST, now=now)
    return letter(
        event,
        invitee,
        notice=f"events/{announcement.kind.value}",
        version=f"{announcement.sequence}:{announcement.days}",
        context={
            "before": announcement.note,
            "reason": event.cancellation_reason,
            "days": announcement.days,
            "waiting": not has_place,
        },
        attach=attach,
        not_after=announcement.not_after,
    )
