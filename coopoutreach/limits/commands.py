"""Count an attempt, or refuse it."""

import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from coopoutreach.core import settings
from coopoutreach.limits import rules
from coopoutreach.limits.errors import TooOften
from coopoutreach.limits.models import Attempts


def check_and_count(
    session: Session, limit_name: str, key: str, *, allowed: tuple[int, int], now: datetime
) -> None:
    """Count one attempt of `key`, of which (times, seconds) are allowed.

    An attempt that is refused rolls back with its transaction and so is not counted: who waits
    as long as `retry_after` says is let through.

    :raises TooOften: if there were too many
    """
    times, seconds = allowed
    name = _hashed(limit_name, rules.network_of(key))
    begin = rules.window_start(now, seconds)
    current = _add_one(session, (limit_name, name, begin), expires_at=_ends(begin, seconds))
    last = session.scalar(
        select(Attempts.count).where(
            Attempts.limit_name == limit_name,
            Attempts.key_hash == name,
            Attempts.window_start == begin - timedelta(seconds=seconds),
        )
    )
    share = rules.share_of_last(now, seconds)
    if not rules.is_within(times, current=current, last=last or 0, share=share):
        raise TooOften(rules.wait(times, current=current, last=last or 0, now=now, seconds=seconds))


def forget_ended(session: Session, *, now: datetime) -> int:
    """Delete the counts that no window needs any more; return how many there were."""
    result: Any = session.execute(delete(Attempts).where(Attempts.expires_at <= now))
    return int(result.rowcount)


def _add_one(session: Session, key: tuple[str, str, datetime], *, expires_at: datetime) -> int:
    """Add one to a count, in one statement: two that come at once are both counted."""
    dialect = session.get_bind().dialect.name
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    limit_name, key_hash, begin = key
    statement = insert(Attempts).values(
        limit_name=limit_name, key_hash=key_hash, window_start=begin, count=1, expires_at=expires_at
    )
    statement = statement.on_conflict_do_update(
        index_elements=["limit_name", "key_hash", "window_start"],
        set_={"count": Attempts.count + 1},
    )
    return session.execute(statement.returning(Attempts.count)).scalar_one()


def _ends(begin: datetime, seconds: int) -> datetime:
    # The window after this one looks back at it.
    return begin + timedelta(seconds=2 * seconds)


def _hashed(limit_name: str, key: str) -> str:
    secret = settings.current().secret_key.encode()
    return hmac.new(secret, f"{limit_name}\x1f{key}".encode(), hashlib.sha256).hexdigest()
