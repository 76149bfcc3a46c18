from datetime import date, timedelta
from threading import Barrier, Thread

import pytest
import sqlalchemy as sa
from sqlalchemy import select

from coopoutreach.people.accounts import commands as accounts
from coopoutreach.people.accounts import queries as account_queries
from coopoutreach.people.directory import commands, predicates, queries
from coopoutreach.people.directory.errors import (
    AccessRefused,
    EndsTooSoon,
    PersonTaken,
    PostEnded,
    PostTaken,
)
from coopoutreach.people.directory.models import Person
from coopoutreach.people.directory.rules import Access, Member
from coopoutreach.platform.access.permissions import Role
from coopoutreach.platform.audit.models import Entry
from tests.factories import a_cooperative, a_person, a_user

ACTOR = "user:1"
TODAY = date(2026, 11, 24)


@pytest.fixture
def cooperative(session):
    return a_cooperative(session, name="Cobre Alto")


@pytest.fixture
def corfo(session, now):
    return commands.create_institution(
        session, name="CORFO", short_name="CORFO", actor=ACTOR, now=now
    )


def affiliate(session, person, organisation, now, post="Gerenta general"):
    return commands.affiliate(session, person, organisation, post=post, actor=ACTOR, now=now)


def grant(session, affiliation, access, now):
    commands.grant_access(session, affiliation, access=access, actor=ACTOR, now=now)
    session.flush()


def statements(session, act):
    seen = []
    engine = session.get_bind()

    def note(_connection, _cursor, statement, *_):
        seen.append(statement)

    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        return act(), len(seen)
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)


def test_a_person_is_an_address_and_a_name(session, now):
    def find(name, email):
        return commands.find_or_create_person(session, name=name, email=email, now=now)

    rosa = find("Rosa Antilef", "Contacto@coop.example")
    assert find("  ROSA  antilef ", "contacto@COOP.example") is rosa
    assert find("Juan Pérez", "contacto@coop.example") is not rosa
    assert find("Juan Perez", "contacto@coop.example").name == "Juan Pérez"
    assert (rosa.name, rosa.email, rosa.email_key) == (
        "Rosa Antilef",
        "Contacto@coop.example",
        "contacto@coop.example",
    )


def test_somebody_new_costs_one_statement_and_somebody_known_two(session, now):
    def find():
        return commands.find_or_create_person(
            session, name="Rosa Antilef", email="rosa@coop.example", phone="+56987654321", now=now
        )

    rosa, first = statements(session, find)
    again, second = statements(session, find)
    assert (first, second) == (1, 2)
    assert again is rosa
    assert rosa.phone == "+56987654321"


def test_whoever_writes_somebodys_name_changes_nothing_about_them(session, now):
    rosa = a_person(session, name="Rosa Antilef", email="rosa@coop.example")
    commands.find_or_create_person(
        session, name="rosa ANTILEF", email="ROSA@coop.example", phone="+56900000000", now=now
    )
    session.expire(rosa)
    assert (rosa.name, rosa.email, rosa.phone) == ("Rosa Antilef", "rosa@coop.example", None)


