"""Find what somebody agreed to, and the proof of it."""

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, joinedload

from coopoutreach.talks.consents import rules
from coopoutreach.talks.consents.models import Consent
from coopoutreach.talks.consents.rules import Purpose, Scope


def standing(session: Session, person_id: int, scope: Scope) -> Consent | None:
    """Return the newest consent that stands for a purpose, given for this event or for all."""
    return session.scalars(
        select(Consent)
        .where(Consent.person_id == person_id, *_covers(scope), Consent.withdrawn_at.is_(None))
        .options(joinedload(Consent.text))
        .order_by(Consent.id.desc())
        .limit(1)
    ).one_or_none()


def people_who_agreed(
    session: Session, scope: Scope, *, person_ids: Iterable[int] | None = None
) -> set[int]:
    """Return the people whose consent stands for a purpose, of all or of those named."""
    wanted = select(Consent.person_id).where(*_covers(scope), Consent.withdrawn_at.is_(None))
    if person_ids is not None:
        wanted = wanted.where(Consent.person_id.in_(list(person_ids)))
    return set(session.scalars(wanted))


def proof(session: Session, person_id: int) -> Sequence[Consent]:
    """Return all that somebody ever agreed to, oldest first, each with its exact words."""
    return session.scalars(
        select(Consent)
        .where(Consent.person_id == person_id)
        .options(joinedload(Consent.text), joinedload(Consent.event))
        .order_by(Consent.given_at, Consent.id)
    ).all()


def is_intact(consent: Consent) -> bool:
    """Return whether the words that are kept are those that were agreed to."""
    return rules.hash_of(consent.text.text) == consent.text_hash


def purposes_standing(session: Session, person_id: int, event_id: int) -> set[Purpose]:
    """Return what somebody agrees to at an event, now."""
    of_event = or_(Consent.event_id == event_id, Consent.event_id.is_(None))
    return set(
        session.scalars(
            select(Consent.purpose).where(
                Consent.person_id == person_id, of_event, Consent.withdrawn_at.is_(None)
            )
        )
    )


def _covers(scope: Scope) -> tuple[ColumnElement[bool], ...]:
    # What was agreed to for whatever event covers each of them.
    wanted = Consent.event_id == scope.event_id
    return (Consent.purpose == scope.purpose, or_(Consent.event_id.is_(None), wanted))
