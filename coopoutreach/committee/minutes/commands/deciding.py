"""Take down decisions and commitments while the minutes are written."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from coopoutreach.committee.commitments import commands as commitments
from coopoutreach.committee.commitments.models import Commitment
from coopoutreach.committee.meetings.models import Meeting
from coopoutreach.committee.minutes import content, queries
from coopoutreach.committee.minutes.commands.guarding import for_writing
from coopoutreach.committee.minutes.errors import NotNow, Unfit
from coopoutreach.committee.minutes.models import Decision, Minutes, MinutesPart
from coopoutreach.committee.minutes.rules import LONGEST_DECISION, RESERVED_FROM, decision_number
from coopoutreach.committee.minutes.values import Owed
from coopoutreach.platform.audit import commands as audit
from coopoutreach.platform.core.text import clean_line


def add_decision(
    session: Session,
    part: MinutesPart,
    text: str,
    *,
    addressed_to_id: int | None,
    actor: str,
    now: datetime,
) -> Decision:
    """Take down a decision in a part, with the next number of its meeting.

    Of a part that one side keeps to itself the decision is its own, and numbered apart.

    :raises Locked, NotNow: if the words may not change
    :raises Unfit: if it says nothing
    """
    minutes = for_writing(session, part.minutes, now=now)
    words = _words(text)
    side = part.reserved_for_id
    decision = Decision(
        minutes_id=minutes.id,
        part_id=part.id,
        ordinal=_next_ordinal(session, minutes, reserved=side is not None),
        text=words,
        addressed_to_id=_party(minutes, addressed_to_id),
        reserved_for_id=side,
        created_at=now,
    )
    decision.number = _number(session, minutes, decision)
    session.add(decision)
    session.flush()
    session.expire(minutes, ["decisions"])
    _record(session, decision, "made", actor=actor, now=now)
    return decision


def edit_decision(
    session: Session,
    decision: Decision,
    text: str,
    *,
    addressed_to_id: int | None,
    actor: str,
    now: datetime,
) -> None:
    """Change what a decision says, or for whom it is.

    :raises Locked, NotNow: if the words may not change
    :raises Unfit: if it says nothing
    """
    minutes = for_writing(session, decision.minutes, now=now)
    decision.text = _words(text)
    decision.addressed_to_id = _party(minutes, addressed_to_id)
    _record(session, decision, "edited", actor=actor, now=now)


def remove_decision(session: Session, decision: Decision, *, actor: str, now: datetime) -> None:
    """Take a decision out; those after it move up until somebody has been sent the minutes.

    :raises Locked, NotNow: if the words may not change
    """
    minutes = for_writing(session, decision.minutes, now=now)
    _record(session, decision, "removed", actor=actor, now=now)
    gone, side = decision.ordinal, decision.reserved_for_id
    session.delete(decision)
    session.flush()
    session.expire(minutes, ["decisions"])
    if side is not None or minutes.reviews or minutes.version > 1:
        return
    for later in minutes.decisions:
        if gone < later.ordinal < RESERVED_FROM:
            later.ordinal -= 1
            later.number = decision_number(*_number_of(minutes.meeting), later.ordinal)
            session.flush()


def add_commitment(
    session: Session, part: MinutesPart, owed: Owed, *, actor: str, now: datetime
) -> Commitment:
    """Take down a commitment in a part; of a part that one side keeps to itself it is its own.

    :raises Locked, NotNow: if the words may not change
    :raises Unfit: if the institutions are not two of the table
    :raises BadCommitment: if it cannot be
    """
    minutes = for_writing(session, part.minutes, now=now)
    if owed.party_id == owed.owed_to_id and part.reserved_for_id is None:
        raise Unfit("Elija a quién se le debe: la otra institución.", field="owed_to")
    for party_id in (owed.party_id, owed.owed_to_id):
        _party(minutes, party_id)
    meeting = minutes.meeting
    return commitments.make(
        session,
        meeting,
        commitments.Fields(
            action=owed.action,
            party_id=owed.party_id,
            owed_to_id=owed.owed_to_id,
            person_id=owed.person_id,
            due_on=owed.due_on,
            verification=owed.verification,
            reserved_for_id=part.reserved_for_id,
        ),
        number_of=_number_of(meeting),
        actor=actor,
        now=now,
    )


def _number_of(meeting: Meeting) -> tuple[int, int]:
    """Return the year and the number of a meeting.

    :raises NotNow: if it has none yet
    """
    if meeting.year is None or meeting.number is None:
        raise NotNow("La reunión todavía no tiene número.")
    return meeting.year, meeting.number


def _words(text: str) -> str:
    words = clean_line(text)
    if not words:
        raise Unfit("Escriba el acuerdo.", field="text")
    if len(words) > LONGEST_DECISION:
        raise Unfit(f"Un acuerdo tiene a lo más {LONGEST_DECISION} caracteres.", field="text")
    return words


def _party(minutes: Minutes, organisation_id: int | None) -> int | None:
    there = {party.organisation_id for party in minutes.meeting.series.parties}
    if organisation_id is not None and organisation_id not in there:
        raise Unfit("Elija una institución de la mesa.", field="addressed_to")
    return organisation_id


def _next_ordinal(session: Session, minutes: Minutes, *, reserved: bool) -> int:
    of_its_kind = (
        Decision.ordinal >= RESERVED_FROM if reserved else Decision.ordinal < RESERVED_FROM
    )
    last = session.scalar(
        select(func.max(Decision.ordinal)).where(Decision.minutes_id == minutes.id, of_its_kind)
    )
    if reserved:
        return (last or RESERVED_FROM - 1) + 1
    return max(last or 0, _told(minutes)) + 1


def _told(minutes: Minutes) -> int:
    """Return the last number that somebody was sent: one taken out since names nothing else."""
    versions = [one for one in (minutes, minutes.rectifies) if one is not None]
    return max(
        (
            int(decision["number"].rpartition("-")[2])
            for one in versions
            for decision in (content.frozen(one) or {}).get("decisions", ())
        ),
        default=0,
    )


def _number(session: Session, minutes: Minutes, decision: Decision) -> str:
    year, meeting = _number_of(minutes.meeting)
    side = decision.reserved_for_id
    if side is None:
        return decision_number(year, meeting, decision.ordinal)
    own = [one for one in queries.decisions(session, minutes, reader={side}) if one.reserved_for_id]
    last = max((int(one.number.rpartition("R")[2]) for one in own), default=0)
    return decision_number(year, meeting, last + 1, reserved=True)


def _record(session: Session, decision: Decision, what: str, *, actor: str, now: datetime) -> None:
    # Not its words: the trail is read by people from whom they may be kept.
    audit.record(
        session,
        ("minutes", decision.minutes_id),
        action=f"decision.{what}",
        actor=actor,
        now=now,
        after={"number": decision.number},
    )
