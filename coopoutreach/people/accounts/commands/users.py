"""Make accounts, change them and close them."""

from datetime import datetime

from sqlalchemy.orm import Session

from coopoutreach.people.accounts import notices, queries, rules
from coopoutreach.people.accounts.commands.sessions import Browser, open_session, shut_out
from coopoutreach.people.accounts.errors import EmailTaken, LastAdministrator, WrongPassword
from coopoutreach.people.accounts.models import User
from coopoutreach.platform.access.permissions import Role
from coopoutreach.platform.audit import commands as audit
from coopoutreach.platform.core.text import LONGEST_NAME, clean_line


def create_user(  # noqa: PLR0913 (an account has this many fields, and each call names them)
    session: Session,
    *,
    email: str,
    name: str,
    role: Role,
    password_hash: str | None,
    actor: str,
    now: datetime,
) -> User:
    """Make an account; without a password, its person comes in by a link.

    :raises EmailTaken: if there is one with that address
    """
    if queries.user_by_email(session, email) is not None:
        raise EmailTaken
    user = User(
        email=rules.email_key(email),
        name=clean_line(name)[:LONGEST_NAME],
        role=role,
        password_hash=password_hash,
        active=True,
        created_at=now,
    )
    session.add(user)
    session.flush()
    audit.record(
        session,
        ("user", user.id),
        action="user.created",
        actor=actor,
        now=now,
        after={"role": role.value},
    )
    return user


def set_password(
    session: Session, user: User, *, password_hash: str, actor: str, now: datetime
) -> None:
    """Give an account a new password: its sessions end, its links die, its person is told."""
    had_one = user.password_hash is not None
    user.password_hash = password_hash
    shut_out(session, user, now=now)
    audit.record(session, ("user", user.id), action="user.password_set", actor=actor, now=now)
    if had_one:
        notices.password_changed(session, user, now=now)


def change_password(
    session: Session,
    user_id: int,
    *,
    verified_hash: str,
    password_hash: str,
    browser: Browser,
    now: datetime,
) -> str:
    """Change one's own password; return the secret of the one session that is left, a new one.

    :raises WrongPassword: if the password changed since it was checked
    """
    user = session.get_one(User, user_id, with_for_update=True)
    if not user.active or user.password_hash != verified_hash:
        raise WrongPassword
    set_password(session, user, password_hash=password_hash, actor=user.actor, now=now)
    return open_session(session, user, browser, now=now)


def change_role(session: Session, user: User, *, role: Role, actor: str, now: datetime) -> None:
    """Give an account another role; its sessions end, since they were of the old one.

    :raises LastAdministrator: if nobody would be left to manage accounts
    """
    if role is user.role:
        return
    _keep_an_administrator(session, user)
    before, user.role = user.role, role
    shut_out(session, user, now=now)
    audit.record(
        session,
        ("user", user.id),
        action="user.role_changed",
        actor=actor,
        now=now,
        before={"role": before.value},
        after={"role": role.value},
    )


def deactivate(session: Session, user: User, *, actor: str, now: datetime) -> None:
    """Close an account: its sessions end and its links die.

    :raises LastAdministrator: if nobody would be left to manage accounts
    """
    if not user.active:
        return
    _keep_an_administrator(session, user)
    user.active = False
    shut_out(session, user, now=now)
    audit.record(session, ("user", user.id), action="user.deactivated", actor=actor, now=now)


def _keep_an_administrator(session: Session, user: User) -> None:
    if user.role is Role.ADMINISTRATION and queries.number_of_administrators(session) <= 1:
        raise LastAdministrator
