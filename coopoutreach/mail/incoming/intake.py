"""Say what a message is and hand it on: one answer or one report at a time (CALENDAR P1 to P3)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import parseaddr

from sqlalchemy.orm import Session

from coopoutreach.mail.incoming import rules
from coopoutreach.mail.incoming.decision import Decision
from coopoutreach.mail.incoming.happenings import Judged, MailBounced, ReplyReceived, WrittenBy
from coopoutreach.mail.incoming.incoming import Bounced, Incoming
from coopoutreach.mail.incoming.rules import Action, CalendarPart, Reason
from coopoutreach.mail.outgoing import bounces
from coopoutreach.platform.core import reactions, settings
from coopoutreach.platform.ics import reply
from coopoutreach.platform.ics.reply import COUNTER, Answered, Unreadable

#: What is told of a mail that came back, before what the other server said.
_CAME_BACK = "El correo fue devuelto"


@dataclass(frozen=True, slots=True)
class _Found:
    """What a decision is about, before anybody says what becomes of it."""

    method: str | None
    answered: Answered


def decide(session: Session, incoming: Incoming, *, now: datetime) -> Decision:
    """Return what a message leads to, having done it, in the caller's transaction.

    What nobody sent, by its envelope, is word of a delivery; it is an answer only if a calendar
    wrote it to the secret address of an invitee, which no bounce does (SECURITY RS-07).
    """
    if incoming.is_report:
        return _of_report(session, incoming, now=now)
    parts = rules.by_preference(incoming.calendars)
    found = _first_readable(parts)
    if incoming.is_from_nobody and not (found and _is_answer_to_a_secret(incoming, *found)):
        return _of_report(session, incoming, now=now)
    if found is not None:
        return _of_calendar(session, incoming, *found, now=now)
    unreadable = bool(parts) or incoming.has_tnef
    reason = Reason.UNREADABLE if unreadable else Reason.NO_CALENDAR
    return _written(session, incoming, Decision(Action.IGNORE, reason), now=now)


def _first_readable(parts: Sequence[CalendarPart]) -> tuple[CalendarPart, reply.Reply] | None:
    """Return the best part that can be read: of the same object twice, one may be damaged."""
    for part in parts:
        try:
            return part, reply.read(part.body, part.charset)
        except Unreadable:
            continue
    return None


def _is_answer_to_a_secret(incoming: Incoming, part: CalendarPart, read: reply.Reply) -> bool:
    is_answer = rules.is_answer(read.method, part.method)
    return is_answer and bool(rules.tokens_in(incoming.recipients))


def _of_calendar(
    session: Session, incoming: Incoming, part: CalendarPart, read: reply.Reply, *, now: datetime
) -> Decision:
    if rules.is_answer(read.method, part.method):
        decided = _of_answers(session, incoming, read, now=now)
        return replace(decided, waits=rules.comment_waits(decided.reason, decided.comment))
    # An automatic answer that quotes our own invitation is no more than that.
    quoted = incoming.is_automatic and read.method == "REQUEST"
    reason = Reason.AUTO_REPLY if quoted else Reason.METHOD_MISMATCH
    decided = _told(_Found(None, read.answered[0]), Judged(Action.IGNORE, reason))
    # Somebody writes and encloses an invitation, ours or theirs: the words are for a person.
    encloses = part.method in ("", read.method) and bool(incoming.text)
    return _written(session, incoming, decided, now=now) if encloses else decided


def _written(session: Session, incoming: Incoming, decided: Decision, *, now: datetime) -> Decision:
    """Return a decision with whose words they are, which wait for somebody.

    Those of programs, and our own that came back, wait for nobody.
    """
    ours = parseaddr(settings.current().mail_from)[1].lower()
    if incoming.is_automatic or incoming.is_from_nobody or incoming.sender == ours:
        return decided
    answered = bounces.message_among(session, incoming.about)
    is_theirs = answered is not None and answered.recipient.lower() == incoming.sender
    asked = WrittenBy(
        tokens=rules.tokens_in(incoming.recipients),
        sender=incoming.sender,
        invitee_id=answered.invitee_id if answered is not None and is_theirs else None,
    )
    found: list[Judged | None] = reactions.react(session, asked, now=now)
    judged = next((one for one in found if one is not None), None)
    return replace(
        decided,
        waits=True,
        event_id=judged.event_id if judged else None,
        invitee_id=judged.invitee_id if judged else None,
        own_words_only=judged is not None and judged.own_words_only,
    )


def _of_answers(
    session: Session, incoming: Incoming, read: reply.Reply, *, now: datetime
) -> Decision:
    """Return the decision on the first answer that counts, or else on the first."""
    received = ReplyReceived(
        answered=read.answered[0],
        counter=read.method == COUNTER,
        tokens=rules.tokens_in(incoming.recipients),
        sender=incoming.sender,
        # From nobody, only the secret says whose it is.
        is_proven=not incoming.is_from_nobody and _is_proven(incoming),
        sent_at=incoming.sent_at,
    )
    decided = []
    for answered in read.answered:
        asked = replace(received, answered=answered)
        found: list[Judged] = reactions.react(session, asked, now=now)
        decided.append(_told(_Found(read.method, answered), found[0]))
    return next((one for one in decided if one.action is not Action.IGNORE), decided[0])


def _is_proven(incoming: Incoming) -> bool:
    ours = settings.current()
    if ours.reply_authserv_id:
        return rules.passes_dmarc(
            incoming.authentication,
            authserv_id=ours.reply_authserv_id,
            stamped=incoming.stamped if incoming.was_received else (),
        )
    domain = parseaddr(ours.mail_from)[1].rpartition("@")[2]
    return rules.passes_dmarc_on_top(
        incoming.stamped, domain=domain, was_received=incoming.was_received
    )


def _told(found: _Found, judged: Judged) -> Decision:
    answered = found.answered
    first = answered.attendees[0] if answered.attendees else None
    return Decision(
        judged.action,
        judged.reason,
        method=found.method,
        uid=answered.uid or None,
        attendee=judged.attendee or (first.address if first else None),
        partstat=judged.partstat or (first.partstat if first else None),
        recurrence_id=answered.recurrence_id,
        proposed_start=judged.proposed_start,
        proposed_end=judged.proposed_end,
        comment=answered.comment,
        event_id=judged.event_id,
        invitee_id=judged.invitee_id,
        delegated_to=judged.delegated_to or (first.delegated_to if first else ""),
    )


def _of_report(session: Session, incoming: Incoming, *, now: datetime) -> Decision:
    """Return whom of ours a report says is not reached; one that only says later names nobody."""
    failed = [one for one in incoming.bounced if one.failed]
    for one in failed:
        decided = _of_bounce(session, incoming, one, now=now)
        if decided is not None:
            return decided
    if not incoming.bounced and incoming.is_automatic:
        return Decision(Action.IGNORE, Reason.AUTO_REPLY)
    return Decision(Action.BOUNCE, Reason.BOUNCE)


def _of_bounce(
    session: Session, incoming: Incoming, bounced: Bounced, *, now: datetime
) -> Decision | None:
    told = bounced.diagnostic or bounced.status
    reason = f"{_CAME_BACK}: {told}" if told else f"{_CAME_BACK}."
    message = bounces.message_among(session, incoming.about)
    if message is not None and message.recipient.lower() != bounced.address:
        # Forwarded, perhaps: it did not arrive, but of which address it is said is not ours to say.
        bounced = replace(bounced, status="")
    happened = MailBounced(
        invitee_id=message.invitee_id if message else None,
        tokens=rules.tokens_in(incoming.recipients),
        address=message.recipient.lower() if message else bounced.address,
        reason=reason,
    )
    found: list[Judged | None] = reactions.react(session, happened, now=now)
    judged = next((one for one in found if one is not None), None)
    if message is None and judged is None:
        return None
    if message is not None:
        bounces.note(session, message, status=bounced.status, reason=reason, now=now)
    else:
        bounces.hold_if_nobodys(
            session, bounced.address, status=bounced.status, reason=reason, now=now
        )
    return Decision(
        Action.BOUNCE,
        Reason.UNDELIVERABLE,
        uid=(judged.uid or None) if judged else None,
        attendee=judged.attendee if judged else bounced.address,
        event_id=judged.event_id if judged else None,
        invitee_id=judged.invitee_id if judged else None,
    )
