"""What invitees are told about an event, with the invitation that their calendar follows."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from email.utils import parseaddr

from sqlalchemy.orm import Session

from coopoutreach.events import entries, wordings
from coopoutreach.events.happenings import Proposal
from coopoutreach.events.mailboxes import Mailbox
from coopoutreach.events.models import Announcement, Event, EventVersion, Invitee
from coopoutreach.events.rules import (
    ACTIVE_STATES,
    LINK,
    OWN_PAGES,
    AnnouncementKind,
    Answer,
    EventKind,
    Modality,
    Standing,
)
from coopoutreach.mail.incoming.rules import reply_address
from coopoutreach.mail.outgoing import commands as messaging
from coopoutreach.mail.outgoing import rendering
from coopoutreach.mail.outgoing.letters import Calendar, MailDraft, Recipient
from coopoutreach.mail.outgoing.mime import Text
from coopoutreach.mail.outgoing.wording import Wording
from coopoutreach.platform.core import settings, spanish
from coopoutreach.platform.ics.entry import Answer as CalendarAnswer
from coopoutreach.platform.ics.entry import Method, Party
from coopoutreach.platform.ics.invitation import invitation

#: Before reminders in the outbox: whoever would set out must know first.
_URGENT = 5

#: Tells those who are left behind a mailbox that its entry is theirs.
ENTRY = "events/entry"
#: Asks a mailbox that several share whose an answer is.
WHOSE = "events/whose_answer"

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


def request(event: Event, invitee: Invitee, *, mailbox: Mailbox, now: datetime) -> Calendar:
    """Return the invitation that goes along with a letter to an invitee who has a place.

    It is the one entry of their mailbox, and names all in it who have one; it is stamped `now`, or
    just after the one before.
    """
    mailbox.share()
    return _object(event, invitee, mailbox, method=Method.REQUEST, now=now)


def departure(
    session: Session, event: Event, invitee: Invitee, *, mailbox: Mailbox, now: datetime
) -> Calendar | None:
    """Return the withdrawal that goes along with a letter to an invitee who leaves, if any does.

    Where others behind their `mailbox` keep the entry, it stays, and these are told that it is for
    them alone.
    """
    if invitee.told_sequence is None or keep_entry(
        session, event, mailbox=mailbox.without(invitee), now=now
    ):
        return None
    return _object(event, invitee, mailbox, method=Method.CANCEL, now=now)


def keep_entry(session: Session, event: Event, *, mailbox: Mailbox, now: datetime) -> bool:
    """Tell those who are left behind a mailbox that the entry is theirs; return whether it is.

    Of an event that was called off they hear that, or of the entry if it takes place after all.
    """
    told = [one for one in mailbox.holders if one.told_sequence is not None]
    if not told:
        return False
    if event.state in ACTIVE_STATES:
        messaging.owe(session, _entry_letter(event, mailbox, now=now), now=now)
    return True


def _entry_letter(event: Event, mailbox: Mailbox, *, now: datetime) -> MailDraft:
    first = next(one for one in mailbox.holders if one.told_sequence is not None)
    attach = request(event, first, mailbox=mailbox, now=now)
    stamp = first.told_stamp or now
    return letter(
        event,
        first,
        mailbox=mailbox,
        notice=ENTRY,
        version=stamp.isoformat(),
        context={"people": spanish.listed([one.person.name for one in mailbox.holders])},
        attach=attach,
        not_after=event.ends_at,
    )


def _object(
    event: Event, invitee: Invitee, mailbox: Mailbox, *, method: Method, now: datetime
) -> Calendar:
    people = mailbox.holders if method is Method.REQUEST else [invitee]
    names = spanish.listed([one.person.name for one in people])
    is_shared = method is Method.REQUEST and mailbox.is_shared
    name, address = organizer_of(invitee)
    body = invitation(
        event.vevent_invited,
        method=method,
        stamp=mailbox.next_stamp(event, now=now),
        organizer=Party(name, address),
        attendee=Party(names, invitee.person.email),
        note=f"Para: {names}" if is_shared else "",
        answer=_ANSWERS[mailbox.answer if is_shared else invitee.answer],
        may_counter=event.kind is EventKind.MEETING,
    )
    return Calendar(method=method, body=body)


def organizer_of(invitee: Invitee) -> tuple[str, str]:
    """Return whom the calendar that an invitee's mail goes to answers: a name, and an address.

    Where answers by mail are read, the address says whose answer it is: theirs, or one of those
    with whom they share the entry.
    """
    return _addressed(invitee.entry_token or invitee.reply_token)


def _addressed(token: str | None) -> tuple[str, str]:
    current = settings.current()
    name, address = parseaddr(current.mail_from)
    if not current.takes_replies or not token:
        return name, address
    return name, reply_address(address, token)


def withdrawal(event: Event, invitee: Invitee, *, address: str, now: datetime) -> Calendar:
    """Return the withdrawal of an invitation that went to an address by mistake.

    It names nobody, and says of the event no more than anybody may read.
    """
    name, own_address = parseaddr(settings.current().mail_from)
    body = invitation(
        event.vevent,
        method=Method.CANCEL,
        stamp=Mailbox([invitee]).next_stamp(event, now=now),
        organizer=Party(name, own_address),
        attendee=Party("", address),
    )
    return Calendar(method=Method.CANCEL, body=body)


def letter(  # noqa: PLR0913 (each is a part of the letter, and each call names them)
    event: Event,
    invitee: Invitee,
    *,
    mailbox: Mailbox,
    notice: str,
    version: str,
    context: Mapping[str, object] | None = None,
    attach: Calendar | None = None,
    not_after: datetime | None = None,
    priority: int = 10,
) -> MailDraft:
    """Return a letter about an event to one invitee; `version` makes its key unique.

    Where several read their `mailbox`, its subject says whom it is about.
    """
    person = invitee.person
    return MailDraft(
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
        reply_to=_reply_to(invitee, notice) if attach else None,
        about=person.name if mailbox.has_several and notice != ENTRY else "",
    )


def _reply_to(invitee: Invitee, notice: str) -> str | None:
    mailbox = settings.current().mail_from
    token = invitee.entry_token if notice == ENTRY else None
    own, theirs = parseaddr(mailbox)[1], _addressed(token or invitee.reply_token)[1]
    return mailbox.replace(own, theirs) if theirs != own else None


def whose_answer(
    event: Event, holders: Sequence[Invitee], *, address: str, said: str, now: datetime
) -> MailDraft:
    """Return the letter that asks a mailbox whose an answer is, with a link for each of them."""
    ids = "-".join(str(one.id) for one in holders)
    return MailDraft(
        key=f"{WHOSE}:{event.id}:{ids}:{event.sequence}:{said}:{now:%Y-%m-%d}",
        notice=WHOSE,
        to=Recipient("", address),
        context={
            "title": event.title,
            "when": entries.when_line(event),
            "said": said,
            "people": [{"name": one.person.name, "url": link_of(one)} for one in holders],
        },
        event_id=event.id,
        not_after=event.ends_at,
        priority=_URGENT,
    )


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
    announcement: Announcement,
    invitee: Invitee,
    *,
    mailbox: Mailbox,
    wording: Wording | None = None,
) -> MailDraft:
    """Return the letter that reminds an invitee, in the coordination's words if it has any."""
    event, days = announcement.event, announcement.days
    filled = wordings.values(event, name=invitee.person.name, days=days) if wording else {}
    return letter(
        event,
        invitee,
        mailbox=mailbox,
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


def trial(event: Event, wording: Wording, *, to: Recipient, days: int, now: datetime) -> MailDraft:
    """Return a reminder in these words for whoever writes them, and for nobody else."""
    links = settings.current().links
    reader = _facts(event, name=to.name, own_page=links.to(event.path), invited=False)
    filled = wordings.values(event, name=to.name, days=days)
    return MailDraft(
        key=f"trial:{to.address}:{now.isoformat()}",
        notice=wordings.REMINDER,
        to=to,
        context={**reader, "days": days, **wordings.worded(wording, filled)},
    )


def changed(
    announcement: Announcement,
    invitee: Invitee,
    *,
    mailbox: Mailbox,
    kind: AnnouncementKind,
    before: EventVersion | None,
    now: datetime,
) -> MailDraft:
    """Return the letter that tells an invitee of a change; `before` is what they were told last.

    The invitation goes along for whoever has a place. Of a link or of words alone it has the same
    SEQUENCE and a later DTSTAMP, so that calendars follow it and keep the answer.
    """
    event = announcement.event
    has_place = invitee.standing is Standing.INVITED
    attach = request(event, invitee, mailbox=mailbox, now=now) if has_place else None
    return letter(
        event,
        invitee,
        mailbox=mailbox,
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
    mailbox: Mailbox,
    believed: EventVersion | None,
    instead: Proposal | None,
    now: datetime,
) -> MailDraft:
    """Return the letter that an event is off, named by when and where its reader `believed` it."""
    event = announcement.event
    attach = None
    if invitee.told_sequence is not None:
        attach = _object(event, invitee, mailbox, method=Method.CANCEL, now=now)
    return letter(
        event,
        invitee,
        mailbox=mailbox,
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
