"""What invitees are told about an event, with the invitation that their calendar follows."""

from collections.abc import Mapping
from datetime import datetime
from email.utils import parseaddr

from coopoutreach.core import settings
from coopoutreach.events import entries, wordings
from coopoutreach.events.happenings import Proposal
from coopoutreach.events.models import Announcement, Event, EventVersion, Invitee
from coopoutreach.events.rules import (
    LINK,
    OWN_PAGES,
    AnnouncementKind,
    Answer,
    EventKind,
    Modality,
    Standing,
)
from coopoutreach.ics.entry import Answer as CalendarAnswer
from coopoutreach.ics.entry import Method, Party
from coopoutreach.ics.invitation import invitation
from coopoutreach.inbound.rules import reply_address
from coopoutreach.messaging import rendering
from coopoutreach.messaging.letters import Calendar, Letter, Recipient
from coopoutreach.messaging.mime import Text
from coopoutreach.messaging.wording import Wording

#: Before reminders in the outbox: whoever would set out must know first.
_URGENT = 5

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
    token = links.token(LINK, invitee.public_id, invitee.nonce)
    return links.to(f"{OWN_PAGES[invitee.event.kind]}/{token}")


def calendar(
    event: Event, invitee: Invitee, *, method: Method, now: datetime, sequence: int | None = None
) -> Calendar:
    """Return the invitation or its withdrawal for one invitee, stamped `now`.

    Where answers by mail are read, they go to an address that is the invitee's alone.
    """
    name, address = organizer_of(invitee)
    body = invitation(
        event.vevent_invited,
        method=method,
        stamp=now,
        organizer=Party(name, address),
        attendee=Party(invitee.person.name, invitee.person.email),
        answer=_ANSWERS[invitee.answer],
        sequence=sequence,
        may_counter=event.kind is EventKind.MEETING,
    )
    return Calendar(method=method, body=body)


def organizer_of(invitee: Invitee) -> tuple[str, str]:
    """Return whom an invitee's calendar answers: a name, and an address."""
    current = settings.current()
    name, address = parseaddr(current.mail_from)
    if not current.inbox_url or not invitee.reply_token:
        return name, address
    return name, reply_address(address, invitee.reply_token)


def withdrawal(event: Event, *, address: str, now: datetime) -> Calendar:
    """Return the withdrawal of an invitation that went to an address by mistake.

    It names nobody, and says of the event no more than anybody may read.
    """
    name, own_address = parseaddr(settings.current().mail_from)
    body = invitation(
        event.vevent,
        method=Method.CANCEL,
        stamp=now,
        organizer=Party(name, own_address),
        attendee=Party("", address),
    )
    return Calendar(method=Method.CANCEL, body=body)


def letter(  # noqa: PLR0913 (each is a part of the letter, and each call names them)
    event: Event,
    invitee: Invitee,
    *,
    notice: str,
    version: str,
    context: Mapping[str, object] | None = None,
    attach: Calendar | None = None,
    not_after: datetime | None = None,
    priority: int = 10,
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
        priority=priority,
        # B5: whoever answers by hand what carries an invitation is known too.
        reply_to=_reply_to(invitee) if attach else None,
    )


def _reply_to(invitee: Invitee) -> str | None:
    mailbox = settings.current().mail_from
    own, theirs = parseaddr(mailbox)[1], organizer_of(invitee)[1]
    return mailbox.replace(own, theirs) if theirs != own else None


def facts(event: Event, invitee: Invitee) -> dict[str, object]:
    """Return what every mail about an event says: what, when, where, and the person's link."""
    return _facts(
        event,
        name=invitee.person.name,
        own_page=link_of(invitee),
        invited=invitee.standing is Standing.INVITED,
    )


def _facts(event: Event, *, name: str, own_page: str, invited: bool) -> dict[str, object]:
    online = event.modality is not Modality.ROOM and invited
    is_meeting = event.kind is EventKind.MEETING
    return {
        "name": name,
        "title": event.title,
        "when": entries.when_line(event),
        "place": entries.place_line(event),
        "join": event.link if online else "",
        # A meeting has no page for everybody: its people come in by their own link.
        "page": own_page if is_meeting else settings.current().links.to(event.path),
        "own_page": own_page,
        "is_meeting": is_meeting,
    }


