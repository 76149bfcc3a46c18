"""LG-01: the trail is one chain whoever writes, and what goes past the application is located."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import DatabaseError, IntegrityError

from coopoutreach.platform.audit import chain, jobs
from coopoutreach.platform.audit import commands as audit
from coopoutreach.platform.audit.errors import TrailBroken
from coopoutreach.platform.audit.models import ChainHead, ChainLink, Entry
from coopoutreach.platform.audit.verifying import Fault, verify
from tests.factories import NOW

ENTRIES, LINKS = Entry.__table__, ChainLink.__table__
SAID = {"level": "inicial", "seats": 3, "list": ["ñandú", None, 1.5], "inner": {"b": 1, "a": 2}}


def record(session, *, actor="user:1", after=None):
    audit.record(
        session, ("event", 7), action="event.edited", actor=actor, now=NOW,
        before={"seats": 2}, after=after or SAID, address="192.0.2.7",
    )  # fmt: skip


def verified(database):
    with database.reading() as session:
        return verify(session)


@pytest.fixture
def trail(database):
    """Five entries in three transactions; their ids, in order."""
    for count in (1, 3, 1):
        with database.transaction() as session:
            for _ in range(count):
                record(session)
    with database.reading() as session:
        return session.scalars(sa.select(Entry.id).order_by(Entry.id)).all()


def tamper(database, *statements):
    """Change rows as somebody would who has the database: past triggers and keys."""
    with database.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            connection.connection.dbapi_connection.execute("PRAGMA foreign_keys=OFF").close()
        else:
            connection.execute(sa.text("SET session_replication_role = replica"))
        for statement in statements:
            connection.execute(statement)
        connection.commit()
        if connection.dialect.name == "sqlite":
            connection.connection.dbapi_connection.execute("PRAGMA foreign_keys=ON").close()
        else:
            connection.execute(sa.text("SET session_replication_role = DEFAULT"))
            connection.commit()


def moved(entry_id, to):
    return sa.update(LINKS).where(LINKS.c.entry_id == entry_id).values(entry_id=to)


def test_what_was_written_fits(database, trail):
    found = verified(database)
    assert (found.entries, found.broken) == (5, None)
    assert jobs.verify_trail(database, NOW) == 0


def test_an_empty_trail_fits(database):
    assert verified(database).is_whole


def test_what_was_rolled_back_is_not_in_the_chain(database, trail):
    def write_and_fail():
        with database.transaction() as session:
            record(session)
            session.execute(sa.text("SELECT nothing"))

    with pytest.raises(DatabaseError):
        write_and_fail()
    with database.transaction() as session:
        record(session)
    assert verified(database).entries == 6
    assert verified(database).is_whole


CHANGES = {
    "at": NOW.replace(year=2020),
    "actor": "user:2",
    "action": "event.read",
    "thing_kind": "person",
    "thing_id": "8",
    "before": {"seats": 99},
    "after": {},
    "address": None,
}


@pytest.mark.parametrize("column", sorted({one.name for one in ENTRIES.columns} - {"id"}))
def test_a_changed_entry_is_located_whatever_of_it_was_changed(database, trail, column):
    changed = sa.update(ENTRIES).where(ENTRIES.c.id == trail[2])
    tamper(database, changed.values({column: CHANGES[column]}))
    found = verified(database).broken
    assert (found.fault, found.number, found.entry_id) == (Fault.CHANGED, 3, trail[2])
    with pytest.raises(TrailBroken, match=f"registro {trail[2]}"):
        jobs.verify_trail(database, NOW)


def test_what_was_undone_to_a_savepoint_is_not_in_the_chain_and_the_rest_is(database, trail):
    with database.transaction() as session:
        record(session, actor="user:before")
        with pytest.raises(ZeroDivisionError), session.begin_nested():  # noqa: PT012 (what fails is inside)
            record(session, actor="user:undone")
            with session.begin_nested():
                record(session, actor="user:undone-within")
            raise ZeroDivisionError
        with session.begin_nested():
            record(session, actor="user:kept")
        record(session, actor="user:after")
    with database.reading() as session:
        found = session.scalars(sa.select(Entry.actor).order_by(Entry.id.desc()).limit(3)).all()
        links = session.scalar(sa.select(sa.func.count()).select_from(ChainLink))
    assert found == ["user:after", "user:kept", "user:before"]
    assert links == 8
    assert verified(database).is_whole


def test_a_deleted_entry_is_located(database, trail):
    tamper(database, sa.delete(ENTRIES).where(ENTRIES.c.id == trail[1]))
    found = verified(database).broken
    assert (found.fault, found.number, found.entry_id) == (Fault.DELETED, 2, trail[1])


def test_an_entry_that_was_deleted_with_its_link_is_located(database, trail):
    tamper(
        database,
        sa.delete(LINKS).where(LINKS.c.entry_id == trail[1]),
        sa.delete(ENTRIES).where(ENTRIES.c.id == trail[1]),
    )
    found = verified(database).broken
    assert (found.fault, found.number) == (Fault.UNLINKED, 2)


def test_a_trail_that_was_cut_off_at_its_end_is_found(database, trail):
    tamper(
        database,
        sa.delete(LINKS).where(LINKS.c.entry_id == trail[-1]),
        sa.delete(ENTRIES).where(ENTRIES.c.id == trail[-1]),
    )
    found = verified(database).broken
    assert (found.fault, found.number) == (Fault.UNLINKED, 5)


def test_an_entry_that_was_put_in_is_located(database, trail):
    values = {name: value for name, value in CHANGES.items() if name != "address"}
    tamper(database, sa.insert(ENTRIES).values(id=999_999, address="x", **values))
    found = verified(database).broken
    assert (found.fault, found.entry_id) == (Fault.INSERTED, 999_999)


def test_entries_that_changed_places_are_located(database, trail):
    tamper(
        database,
        moved(trail[1], -1),
        moved(trail[3], trail[1]),
        moved(-1, trail[3]),
    )
    found = verified(database).broken
    assert (found.fault, found.number, found.entry_id) == (Fault.CHANGED, 2, trail[3])


def test_a_new_hash_in_place_of_the_old_one_is_located(database, trail):
    tamper(database, sa.update(LINKS).where(LINKS.c.entry_id == trail[2]).values(hash="f00"))
    found = verified(database).broken
    assert (found.fault, found.number) == (Fault.CHANGED, 3)


WRITERS, EACH = 6, 12


def write_at_once(database):
    start = Barrier(WRITERS)

    def write(number):
        start.wait()
        for _ in range(EACH):
            with database.transaction() as session:
                record(session, actor=f"user:{number}")
                record(session, actor=f"user:{number}")

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(write, range(WRITERS)))


def test_writers_at_once_make_one_chain(database):
    write_at_once(database)
    found = verified(database)
    assert (found.entries, found.broken) == (WRITERS * EACH * 2, None)


@pytest.mark.parametrize("engine_name", ["postgresql"])
def test_without_holding_the_head_they_would_not(database, monkeypatch):
    """The negative control; on SQLite whoever writes is alone anyway."""
    with database.transaction() as session:
        record(session)

    def unheld(session):
        return session.execute(sa.select(ChainHead.number, ChainHead.hash)).one()

    monkeypatch.setattr(chain, "_hold_head", unheld)
    with pytest.raises(IntegrityError):
        write_at_once(database)


def test_a_long_transaction_holds_nobody_up(database, engine_name):
    """Only commits wait for one another: the head is held from the last moment on."""
    if engine_name == "sqlite":
        pytest.skip("one writer at a time, whatever they write")
    with database.transaction() as long:
        record(long)
        long.flush()
        with database.transaction() as session:
            session.execute(sa.text("SET LOCAL lock_timeout = '2s'"))
            record(session)
    assert verified(database).entries == 2


def test_a_transaction_of_many_entries_costs_two_statements_more(database, engine_name):
    with database.transaction() as session:
        record(session)
    statements = []

    def count(_conn, _cursor, statement, *_rest):
        statements.append(statement)

    event.listen(database.engine, "before_cursor_execute", count)
    try:
        with database.transaction() as session:
            for _ in range(4):
                record(session)
        written = len(statements)
        statements.clear()
        with database.transaction() as session:
            session.execute(sa.select(1))
    finally:
        event.remove(database.engine, "before_cursor_execute", count)
    assert written == 4 + (2 if engine_name == "postgresql" else 3)
    assert len(statements) == 1, "who writes no entry pays nothing"


def test_the_chain_holds_nothing_of_anybody(database, trail):
    with database.reading() as session:
        links = session.execute(
            sa.select(ChainLink.number, ChainLink.hash).order_by(ChainLink.number)
        ).all()
        head = session.execute(sa.select(ChainHead.number, ChainHead.hash)).one()
    assert [number for number, _hash in links] == [1, 2, 3, 4, 5]
    assert all(len(one) == 64 for _number, one in links)
    assert head == links[-1]
