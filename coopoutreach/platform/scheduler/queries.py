"""Read what the workers did last."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from coopoutreach.platform.scheduler.models import Heartbeat

#: Clocks that are set by the network differ by less than this.
CLOCK_TOLERANCE = timedelta(seconds=60)


def newest_heartbeat(session: Session) -> datetime | None:
    """Return when any worker last began or ended a run, or None if none ever has."""
    last = sa.func.max(sa.func.coalesce(Heartbeat.finished_at, Heartbeat.started_at))
    return session.scalar(sa.select(sa.type_coerce(last, Heartbeat.started_at.type)))


def heartbeats(session: Session) -> Sequence[Heartbeat]:
    """Return the last run of each job by each worker, the newest first."""
    return session.scalars(sa.select(Heartbeat).order_by(Heartbeat.started_at.desc())).all()


def last_runs(session: Session) -> Sequence[Heartbeat]:
    """Return the last run of each job, whichever worker did it, by name."""
    newest: dict[str, Heartbeat] = {}
    for beat in heartbeats(session):
        newest.setdefault(beat.job, beat)
    return [newest[job] for job in sorted(newest)]
