"""Mail links that let people in or choose a password, and take them back, once."""

import secrets
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from coopoutreach.mail.outgoing.models import OutgoingMessage
from coopoutreach.people.accounts import notices, queries, rules
from coopoutreach.people.accounts.commands.sessions import (
    Browser,
    note_confirmed,
    open_session,
    spend_links,
)
from coopoutreach.people.accounts.commands.users import set_password
from coopoutreach.people.accounts.errors import LinkSpent, OtherBrowser
from coopoutreach.people.accounts.models import LinkPurpose, SignInLink, User, UserSession
from coopoutreach.platform.audit import commands as audit
from coopoutreach.platform.core.links import digest

SIGN_IN = frozenset({LinkPurpose.SIGN_IN})
#: Both let somebody choose a password: one because they forgot theirs, one because they have none.
NEW_PASSWORD = frozenset({LinkPurpose.RESET, LinkPurpose.INVITATION})


def request_link(session: Session, email: str, *, browser: Browser, now: datetime) -> None:
    """Owe a sign-in link to whoever has an account with `email`; nothing is left of it else."""
    _owe_if_known(session, email, LinkPurpose.SIGN_IN, browser=browser, now=now)


def consume_link(
    session: Session, secret: str, *, email: str | None, browser: Browser, now: datetime
) -> tuple[User, str]:
    """Sign somebody in by a link; return them and the secret of their session.

    It is a new one, unless this browser has one of theirs that is open: the link then confirms
    that it is they, and forms that lie open in it stay good.

    :raises LinkSpent: if it was used or is too old
    :raises OtherBrowser: if another browser asked for it and `email` is not whose it is
    """
    link = queries.link_by_secret(session, secret, SIGN_IN, now=now)
    if link is None:
        raise LinkSpent
    if (
        not link.was_asked_for_by(browser.secret)
        and rules.email_key(email or "") != link.user.email
    ):
        raise OtherBrowser
    _spend(session, link, now=now)
    open_already = _own_session(session, link, browser, now=now)
    if open_already is not None and browser.secret is not None:
        spend_links(session, link.user, now=now)
        note_confirmed(session, open_already, by="link", now=now)
        return link.user, browser.secret
    opened = open_session(session, link.user, browser, now=now)
    audit.record(
        session,
        ("user", link.user_id),
        action="user.signed_in",
        actor=link.user.actor,
        now=now,
        after={"by": "link"},
        address=browser.address,
    )
    return link.user, opened


def request_reset(session: Session, email: str, *, browser: Browser, now: datetime) -> None:
    """Owe a link to choose a new password; nothing is left of it where there is no account."""
    _owe_if_known(session, email, LinkPurpose.RESET, browser=browser, now=now)


def reset_password(session: Session, secret: str, *, password_hash: str, now: datetime) -> User:
    """Set the password of whoever's link this is. It signs nobody in.

    :raises LinkSpent: if it was used, is too old, or somebody signed in since
    """
    link = queries.link_by_secret(session, secret, NEW_PASSWORD, now=now)
    if link is None:
        raise LinkSpent
    _spend(session, link, now=now)
    set_password(
        session, link.user, password_hash=password_hash, actor=f"link:{link.user.actor}", now=now
    )
    return link.user


def invite(session: Session, user: User, *, actor: str, now: datetime) -> str:
    """Return the secret of a link by which `user` chooses a first password, for seven days."""
    _link, secret = _new(session, user, LinkPurpose.INVITATION, rules.INVITATION_LIFE, now=now)
    audit.record(session, ("user", user.id), action="user.invited", actor=actor, now=now)
    return secret


#: For how long a link that was asked for is good.
_LIVES = {LinkPurpose.SIGN_IN: rules.SIGN_IN_LINK_LIFE, LinkPurpose.RESET: rules.RESET_LIFE}


def _owe_if_known(
    session: Session, email: str, purpose: LinkPurpose, *, browser: Browser, now: datetime
) -> None:
    """Owe a link to whoever has an open account with `email`, in the time that nobody's takes.

    For any other address the same is done in the name of another account, statement by statement,
    and taken back before anybody can see it: how long it takes tells nothing (PR-04).
    """
    user = queries.user_or_stand_in(session, email)
    if user is None:
        return
    link, secret = _new(session, user, purpose, _LIVES[purpose], now=now, browser=browser)
    key = notices.asked_link(session, link, secret, now=now)
    is_theirs = user.active and user.email == rules.email_key(email)
    # Of a known one, no row has such a key and number.
    for taken_back in (
        delete(OutgoingMessage).where(OutgoingMessage.key == ("" if is_theirs else key)),
        delete(SignInLink).where(SignInLink.id == (0 if is_theirs else link.id)),
    ):
        session.execute(taken_back.execution_options(synchronize_session=False))
    if not is_theirs:
        session.expunge(link)


def _new(
    session: Session,
    user: User,
    purpose: LinkPurpose,
    life: timedelta,
    *,
    now: datetime,
    browser: Browser | None = None,
) -> tuple[SignInLink, str]:
    secret = secrets.token_urlsafe(32)
    link = SignInLink(
        token_hash=digest(secret),
        purpose=purpose,
        user=user,
        created_at=now,
        expires_at=now + life,
        browser_hash=digest(browser.secret) if browser and browser.secret else None,
    )
    session.add(link)
    session.flush()
    return link, secret


def _own_session(
    session: Session, link: SignInLink, browser: Browser, *, now: datetime
) -> UserSession | None:
    """Return the open session of this browser, if it is of whoever the link is for."""
    if browser.secret is None:
        return None
    found = queries.session_by_secret(session, browser.secret, now=now)
    return found if found is not None and found.user_id == link.user_id else None


def _spend(session: Session, link: SignInLink, *, now: datetime) -> None:
    """Use a link up: of two that come at once, one gets it."""
    claim = (
        update(SignInLink)
        .where(SignInLink.id == link.id, SignInLink.used_at.is_(None))
        .values(used_at=now)
    )
    result: Any = session.execute(claim)
    if not result.rowcount:
        raise LinkSpent
