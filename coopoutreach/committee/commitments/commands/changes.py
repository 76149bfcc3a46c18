"""Change what a commitment says, and until when it is owed."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from coopoutreach.committee.commitments import notices, numbering, queries
from coopoutreach.committee.commitments.commands.making import refuse_if_fixed
from coopoutreach.committee.commitments.errors import BadCommitment, NotNow
from coopoutreach.committee.commitments.fields import check, put, summary
from coopoutreach.committee.commitments.history import Said, add, lock, reason
from coopoutreach.committee.commitments.models import Commitment
from coopoutreach.committee.commitments.rules import EntryKind, Fields
from coopoutreach.platform.core import spanish
from coopoutreach.platform.core.text import clean_line


def edit(
    session: Session, commitment: Commitment, fields: Fields, *, actor: str, now: datetime
) -> None:
    """Change what a commitment says, as long as its minutes are not approved.

    Another responsible person is no other commitment: that may change as long as it is open.

    :raises NotNow: if it is over
    :raises WordsAreFixed: if its words, its sides or its date would change in approved minutes
    :raises BadCommitment: if it would say nothing
    """
    lock(session, commitment, EntryKind.EDITED)
    check(fields)
    if not _differs(commitment, fields):
        return
    if _says_otherwise(commitment, fields):
        refuse_if_fixed(session, commitment.event_id, now=now)
    before = summary(commitment)
    changed_side = commitment.party_id != fields.party_id
    if commitment.first_due_on == commitment.due_on:
        # No date was moved: this is what was agreed.
        commitment.first_due_on = fields.due_on
    if commitment.reserved_for_id != fields.reserved_for_id:
        numbering.renumber(session, commitment, fields.reserved_for_id)
    put(commitment, fields)
    if changed_side:
        side = queries.side_of(session, commitment.event_id, fields.party_id, now=now)
        commitment.head_id = side.head_id if side else None
    session.flush()
    session.expire(commitment, ["party", "owed_to", "person", "reserved_for", "head"])
    add(session, commitment, EntryKind.EDITED, Said(), before=before, actor=actor, now=now)


def extend(
    session: Session, commitment: Commitment, due_on: date, note: str, *, actor: str, now: datetime
) -> None:
    """Move the date of a commitment, with the reason: it is counted, and both dates are kept.

    The same date again adds nothing, so that a button pressed twice moves it once.

    :raises NotNow: if nothing is owed any more
    :raises BadCommitment: if the date is past or there is no reason
    """
    lock(session, commitment, EntryKind.EXTENDED)
    said = Said(reason(note, field="reason"))
    if due_on == commitment.due_on:
        return
    _check_date(due_on, now=now)
    before = summary(commitment)
    dates = (commitment.due_on, due_on)
    commitment.due_on = due_on
    commitment.extensions += 1
    entry = add(
        session,
        commitment,
        EntryKind.EXTENDED,
        said,
        before=before,
        dates=dates,
        actor=actor,
        now=now,
    )
    notices.extended(session, commitment, entry, now=now)


def ask_extension(
    session: Session, commitment: Commitment, due_on: date, note: str, *, actor: str, now: datetime
) -> None:
    """Ask, for the side that owes it, for another date; the other side or staff grant it.

    Asked twice, it is asked once.

    :raises NotNow: if nothing is owed any more
    :raises BadCommitment: if the date is no later one or there is no reason
    """
    lock(session, commitment, EntryKind.ASKED)
    said = Said(reason(note, field="reason"))
    if due_on <= commitment.due_on:
        raise BadCommitment("Proponga una fecha posterior al plazo actual.", field="due_on")
    _check_date(due_on, now=now)
    pending = queries.asked_extension(session, commitment)
    if pending is not None and pending.to_due_on == due_on:
        return
    before = summary(commitment)
    dates = (commitment.due_on, due_on)
    entry = add(
        session, commitment, EntryKind.ASKED, said, before=before, dates=dates, actor=actor, now=now
    )
    notices.asked(session, commitment, entry, now=now)


def grant_extension(
    session: Session, commitment: Commitment, note: str = "", *, actor: str, now: datetime
) -> None:
    """Move the date to the one that was asked for; the reason is whoever asked's.

    :raises NotNow: if nobody asks
    """
    lock(session, commitment, EntryKind.EXTENDED)
    pending = queries.asked_extension(session, commitment)
    if pending is None or pending.to_due_on is None:
        raise NotNow("Nadie pide otra fecha: ya se respondió.")
    said = note if clean_line(note) else pending.note
    extend(session, commitment, pending.to_due_on, said, actor=actor, now=now)


def decline_extension(
    session: Session, commitment: Commitment, note: str, *, actor: str, now: datetime
) -> None:
    """Keep the date, though another was asked for, with the reason.

    :raises NotNow: if nobody asks
    :raises BadCommitment: if there is no reason
    """
    lock(session, commitment, EntryKind.DECLINED)
    pending = queries.asked_extension(session, commitment)
    if pending is None:
        raise NotNow("Nadie pide otra fecha: ya se respondió.")
    said = Said(reason(note))
    before = summary(commitment)
    entry = add(session, commitment, EntryKind.DECLINED, said, before=before, actor=actor, now=now)
    notices.extended(session, commitment, entry, now=now)


def _check_date(due_on: date, *, now: datetime) -> None:
    if due_on < spanish.wall(now).date():
        raise BadCommitment("La nueva fecha ya pasó.", field="due_on")


def _says_otherwise(commitment: Commitment, fields: Fields) -> bool:
    """Return whether what stands in the minutes would change."""
    return (
        commitment.action,
        commitment.party_id,
        commitment.owed_to_id,
        commitment.due_on,
        commitment.verification,
        commitment.reserved_for_id,
    ) != (
        clean_line(fields.action),
        fields.party_id,
        fields.owed_to_id,
        fields.due_on,
        clean_line(fields.verification),
        fields.reserved_for_id,
    )


def _differs(commitment: Commitment, fields: Fields) -> bool:
    return commitment.person_id != fields.person_id or _says_otherwise(commitment, fields)
