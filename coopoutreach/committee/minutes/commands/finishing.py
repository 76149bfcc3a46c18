"""What follows approval: minutes go out to who came; an error is put right in a new version."""

from datetime import datetime

from sqlalchemy.orm import Session

from coopoutreach.committee.minutes import notices, queries
from coopoutreach.committee.minutes.commands.guarding import move
from coopoutreach.committee.minutes.commands.starting import add_part
from coopoutreach.committee.minutes.errors import NotNow, Unfit
from coopoutreach.committee.minutes.models import Decision, Minutes, MinutesPart
from coopoutreach.committee.minutes.rules import LOCKED, LONGEST_OBSERVATION, State
from coopoutreach.events import queries as events
from coopoutreach.platform.audit import commands as audit
from coopoutreach.platform.core.text import clean_text


def publish(session: Session, minutes: Minutes, *, actor: str, now: datetime) -> bool:
    """Send approved minutes to who came and who reviewed them; return whether it had not been done.

    :raises NotNow: if they are not approved
    """
    minutes = queries.lock(session, minutes)
    if minutes.state is State.PUBLISHED:
        return False
    move(session, minutes, State.PUBLISHED, actor=actor, now=now)
    minutes.published_at = now
    session.flush()
    notices.published(session, minutes, now=now)
    return True


def rectify(
    session: Session, minutes: Minutes, summary: str, *, actor: str, now: datetime
) -> Minutes:
    """Begin a new version of approved minutes that puts them right; the old one stays as it is.

    :raises NotNow: if they are not approved, or a newer version is there
    :raises Unfit: if it does not say what it changes
    """
    events.lock_event(session, minutes.meeting_id)
    newest = queries.of_meeting(session, minutes.meeting_id)[0]
    if minutes.state not in LOCKED:
        raise NotNow("El acta todavía no está aprobada: corríjala directamente.")
    if newest.id != minutes.id:
        raise NotNow("Ya hay una versión más nueva de esta acta.")
    words = clean_text(summary)
    if not words or len(words) > LONGEST_OBSERVATION:
        raise Unfit("Diga qué se rectifica, en pocas frases.", field="summary")
    made = Minutes(
        meeting=minutes.meeting,
        version=minutes.version + 1,
        rectifies=minutes,
        rectification=words,
        created_at=now,
        created_by=actor,
    )
    session.add(made)
    session.flush()
    _copy_all(session, minutes, made, actor=actor, now=now)
    thing, after = ("minutes", made.id), {"version": made.version, "rectifies": minutes.id}
    audit.record(session, thing, action="minutes.rectified", actor=actor, now=now, after=after)
    return made


def _copy_all(
    session: Session, minutes: Minutes, made: Minutes, *, actor: str, now: datetime
) -> None:
    copies = {part.id: _copy(session, made, part, actor=actor, now=now) for part in minutes.parts}
    for decision in minutes.decisions:
        session.add(
            Decision(
                minutes_id=made.id,
                part_id=copies[decision.part_id].id if decision.part_id else None,
                ordinal=decision.ordinal,
                number=decision.number,
                text=decision.text,
                addressed_to_id=decision.addressed_to_id,
                reserved_for_id=decision.reserved_for_id,
                created_at=decision.created_at,
            )
        )
    session.flush()


def _copy(
    session: Session, made: Minutes, part: MinutesPart, *, actor: str, now: datetime
) -> MinutesPart:
    copy = MinutesPart(
        position=part.position,
        kind=part.kind,
        item_id=part.item_id,
        title=part.title,
        text=part.text,
        reserved_for_id=part.reserved_for_id,
    )
    add_part(session, made, copy, actor=actor, now=now)
    return copy
