import re
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
import sqlalchemy as sa

from coopoutreach.people.accounts import commands, queries
from coopoutreach.people.accounts.errors import LinkSpent, OtherBrowser
from coopoutreach.people.accounts.models import SignInLink

MINUTE = timedelta(minutes=1)


def secret_in(message):
    body = message_from_bytes(message.raw, policy=policy.default).get_body(("plain",))
    return re.search(r"/(?:enlace|nueva)/([\w-]+)", body.get_content()).group(1)


@pytest.fixture
def linked(session, mailed, now):
    """Return a function that asks for a sign-in link and returns its secret."""

    def _linked(email, browser, at=now):
        before = len(mailed())
        commands.request_link(session, email, browser=browser, now=at)
        messages = mailed()[before:]
        return secret_in(messages[0]) if messages else None

    return _linked


@pytest.fixture
def asked_reset(session, mailed, now):
    """Return a function that asks for a reset and returns the secret of its link."""

    def _asked_reset(email, browser, at=now):
        before = len(mailed())
        commands.request_reset(session, email, browser=browser, now=at)
        messages = mailed()[before:]
        return secret_in(messages[0]) if messages else None

    return _asked_reset


def test_a_link_lets_in_whoever_asked_for_it(session, a_user, a_browser, linked, now):
    user, browser = a_user(), a_browser()
    secret = linked("PERSONA@coop.example", browser)
    came, opened = commands.consume_link(session, secret, email=None, browser=browser, now=now)
    assert came is user
    assert queries.session_by_secret(session, opened, now=now).user is user


@pytest.mark.both_engines
def test_only_the_hash_of_a_link_is_kept(session, a_user, a_browser, linked):
    a_user()
    secret = linked("persona@coop.example", a_browser())
    kept = session.scalars(sa.select(SignInLink)).one()
    assert secret not in (kept.token_hash, kept.browser_hash)
    assert len(secret) >= 43


def test_nothing_is_mailed_where_there_is_no_account(session, a_user, a_browser, linked):
    user = a_user()
    assert linked("nadie@coop.example", a_browser()) is None
    user.active = False
    session.flush()
    assert linked(user.email, a_browser()) is None


def test_AU_08_a_link_works_once(session, a_user, a_browser, linked, now):  # noqa: N802
    a_user()
    browser = a_browser()
    secret = linked("persona@coop.example", browser)
    commands.consume_link(session, secret, email=None, browser=browser, now=now)
    with pytest.raises(LinkSpent):
        commands.consume_link(session, secret, email=None, browser=browser, now=now)


def test_AU_08_a_link_works_for_ten_minutes(session, a_user, a_browser, linked, now):  # noqa: N802
    a_user()
    browser = a_browser()
    secret = linked("persona@coop.example", browser)
    with pytest.raises(LinkSpent):
        commands.consume_link(session, secret, email=None, browser=browser, now=now + 10 * MINUTE)
    almost = now + 10 * MINUTE - timedelta(seconds=1)
    commands.consume_link(session, secret, email=None, browser=browser, now=almost)


@pytest.mark.parametrize("typed", [None, "", "otra@coop.example"])
def test_AU_08_another_browser_is_asked_whose_link_it_is(  # noqa: N802
    session, a_user, a_browser, linked, now, typed
):
    a_user()
    secret = linked("persona@coop.example", a_browser())
    other = a_browser()
    with pytest.raises(OtherBrowser):
        commands.consume_link(session, secret, email=typed, browser=other, now=now)
    # The answer was wrong; the link is not spent by it.
    commands.consume_link(session, secret, email=" Persona@coop.example", browser=other, now=now)


def test_a_link_that_nobody_made_is_as_one_that_was_spent(session, a_browser, now):
    with pytest.raises(LinkSpent):
        commands.consume_link(session, "x" * 43, email=None, browser=a_browser(), now=now)


def test_a_link_is_good_for_its_own_purpose_only(
    session, a_user, a_browser, linked, asked_reset, now
):
    user, browser = a_user(), a_browser()
    sign_in = linked(user.email, browser)
    reset = asked_reset(user.email, browser)
    with pytest.raises(LinkSpent):
        commands.consume_link(session, reset, email=user.email, browser=browser, now=now)
    with pytest.raises(LinkSpent):
        commands.reset_password(session, sign_in, password_hash="$x$", now=now)


def test_a_reset_sets_the_password_and_signs_nobody_in(
    session, a_user, a_browser, asked_reset, signed_in, now
):
    user = a_user()
    secret = asked_reset(user.email, a_browser())
    commands.reset_password(session, secret, password_hash="$nueva$", now=now)
    assert user.password_hash == "$nueva$"
    assert queries.sessions_of(session, user.id, now=now) == []
    with pytest.raises(LinkSpent):
        commands.reset_password(session, secret, password_hash="$otra$", now=now)


def test_a_reset_works_for_half_an_hour(session, a_user, a_browser, asked_reset, now):
    secret = asked_reset(a_user().email, a_browser())
    with pytest.raises(LinkSpent):
        commands.reset_password(session, secret, password_hash="$x$", now=now + 30 * MINUTE)


def test_AU_10_a_reset_dies_when_somebody_signs_in(  # noqa: N802
    session, a_user, a_browser, asked_reset, signed_in, now
):
    user = a_user()
    secret = asked_reset(user.email, a_browser())
    signed_in(user)
    with pytest.raises(LinkSpent):
        commands.reset_password(session, secret, password_hash="$x$", now=now)


def test_AU_10_a_reset_dies_when_the_password_changes(  # noqa: N802
    session, a_user, a_browser, asked_reset, now
):
    user = a_user()
    secret = asked_reset(user.email, a_browser())
    commands.set_password(session, user, password_hash="$otra$", actor="x", now=now)
    with pytest.raises(LinkSpent):
        commands.reset_password(session, secret, password_hash="$x$", now=now)


def test_an_invitation_sets_the_first_password_within_a_week(session, a_user, now):
    user = a_user(password_hash=None)
    late = commands.invite(session, user, actor="x", now=now)
    with pytest.raises(LinkSpent):
        commands.reset_password(session, late, password_hash="$x$", now=now + timedelta(days=7))
    commands.reset_password(session, late, password_hash="$x$", now=now + timedelta(days=6))
    assert user.password_hash == "$x$"


def test_AU_13_links_are_made_from_the_configured_address(  # noqa: N802
    session, a_user, a_browser, mailed, now
):
    a_user()
    commands.request_link(session, "persona@coop.example", browser=a_browser(), now=now)
    body = message_from_bytes(mailed()[0].raw, policy=policy.default).get_body(("plain",))
    assert "http://127.0.0.1:8000/ingresar/enlace/" in body.get_content()


def test_a_link_that_is_of_no_more_use_is_not_mailed(session, a_user, a_browser, mailed, now):
    a_user()
    commands.request_link(session, "persona@coop.example", browser=a_browser(), now=now)
    (message,) = mailed()
    assert message.not_after == now + 10 * MINUTE
    assert message.priority == 0
