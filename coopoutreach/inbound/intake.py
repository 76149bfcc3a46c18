"""Say what a message is and hand it on: one answer or one report at a time (CALENDAR P1 to P3)."""

from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import parseaddr

from sqlalchemy.orm import Session

from coopoutreach.core import reactions, settings
from coopoutreach.ics import reply
from coopoutreach.ics.reply import COUNTER, Answered, Unreadable
from coopoutreach.inbound import rules
from coopoutreach.inbound.decision import Decision
from coopoutreach.inbound.happenings import Judged, MailBounced, ReplyReceived
from coopoutreach.inbound.incoming import Bounced, Incoming
from coopoutreach.inbound.rules import Action, CalendarPart, Reason
from coopoutreach.messaging import bounces

#: What is told of a mail that came back, before what the other server said.
_CAME_BACK = "El correo fue devuelto"


@dataclass(frozen=True, slots=True)
class _Found:
    """What a decision is about, before anybody says what becomes of it."""

    method: str | None
    answered: Answered


def decide(session: Session, incoming: Incoming, *, now: datetime) -> Decision:
    """Return what a message leads to, having done it, in the caller's transaction."""
    if incoming.is_report:
        return _of_report(session, incoming, now=now)
    part = rules.chosen(incoming.calendars)
    if part is not None:
        return _of_calendar(session, incoming, part, now=now)
    reason = Reason.UNREADABLE if incoming.has_tnef else Reason.NO_CALENDAR
    return Decision(Action.IGNORE, reason)


def _of_calendar(
    session: Session, incoming: Incoming, part: CalendarPart, *, now: datetime
) -> Decision:
    try:
        read = reply.read(part.body)
    except Unreadable:
        return Decision(Action.IGNORE, Reason.UNREADABLE)
    if not rules.is_answer(read.method, part.method):
        # An automatic answer that quotes our own invitation is no more than that.
        quoted = incoming.is_automatic and read.method == "REQUEST"
        reason = Reason.AUTO_REPLY if quoted else Reason.METHOD_MISMATCH
        return _told(_Found(None, read.answered[0]), Judged(Action.IGNORE, reason))
    return _of_answers(session, incoming, read, now=now)


def _of_answers(
    session: Session, incoming: Incoming, read: reply.Reply, *, now: datetime
) -> Decision:
    """Return the decision on the first answer that counts, or else on the first."""
    received = ReplyReceived(
        answered=read.answered[0],
        counter=read.method == COUNTER,
        tokens=rules.tokens_in(incoming.recipients),
        sender=incoming.sender,
        is_proven=_is_proven(incoming),
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
        return rules.passes_dmarc(incoming.authentication, authserv_id=ours.reply_authserv_id)
    domain = parseaddr(ours.mail_from)[1].rpartition("@")[2]
    return rules.passes_dmarc_on_top(incoming.stamped, domain=domain)


def _told(found: _Found, judged: Judged) -> Decision:
    answered = found.answered
    first = answered.attendees[0] if answered.attendees else None
    counter = judged.action is Action.COUNTER
    return Decision(
        judged.action,
        judged.reason,
        method=found.method,
        uid=answered.uid or None,
        attendee=judged.attendee or (first.address if first else None),
        partstat=judged.partstat or (first.partstat if first else None),
        recurrence_id=answered.recurrence_id,
        proposed_start=answered.starts_at if counter else None,
        proposed_end=answered.ends_at if counter else None,
        comment=answered.comment,
        event_id=judged.event_id,
        invitee_id=judged.invitee_id,
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
