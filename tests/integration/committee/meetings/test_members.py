"""The standing list: who sits for whom, who approves, and what the trail keeps of it."""

import pytest
from sqlalchemy import select

from coopoutreach.committee.meetings import commands, queries
from coopoutreach.committee.meetings.errors import AlreadyMember, NotOfTheTable
from coopoutreach.committee.meetings.fields import MemberFields
from coopoutreach.committee.meetings.rules import Capacity
from coopoutreach.platform.audit.models import Entry
from tests.factories import a_person, a_post, a_table, an_institution


@pytest.fixture
def table(session):
    return a_table(session)


def names(session, table):
    return [m.person.name.split()[0] for m in queries.members_of(session, table.series.id)]


def add(session, table, person, now, **changes):
    given = {
        "person_id": person.id,
        "organisation_id": table.corfo.id,
        "capacity": Capacity.ALTERNATE,
        "post": "Ejecutiva",
        **changes,
    }
    return commands.add_member(
        session, table.series, MemberFields(**given), actor="user:1", now=now
    )


def member(session, table, place):
    return queries.members_of(session, table.series.id)[place]


def test_somebody_joins_at_the_end_in_place_of_somebody_of_their_institution(session, table, now):
    marcela = member(session, table, 2)
    ana = add(session, table, a_person(session, name="Ana Vera"), now, deputy_for_id=marcela.id)
    assert names(session, table)[-1] == "Ana"
    assert ana.deputy_for is marcela


def test_nobody_is_there_twice(session, table, now):
    with pytest.raises(AlreadyMember):
        add(session, table, table.people[0], now)


def test_who_left_is_taken_up_again_as_the_same_row(session, table, now):
    pedro = member(session, table, 3)
    commands.end_member(session, pedro, actor="user:1", now=now)
    assert names(session, table) == ["Jorge", "Rosa", "Marcela"]
    again = add(session, table, table.people[3], now, capacity=Capacity.PRINCIPAL, approves=True)
    assert again.id == pedro.id
    assert again.approves
    assert names(session, table) == ["Jorge", "Rosa", "Marcela", "Pedro"]


def test_only_for_an_institution_that_sits_there(session, table, now):
    other = an_institution(session, "SERCOTEC")
    with pytest.raises(NotOfTheTable):
        add(session, table, a_person(session), now, organisation_id=other.id)


def test_nobody_stands_in_for_the_other_side(session, table, now):
    jorge = member(session, table, 0)
    with pytest.raises(NotOfTheTable):
        add(session, table, a_person(session), now, deputy_for_id=jorge.id)


def test_a_guest_approves_nothing(session, table, now):
    guest = add(session, table, a_person(session), now, capacity=Capacity.GUEST, approves=True)
    assert not guest.approves


def test_a_principal_stands_in_for_nobody(session, table, now):
    marcela = member(session, table, 2)
    ana = add(
        session,
        table,
        a_person(session),
        now,
        capacity=Capacity.PRINCIPAL,
        deputy_for_id=marcela.id,
    )
    assert ana.deputy_for_id is None


def test_who_stood_in_for_somebody_that_leaves_stands_in_for_nobody(session, table, now):
    marcela = member(session, table, 2)
    ana = add(session, table, a_person(session), now, deputy_for_id=marcela.id)
    commands.end_member(session, marcela, actor="user:1", now=now)
    assert ana.deputy_for_id is None


def test_the_order_is_within_an_institution(session, table, now):
    commands.move_member(session, member(session, table, 3), up=True, actor="user:1", now=now)
    assert names(session, table) == ["Jorge", "Rosa", "Pedro", "Marcela"]
    commands.move_member(session, member(session, table, 2), up=True, actor="user:1", now=now)
    assert names(session, table) == ["Jorge", "Rosa", "Pedro", "Marcela"]
    commands.move_member(session, member(session, table, 0), up=False, actor="user:1", now=now)
    assert names(session, table) == ["Rosa", "Jorge", "Pedro", "Marcela"]


def test_a_change_is_kept_and_is_in_the_trail_without_names(session, table, now):
    pedro = member(session, table, 3)
    fields = MemberFields(
        pedro.person_id, table.corfo.id, Capacity.ACTING, post="Abogado", digest=True
    )
    commands.edit_member(session, pedro, fields, actor="user:1", now=now)
    assert (pedro.capacity, pedro.post, pedro.digest) == (Capacity.ACTING, "Abogado", True)
    entry = session.scalars(select(Entry).where(Entry.action == "member.edited")).one()
    assert "Pedro" not in str(entry.after)


def test_who_may_be_chosen_are_people_of_the_institutions_and_their_units(session, table, now):
    unit = an_institution(session, "Gerencia", kind="unit", parent_id=table.corfo.id)
    ana = a_person(session, name="Ana Vera")
    a_post(session, ana, unit)
    a_post(session, a_person(session, name="De Otra"), an_institution(session, "SERCOTEC"))
    blocked = a_person(session, name="Bloqueada", blocked_at=now)
    a_post(session, blocked, table.corfo)
    posts = queries.posts_at(session, [table.corfo.id], today=now.date())
    assert [post.person.name for post in posts] == ["Ana Vera", "Marcela Ríos", "Pedro Núñez"]
    assert {queries.party_of(post) for post in posts} == {table.corfo.id}
