"""Write down what a worker did, and claim the day of a daily job."""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from coopoutreach.platform.audit import commands as audit
from coopoutreach.platform.scheduler.models import DailyRun, Heartbeat

#: How the trail names the machine's clock.
CLOCK = ("clock", "server")
#: How long a worker that is gone, or a day that is done, is remembered.
_KEPT = timedelta(days=14)


def claim_day(session: Session, job: str, day: str, *, now: datetime) -> bool:
    """Claim one day of a daily job: True for one worker alone."""
    made = _insert(session, DailyRun).values(job=job, day=day, claimed_at=now)
    claimed = made.on_conflict_do_nothing(index_elements=["job", "day"]).returning(DailyRun.day)
    return session.scalar(claimed) is not None


def give_day_back(session: Session, job: str, day: str, *, now: datetime) -> None:
    """Let a daily job that failed be tried again, unless its day was claimed anew after `now`."""
    claimed = (DailyRun.job == job, DailyRun.day == day, DailyRun.claimed_at <= now)
    session.execute(sa.delete(DailyRun).where(*claimed))


def beat(  # noqa: PLR0913 (a heartbeat has this many columns)
    session: Session,
    worker: str,
    job: str,
    *,
    now: datetime,
    started_at: datetime | None = None,
    count: int | None = None,
    failure: str | None = None,
    runs: int = 0,
) -> None:
    """Record that a run begins, or that the one since `started_at` ended: the last of `runs`."""
    values = {
        "started_at": started_at or now,
        "finished_at": None if started_at is None else now,
        "succeeded": None if started_at is None else failure is None,
        "count": count,
        "failure": failure,
    }
    ended, failed = started_at is not None, failure is not None
    first = {
        "runs": runs,
        "failures": int(failed),
        "failing_since": now if failed else None,
        "succeeded_at": now if ended and not failed else None,
    }
    again: dict[str, Any] = {"runs": Heartbeat.runs + runs}
    if failed:
        again |= {
            "failures": Heartbeat.failures + 1,
            "failing_since": sa.func.coalesce(Heartbeat.failing_since, now),
        }
    elif ended:
        again |= {"failures": 0, "failing_since": None, "succeeded_at": now}
    made = _insert(session, Heartbeat).values(worker=worker, job=job, **values, **first)
    session.execute(
        made.on_conflict_do_update(index_elements=["worker", "job"], set_={**values, **again})
    )


def note_clock_set_back(session: Session, *, by: timedelta, actor: str, now: datetime) -> None:
    """Keep in the trail that the clock of this machine was set back."""
    audit.record(
        session,
        CLOCK,
        action="clock.set_back",
        actor=actor,
        now=now,
        after={"seconds": int(by.total_seconds())},
    )


def forget_old(session: Session, *, now: datetime) -> None:
    """Forget workers that are long gone and days long done."""
    session.execute(sa.delete(Heartbeat).where(Heartbeat.started_at < now - _KEPT))
    session.execute(sa.delete(DailyRun).where(DailyRun.claimed_at < now - _KEPT))


def _insert(session: Session, table: Any) -> Any:
    dialect = session.get_bind().dialect.name
    return (postgresql.insert if dialect == "postgresql" else sqlite.insert)(table)
