"""Whether all is well: what stops pages, and what goes badly while pages are served."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from coopoutreach.platform.core import reactions
from coopoutreach.platform.scheduler import queries
from coopoutreach.platform.scheduler.happenings import HealthAsked, StopsAsked
from coopoutreach.platform.scheduler.models import Heartbeat

#: A worker that has said nothing for this long is gone.
SILENCE = timedelta(minutes=5)
#: A job that failed this often in a row is spoken of.
FAILING = 3
_NO_DATABASE = "the database does not answer"


@dataclass(frozen=True, slots=True)
class Failing:
    """A job whose last runs all failed: how many, and since when."""

    job: str
    failures: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Health:
    """Reasons, short and without names: of no pages at all, and of what else goes badly."""

    stops: tuple[str, ...] = ()
    degraded: tuple[str, ...] = ()

    def answer(self, *, serves_pages: bool) -> tuple[str, int]:
        """Return what is said to whoever watches, and its status.

        What does not stop pages must not take a process that serves them out of service: a
        mailbox that is down would end registration. A process that only works is not ready.
        """
        if self.stops:
            return "".join(f"{reason}\n" for reason in self.stops), 503
        if self.degraded:
            return f"degraded: {'; '.join(self.degraded)}\n", 200 if serves_pages else 503
        return "ok\n", 200


NO_DATABASE = Health(stops=(_NO_DATABASE,))


def examined(session: Session, *, now: datetime) -> Health:
    """Ask everybody who knows. A database that does not answer is an answer too."""
    try:
        stops = tuple(chain.from_iterable(reactions.react(session, StopsAsked(), now=now)))
        last = queries.newest_heartbeat(session)
        silent = last is not None and now - last > SILENCE
        degraded = ["no worker has run for minutes"] if silent else []
        degraded += [
            f"the job {one.job} failed {one.failures} times in a row"
            for one in failing_jobs(session)
        ]
        degraded += chain.from_iterable(reactions.react(session, HealthAsked(), now=now))
    except SQLAlchemyError:
        return NO_DATABASE
    return Health(stops, tuple(degraded))


def failing_jobs(session: Session) -> list[Failing]:
    """Return the jobs that failed three times in a row or more, by name."""
    counted = failures_in_a_row(queries.heartbeats(session))
    return [one for one in counted if one.failures >= FAILING]


def failures_in_a_row(beats: Sequence[Heartbeat]) -> list[Failing]:
    """Return how often each job failed since it last went well, by name; 0 of what goes well.

    Any worker may do a job's work: what one of them did well since another began to fail is done.
    Workers that were started anew go on with the count of those before them.
    """
    jobs: dict[str, list[Heartbeat]] = defaultdict(list)
    for beat in beats:
        jobs[beat.job].append(beat)
    found = []
    for job in sorted(jobs):
        well = max((beat.succeeded_at for beat in jobs[job] if beat.succeeded_at), default=None)
        failed = [
            beat
            for beat in jobs[job]
            if beat.failing_since is not None and (well is None or beat.failing_since > well)
        ]
        since = min((beat.failing_since for beat in failed if beat.failing_since), default=None)
        count = sum(beat.failures for beat in failed)
        found.append(Failing(job, count, since or jobs[job][0].started_at))
    return found
