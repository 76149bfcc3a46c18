from datetime import timedelta

import pytest
import sqlalchemy as sa

from coopoutreach.people.accounts import commands, jobs, queries
from coopoutreach.people.accounts.errors import WrongCredentials
from coopoutreach.people.accounts.models import SignInLink, UserSession
from coopoutreach.platform.access.permissions import Role
from coopoutreach.platform.audit.models import Entry


def test_signing_in_opens_a_session_of_which_only_the_hash_is_kept(session, a_user, signed_in, now):
    user = a_user()
    secret = signed_in(user)
    found = queries.session_by_secret(session, secret, now=now)
    assert found.user is user
    assert user.last_sign_in_at == now
    assert len(secret) >= 43
    assert secret not in (found.token_hash, found.address, found.browser)


def test_AU_03_what_the_browser_had_before_is_dead(session, a_user, a_browser, now):  # noqa: N802
    user = a_user()
    first = commands.sign_in(
        session, user.id, verified_hash=user.password_hash, browser=a_browser(), now=now
    )
    again = commands.sessions.Browser("192.0.2.7", "Prueba/1", secret=first)
    second = commands.sign_in(
        session, user.id, verified_hash=user.password_hash, browser=again, now=now
    )
    assert second != first
    assert queries.session_by_secret(session, first, now=now) is None
    assert queries.session_by_secret(session, second, now=now) is not None


def test_nobody_comes_in_by_a_password_that_changed_while_it_was_checked(
    session, a_user, a_browser, now
):
    user = a_user()
    with pytest.raises(WrongCredentials):
        commands.sign_in(session, user.id, verified_hash="$antes$", browser=a_browser(), now=now)
    user.active = False
    with pytest.raises(WrongCredentials):
        commands.sign_in(
            session, user.id, verified_hash=user.password_hash, browser=a_browser(), now=now
        )
    with pytest.raises(WrongCredentials):
        commands.sign_in(session, 10**6, verified_hash="", browser=a_browser(), now=now)


def test_a_hash_by_older_parameters_is_renewed(session, a_user, a_browser, now):
    user = a_user()
    commands.sign_in(
        session,
        user.id,
        verified_hash=user.password_hash,
        renewed_hash="$de hoy$",
        browser=a_browser(),
        now=now,
    )
    assert user.password_hash == "$de hoy$"


@pytest.mark.parametrize(
    ("role", "lives"),
    [
        (Role.COORDINATION, (timedelta(minutes=30), timedelta(hours=12))),
        (Role.REGISTRAR, (timedelta(hours=12), timedelta(days=14))),
    ],
)
def test_a_session_ends_when_nobody_uses_it_and_in_any_case_later(
    session, a_user, signed_in, now, role, lives
):
    idle, longest = lives
    secret = signed_in(a_user(role=role))
    found = queries.session_by_secret(session, secret, now=now + idle - timedelta(seconds=1))
    assert found is not None
    assert queries.session_by_secret(session, secret, now=now + idle) is None
    found.last_seen_at = now + longest - timedelta(minutes=1)
    session.flush()
    last = now + longest - timedelta(seconds=1)
    assert queries.session_by_secret(session, secret, now=last) is not None
    assert queries.session_by_secret(session, secret, now=now + longest) is None


def test_one_sees_only_ones_own_open_sessions(session, a_user, signed_in, now):
    user, other = a_user(), a_user(email="otra@coop.example")
    signed_in(user)
    signed_in(other)
    assert [s.user_id for s in queries.sessions_of(session, user.id, now=now)] == [user.id]
    assert queries.sessions_of(session, user.id, now=now + timedelta(days=15)) == []


def test_nobody_closes_somebody_elses_session(session, a_user, signed_in, now):
    user, other = a_user(), a_user(email="otra@coop.example")
    secret = signed_in(other)
    theirs = queries.session_by_secret(session, secret, now=now)
    closed = commands.close_session(session, theirs.id, user_id=user.id, actor="x", now=now)
    assert not closed
    assert queries.session_by_secret(session, secret, now=now) is not None


def test_all_sessions_but_this_one_are_closed(session, a_user, signed_in, now):
    user = a_user()
    secrets = [signed_in(user) for _ in range(3)]
    closed = commands.close_other_sessions(
        session, user.id, keep_secret=secrets[1], actor=user.actor, now=now
    )
    assert closed == 2
    alive = [queries.session_by_secret(session, s, now=now) is not None for s in secrets]
    assert alive == [False, True, False]


def test_signing_out_twice_is_no_error(session, a_user, signed_in, now):
    secret = signed_in(a_user())
    commands.sign_out(session, secret, now=now)
    commands.sign_out(session, secret, now=now)
    session.flush()
    assert session.scalars(sa.select(UserSession)).all() == []
    assert "user.signed_out" in session.scalars(sa.select(Entry.action)).all()


def test_who_is_tried_often_is_told_once_a_day(session, a_user, mailed, now):
    user = a_user()
    for _ in range(3):
        commands.warn_of_attempts(session, user.id, address="192.0.2.7", now=now)
    assert len(mailed("accounts/many_attempts")) == 1
    later = now + timedelta(days=1)
    commands.warn_of_attempts(session, user.id, address="192.0.2.7", now=later)
    assert len(mailed("accounts/many_attempts")) == 2


@pytest.mark.both_engines
def test_what_nobody_can_use_is_forgotten(database, settings, now):
    with database.transaction() as session:
        user = commands.create_user(
            session,
            email="persona@coop.example",
            name="Persona",
            role=Role.MANAGER,
            password_hash="$una$",
            actor="test",
            now=now,
        )
        commands.invite(session, user, actor="test", now=now)
        browser = commands.sessions.Browser("192.0.2.7", "Prueba/1")
        commands.sign_in(session, user.id, verified_hash="$una$", browser=browser, now=now)
    assert jobs.forget_ended_sessions(database, now) == 0
    assert jobs.forget_ended_sessions(database, now + timedelta(days=14)) == 2
    with database.reading() as session:
        assert session.scalars(sa.select(UserSession.id)).all() == []
        assert session.scalars(sa.select(SignInLink.id)).all() == []
