"""People who sign in, their sessions and their links."""

from datetime import datetime
from enum import StrEnum
from hmac import compare_digest

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from coopoutreach.platform.access.permissions import Role
from coopoutreach.platform.core.db import Base
from coopoutreach.platform.core.links import digest


class User(Base):
    """Somebody who signs in."""

    __tablename__ = "user_account"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: As `rules.email_key` makes it: NFC, lower case.
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    role: Mapped[Role]
    password_hash: Mapped[str | None]
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    last_sign_in_at: Mapped[datetime | None]

    #: Flask-Login asks; whoever was loaded has signed in.
    is_authenticated = True
    is_anonymous = False

    @property
    def is_active(self) -> bool:
        """Return whether the account may be used; Flask-Login asks."""
        return self.active

    def get_id(self) -> str:
        """Return the number of the account; Flask-Login asks."""
        return str(self.id)

    @property
    def actor(self) -> str:
        """Return how the audit trail names this person."""
        return f"user:{self.id}"


class UserSession(Base):
    """One browser in which somebody signed in. The cookie holds the secret; this, its hash."""

    __tablename__ = "user_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    address: Mapped[str]
    browser: Mapped[str]
    #: When its person last showed who they are while it was open, after they had signed in.
    confirmed_at: Mapped[datetime | None]
    #: Sentences to show once, on the next page: `[category, sentence]` each.
    flashes: Mapped[list[list[str]]] = mapped_column(JSON, default=list)

    user: Mapped[User] = relationship(lazy="joined")


class LinkPurpose(StrEnum):
    """What a link in a mail is good for."""

    SIGN_IN = "sign-in"
    RESET = "reset"
    INVITATION = "invitation"


class SignInLink(Base):
    """A link that was mailed: single use, stored hashed, acted on by POST only."""

    __tablename__ = "sign_in_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    purpose: Mapped[LinkPurpose]
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    #: Which browser asked for it, hashed; another one is asked for the address again.
    browser_hash: Mapped[str | None]

    user: Mapped[User] = relationship(lazy="joined")

    def was_asked_for_by(self, secret: str | None) -> bool:
        """Return whether the browser whose cookie holds `secret` is the one that asked for this."""
        if secret is None or self.browser_hash is None:
            return False
        return compare_digest(digest(secret), self.browser_hash)


class HeldForm(Base):
    """What somebody had typed when their session had ended: for an hour, and for them alone."""

    __tablename__ = "held_form"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    #: Where it was sent to, and the page on which it stood.
    path: Mapped[str]
    page: Mapped[str]
    #: `[name, value]` each, in the order of the form; neither secrets nor files.
    fields: Mapped[list[list[str]]] = mapped_column(JSON)
    had_files: Mapped[bool]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
