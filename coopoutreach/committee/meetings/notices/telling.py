"""Tell people about meetings: at once, or in the one mail a day that some prefer."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy.orm import Session

from coopoutreach.committee.meetings import queries
from coopoutreach.committee.meetings.models import DigestLine, SeriesMember
from coopoutreach.mail.outgoing import commands as messaging
from coopoutreach.mail.outgoing.letters import MailDraft, Recipient
from coopoutreach.people.directory.models import Person
from coopoutreach.platform.core import settings, spanish
from coopoutreach.platform.core.db import insert_once


def tell(
    session: Session,
    to: Person | SeriesMember,
    letter: MailDraft,
    *,
    line: str,
    url: str,
    now: datetime,
) -> bool:
    """Owe a letter about meetings, or a line of the reader's daily mail, if they prefer that.

    `line` says in one sentence what the letter says, and `url` is where it leads. What carries an
    invitation never waits: a calendar must follow at once. Return whether it was not owed before.
    """
    person = to.person if isinstance(to, SeriesMember) else to
    prefers = queries.prefer_digest(session, [person.id], event_id=letter.event_id)
    if letter.calendar is not None or not prefers:
        return messaging.owe(session, letter, now=now)
    return add_line(
        session, letter.key, person.id, event_id=letter.event_id, text=line, url=url, now=now
    )


def add_line(  # noqa: PLR0913 (a line has as many parts)
    session: Session,
    key: str,
    person_id: int,
    *,
    event_id: int | None,
    text: str,
    url: str,
    now: datetime,
) -> bool:
    """Put a line into somebody's next daily mail, once; return whether it is new."""
    values = {
        "key": key,
        "person_id": person_id,
        "event_id": event_id,
        "text": text,
        "url": url,
        "created_at": now,
    }
    statement = insert_once(session, DigestLine, ("key",), returning=DigestLine.id)
    return session.scalar(statement, values) is not None


def digest(person: Person, lines: Sequence[DigestLine], *, day: date) -> MailDraft:
    """Return the one mail of a day."""
    return MailDraft(
        key=f"meetings/digest:{person.id}:{day.isoformat()}",
        notice="meetings/digest",
        to=Recipient(person.name, person.email, person.id),
        context={
            "name": person.name,
            "day": spanish.day(day),
            "lines": [{"text": line.text, "url": line.url} for line in lines],
            "count": len(lines),
            "site": settings.current().links.to("/"),
        },
    )
