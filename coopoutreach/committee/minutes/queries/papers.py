"""Find the PDFs of minutes: which are missing, which are signed copies, which one a hash is of."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, extract, func, select
from sqlalchemy.orm import Session, joinedload, undefer

from coopoutreach.committee.meetings.models import Meeting
from coopoutreach.committee.minutes.models import Minutes, SignedCopy
from coopoutreach.committee.minutes.rules import LOCKED

_WITHOUT_PDF: tuple[ColumnElement[bool], ...] = (
    Minutes.state.in_(LOCKED),
    Minutes.pdf_stored_as == "",
    Minutes.code.is_not(None),
)
#: How long the PDF of approved minutes may take before somebody should know.
PATIENCE = timedelta(minutes=10)


def without_pdf(session: Session) -> Sequence[Minutes]:
    """Return approved minutes whose PDF is still to be made, the oldest first."""
    wanted = select(Minutes).where(*_WITHOUT_PDF)
    return session.scalars(wanted.order_by(Minutes.approved_at, Minutes.id)).all()


def stuck(session: Session, *, now: datetime) -> Sequence[Minutes]:
    """Return approved minutes whose PDF should be there by now, and is not, the oldest first."""
    wanted = select(Minutes).where(*_WITHOUT_PDF, Minutes.approved_at < now - PATIENCE)
    return session.scalars(
        wanted.order_by(Minutes.approved_at, Minutes.id).options(joinedload(Minutes.meeting))
    ).all()


def is_stuck(minutes: Minutes, *, now: datetime) -> bool:
    """Return whether the PDF of approved minutes should be there by now, and is not."""
    approved_at = minutes.approved_at
    return not minutes.pdf_stored_as and approved_at is not None and approved_at < now - PATIENCE


def latest_locked(session: Session, meeting_id: int) -> Minutes | None:
    """Return the newest approved version of a meeting's minutes."""
    return session.scalars(
        select(Minutes)
        .where(Minutes.meeting_id == meeting_id, Minutes.state.in_(LOCKED))
        .order_by(Minutes.version.desc())
        .limit(1)
    ).first()


def approved_of_year(session: Session, series_id: int, year: int) -> Sequence[Minutes]:
    """Return the newest approved minutes of each meeting that a series had in a year."""
    newest = (
        select(Minutes.meeting_id, func.max(Minutes.version).label("version"))
        .join(Minutes.meeting)
        .where(
            Meeting.series_id == series_id,
            extract("year", Meeting.wall_start) == year,
            Minutes.state.in_(LOCKED),
        )
        .group_by(Minutes.meeting_id)
        .subquery()
    )
    return session.scalars(
        select(Minutes)
        .join(
            newest,
            (newest.c.meeting_id == Minutes.meeting_id) & (newest.c.version == Minutes.version),
        )
        .join(Minutes.meeting)
        .order_by(Meeting.wall_start)
        .options(undefer(Minutes.content))
    ).all()


def signed_copies(session: Session, minutes: Minutes) -> Sequence[SignedCopy]:
    """Return the copies of minutes that were signed elsewhere, in the order they came."""
    return session.scalars(
        select(SignedCopy)
        .where(SignedCopy.minutes_id == minutes.id)
        .order_by(SignedCopy.id)
        .options(joinedload(SignedCopy.organisation))
    ).all()


def signed_copy(session: Session, meeting: str, copy: str) -> SignedCopy | None:
    """Return a signed copy of the minutes of that meeting; one of another's is none."""
    return session.scalars(
        select(SignedCopy)
        .join(SignedCopy.minutes)
        .join(Minutes.meeting)
        .where(Meeting.public_id == meeting, SignedCopy.public_id == copy)
    ).first()


def of_hash(session: Session, sha256: str) -> Minutes | None:
    """Return the approved minutes whose PDF, or a signed copy of it, has this hash."""
    signed = (
        select(SignedCopy.minutes_id)
        .join(SignedCopy.minutes)
        # Of words that were changed since, it is no copy of what was approved.
        .where(SignedCopy.sha256 == sha256, SignedCopy.created_at >= Minutes.review_began_at)
    )
    return session.scalars(
        select(Minutes)
        .where(
            (Minutes.pdf_sha256 == sha256) | Minutes.id.in_(signed),
            Minutes.state.in_(LOCKED),
            Minutes.code.is_not(None),
        )
        .order_by(Minutes.id)
        .limit(1)
        .options(undefer(Minutes.content))
    ).first()


def names_in_use(session: Session) -> set[str]:
    """Return the names of all bytes that belong to minutes."""
    made = session.scalars(select(Minutes.pdf_stored_as).where(Minutes.pdf_stored_as != ""))
    return {*made, *session.scalars(select(SignedCopy.stored_as))}