@pytest.mark.both_engines
def test_two_that_come_at_once_find_one_person(database, now):
    ready, found = Barrier(4), []

    def come():
        ready.wait()
        with database.transaction() as session:
            person = commands.find_or_create_person(
                session, name="Rosa Antilef", email="rosa@coop.example", now=now
            )
            found.append(person.id)

    threads = [Thread(target=come) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.reading() as session:
        assert session.scalars(select(Person.id)).all() == [found[0]]
    assert len(found) == 4
    assert len(set(found)) == 1


def test_a_person_is_corrected_and_keeps_what_is_not_said(session, now):
    rosa = a_person(session, name="Rosa", email="rosa@coop.example", phone="+56987654321")
    commands.edit_person(
        session, rosa, name="Rosa Antilef", email="Rosa.A@coop.example", actor=ACTOR, now=now
    )
    session.flush()
    assert (rosa.name_key, rosa.email_key, rosa.phone) == (
        "rosa antilef",
        "rosa.a@coop.example",
        "+56987654321",
    )
    entry = session.scalars(select(Entry).where(Entry.action == "person.edited")).one()
    assert entry.before["name"] == "█"  # the trail can never be changed: no names in it
    assert "phone" not in entry.after
    commands.edit_person(
        session, rosa, name=rosa.name, email=rosa.email, phone="", actor=ACTOR, now=now
    )
    assert rosa.phone is None


def test_a_person_cannot_become_another(session, now):
    a_person(session, name="Rosa Antilef", email="rosa@coop.example")
    juan = a_person(session, name="Juan", email="juan@coop.example")
    with pytest.raises(PersonTaken):
        commands.edit_person(
            session, juan, name="rosa antilef", email="Rosa@coop.example", actor=ACTOR, now=now
        )


def test_a_person_may_hold_several_posts_but_each_once(session, cooperative, now):
    rosa = a_person(session)
    first = affiliate(session, rosa, cooperative, now)
    affiliate(session, rosa, cooperative, now, post="Oficial de cumplimiento")
    with pytest.raises(PostTaken):
        affiliate(session, rosa, cooperative, now, post="gerenta GENERAL")
    commands.end_affiliation(session, first, until=TODAY, actor=ACTOR, now=now)
    affiliate(session, rosa, cooperative, now)
    assert len(queries.people_of(session, cooperative)) == 3


def test_a_member_is_added_and_edited_with_person_and_post(session, cooperative, now):
    member = Member("Rosa Antilef", "rosa@coop.example", "+56987654321", "Gerenta", None)
    made = commands.add_member(session, cooperative, member, actor=ACTOR, now=now)
    assert (made.person.phone, made.post, made.access) == ("+56987654321", "Gerenta", Access.NONE)
    changed = Member("Rosa Antilef", "rosa@coop.example", "", "Gerenta general", date(2024, 3, 1))
    commands.edit_member(session, made, changed, actor=ACTOR, now=now)
    session.flush()
    assert (made.person.phone, made.post, made.since) == (
        None,
        "Gerenta general",
        date(2024, 3, 1),
    )
    entry = session.scalars(select(Entry).where(Entry.action == "affiliation.edited")).one()
    assert entry.after == {"post": "█", "since": "2024-03-01"}


def test_a_post_is_found_by_its_number_within_person_and_organisation(session, cooperative, now):
    rosa, other = a_person(session), a_cooperative(session)
    held = [affiliate(session, rosa, cooperative, now, post=post) for post in ("Uno", "Dos")]
    affiliate(session, rosa, other, now, post="Tres")

    def find(organisation, number):
        return queries.post(session, organisation.public_id, rosa.public_id, number)

    assert [find(cooperative, number) for number in (1, 2, 3, 0, -1)] == [*held, None, None, None]
    assert find(other, 1).post == "Tres"
    assert [post.number for post in queries.people_of(session, cooperative)] == [1, 2]


def test_ending_a_post_ends_its_access_at_once(session, cooperative, now):
    rosa = a_person(session)
    held = affiliate(session, rosa, cooperative, now)
    grant(session, held, Access.MANAGER, now)
    user = account_queries.user_by_email(session, rosa.email)
    assert predicates.is_manager_of(user, cooperative)
    commands.end_affiliation(session, held, until=TODAY, actor=ACTOR, now=now)
    session.flush()
    assert not predicates.belongs_to(user, cooperative)
    assert queries.organisation_of_user(session, user.id, today=TODAY) is None
    with pytest.raises(PostEnded):
        commands.end_affiliation(session, held, until=TODAY, actor=ACTOR, now=now)
    with pytest.raises(PostEnded):
        grant(session, held, Access.MANAGER, now)


def test_a_post_ends_after_it_began_and_not_tomorrow(session, cooperative, now):
    held = affiliate(session, a_person(session), cooperative, now)
    held.since = TODAY - timedelta(days=1)
    for day in (TODAY + timedelta(days=1), TODAY - timedelta(days=2)):
        with pytest.raises(EndsTooSoon):
            commands.end_affiliation(session, held, until=day, actor=ACTOR, now=now)


def test_access_gives_an_account_of_its_role_without_a_password(session, cooperative, now):
    rosa = a_person(session, email="Rosa@coop.example")
    held = affiliate(session, rosa, cooperative, now)
    grant(session, held, Access.REGISTRAR, now)
    user = account_queries.user_by_email(session, "rosa@coop.example")
    assert (user.role, user.password_hash, rosa.user_id) == (Role.REGISTRAR, None, user.id)
    assert queries.organisation_of_user(session, user.id, today=TODAY) is cooperative
    assert predicates.is_registrar_of(user, cooperative)
    assert not predicates.is_manager_of(user, cooperative)
    grant(session, held, Access.MANAGER, now)
    assert user.role is Role.MANAGER
    grant(session, held, Access.NONE, now)
    assert not predicates.belongs_to(user, cooperative)


def test_an_account_keeps_the_wider_role_that_another_post_gives(session, cooperative, now):
    rosa = a_person(session)
    grant(session, affiliate(session, rosa, cooperative, now), Access.MANAGER, now)
    other = affiliate(session, rosa, a_cooperative(session), now)
    grant(session, other, Access.REGISTRAR, now)
    assert account_queries.user_by_email(session, rosa.email).role is Role.MANAGER


def test_an_account_is_of_one_person_and_never_of_the_staff(session, cooperative, now):
    mailbox = "contacto@coop.example"
    rosa = a_person(session, name="Rosa", email=mailbox)
    grant(session, affiliate(session, rosa, cooperative, now), Access.MANAGER, now)
    juan = affiliate(session, a_person(session, name="Juan", email=mailbox), cooperative, now)
    with pytest.raises(AccessRefused, match="Rosa"):
        grant(session, juan, Access.REGISTRAR, now)
    staff = a_user(session, role=Role.COORDINATION)
    person = affiliate(session, a_person(session, email=staff.email), cooperative, now)
    with pytest.raises(AccessRefused):
        grant(session, person, Access.MANAGER, now)
    closed = a_user(session, role=Role.REGISTRAR)
    accounts.deactivate(session, closed, actor=ACTOR, now=now)
    person = affiliate(session, a_person(session, email=closed.email), cooperative, now)
    with pytest.raises(AccessRefused):
        grant(session, person, Access.REGISTRAR, now)


def test_access_is_of_the_kind_of_the_organisation_and_of_one_side(
    session, cooperative, corfo, now
):
    rosa = a_person(session)
    at_corfo = affiliate(session, rosa, corfo, now)
    with pytest.raises(AccessRefused):
        grant(session, at_corfo, Access.MANAGER, now)
    grant(session, at_corfo, Access.COUNTERPART, now)
    with pytest.raises(AccessRefused, match="contraparte"):
        grant(session, affiliate(session, rosa, cooperative, now), Access.REGISTRAR, now)


@pytest.mark.both_engines
def test_a_counterpart_of_a_unit_sees_its_institution_and_no_other_unit(session, corfo, now):
    def unit(name):
        return commands.create_unit(
            session, corfo, name=name, short_name=name, actor=ACTOR, now=now
        )

    own, other = unit("GIF"), unit("INAC")
    rosa = a_person(session)
    grant(session, affiliate(session, rosa, own, now), Access.COUNTERPART, now)
    user = account_queries.user_by_email(session, rosa.email)
    seen = [predicates.belongs_to(user, one) for one in (own, corfo, other)]
    assert seen == [True, True, False]
    assert predicates.is_counterpart(user, None)


def test_nobody_belongs_to_another_cooperative_nor_to_one_that_is_closed(session, cooperative, now):
    rosa = a_person(session)
    grant(session, affiliate(session, rosa, cooperative, now), Access.MANAGER, now)
    user = account_queries.user_by_email(session, rosa.email)
    other = a_cooperative(session)
    assert not predicates.belongs_to(user, other)
    assert predicates.is_of_a_cooperative(user, other)
    belongs, count = statements(session, lambda: predicates.belongs_to(user, cooperative))
    assert (belongs, count) == (True, 1)
    commands.deactivate(session, cooperative, actor=ACTOR, now=now)
    session.flush()
    assert not predicates.belongs_to(user, cooperative)
    assert queries.organisation_of_user(session, user.id, today=TODAY) is None


def test_a_person_is_found_by_the_address_of_their_page(session):
    rosa = a_person(session)
    assert queries.person_by_public_id(session, rosa.public_id) is rosa
    assert queries.person_by_public_id(session, "nadie") is None
