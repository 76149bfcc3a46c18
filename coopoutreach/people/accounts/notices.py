"""What people are told about their account."""

from datetime import datetime

from sqlalchemy.orm import Session

from coopoutreach.mail.outgoing import commands as messaging
from coopoutreach.mail.outgoing.letters import MailDraft, Recipient
from coopoutreach.mail.outgoing.models import Category
from coopoutreach.people.accounts.models import LinkPurpose, SignInLink, User
from coopoutreach.platform.core import settings, spanish

#: Where each kind of link leads.
PATHS = {
    LinkPurpose.SIGN_IN: "/ingresar/enlace/",
    LinkPurpose.RESET: "/clave/nueva/",
    LinkPurpose.INVITATION: "/clave/nueva/",
}


def address_of(link: SignInLink, secret: str) -> str:
    """Return the address that a link's mail shows: from the configured one, never a request's."""
    return settings.current().links.to(PATHS[link.purpose] + secret)


#: Which notice brings which kind of link that somebody asked for.
_ASKED = {
    LinkPurpose.SIGN_IN: "accounts/sign_in_link",
    LinkPurpose.RESET: "accounts/reset_link",
}


def asked_link(session: Session, link: SignInLink, secret: str, *, now: datetime) -> str:
    """Owe somebody the link that they asked for, to come in or to choose a password.

    Return the key of the message.
    """
    return _owe_link(session, link, secret, notice=_ASKED[link.purpose], now=now)


def password_changed(session: Session, user: User, *, now: datetime) -> None:
    """Owe somebody word that their password was changed: they would know if it was not them."""
    letter = MailDraft(
        key=f"accounts/password_changed:{user.id}:{now.isoformat()}",
        notice="accounts/password_changed",
        to=_recipient(user),
        context={
            "name": user.name,
            "when": spanish.daytime(spanish.wall(now)),
            "url": settings.current().links.to("/clave/olvidada"),
        },
        priority=1,
    )
    messaging.owe(session, letter, now=now)


def many_attempts(session: Session, user: User, *, now: datetime) -> bool:
    """Owe somebody word that many passwords were tried on their account: once a day.

    Return whether they had not been told yet.
    """
    letter = MailDraft(
        key=f"accounts/many_attempts:{user.id}:{spanish.wall(now).date().isoformat()}",
        notice="accounts/many_attempts",
        to=_recipient(user),
        context={
            "name": user.name,
            "when": spanish.daytime(spanish.wall(now)),
            "url": settings.current().links.to("/ingresar/enlace"),
        },
        priority=1,
    )
    return messaging.owe(session, letter, now=now)


def _owe_link(
    session: Session, link: SignInLink, secret: str, *, notice: str, now: datetime
) -> str:
    letter = MailDraft(
        # Not by its number: SQLite gives those of links that were forgotten again.
        key=f"{notice}:{link.token_hash[:32]}",
        notice=notice,
        to=_recipient(link.user),
        context={
            "name": link.user.name,
            "url": address_of(link, secret),
            "minutes": int((link.expires_at - link.created_at).total_seconds() // 60),
        },
        category=Category.URGENT,
        priority=0,
        not_after=link.expires_at,
    )
    messaging.owe(session, letter, now=now)
    return letter.key


def _recipient(user: User) -> Recipient:
    return Recipient(user.name, user.email)
