"""What a database holds, as one hash: to show that something changed nothing."""

import hashlib

import sqlalchemy as sa

from coopoutreach.platform.core.db import Base, Database

#: Tables that keep count of visits themselves: limits, sessions, refused accesses, heartbeats; and
#: the chain over the trail, which grows by each entry, those of refused accesses too.
BOOKKEEPING = frozenset({"attempts", "user_session", "heartbeat", "audit_head", "audit_link"})


def digest(database: Database, *, but: frozenset[str] = frozenset()) -> str:
    """Return the hash of every row of every table, but those that only keep count and `but`."""
    found = hashlib.sha256()
    with database.engine.connect() as connection:
        for table in Base.metadata.sorted_tables:
            if table.name in BOOKKEEPING | but:
                continue
            rows = sa.select(table).order_by(*table.primary_key.columns)
            if table.name == "audit_entry":
                rows = rows.where(table.c.action != "access.denied")
            for row in connection.execute(rows):
                found.update(repr(tuple(row)).encode())
    return found.hexdigest()
