"""Standing in for whoever registers: for a time, by itself, and ended at once."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from coopoutreach.mail.outgoing.models import OutgoingMessage
from coopoutreach.people.accounts.models import User
from coopoutreach.people.directory import commands, predicates, queries
from coopoutreach.people.directory.errors import AccessRefused, DeputyRefused
from coopoutreach.people.directory.rules import Access, Period
from coopoutreach.platform.access.permissions import Role
from coopoutreach.platform.audit.models import Entry
from tests.factories import a_cooperative, a_person, a_user

ACTOR = "user:1"
TODAY = date(2026, 11, 24)
HOLIDAY = Period(date(2026, 12, 1), date(2026, 12, 15))


@pytest.fixture
def cooperative(session):
    return a_cooperative(session)


def post(session, person, cooperative, now, name="Cargo"):
    return commands.affiliate(session, person, cooperative, post=name, actor=ACTOR, now=now)


@pytest.fixture
def ana(session, cooperative, now):
    """The one who registers."""
    held = post(session, a_person(session, name="Ana Díaz"), cooperative, now)
    commands.grant_access(session, held, access=Access.REGISTRAR, actor=ACTOR, now=now)
    return held


@pytest.fixture
def bea(session, cooperative, now):
    """A colleague without access."""
    return post(session, a_person(session, name="Bea Soto"), cooperative, now).person


def name(session, ana, bea, now, period=HOLIDAY):
    return commands.name_deputy(session, ana, bea, period, actor=ACTOR, now=now)


def on(session, monkeypatch, day, user, cooperative):
    """Return whether somebody may register on a day, by both ways of asking."""
    moment = datetime(day.year, day.month, day.day, 15, tzinfo=UTC)
    monkeypatch.setattr(predicates, "utcnow", lambda: moment)
    session.flush()
    by_policy = predicates.is_registrar_of(user, cooperative)
    found = queries.organisation_of_user(session, user.id, today=day)
    assert by_policy is (found is cooperative)
    return by_policy


def account(session, person):
    return session.get_one(User, person.user_id)


def test_a_deputy_may_from_the_first_day_to_the_last_and_not_a_day_longer(
    session, monkeypatch, cooperative, ana, bea, now
):
    name(session, ana, bea, now)
    user = account(session, bea)
    days = {
        TODAY: False,
        date(2026, 11, 30): False,
        date(2026, 12, 1): True,
        date(2026, 12, 15): True,
        date(2026, 12, 16): False,
    }
    assert {day: on(session, monkeypatch, day, user, cooperative) for day in days} == days
    assert user.role is Role.REGISTRAR


def test_who_is_stood_in_for_keeps_their_own_access(
    session, monkeypatch, cooperative, ana, bea, now
):
    name(session, ana, bea, now)
    user = account(session, ana.person)
    assert on(session, monkeypatch, date(2026, 12, 5), user, cooperative)


def test_a_standing_in_is_ended_at_once_and_only_once(
    session, monkeypatch, cooperative, ana, bea, now
):
    deputy = name(session, ana, bea, now, Period(TODAY, TODAY + timedelta(days=5)))
    user = account(session, bea)
    assert on(session, monkeypatch, TODAY, user, cooperative)
    commands.end_deputy(session, deputy, actor=ACTOR, now=now)
    assert not on(session, monkeypatch, TODAY, user, cooperative)
    with pytest.raises(DeputyRefused):
        commands.end_deputy(session, deputy, actor=ACTOR, now=now)


def test_one_that_has_not_begun_is_ended_too(session, monkeypatch, cooperative, ana, bea, now):
    deputy = name(session, ana, bea, now)
    commands.end_deputy(session, deputy, actor=ACTOR, now=now)
    assert not on(session, monkeypatch, HOLIDAY.since, account(session, bea), cooperative)


def test_a_post_that_is_no_standing_in_is_not_ended_this_way(session, ana, now):
    with pytest.raises(DeputyRefused):
        commands.end_deputy(session, ana, actor=ACTOR, now=now)


def test_a_deputy_is_told_and_gets_a_link_to_choose_a_password(session, ana, bea, now):
    name(session, ana, bea, now)
    [mail] = session.scalars(select(OutgoingMessage))
    assert (mail.notice, mail.recipient) == ("directory/deputy_named", bea.email)
    body = mail.raw.decode().replace("=\r\n", "")
    assert "/clave/nueva/" in body
    assert "15 de diciembre" in body


def test_who_has_a_password_is_told_to_come_in_as_ever(session, cooperative, ana, bea, now):
    user = a_user(session, email=bea.email, role=Role.REGISTRAR, password_hash="x")
    bea.user_id = user.id
    name(session, ana, bea, now)
    [mail] = session.scalars(select(OutgoingMessage))
    assert "/clave/nueva/" not in mail.raw.decode()


def test_whoever_leaves_the_cooperative_stands_in_for_nobody_there(
    session, monkeypatch, cooperative, ana, bea, now
):
    name(session, ana, bea, now, Period(TODAY, TODAY + timedelta(days=5)))
    [own, _deputy] = queries.posts_of(session, bea, cooperative)
    commands.end_affiliation(session, own, until=TODAY, actor=ACTOR, now=now)
    assert not on(session, monkeypatch, TODAY, account(session, bea), cooperative)


def test_who_loses_their_access_is_told_whose_their_registrations_are(session, ana, now):
    commands.end_affiliation(session, ana, until=TODAY, actor=ACTOR, now=now)
    [mail] = session.scalars(select(OutgoingMessage))
    assert (mail.notice, mail.recipient) == ("directory/access_ended", ana.person.email)


def test_whoever_had_no_access_is_told_nothing(session, cooperative, bea, now):
    [own] = queries.posts_of(session, bea, cooperative)
    commands.end_affiliation(session, own, until=TODAY, actor=ACTOR, now=now)
    assert session.scalars(select(OutgoingMessage)).all() == []


@pytest.mark.parametrize(
    ("since", "until", "field"),
    [
        (TODAY - timedelta(days=1), TODAY, "since"),
        (TODAY, TODAY - timedelta(days=1), "until"),
        (TODAY, TODAY + timedelta(days=181), "until"),
    ],
)
def test_the_time_is_one_to_come_and_not_half_a_year(session, ana, bea, now, since, until, field):
    with pytest.raises(DeputyRefused) as refusal:
        name(session, ana, bea, now, Period(since, until))
    assert refusal.value.field == field


def test_nobody_stands_in_without_a_post_there_or_for_themselves(session, ana, bea, now):
    stranger = post(session, a_person(session), a_cooperative(session), now).person
    for person in (stranger, ana.person):
        with pytest.raises(DeputyRefused):
            name(session, ana, person, now)
    name(session, ana, bea, now)
    with pytest.raises(DeputyRefused, match="ya puede"):
        name(session, ana, bea, now)


def test_nobody_stands_in_for_who_does_not_register(session, cooperative, bea, ana, now):
    idle = post(session, a_person(session), cooperative, now)
    with pytest.raises(DeputyRefused):
        name(session, idle, bea, now)


def test_an_account_of_the_coordination_stands_in_for_no_cooperative(session, ana, bea, now):
    a_user(session, email=bea.email, role=Role.COORDINATION)
    with pytest.raises(AccessRefused):
        name(session, ana, bea, now)


def test_the_trail_names_nobody(session, ana, bea, now):
    deputy = name(session, ana, bea, now)
    commands.end_deputy(session, deputy, actor=ACTOR, now=now)
    told = str([(one.before, one.after) for one in session.scalars(select(Entry))])
    assert "Bea" not in told
    assert bea.email not in told
