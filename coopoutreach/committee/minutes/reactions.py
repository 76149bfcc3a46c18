"""How minutes answer what others ask of them; `wiring.py` lists these."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from coopoutreach.committee.commitments.happenings import DraftAsked, WordsAsked
from coopoutreach.committee.meetings.happenings import MinutesAsked, MinutesStand
from coopoutreach.committee.minutes import queries
from coopoutreach.committee.minutes.models import Minutes, ReviewLink
from coopoutreach.committee.minutes.rules import LOCKED, REVIEWED, label
from coopoutreach.committee.minutes.showing import STATES
from coopoutreach.mail.outgoing.happenings import StillWanted
from coopoutreach.mail.outgoing.models import OutgoingMessage
from coopoutreach.platform.scheduler.happenings import AttentionAsked, Concern

#: Letters that ask for something: of no use once nobody is asked.
_ASKS = frozenset({"minutes/review", "minutes/review_reminder", "minutes/signed_off"})


def words_are_fixed(session: Session, asked: WordsAsked, *, now: datetime) -> str:  # noqa: ARG001 (reactions are told the time)
    """Return why what a commitment says cannot change, or nothing if it can."""
    locked = select(Minutes.id).where(
        Minutes.meeting_id == asked.event_id, Minutes.state.in_(LOCKED)
    )
    if session.scalar(locked.limit(1)) is None:
        return ""
    return "El compromiso consta en un acta aprobada: su texto no cambia. Pida una prórroga."


def is_in_draft(session: Session, asked: DraftAsked, *, now: datetime) -> bool:  # noqa: ARG001 (likewise)
    """Return whether the minutes of an event were begun, and never sent to both sides."""
    rows = session.execute(select(Minutes.reviews).where(Minutes.meeting_id == asked.event_id))
    sent = [reviews > 0 for (reviews,) in rows]
    return bool(sent) and not any(sent)


def reason_to_drop(session: Session, asked: StillWanted, *, now: datetime) -> str:
    """Return why a letter that asks to look at minutes is no longer wanted, or nothing."""
    if asked.notice not in _ASKS:
        return ""
    key = session.scalar(select(OutgoingMessage.key).where(OutgoingMessage.id == asked.message_id))
    number = (key or "").removeprefix(f"{asked.notice}:").partition(":")[0]
    link = session.get(ReviewLink, int(number)) if number.isdecimal() else None
    if link is None or not _is_asked(session, link, now=now):
        return "el acta ya no espera respuesta"
    chased = asked.notice != "minutes/review"
    if chased and queries.has_approved(session, link.minutes, link.organisation_id):
        return "su institución ya aprobó el acta"
    return ""


def concerns(session: Session, _asked: AttentionAsked, *, now: datetime) -> list[Concern]:
    """Return the approved minutes of which no PDF could be made, for the coordination's board."""
    return [
        Concern(
            f"No se ha podido hacer el PDF del {_label(one)}",
            "El acta está aprobada y su texto no cambia. Avise a administración.",
            f"{one.meeting.path}/acta",
            "Ver el acta",
            serious=True,
        )
        for one in queries.stuck(session, now=now)
    ]


def _label(minutes: Minutes) -> str:
    return label(minutes.meeting.number, minutes.meeting.year, minutes.version)


def _is_asked(session: Session, link: ReviewLink, *, now: datetime) -> bool:
    """Return whether the review of a link goes on, and its reader is still asked."""
    minutes = link.minutes
    if minutes.state not in REVIEWED or minutes.reviews != link.review:
        return False
    return queries.reviewer(session, minutes.meeting, link.person_id, now=now) is not None


def how_they_stand(
    session: Session,
    asked: MinutesAsked,
    *,
    now: datetime,  # noqa: ARG001 (likewise)
) -> dict[int, MinutesStand]:
    """Return how the last version of each meeting's minutes stands, and whether one is approved."""
    rows = session.execute(
        select(Minutes.meeting_id, Minutes.state)
        .where(Minutes.meeting_id.in_(asked.meeting_ids))
        .order_by(Minutes.meeting_id, Minutes.version)
    )
    found: dict[int, MinutesStand] = {}
    for meeting_id, state in rows:
        before = found.get(meeting_id)
        approved = state in LOCKED or (before is not None and before.approved)
        found[meeting_id] = MinutesStand(STATES[state][1], approved)
    return found
