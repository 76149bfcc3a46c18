"""Read the whole trail against its chain, and say where it first does not fit."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from coopoutreach.platform.audit import chain
from coopoutreach.platform.audit.models import ChainHead, ChainLink, Entry

#: Rows that are held in memory at a time.
_BATCH = 1000
_ENTRIES: Any = Entry.__table__
_LINKS: Any = ChainLink.__table__


class Fault(StrEnum):
    """In what way the trail does not fit its chain."""

    #: An entry, its place in the chain or its hash says something else than it did.
    CHANGED = "changed"
    #: An entry that the chain knows is gone.
    DELETED = "deleted"
    #: A link of the chain is gone: it jumps, or ends before its head.
    UNLINKED = "unlinked"
    #: An entry that no link knows: it was put in past the application.
    INSERTED = "inserted"


@dataclass(frozen=True, slots=True)
class Broken:
    """The first place where the trail does not fit: the link's number, and the entry's id."""

    fault: Fault
    number: int | None
    entry_id: int | None

    def __str__(self) -> str:
        """Return it in a few words, for the log and for who administers."""
        where = f"eslabón {self.number}, " if self.number is not None else ""
        return f"{_WORDS[self.fault]} ({where}registro {self.entry_id or 'desconocido'})"


_WORDS = {
    Fault.CHANGED: "se cambió",
    Fault.DELETED: "se borró",
    Fault.UNLINKED: "falta en la cadena",
    Fault.INSERTED: "se agregó por fuera",
}


@dataclass(frozen=True, slots=True)
class Verified:
    """How the trail was found: how many entries fit, the hash of the last, and what does not."""

    entries: int
    #: To be compared with that of an earlier night, kept where no writer of the database reaches.
    hash: str
    broken: Broken | None = None

    @property
    def is_whole(self) -> bool:
        """Return whether everything fits."""
        return self.broken is None


def verify(session: Session) -> Verified:
    """Read the whole trail, and return whether it fits its chain and where it first does not.

    In a transaction that only reads: of one moment on SQLite; on PostgreSQL the caller says
    `REPEATABLE READ`, or what is committed meanwhile may look like too much.
    """
    count, last = 0, chain.START
    head = session.execute(sa.select(ChainHead.number, ChainHead.hash)).first()
    rows = session.connection().execute(
        sa.select(_LINKS.c.number, _LINKS.c.entry_id, _LINKS.c.hash, *_ENTRIES.c)
        .select_from(_LINKS.outerjoin(_ENTRIES, _ENTRIES.c.id == _LINKS.c.entry_id))
        .order_by(_LINKS.c.number),
        execution_options={"yield_per": _BATCH},
    )
    with rows:
        for row in rows.mappings():
            fault = _fault_of(row, count + 1, last)
            if fault is not None:
                return Verified(count, last, Broken(fault, count + 1, row["entry_id"]))
            count, last = count + 1, row["hash"]
    number, hashed = (head.number, head.hash) if head is not None else (0, chain.START)
    if (number, hashed) != (count, last):
        return Verified(count, last, Broken(Fault.UNLINKED, count + 1, None))
    inserted = session.scalar(
        sa.select(sa.func.min(_ENTRIES.c.id)).where(
            ~sa.exists().where(_LINKS.c.entry_id == _ENTRIES.c.id)
        )
    )
    if inserted is not None:
        return Verified(count, last, Broken(Fault.INSERTED, None, inserted))
    return Verified(count, last)


def _fault_of(row: Any, number: int, before: str) -> Fault | None:
    """Return what is wrong with the link that should be the next one."""
    if row["number"] != number:
        return Fault.UNLINKED
    if row["id"] is None:
        return Fault.DELETED
    if row["hash"] != chain.hash_of(before, number, chain.content(row)):
        return Fault.CHANGED
    return None
