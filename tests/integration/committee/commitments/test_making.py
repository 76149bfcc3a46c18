from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa

from coopoutreach.committee.commitments import commands, queries
from coopoutreach.committee.commitments.errors import BadCommitment
from coopoutreach.committee.commitments.ledger_table import HEAD, ledger_table
from coopoutreach.committee.commitments.rules import EntryKind, Fields, Reader, State
from coopoutreach.committee.minutes.models import Minutes
from coopoutreach.committee.minutes.rules import State as MinutesState
from coopoutreach.platform.audit.models import Entry
from tests.factories import NOW, an_institution


def test_commitments_are_numbered_within_their_meeting(make):
    assert [make().number for _ in range(3)] == ["C-2027-03-01", "C-2027-03-02", "C-2027-03-03"]


def test_what_a_side_keeps_to_itself_leaves_no_gap_in_what_the_other_sees(make, table, session):
    reserved = {"reserved_for_id": table.corfo.id}
    made = [make(), make(**reserved), make(), make(reserved_for_id=table.federation.id)]
    made += [make(**reserved), make()]
    assert [one.number for one in made] == [
        "C-2027-03-01", "C-2027-03-R01", "C-2027-03-02", "C-2027-03-R01",
        "C-2027-03-R02", "C-2027-03-03",
    ]  # fmt: skip
    assert len({one.ordinal for one in made}) == len(made)


def test_one_that_is_kept_from_a_side_later_is_numbered_apart_from_then_on(make, table, session):
    made, other = make(), make()
    fields = Fields(
        made.action, made.party_id, made.owed_to_id, made.person_id, made.due_on,
        made.verification, reserved_for_id=table.corfo.id,
    )  # fmt: skip
    commands.edit(session, made, fields, actor="user:1", now=NOW)
    assert (made.number, other.number) == ("C-2027-03-R01", "C-2027-03-02")
    commands.edit(session, made, replace(fields, reserved_for_id=None), actor="user:1", now=NOW)
    assert made.number == "C-2027-03-03"


def test_a_commitment_is_pending_and_its_history_begins(make, table):
    made = make()
    assert (made.state, made.progress, made.extensions) == (State.PENDING, 0, 0)
    assert made.first_due_on == made.due_on == date(2027, 4, 15)
    assert [(entry.kind, entry.to_due_on) for entry in made.entries] == [
        (EntryKind.MADE, date(2027, 4, 15))
    ]


def test_it_takes_the_head_and_the_patience_of_its_table(make, table, session):
    table.series.escalation_days = 4
    table.series.parties[1].head_id = table.people[2].id
    session.flush()
    made = make(person_id=table.people[3].id)
    assert (made.head_id, made.escalation_days) == (table.people[2].id, 4)


def test_the_trail_keeps_that_it_was_made_but_not_its_words(make, session):
    made = make("Canario amarillo")
    entry = session.scalars(sa.select(Entry).where(Entry.action == "commitment.made")).one()
    assert entry.thing_id == str(made.id)
    assert "Canario" not in str(entry.after)


def test_one_that_says_nothing_is_refused(make):
    with pytest.raises(BadCommitment):
        make("  ")


def test_it_is_reserved_for_none_but_its_own_sides(make, session):
    with pytest.raises(BadCommitment):
        make(reserved_for_id=an_institution(session, "SERCOTEC").id)


def test_a_rectification_of_approved_minutes_may_add_what_was_forgotten(make, session, meeting):
    minutes = Minutes(
        meeting_id=meeting.id, state=MinutesState.APPROVED, created_at=NOW, created_by="test"
    )
    session.add(minutes)
    session.flush()
    assert make().number == "C-2027-03-01"


def test_what_is_open_between_the_parties_comes_oldest_first(make, session, table):
    late, early = make(due_on=date(2027, 5, 1)), make(due_on=date(2027, 4, 1))
    make().state = State.FULFILLED
    make(owed_to_id=an_institution(session, "SERCOTEC").id)
    session.flush()
    both = {table.federation.id, table.corfo.id}
    assert queries.open_for(session, both, reader=()) == [early, late]
    assert queries.open_for(session, {table.federation.id}, reader=both) == []


def test_what_is_reserved_is_seen_by_its_side_alone(make, session, table):
    make("Canario", reserved_for_id=table.corfo.id)
    both = {table.federation.id, table.corfo.id}
    assert queries.open_for(session, both, reader={table.federation.id}) == []
    assert queries.open_for(session, both, reader=()) == []
    assert len(queries.open_for(session, both, reader={table.corfo.id})) == 1


def test_what_an_event_committed_to_keeps_its_order(make, session, meeting, table):
    first, second = make(due_on=date(2027, 6, 1)), make(due_on=date(2027, 5, 1))
    make(reserved_for_id=table.corfo.id)
    assert queries.of_event(session, meeting.id, reader=()) == [first, second]


def test_boards_tell_what_is_late_soon_or_waits_for_a_word(make, session, table):
    now = datetime(2027, 4, 1, 15, tzinfo=UTC)
    late, soon = make(due_on=date(2027, 3, 31)), make(due_on=date(2027, 4, 8))
    make(due_on=date(2027, 4, 9))
    waits = make(due_on=date(2027, 3, 1))
    waits.state = State.DELIVERED
    make("Canario", due_on=date(2027, 3, 1), reserved_for_id=table.corfo.id)
    make(due_on=date(2027, 3, 1)).state = State.FULFILLED
    session.flush()
    federation = Reader(frozenset({table.federation.id}))
    found = queries.due(session, reader=federation, now=now)
    assert (found.overdue, found.soon, found.unconfirmed) == ([late], [soon], [waits])
    nobodys = queries.due(session, reader=Reader(frozenset()), now=now)
    assert not nobodys.overdue
    assert len(queries.due(session, reader=Reader(frozenset(), sees_all=True), now=now).soon) == 1


def test_who_owes_whom_and_who_keeps_their_dates(make, session, table):
    today = date(2027, 4, 20)
    for due_on, delivered_on, state in (
        (date(2027, 4, 1), date(2027, 4, 1), State.FULFILLED),
        (date(2027, 4, 1), date(2027, 4, 2), State.DELIVERED),
        (date(2027, 4, 19), None, State.IN_PROGRESS),
        (date(2027, 4, 20), None, State.PENDING),
        (date(2027, 4, 1), None, State.DISMISSED),
    ):
        made = make(due_on=due_on)
        made.state, made.delivered_on = state, delivered_on
    made.extensions = 3
    session.flush()
    reader = Reader(frozenset({table.corfo.id}))
    [record] = queries.records(session, reader=reader, today=today)
    assert (record.on_time, record.late, record.open, record.overdue) == (1, 1, 2, 1)
    assert (record.extensions, record.percent_on_time) == (0, 33)
    [debt] = queries.debts(session, reader=reader, today=today)
    assert (debt.party, debt.owed_to, debt.open, debt.overdue) == ("CORFO", "FECRECOOP", 3, 1)


def test_the_table_to_take_away_tells_days_by_the_clocks_of_santiago(make, session):
    made = make()
    late = datetime(2027, 4, 16, 1, 30, tzinfo=UTC)
    commands.confirm(session, made, actor="user:1", now=late)
    [row] = ledger_table([made], today=date(2027, 4, 16)).rows
    told = dict(zip(HEAD, row, strict=True))
    assert (told["Entregado"], told["Cerrado"]) == ("15-04-2027", "15-04-2027")
