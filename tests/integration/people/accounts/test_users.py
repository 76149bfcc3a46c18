import pytest
import sqlalchemy as sa

from coopoutreach.people.accounts import commands, queries
from coopoutreach.people.accounts.errors import (
    EmailTaken,
    LastAdministrator,
    LinkSpent,
    WrongPassword,
)
from coopoutreach.people.accounts.models import UserSession
from coopoutreach.platform.access.permissions import Role
from coopoutreach.platform.audit.models import Entry


def open_sessions(session, user):
    rows = session.scalars(sa.select(UserSession).where(UserSession.user_id == user.id))
    return rows.all()


def test_an_address_is_kept_in_one_form_and_has_one_account(session, a_user, now):
    user = a_user(email="  Persona@COOP.example ")
    assert user.email == "persona@coop.example"
    assert queries.user_by_email(session, "PERSONA@coop.example") is user
    with pytest.raises(EmailTaken):
        a_user(email="persona@Coop.example")


def test_every_change_of_an_account_is_in_the_trail(session, a_user, now):
    user = a_user()
    commands.change_role(session, user, role=Role.REGISTRAR, actor="user:1", now=now)
    commands.set_password(session, user, password_hash="$otra$", actor="user:1", now=now)
    commands.deactivate(session, user, actor="user:1", now=now)
    session.flush()
    actions = session.scalars(sa.select(Entry.action).order_by(Entry.id)).all()
    assert actions == [
        "user.created",
        "user.role_changed",
        "user.password_set",
        "user.deactivated",
    ]
    changed = session.scalars(sa.select(Entry).where(Entry.action == "user.role_changed")).one()
    assert (changed.before, changed.after) == ({"role": "manager"}, {"role": "registrar"})
    assert "$otra$" not in str([e.after for e in session.scalars(sa.select(Entry))])


@pytest.mark.parametrize(
    "change",
    [
        lambda s, u, now: commands.set_password(s, u, password_hash="$o$", actor="x", now=now),
        lambda s, u, now: commands.change_role(s, u, role=Role.REGISTRAR, actor="x", now=now),
        lambda s, u, now: commands.deactivate(s, u, actor="x", now=now),
    ],
    ids=["password", "role", "closed"],
)
def test_AU_05_a_change_ends_every_session_and_every_link(  # noqa: N802
    session, a_user, signed_in, now, change
):
    user = a_user()
    secrets = [signed_in(user), signed_in(user)]
    invitation = commands.invite(session, user, actor="x", now=now)
    assert len(open_sessions(session, user)) == 2
    change(session, user, now)
    assert open_sessions(session, user) == []
    for secret in secrets:
        assert queries.session_by_secret(session, secret, now=now) is None
    with pytest.raises(LinkSpent):
        commands.reset_password(session, invitation, password_hash="$x$", now=now)


def test_AU_05_changing_ones_own_password_leaves_one_session_a_new_one(  # noqa: N802
    session, a_user, signed_in, a_browser, now
):
    user = a_user()
    before = {signed_in(user), signed_in(user)}
    secret = commands.change_password(
        session,
        user.id,
        verified_hash=user.password_hash,
        password_hash="$nueva$",
        browser=a_browser(),
        now=now,
    )
    assert secret not in before
    assert len(open_sessions(session, user)) == 1
    assert queries.session_by_secret(session, secret, now=now).user is user


def test_a_password_is_not_changed_over_one_that_changed_meanwhile(session, a_user, a_browser, now):
    user = a_user()
    with pytest.raises(WrongPassword):
        commands.change_password(
            session,
            user.id,
            verified_hash="$la de antes$",
            password_hash="$nueva$",
            browser=a_browser(),
            now=now,
        )


def test_whose_password_changed_is_told(session, a_user, mailed, now):
    user = a_user()
    commands.set_password(session, user, password_hash="$otra$", actor="x", now=now)
    (message,) = mailed()
    assert message.notice == "accounts/password_changed"
    assert message.recipient == user.email


def test_a_first_password_is_no_news(session, a_user, mailed, now):
    user = a_user(password_hash=None)
    commands.set_password(session, user, password_hash="$una$", actor="x", now=now)
    assert mailed() == []


@pytest.mark.both_engines
@pytest.mark.parametrize(
    "change",
    [
        lambda s, u, now: commands.change_role(s, u, role=Role.MANAGER, actor="x", now=now),
        lambda s, u, now: commands.deactivate(s, u, actor="x", now=now),
    ],
    ids=["role", "closed"],
)
def test_somebody_must_be_left_to_manage_accounts(session, a_user, now, change):
    first = a_user(email="a@fecrecoop.example", role=Role.ADMINISTRATION)
    with pytest.raises(LastAdministrator):
        change(session, first, now)
    a_user(email="b@fecrecoop.example", role=Role.ADMINISTRATION)
    change(session, first, now)


@pytest.mark.both_engines
def test_nothing_happens_where_nothing_changes(session, a_user, signed_in, now):
    user = a_user()
    signed_in(user)
    commands.change_role(session, user, role=user.role, actor="x", now=now)
    assert len(open_sessions(session, user)) == 1
    commands.deactivate(session, user, actor="x", now=now)
    count = session.scalar(sa.select(sa.func.count()).select_from(Entry))
    commands.deactivate(session, user, actor="x", now=now)
    session.flush()
    assert session.scalar(sa.select(sa.func.count()).select_from(Entry)) == count
