"""Judge an answer that came by mail, and apply it to the one invitee it is from (P7 to P17).

Who answers is told by the secret in the address they wrote to, or by our own mail server; what
they answer counts if it is about the event as they were told it, and newer than what they answered
before.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from coopoutreach.events import commands, mailboxes, notices, queries, rules, senders
from coopoutreach.events.models import Event, Invitee, TimeProposal
from coopoutreach.events.rules import ACTIVE_STATES, AnnouncementKind, Answer, Source, Standing
from coopoutreach.mail.incoming.happenings import Judged, ReplyReceived
from coopoutreach.mail.incoming.rules import DELEGATED, Action, Reason
from coopoutreach.mail.outgoing import commands as messaging
from coopoutreach.platform.audit import commands as audit
from coopoutreach.platform.ics.reply import Answered, Attendee

ANSWERS = {
    "ACCEPTED": Answer.ACCEPTED,
    "TENTATIVE": Answer.TENTATIVE,
    "DECLINED": Answer.DECLINED,
}
#: Clocks of other people may be ahead; by more than this they would shut out what they say later.
_AHEAD = timedelta(days=1)
#: And behind: an answer by the link, given last, must not be undone by one of before.
_BEHIND = timedelta(minutes=10)
#: Nobody proposes a time that is further away.
_HORIZON = timedelta(days=2 * 365)


def judge(session: Session, received: ReplyReceived, *, now: datetime) -> Judged:
    """Apply an answer if it counts; return what became of it and why."""
    answered = received.answered
    number = senders.event_id_of_uid(session, answered.uid)
    # Nothing of ours recurs by a rule: there is no instance that could be answered.
    if number is None or answered.recurrence_id is not None:
        return Judged(Action.IGNORE, Reason.UNKNOWN_UID)
    # Held from here on: two answers of one person come one after the other.
    event = queries.lock_event(session, number)
    speakers, refusal = _speakers(session, event, received)
    if len(speakers) != 1:
        said = _said_by(answered, received.sender) or next(iter(answered.attendees), None)
        if speakers:
            _ask_whose(session, event, speakers, answered, now=now)
        return _judged(Action.IGNORE, refusal, event, None, said)
    invitee = speakers[0]
    said = _said_by(answered, invitee.person.email_key)
    if said is None:
        raise LookupError("Whoever speaks is an attendee of the answer.")
    reason = _obstacle(session, event, invitee, said, received, now=now)
    if reason is None:
        action, reason = _apply(session, invitee, said, received, now=now)
        judged = _judged(action, reason, event, invitee, said)
        start, end = _proposed(event, answered)
        return replace(judged, proposed_start=start, proposed_end=end)
    if reason is Reason.STALE_SEQUENCE and invitee.answer is Answer.PENDING:
        invitee.stale_answer = ANSWERS.get(said.partstat)
    return _judged(Action.IGNORE, reason, event, invitee, said)


def _judged(
    action: Action, reason: Reason, event: Event, invitee: Invitee | None, said: Attendee | None
) -> Judged:
    return Judged(
        action,
        reason,
        uid=event.uid,
        attendee=said.address if said else "",
        partstat=said.partstat if said else "",
        event_id=event.id,
        invitee_id=invitee.id if invitee else None,
        delegated_to=said.delegated_to if said else "",
    )


def _said_by(answered: Answered, address: str) -> Attendee | None:
    return next((one for one in answered.attendees if one.address == address), None)


def _speakers(
    session: Session, event: Event, received: ReplyReceived
) -> tuple[list[Invitee], Reason]:
    """Return whose answer it may be, and why it is not applied: never by From alone (P8).

    Of several, who share a mailbox and its one entry, nothing says which of them it is.
    """
    attendees = {one.address for one in received.answered.attendees}
    for invitee in senders.invitees_of_tokens(session, event.id, received.tokens):
        if invitee.person.email_key in attendees:
            return [invitee], Reason.APPLIED
    shared = [
        one
        for one in mailboxes.sharing(session, event.id, received.tokens)
        if one.person.email_key in attendees
    ]
    if shared:
        return shared, Reason.UNAUTHENTICATED
    if not received.is_proven or received.sender not in attendees:
        return [], Reason.UNAUTHENTICATED
    known = senders.invitees_of_address(session, event.id, received.sender)
    # Who left long before, and shared no entry with who has one now, is not meant.
    found = [one for one in known if one.standing is Standing.INVITED or one.entry_token] or known
    return found, Reason.UNAUTHENTICATED if found else Reason.NOT_INVITED


def _ask_whose(
    session: Session,
    event: Event,
    speakers: Sequence[Invitee],
    answered: Answered,
    *,
    now: datetime,
) -> None:
    """Ask a mailbox whose an answer is that nothing tells apart: each of them has a link.

    Once a day at the most for the same answer of the same people.
    """
    holders = [one for one in speakers if one.standing is Standing.INVITED]
    if not holders or event.state not in ACTIVE_STATES or event.ends_at <= now:
        return
    if answered.sequence < min(_sequence_told(session, event, one) for one in holders):
        return
    said = _said_by(answered, holders[0].person.email_key)
    letter = notices.whose_answer(
        event,
        holders,
        address=holders[0].person.email,
        said=said.partstat if said and said.partstat in ANSWERS else "",
        now=now,
    )
    messaging.owe(session, letter, now=now)


def _obstacle(
    session: Session,
    event: Event,
    invitee: Invitee,
    said: Attendee,
    received: ReplyReceived,
    *,
    now: datetime,
) -> Reason | None:
    """Return why an answer of this invitee does not count, the weightiest reason first."""
    answered = received.answered
    if event.state not in ACTIVE_STATES or event.ends_at <= now:
        return Reason.CLOSED
    if answered.sequence < _sequence_told(session, event, invitee):
        return Reason.STALE_SEQUENCE
    known = received.counter or said.partstat in ANSWERS or said.partstat == DELEGATED
    return _repeats(event, invitee, received, now=now) or (
        _of_standing(invitee, said) if known else Reason.UNREADABLE
    )


def _of_standing(invitee: Invitee, said: Attendee) -> Reason | None:
    if invitee.standing is Standing.INVITED:
        return None
    gone = invitee.standing is Standing.WITHDRAWN and said.partstat == "DECLINED"
    return Reason.DUPLICATE if gone else Reason.NOT_INVITED


def _sequence_told(session: Session, event: Event, invitee: Invitee) -> int:
    """Return the lowest SEQUENCE of an answer to what holds now, as this invitee was told it.

    An event that moved and moved back rose twice, and was told to nobody: what they answer to the
    time that they know is an answer to this one.
    """
    if invitee.told_sequence is None or invitee.told_sequence >= event.sequence:
        return event.sequence
    told = queries.versions(session, event.id).get(invitee.told_version)
    holds = told is not None and rules.change(told, event) is not AnnouncementKind.MOVED
    return invitee.told_sequence if holds else event.sequence


def _repeats(
    event: Event, invitee: Invitee, received: ReplyReceived, *, now: datetime
) -> Reason | None:
    """Return whether it is what they answered before, or older than that (P12, RS-02).

    Without a DTSTAMP it is as old as the message's Date says; within the minutes by which clocks
    differ, what arrives later was said later.
    """
    answered = received.answered
    stamp, before = answered.stamp, invitee.replied_stamp
    is_told = stamp is not None
    if stamp is None:
        stamp = min(received.sent_at or now, now) + _BEHIND
    if before is not None and min(answered.sequence, event.sequence) <= (
        invitee.replied_sequence or 0
    ):
        if is_told and stamp == before:
            return Reason.DUPLICATE
        if stamp < before:
            return Reason.STALE_DTSTAMP
    by_hand = invitee.answer is not Answer.PENDING and invitee.answer_source is not Source.MAIL
    since = invitee.answered_at if by_hand else None
    if since is not None and stamp < since - (_BEHIND if is_told else timedelta()):
        return Reason.STALE_DTSTAMP
    return None


def _apply(
    session: Session, invitee: Invitee, said: Attendee, received: ReplyReceived, *, now: datetime
) -> tuple[Action, Reason]:
    answered, actor = received.answered, f"mail:invitee:{invitee.id}"
    invitee.replied_sequence = min(answered.sequence, invitee.event.sequence)
    stamp = answered.stamp or min(received.sent_at or now, now)
    # Never back: of two whose clocks differ, the later one would shut nothing out any more.
    invitee.replied_stamp = min(max(stamp, invitee.replied_stamp or stamp), now + _AHEAD)
    if said.partstat == DELEGATED and not received.counter:
        _note_delegation(session, invitee, said, actor=actor, now=now)
        return Action.ACCEPT, Reason.APPLIED
    if received.counter:
        _propose(session, invitee, answered, now=now)
    commands.answer(
        session,
        invitee,
        answer=Answer.TENTATIVE if received.counter else ANSWERS[said.partstat],
        source=Source.MAIL,
        comment=answered.comment,
        actor=actor,
        now=now,
    )
    if received.counter:
        return Action.COUNTER, Reason.COUNTER
    return Action.ACCEPT, Reason.APPLIED


def _note_delegation(
    session: Session, invitee: Invitee, said: Attendee, *, actor: str, now: datetime
) -> None:
    """Keep whom they would send: inviting somebody is for a person to do."""
    whom = f" en {said.delegated_to}" if said.delegated_to else ""
    invitee.answer_comment, invitee.answer_source = f"Delegó{whom}.", Source.MAIL
    thing = ("invitee", invitee.id)
    audit.record(session, thing, action="invitee.delegated", actor=actor, now=now)


def _proposed(event: Event, answered: Answered) -> tuple[datetime | None, datetime | None]:
    """Return from when to when they propose: where the event is, as long as it is, if not told."""
    start, end = (_in_zone(at, event.zone) for at in (answered.starts_at, answered.ends_at))
    if start is None or end is not None:
        return start, end
    lasts = answered.lasts or (timedelta(days=1) if answered.is_whole_days else None)
    return start, _later(start, lasts or event.ends_at - event.starts_at)


def _in_zone(at: datetime | None, zone: str) -> datetime | None:
    return at.replace(tzinfo=ZoneInfo(zone)) if at is not None and at.tzinfo is None else at


def _later(start: datetime, lasts: timedelta) -> datetime | None:
    try:
        if lasts % timedelta(days=1):
            return (start.astimezone(UTC) + lasts).astimezone(start.tzinfo)
        # Days are counted by the calendar: one in which the clocks change has another length.
        return start + lasts
    except OverflowError:
        return None


def _propose(session: Session, invitee: Invitee, answered: Answered, *, now: datetime) -> None:
    """Keep the time that they propose; it moves nothing. One that makes no sense is left out."""
    start, end = _proposed(invitee.event, answered)
    if start is None or end is None or not now < start < end < now + _HORIZON:
        return
    session.add(
        TimeProposal(
            event_id=invitee.event_id,
            invitee_id=invitee.id,
            starts_at=start.astimezone(UTC),
            ends_at=end.astimezone(UTC),
            comment=answered.comment,
            proposed_at=now,
        )
    )
