"""Open sessions and end them."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from coopoutreach.people.accounts import notices, rules
from coopoutreach.people.accounts.errors import WrongCredentials, WrongPassword
from coopoutreach.people.accounts.models import SignInLink, User, UserSession
from coopoutreach.platform.audit import commands as audit
from coopoutreach.platform.core.links import digest

#: What is kept of a browser's name and of a network address, in characters.
_MOST = 200


@dataclass(frozen=True, slots=True)
class Browser:
    """The browser that a request came from: its address, its name, and its cookie's secret."""

    address: str
    name: str
    secret: str | None = None


def sign_in(
    session: Session,
    user_id: int,
    *,
    verified_hash: str,
    browser: Browser,
    now: datetime,
    renewed_hash: str | None = None,
) -> str:
    """Sign somebody in whose password was checked; return the secret of their new session.

    The check was made before this transaction began, since hashing takes long: it counts only
    if the hash is still the same. `renewed_hash` is the same password's, by today's parameters.

    :raises WrongCredentials: if password or account changed since
    """
    user = session.scalar(select(User).where(User.id == user_id).with_for_update())
    if user is None or not user.active or user.password_hash != verified_hash:
        raise WrongCredentials
    if renewed_hash is not None:
        user.password_hash = renewed_hash
    secret = open_session(session, user, browser, now=now)
    _record(session, user, "user.signed_in", browser, now=now)
    return secret


def open_session(session: Session, user: User, browser: Browser, *, now: datetime) -> str:
    """Open a session for `user`; return its secret, which only the cookie holds.

    Links that were mailed before die, and so does the session that this browser had.
    """
    spend_links(session, user, now=now)
    if browser.secret is not None:
        session.execute(delete(UserSession).where(UserSession.token_hash == digest(browser.secret)))
    secret = secrets.token_urlsafe(32)
    session.add(
        UserSession(
            token_hash=digest(secret),
            user_id=user.id,
            created_at=now,
            last_seen_at=now,
            expires_at=now + rules.longest_life(user.role),
            address=browser.address[:_MOST],
            browser=browser.name[:_MOST],
        )
    )
    user.last_sign_in_at = now
    return secret


def confirm(session: Session, secret: str, *, verified_hash: str, now: datetime) -> None:
    """Note in the session whose cookie holds `secret` that its person's password was right.

    :raises WrongPassword: if the session ended or the password changed since it was checked
    """
    found = session.scalar(select(UserSession).where(UserSession.token_hash == digest(secret)))
    if found is None or found.user.password_hash != verified_hash:
        raise WrongPassword
    note_confirmed(session, found, by="password", now=now)


def note_confirmed(session: Session, found: UserSession, *, by: str, now: datetime) -> None:
    """Note in an open session that its person showed anew who they are."""
    found.confirmed_at = now
    audit.record(
        session,
        ("user", found.user_id),
        action="user.confirmed",
        actor=found.user.actor,
        now=now,
        after={"by": by},
    )


def spend_links(session: Session, user: User, *, now: datetime) -> None:
    """Make every link that was mailed to `user` useless."""
    links = select(SignInLink).where(SignInLink.user_id == user.id, SignInLink.used_at.is_(None))
    for link in session.scalars(links):
        link.used_at = now


def shut_out(session: Session, user: User, *, now: datetime) -> None:
    """End every session and every link of `user`.

    What is in flight cannot bring a session back, for it only updates.
    """
    spend_links(session, user, now=now)
    session.execute(delete(UserSession).where(UserSession.user_id == user.id))


def sign_out(session: Session, secret: str, *, now: datetime) -> None:
    """End the session whose cookie holds `secret`, if there is one."""
    found = session.scalar(select(UserSession).where(UserSession.token_hash == digest(secret)))
    if found is None:
        return
    audit.record(
        session,
        ("user", found.user_id),
        action="user.signed_out",
        actor=found.user.actor,
        now=now,
    )
    session.delete(found)


def close_session(
    session: Session, session_id: int, *, user_id: int, actor: str, now: datetime
) -> bool:
    """End one session of one's own; return whether there was one."""
    own = (UserSession.id == session_id, UserSession.user_id == user_id)
    result: Any = session.execute(delete(UserSession).where(*own))
    if result.rowcount:
        audit.record(session, ("user", user_id), action="user.session_closed", actor=actor, now=now)
    return bool(result.rowcount)


def close_other_sessions(
    session: Session, user_id: int, *, keep_secret: str, actor: str, now: datetime
) -> int:
    """End every session of one's own but this one; return how many there were."""
    others = (UserSession.user_id == user_id, UserSession.token_hash != digest(keep_secret))
    result: Any = session.execute(delete(UserSession).where(*others))
    if result.rowcount:
        audit.record(session, ("user", user_id), action="user.session_closed", actor=actor, now=now)
    return int(result.rowcount)


def note_refused(session: Session, user_id: int | None, *, address: str, now: datetime) -> None:
    """Keep in the trail that somebody tried a wrong password, or an address without account."""
    audit.record(
        session,
        ("user", user_id if user_id is not None else "unknown"),
        action="user.sign_in_refused",
        actor="anonymous",
        now=now,
        address=address,
    )


def warn_of_attempts(session: Session, user_id: int, *, address: str, now: datetime) -> None:
    """Tell somebody, once a day, that many passwords were tried on their account."""
    user = session.get_one(User, user_id)
    if not notices.many_attempts(session, user, now=now):
        return
    audit.record(
        session,
        ("user", user.id),
        action="user.sign_in_limited",
        actor="anonymous",
        now=now,
        address=address,
    )


def forget_ended(session: Session, *, now: datetime) -> int:
    """Delete sessions and links that nobody can use any more; return how many there were."""
    ended: Any = session.execute(delete(UserSession).where(UserSession.expires_at <= now))
    spent: Any = session.execute(delete(SignInLink).where(SignInLink.expires_at <= now))
    return int(ended.rowcount + spent.rowcount)


def _record(session: Session, user: User, action: str, browser: Browser, *, now: datetime) -> None:
    audit.record(
        session,
        ("user", user.id),
        action=action,
        actor=user.actor,
        now=now,
        address=browser.address,
    )
