"""Count an attempt, or refuse it."""

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import delete, func, literal_column, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from coopoutreach.platform.core import settings
from coopoutreach.platform.limits import rules
from coopoutreach.platform.limits.errors import TooOften
from coopoutreach.platform.limits.models import Attempts


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try, as one limit counts it: by what key, and how many (times, seconds) are allowed."""

    limit_name: str
    key: str
    allowed: tuple[int, int]


def check_and_count(session: Session, attempts: Iterable[Attempt], *, now: datetime) -> None:
    """Count each of `attempts`, all of them in one statement.

    A try that one of its limits refuses rolls back with its transaction and so is counted by none:
    who waits as long as `retry_after` says is let through.

    :raises TooOften: if there were too many
    """
    by_key = {_key(attempt): attempt for attempt in attempts}
    counting = _add_one(session.get_bind().dialect.name)
    rows = [_row(*key, by_key[key].allowed[1], now=now) for key in by_key]
    waits = [
        _wait(by_key[limit_name, key_hash].allowed, current=current, last=last or 0, now=now)
        for limit_name, key_hash, current, last in session.connection().execute(counting, rows)
    ]
    if any(waits):
        raise TooOften(max(waits))


def _wait(allowed: tuple[int, int], *, current: int, last: int, now: datetime) -> int:
    """Return after how many seconds one more attempt would pass; 0 if this one does."""
    times, seconds = allowed
    if rules.is_within(times, current=current, last=last, share=rules.share_of_last(now, seconds)):
        return 0
    return rules.wait(times, current=current, last=last, now=now, seconds=seconds)


def forget_ended(session: Session, *, now: datetime) -> int:
    """Delete the counts that no window needs any more; return how many there were."""
    result: Any = session.execute(delete(Attempts).where(Attempts.expires_at <= now))
    return int(result.rowcount)


@cache
def _add_one(dialect: str) -> Any:
    """Return the statement that adds one to counts and tells them, with those of the window before.

    One statement, so that attempts that come at once are all counted. It is kept: to build it takes
    longer than to run it, and every registration counts.
    """
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    table: Any = Attempts.__table__
    before = table.alias()
    # Named in full: after RETURNING, SQLAlchemy leaves out which table a column is of on SQLite.
    begin: Any = literal_column("attempts.window_start")
    counted_before = (
        select(func.max(before.c.count))
        .where(
            before.c.limit_name == literal_column("attempts.limit_name"),
            before.c.key_hash == literal_column("attempts.key_hash"),
            # The window before is the one that had not expired yet as this one began.
            before.c.window_start < begin,
            before.c.expires_at > begin,
        )
        .scalar_subquery()
    )
    return (
        insert(table)
        .on_conflict_do_update(
            index_elements=["limit_name", "key_hash", "window_start"],
            set_={"count": table.c.count + 1},
        )
        .returning(table.c.limit_name, table.c.key_hash, table.c.count, counted_before)
    )


def _row(limit_name: str, key_hash: str, seconds: int, *, now: datetime) -> dict[str, Any]:
    begin = rules.window_start(now, seconds)
    return {
        "limit_name": limit_name,
        "key_hash": key_hash,
        "window_start": begin,
        "count": 1,
        # The window after this one looks back at it.
        "expires_at": begin + timedelta(seconds=2 * seconds),
    }


def _key(attempt: Attempt) -> tuple[str, str]:
    """Return what an attempt is kept under: nobody can read from it who it was."""
    secret = settings.current().secret_key.encode()
    key = f"{attempt.limit_name}\x1f{rules.network_of(attempt.key)}".encode()
    return attempt.limit_name, hmac.new(secret, key, hashlib.sha256).hexdigest()
