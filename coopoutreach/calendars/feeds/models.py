"""Private addresses of calendars."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from coopoutreach.calendars.feeds.rules import Scope
from coopoutreach.committee.meetings.models import MeetingSeries
from coopoutreach.people.accounts.models import User
from coopoutreach.people.directory.models import Organisation, Person
from coopoutreach.platform.core.db import Base
from coopoutreach.platform.core.links import new_nonce, new_public_id


class FeedAddress(Base):
    """A private calendar of one subscriber. A new nonce makes the old address dead at once."""

    __tablename__ = "feed_address"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=new_public_id)
    nonce: Mapped[str] = mapped_column(default=new_nonce)
    #: Who subscribes: somebody who signs in, or a person with a link of their own.
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    scope: Mapped[Scope]
    #: The cooperative of a cooperative's calendar.
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    #: The table of a table's calendar.
    series_id: Mapped[int | None] = mapped_column(ForeignKey("meeting_series.id"), index=True)
    #: What a selection is narrowed to: codes of regions, values of `Format`. Empty: all.
    regions: Mapped[list[str]] = mapped_column(JSON, default=list)
    formats: Mapped[list[str]] = mapped_column(JSON, default=list)
    created_at: Mapped[datetime]
    renewed_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    #: To the hour: when a program asked for it last, and which one.
    last_used_at: Mapped[datetime | None]
    last_program: Mapped[str] = mapped_column(default="")

    user: Mapped[User | None] = relationship()
    person: Mapped[Person | None] = relationship()
    organisation: Mapped[Organisation | None] = relationship()
    series: Mapped[MeetingSeries | None] = relationship()

    @property
    def of(self) -> str:
        """Return what it is named after: a cooperative, a table, or nothing."""
        if self.organisation is not None:
            return self.organisation.short_name
        return self.series.name if self.series is not None else ""
