"""Stop the whole queue when the server refuses us, and let it run again when it takes mail."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
import structlog
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from coopoutreach.mail.outgoing import commands, rules
from coopoutreach.mail.outgoing.models import OutgoingMessage, PauseCause, QueuePause
from coopoutreach.mail.outgoing.rules import Verdict
from coopoutreach.mail.outgoing.tries import Outcome

logger = structlog.get_logger(__name__)


def pause_automatically(session: Session, outcome: Outcome, *, now: datetime) -> None:
    """Stop the queue for a while, longer each time in a row; no message is the worse for it."""
    refused = outcome.verdict is Verdict.REFUSES_US
    pause = _pause(session, now=now)
    pause.failures += 1
    pause.until = now + rules.pause(pause.failures, refused=refused)
    answer = outcome.answer
    pause.reason = f"{answer.phase}: {answer.code or ''} {answer.text}" if answer else ""
    if pause.cause is PauseCause.BY_HAND:
        return
    pause.cause = PauseCause.REFUSED if refused else PauseCause.UNREACHABLE
    if refused and answer is not None and answer.phase not in rules.BEFORE_MAIL:
        pause.refused_id = outcome.claimed.id
    log = logger.error if refused else logger.warning
    log("mail.queue_stands_still", reason=pause.reason, until=pause.until.isoformat())


def run_again(session: Session, *, now: datetime) -> None:
    """Let the queue run: the server took a message. Whatever it had refused was at fault itself."""
    pause = session.get(QueuePause, 1, with_for_update=True)
    if pause is None or pause.cause is PauseCause.BY_HAND:
        return
    message = OutgoingMessage
    if pause.refused_id is not None:
        odd = sa.update(message).where(message.id == pause.refused_id)
        session.execute(odd.values(faults=message.faults + 1))
    commands.give_time(session, pause, now=now)
    session.delete(pause)
    logger.info("mail.queue_runs", stood_since=pause.since.isoformat())


def _pause(session: Session, *, now: datetime) -> QueuePause:
    """Return the one row, made if need be: two workers may come to it at once."""
    insert: Any = (
        postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    )
    made = insert(QueuePause).values(
        id=1, since=now, until=now, cause=PauseCause.UNREACHABLE, reason="", failures=0
    )
    session.execute(made.on_conflict_do_nothing(index_elements=["id"]))
    return session.get_one(QueuePause, 1, with_for_update=True)
