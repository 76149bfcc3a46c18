"""What the workers did last, so that anybody can see that they live."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from coopoutreach.platform.core.db import Base


class Heartbeat(Base):
    """The last run of one job by one worker."""

    __tablename__ = "heartbeat"

    worker: Mapped[str] = mapped_column(primary_key=True)
    job: Mapped[str] = mapped_column(primary_key=True)
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    #: None while it runs, then whether it ended well.
    succeeded: Mapped[bool | None]
    #: How many things the last run dealt with.
    count: Mapped[int | None]
    failure: Mapped[str | None]
    runs: Mapped[int]
    #: How often in a row it failed by now, itself or something in it, and since when.
    failures: Mapped[int] = mapped_column(default=0)
    failing_since: Mapped[datetime | None]
    #: When it last ended well.
    succeeded_at: Mapped[datetime | None]


class DailyRun(Base):
    """A job that is done once a day, whichever worker gets there first."""

    __tablename__ = "daily_run"

    job: Mapped[str] = mapped_column(primary_key=True)
    #: The day in the federation's zone, `2026-11-24`.
    day: Mapped[str] = mapped_column(primary_key=True)
    claimed_at: Mapped[datetime]