def reminder(
    announcement: Announcement, invitee: Invitee, *, wording: Wording | None = None
) -> Letter:
    """Return the letter that reminds an invitee, in the coordination's words if it has any."""
    event, days = announcement.event, announcement.days
    filled = wordings.values(event, name=invitee.person.name, days=days) if wording else {}
    return letter(
        event,
        invitee,
        notice=wordings.REMINDER,
        version=f"{announcement.sequence}:{days}",
        context={"days": days, **wordings.worded(wording, filled)},
        not_after=announcement.not_after,
    )


def look(event: Event, wording: Wording, *, name: str, days: int) -> Text:
    """Return how a reminder in these words reads to `name`, without anybody's own link."""
    links = settings.current().links
    reader = _facts(event, name=name, own_page=links.to(f"{OWN_PAGES[event.kind]}/…"), invited=True)
    filled = wordings.values(event, name=name, days=days)
    context = {**reader, "days": days, **wordings.worded(wording, filled)}
    return rendering.render(wordings.REMINDER, context)


def trial(event: Event, wording: Wording, *, to: Recipient, days: int, now: datetime) -> Letter:
    """Return a reminder in these words for whoever writes them, and for nobody else."""
    links = settings.current().links
    reader = _facts(event, name=to.name, own_page=links.to(event.path), invited=False)
    filled = wordings.values(event, name=to.name, days=days)
    return Letter(
        key=f"trial:{to.address}:{now.isoformat()}",
        notice=wordings.REMINDER,
        to=to,
        context={**reader, "days": days, **wordings.worded(wording, filled)},
    )


def changed(
    announcement: Announcement,
    invitee: Invitee,
    *,
    kind: AnnouncementKind,
    before: EventVersion | None,
    now: datetime,
) -> Letter:
    """Return the letter that tells an invitee of a change; `before` is what they were told last.

    The invitation goes along for whoever has a place. Of a link or of words alone it has the same
    SEQUENCE and a later DTSTAMP, so that calendars follow it and keep the answer.
    """
    event = announcement.event
    has_place = invitee.standing is Standing.INVITED
    attach = calendar(event, invitee, method=Method.REQUEST, now=now) if has_place else None
    return letter(
        event,
        invitee,
        notice=f"events/{kind.value}",
        version=f"v{event.version}",
        context=_of_change(before, waiting=not has_place),
        attach=attach,
        not_after=announcement.not_after,
        priority=_URGENT,
    )


def cancelled(
    announcement: Announcement,
    invitee: Invitee,
    *,
    believed: EventVersion | None,
    instead: Proposal | None,
    now: datetime,
) -> Letter:
    """Return the letter that an event is off, named by when and where its reader `believed` it."""
    event = announcement.event
    attach = None
    if invitee.told_sequence is not None:
        attach = calendar(event, invitee, method=Method.CANCEL, now=now)
    return letter(
        event,
        invitee,
        notice=f"events/{AnnouncementKind.CANCELLED.value}",
        version=f"{announcement.sequence}:0",
        context=_of_cancellation(
            event, believed, instead, waiting=invitee.standing is not Standing.INVITED
        ),
        attach=attach,
        not_after=announcement.not_after,
        priority=_URGENT,
    )


def preview(
    announcement: Announcement, *, before: EventVersion | None, instead: Proposal | None
) -> Text:
    """Return what somebody with a place will read, with their name and their link left out."""
    event, kind = announcement.event, announcement.kind
    links = settings.current().links
    reader = _facts(event, name="…", own_page=links.to(f"{OWN_PAGES[event.kind]}/…"), invited=True)
    if kind is AnnouncementKind.CANCELLED:
        context = _of_cancellation(event, before, instead, waiting=False)
    else:
        context = _of_change(before, waiting=False)
    return rendering.render(f"events/{kind.value}", {**reader, **context})


def _of_change(before: EventVersion | None, *, waiting: bool) -> dict[str, object]:
    return {
        "before_when": entries.when_line(before) if before else "",
        "before_place": entries.place_line(before) if before else "",
        "had_link": bool(before and before.link),
        "waiting": waiting,
    }


def _of_cancellation(
    event: Event, believed: EventVersion | None, instead: Proposal | None, *, waiting: bool
) -> dict[str, object]:
    return {
        "when": entries.when_line(believed or event),
        "place": entries.place_line(believed or event),
        "join": "",
        "reason": event.cancellation_reason,
        "instead": instead,
        "waiting": waiting,
    }
