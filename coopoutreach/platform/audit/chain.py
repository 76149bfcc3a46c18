"""The chain over the trail: each entry's hash covers what it says and the hash before it.

An entry is written where it happens; its link is made last of all, as the transaction commits, so
that only commits wait for one another and not the transactions before them. A row that is held
meanwhile, the head, makes concurrent writers one chain on either engine. What was changed, taken
out, put in or moved past the triggers no longer fits (SECURITY.md LG-01, `docs/decisions/0033`).
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Session, SessionTransaction

from coopoutreach.platform.audit.models import ChainHead, ChainLink
from coopoutreach.platform.core.db import insert_once

#: Before the first entry.
START = "0" * 64
#: Under which name a session keeps the entries that its transaction wrote and that have no link.
_UNLINKED = "unlinked audit entries"
#: Under which name it keeps how many of them there were at each savepoint that stands.
_MARKS = "audit entries before savepoints"
_HEAD = sa.select(ChainHead.number, ChainHead.hash).where(ChainHead.id == 1)
_LINKS: Any = ChainLink.__table__
_HEADS: Any = ChainHead.__table__


def written(session: Session, entry_id: int, values: Mapping[str, Any]) -> None:
    """Note that the session's transaction wrote an entry: it is linked when that commits."""
    session.info.setdefault(_UNLINKED, []).append((entry_id, content({"id": entry_id, **values})))


def content(values: Mapping[str, Any]) -> str:
    """Return everything that an entry says, in one line that is the same before and after storing.

    `values` is by the names of the columns, `id` among them.
    """
    return json.dumps(
        [
            values["id"],
            values["at"].astimezone(UTC).isoformat(timespec="microseconds"),
            values["actor"],
            values["action"],
            values["thing_kind"],
            values["thing_id"],
            _as_stored(values["before"]),
            _as_stored(values["after"]),
            values["address"],
        ],
        sort_keys=True,
        separators=(",", ":"),
    )


def _as_stored(given: Any) -> Any:
    """Return what JSON makes of it: keys are texts and members their values."""
    return json.loads(json.dumps(given))


def hash_of(before: str, number: int, said: str) -> str:
    """Return the hash of the entry that is number so and so, from 1; `before` is the last one's."""
    return hashlib.sha256(f"{before}\n{number}\n{said}".encode()).hexdigest()


@event.listens_for(Session, "before_commit")
def _link(session: Session) -> None:
    """Link what the transaction wrote: two statements on PostgreSQL, three on SQLite."""
    if session.in_nested_transaction() or not session.info.get(_UNLINKED):
        return  # a savepoint is released: the transaction around it links what is kept
    # All else first: whoever holds the head must wait for nobody.
    session.flush()
    unlinked = session.info.pop(_UNLINKED)
    connection = session.connection()
    head = _hold_head(session)
    number, last = head.number, head.hash
    links = []
    for entry_id, said in unlinked:
        number += 1
        last = hash_of(last, number, said)
        links.append({"number": number, "entry_id": entry_id, "hash": last})
    move = sa.update(_HEADS).where(_HEADS.c.id == 1).values(number=number, hash=last)
    add = sa.insert(_LINKS).values(links)
    if connection.dialect.name == "postgresql":
        # One round trip less while others wait.
        add = add.add_cte(move.cte("moved"))
    else:
        connection.execute(move)
    connection.execute(add)


def _hold_head(session: Session) -> Any:
    """Hold the head until the transaction ends, and return its `number` and `hash`."""
    held = _HEAD.with_for_update()
    connection = session.connection()
    head = connection.execute(held).first()
    if head is None:
        first = {"id": 1, "number": 0, "hash": START}
        session.execute(insert_once(session, ChainHead, ("id",), returning=ChainHead.id), first)
        head = connection.execute(held).one()
    return head


@event.listens_for(Session, "after_transaction_create")
def _mark(session: Session, transaction: SessionTransaction) -> None:
    """Note at a savepoint how much had been written before it."""
    if transaction.nested:
        marks = session.info.setdefault(_MARKS, {})
        marks[transaction] = len(session.info.get(_UNLINKED, ()))


@event.listens_for(Session, "after_rollback")
def _undo(session: Session) -> None:
    """Forget what was written since the savepoint that was rolled back to."""
    mark = session.info.get(_MARKS, {}).get(session.get_nested_transaction())
    if mark is not None and _UNLINKED in session.info:
        del session.info[_UNLINKED][mark:]


@event.listens_for(Session, "after_transaction_end")
def _forget(session: Session, transaction: SessionTransaction) -> None:
    """Forget what a transaction wrote that was rolled back."""
    session.info.get(_MARKS, {}).pop(transaction, None)
    if transaction.parent is None:
        session.info.pop(_UNLINKED, None)
