"""Read accounts, sessions and links."""

from datetime import datetime

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import Session

from coopoutreach.people.accounts import rules
from coopoutreach.people.accounts.models import HeldForm, LinkPurpose, SignInLink, User, UserSession
from coopoutreach.platform.access.permissions import Role
from coopoutreach.platform.core.links import digest


def user_by_email(session: Session, email: str) -> User | None:
    """Return the account of an address, open or closed."""
    return session.scalar(select(User).where(User.email == rules.email_key(email)))


def user_or_stand_in(session: Session, email: str) -> User | None:
    """Return the account of an address, or any other that is open; None if there is none at all."""
    key = rules.email_key(email)
    is_theirs = case((User.email == key, 0), else_=1)
    first = select(User).where(or_(User.email == key, User.active)).order_by(is_theirs, User.id)
    return session.scalar(first.limit(1))


def password_hash_of(session: Session, user_id: int) -> str | None:
    """Return the hash of an account's password, if the account is open and has one."""
    return session.scalar(select(User.password_hash).where(User.id == user_id, User.active))


def session_by_secret(session: Session, secret: str, *, now: datetime) -> UserSession | None:
    """Return the open session whose cookie holds `secret`, with its user."""
    found = session.scalar(select(UserSession).where(UserSession.token_hash == digest(secret)))
    return found if found is not None and _is_open(found, now) else None


def sessions_of(session: Session, user_id: int, *, now: datetime) -> list[UserSession]:
    """Return the open sessions of an account, the one used last first."""
    found = session.scalars(
        select(UserSession)
        .where(UserSession.user_id == user_id)
        .order_by(UserSession.last_seen_at.desc(), UserSession.id.desc())
    )
    return [one for one in found if _is_open(one, now)]


def link_by_secret(
    session: Session, secret: str, purposes: frozenset[LinkPurpose], *, now: datetime
) -> SignInLink | None:
    """Return the link of one of `purposes` that holds `secret`, if it may still be used."""
    link = session.scalar(
        select(SignInLink).where(
            SignInLink.token_hash == digest(secret),
            SignInLink.purpose.in_(purposes),
            SignInLink.used_at.is_(None),
            SignInLink.expires_at > now,
        )
    )
    return link if link is not None and link.user.active else None


def number_of_administrators(session: Session) -> int:
    """Return how many people may manage accounts."""
    statement = select(func.count()).where(User.role == Role.ADMINISTRATION, User.active)
    return session.scalar(statement) or 0


def held_form(session: Session, secret: str, user_id: int, *, now: datetime) -> HeldForm | None:
    """Return what was typed by this person and waits under `secret`, or None."""
    return session.scalar(
        select(HeldForm).where(
            HeldForm.token_hash == digest(secret),
            HeldForm.user_id == user_id,
            HeldForm.expires_at > now,
        )
    )


def _is_open(found: UserSession, now: datetime) -> bool:
    return found.user.active and rules.is_live(
        role=found.user.role,
        last_seen_at=found.last_seen_at,
        expires_at=found.expires_at,
        now=now,
    )
