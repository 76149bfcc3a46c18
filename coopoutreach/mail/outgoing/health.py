"""Answer whoever watches over the application: does mail flow, and how much of it waits."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from coopoutreach.mail.outgoing import queries

#: A message that could go and has not for this long: no worker delivers.
_LONGEST_WAIT = timedelta(minutes=15)
#: Name, what it is, value, labels.
Row = tuple[str, str, float, tuple[tuple[str, str], ...]]


def reasons(session: Session, _asked: object, *, now: datetime) -> list[str]:
    """Return why mail does not flow, or nothing when it does."""
    found = []
    pause = queries.alarming_pause(session, now=now)
    if pause is not None:
        found.append(f"the mail queue stands still ({pause.cause})")
    if queries.oldest_due_age(session, now=now) > _LONGEST_WAIT:
        found.append("a message has been due for more than 15 minutes")
    return found


def figures(session: Session, _asked: object, *, now: datetime) -> list[Row]:
    """Return how many messages stand in each state, and how long the oldest waits."""
    rows: list[Row] = [
        ("messages", "Messages by state.", float(count), (("state", state.value),))
        for state, count in queries.counts(session).items()
    ]
    age = queries.oldest_due_age(session, now=now).total_seconds()
    paused = float(queries.standing_pause(session) is not None)
    rows.append(("message_oldest_due_seconds", "How long the oldest has been due.", age, ()))
    rows.append(("mail_queue_paused", "1 while the queue stands still.", paused, ()))
    return rows
