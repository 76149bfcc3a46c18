"""The log of consents: added to, and ended, never rewritten."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from coopoutreach.events.models import Event
from coopoutreach.people.directory.models import Person
from coopoutreach.platform.core.db import Base
from coopoutreach.talks.consents.rules import Channel, Purpose


class ConsentText(Base):
    """One version of the words in which a consent is asked for; never changed once it is there."""

    __tablename__ = "consent_text"

    #: SHA-256 of the text, in hexadecimal.
    hash: Mapped[str] = mapped_column(primary_key=True)
    purpose: Mapped[Purpose]
    version: Mapped[str]
    text: Mapped[str]
    since: Mapped[datetime]


class Consent(Base):
    """One person agreed to one purpose, for one event or for all."""

    __tablename__ = "consent"
    __table_args__ = (Index("ix_consent_person_purpose", "person_id", "purpose"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    purpose: Mapped[Purpose]
    #: For one event alone; None: whatever the event.
    event_id: Mapped[int | None] = mapped_column(ForeignKey("event.id"), index=True)
    text_hash: Mapped[str] = mapped_column(ForeignKey("consent_text.hash"))
    given_at: Mapped[datetime]
    channel: Mapped[Channel]
    #: The network that it came from, truncated: /24 of IPv4, /48 of IPv6.
    network: Mapped[str] = mapped_column(default="")
    withdrawn_at: Mapped[datetime | None]
    withdrawn_channel: Mapped[Channel | None]
    withdrawn_network: Mapped[str] = mapped_column(default="")

    person: Mapped[Person] = relationship()
    event: Mapped[Event | None] = relationship()
    text: Mapped[ConsentText] = relationship()
