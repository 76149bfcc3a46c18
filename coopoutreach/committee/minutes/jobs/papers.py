"""Make the PDF of approved minutes, once; erase bytes that belong to no minutes."""

import io
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import structlog
from sqlalchemy.orm import Session

from coopoutreach.committee.minutes import commands, content, pdf, queries
from coopoutreach.committee.minutes.models import Minutes
from coopoutreach.platform.core import settings
from coopoutreach.platform.core.batch import each, note_failure
from coopoutreach.platform.core.db import Database
from coopoutreach.platform.core.errors import DomainError
from coopoutreach.platform.documents.typesetting import BOUNDS
from coopoutreach.platform.files import store, taking

logger = structlog.get_logger(__name__)

ACTOR = "job:minutes"
#: How often the job runs, in seconds.
INTERVAL = 5
#: What was not made in its first minutes is tried once an hour: each try may cost many seconds.
_EAGER, _AGAIN = timedelta(minutes=10), timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class _Approved:
    minutes_id: int
    content: content.Content
    approvals: list[pdf.Signed]
    code: str


def typeset_approved(database: Database, now: datetime) -> int:
    """Make and keep the PDF of approved minutes that have none yet."""
    with database.reading() as session:
        due = [one.id for one in queries.without_pdf(session) if _is_due(one, now)]
    made: list[bool] = []

    def make(minutes_id: int) -> None:
        made.append(_made(database, minutes_id, now=now))

    each(due, make)
    return sum(made)


def _made(database: Database, minutes_id: int, *, now: datetime) -> bool:
    """Make one; what cannot be made is set aside until its next turn, and the others go on."""
    try:
        return _make(database, minutes_id, now=now)
    except DomainError as error:
        logger.error("minutes.not_typeset", minutes=minutes_id, why=type(error).__name__)  # noqa: TRY400 (said by what failed)
        note_failure(f"{type(error).__name__}: {error}")
        return False


def _is_due(minutes: Minutes, now: datetime) -> bool:
    age = now - (minutes.approved_at or now)
    return age < _EAGER or age % _AGAIN < timedelta(seconds=2 * INTERVAL)


def _make(database: Database, minutes_id: int, *, now: datetime) -> bool:
    """Typeset outside of any transaction: nobody waits for a row meanwhile."""
    with database.reading() as session:
        approved = _approved(session, minutes_id)
    if approved is None:
        return False
    document = pdf.acta(
        approved.content,
        approvals=approved.approvals,
        code=approved.code,
        verify_url=pdf.verify_url(approved.code),
        draft=False,
    )
    folder = Path(settings.current().files_url)
    stored = store.save_stream(
        folder, io.BytesIO(document), prefix=commands.PREFIX, most_bytes=BOUNDS.document
    )
    kept = False
    try:
        with database.transaction() as session:
            kept = commands.keep_pdf(session, minutes_id, stored, actor=ACTOR, now=now)
    finally:
        if not kept:
            store.erase(folder, stored.name)
    return kept


def _approved(session: Session, minutes_id: int) -> _Approved | None:
    minutes = session.get(Minutes, minutes_id)
    frozen = content.frozen(minutes) if minutes is not None else None
    if minutes is None or frozen is None or minutes.code is None:
        return None
    return _Approved(minutes.id, frozen, pdf.signed(minutes.approvals), minutes.code)


def erase_papers_of_no_minutes(database: Database, now: datetime) -> int:
    """Erase bytes that belong to no minutes: a crash left them."""
    return taking.erase_nobodys(database, queries.names_in_use, prefix=commands.PREFIX, now=now)
