"""Count an attempt, or refuse it."""

import hashlib
import hmac
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import bindparam, delete, select
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
    length = timedelta(seconds=seconds)
    values = {
        "limit_name": limit_name,
        "key_hash": name,
        "window_start": begin,
        "window_before": begin - length,
        # The window after this one looks back at it.
        "expires_at": begin + 2 * length,
    }
    counting = _add_one(session.get_bind().dialect.name)
    current, before = session.connection().execute(counting, values).one()
    last = before or 0
    share = rules.share_of_last(now, seconds)
    if not rules.is_within(times, current=current, last=last, share=share):
        raise TooOften(rules.wait(times, current=current, last=last, now=now, seconds=seconds))


def forget_ended(session: Session, *, now: datetime) -> int:
    """Delete the counts that no window needs any more; return how many there were."""
    result: Any = session.execute(delete(Attempts).where(Attempts.expires_at <= now))
    return int(result.rowcount)


@cache
def _add_one(dialect: str) -> Any:
    """Return the statement that adds one to a count and tells it, with that of the window before.

    One statement, so that two attempts that come at once are both counted. It is kept: to build
    it takes longer than to run it, and a registration counts three times.
    """
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    table: Any = Attempts.__table__
    before = table.alias()
    counted_before = (
        select(before.c.count)
        .where(
            before.c.limit_name == bindparam("limit_name"),
            before.c.key_hash == bindparam("key_hash"),
            before.c.window_start == bindparam("window_before", type_=table.c.window_start.type),
        )
        .scalar_subquery()
    )
    columns = ("limit_name", "key_hash", "window_start", "expires_at")
    statement = insert(table).values(count=1, **{column: bindparam(column) for column in columns})
    return statement.on_conflict_do_update(
        index_elements=["limit_name", "key_hash", "window_start"],
        set_={"count": table.c.count + 1},
    ).returning(table.c.count, counted_before)


def _hashed(limit_name: str, key: str) -> str:
    secret = settings.current().secret_key.encode()
    return hmac.new(secret, f"{limit_name}\x1f{key}".encode(), hashlib.sha256).hexdigest()
