"""People who sign in, their sessions and their links."""

from datetime import datetime
from enum import StrEnum

from flask_login import UserMixin
from sqlalchemy import ForeignKey, JSON
from sqlalchemy.orm import Mapped, mapped_column, relationship
from typing_extensions import override

from coopoutreach.access.permissions import Role
from coopoutreach.core.db import Base


class User(UserMixin, Base):  # type: ignore[misc]  # flask_login ships no types
    """Somebody who signs in."""

    __tablename__ = "user_account"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Normalised: lower case domain, NFC; compared without case.
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    role: Mapped[Role]
    password_hash: Mapped[str | None]
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    last_sign_in_at: Mapped[datetime | None]

    @property
    def is_active(self) -> bool:
        """Return whether the account may be used; Flask-Login asks."""
        return self.active

    @override
    def get_id(self) -> str:
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

    user: Mapped[User] = relationship(lazy="joined")
