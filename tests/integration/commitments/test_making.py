from datetime import date

import pytest
import sqlalchemy as sa

from coopoutreach.audit.models import Entry
from coopoutreach.commitments import queries
from coopoutreach.commitments.errors import BadCommitment, WordsAreFixed
from coopoutreach.commitments.rules import EntryKind, State
from coopoutreach.minutes.models import Minutes
from coopoutreach.minutes.rules import State as MinutesState
from tests.factories import NOW, an_institution


def test_commitments_are_numbered_within_their_meeting(make):
    assert [make().number for _ in range(3)] == ["C-2027-03-01", "C-2027-03-02", "C-2027-03-03"]


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


def test_none_is_added_to_a_meeting_whose_minutes_are_approved(make, session, meeting):
    minutes = Minutes(
        meeting_id=meeting.id, state=MinutesState.APPROVED, created_at=NOW, created_by="test"
    )
    session.add(minutes)
    session.flush()
    with pytest.raises(WordsAreFixed):
        make()


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
