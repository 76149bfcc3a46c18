"""Tick: run the schedule's jobs in this process until told to stop.

APScheduler keeps no truth of its own here: in memory, in UTC, by intervals only. What is due is
rows in the database, which any number of workers may claim.
"""

import logging
import os
import socket
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from coopoutreach.platform.core import batch, waking
from coopoutreach.platform.core.clock import utcnow
from coopoutreach.platform.core.db import Database
from coopoutreach.platform.scheduler import commands, listening, queries
from coopoutreach.platform.scheduler.job import Daily, Job

logger = structlog.get_logger(__name__)

#: A job that finds nothing to do says that it lives no more often than this, in seconds.
QUIET_SECONDS = 10.0
#: How long stopping waits for what is running, in seconds.
DRAIN_SECONDS = 20.0
#: A job that finds work goes on at once, this often in a row: then others have their turn.
_IN_A_ROW = 1000
#: Jobs at work at the same time: each has a connection and its memory, and two at the most wait for
#: other people's servers.
AT_ONCE = 8
#: How often to look whether the clock was set back, in seconds.
CLOCK_SECONDS = 5.0


class Worker:
    """What runs the schedule in this process."""

    def __init__(self, jobs: Sequence[Job], database: Database) -> None:
        self.name = f"{socket.gethostname()}-{os.getpid()}"
        self._jobs = jobs
        self._database = database
        self._stopping = threading.Event()
        self._ticking: dict[str, Ticking] = {}
        self._scheduler = BackgroundScheduler(
            timezone=UTC,
            executors={"default": ThreadPoolExecutor(AT_ONCE)},
            # Two, so that who wakes a job that just ends is heard: `Ticking` runs one at a time.
            job_defaults={"max_instances": 2, "coalesce": True, "misfire_grace_time": None},
        )
        self._quieten = waking.on_wake(self.wake)
        self._clock = threading.Thread(target=self._watch_clock, name="clock", daemon=True)
        self._listener = listening.thread(database, self.wake, self._stopping)

    def start(self) -> None:
        """Begin to tick; each job runs once at once."""
        # It warns each time a job is still at work when its next turn comes; that is meant.
        logging.getLogger("apscheduler").setLevel(logging.ERROR)
        for job in self._jobs:
            ticking = Ticking(job, self._database, self.name, self._stopping)
            self._ticking[job.name] = ticking
            self._scheduler.add_job(
                ticking.tick,
                "interval",
                seconds=job.when.interval.total_seconds(),
                id=job.name,
                next_run_time=utcnow(),
            )
        self._scheduler.start()
        self._clock.start()
        if self._listener is not None:
            self._listener.start()
        logger.info("worker.started", worker=self.name, jobs=len(self._ticking))

    def wake(self, job: str) -> None:
        """Have one job run now, or again if it runs; many calls at once are one."""
        ticking = self._ticking.get(job)
        if ticking is None or self._stopping.is_set() or not self._scheduler.running:
            return
        if ticking.ask_for_another_run():
            self._scheduler.modify_job(job, next_run_time=utcnow())

    def _watch_clock(self) -> None:
        """Go on at once when the clock is set back: by it, the next turn is hours away."""
        before, since = self._latest_known(), time.monotonic()
        while True:
            now = utcnow()
            by = before + timedelta(seconds=time.monotonic() - since) - now
            if by > queries.CLOCK_TOLERANCE:
                self._go_on_earlier(by, now)
            before, since = now, time.monotonic()
            if self._stopping.wait(CLOCK_SECONDS):
                return

    def _latest_known(self) -> datetime:
        """Return the latest moment that any worker wrote down, or now if that is later."""
        newest = None
        try:
            with self._database.reading() as session:
                newest = queries.newest_heartbeat(session)
        except Exception:
            logger.exception("clock.not_compared")
        return max(newest or utcnow(), utcnow())

    def _go_on_earlier(self, by: timedelta, now: datetime) -> None:
        logger.error("clock.set_back", worker=self.name, seconds=int(by.total_seconds()))
        for job in self._jobs:
            self._scheduler.modify_job(job.name, next_run_time=now)
        try:
            with self._database.transaction() as session:
                commands.note_clock_set_back(session, by=by, actor=f"worker:{self.name}", now=now)
        except Exception:
            logger.exception("clock.not_recorded")

    def stop(self) -> bool:
        """Begin nothing more, wait for what runs; return whether all of it ended in time."""
        self._stopping.set()
        self._quieten()
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
        until = time.monotonic() + DRAIN_SECONDS
        idle = [one.wait(until - time.monotonic()) for one in self._ticking.values()]
        if self._listener is not None and self._listener.is_alive():
            self._listener.join(max(until - time.monotonic(), 0))
        logger.info("worker.stopped", worker=self.name, drained=all(idle))
        return all(idle)


def start(jobs: Sequence[Job], database: Database) -> Worker:
    """Run `jobs` in this process, from now until the worker that this returns is stopped."""
    worker = Worker(jobs, database)
    worker.start()
    return worker


class Ticking:
    """One job in one process: runs it, records that it ran, and never raises."""

    def __init__(
        self, job: Job, database: Database, worker: str, stopping: threading.Event
    ) -> None:
        self._job = job
        self._database = database
        self._worker = worker
        self._stopping = stopping
        #: Guards the two that follow.
        self._idle = threading.Condition()
        self._runs = False
        #: Somebody asked for another run while one may have been going on.
        self._again = False
        self._unrecorded = 0
        self._recorded_at: float | None = None
        self._failed = False

    def wait(self, seconds: float) -> bool:
        """Wait until it does not run; return whether that came in time."""
        with self._idle:
            return self._idle.wait_for(lambda: not self._runs, timeout=max(seconds, 0))

    def ask_for_another_run(self) -> bool:
        """Have it run after now; return whether nobody had asked since its last run began."""
        with self._idle:
            asked, self._again = self._again, True
        return not asked

    def tick(self) -> None:
        """Run the job, and again while it finds work and has no hour of its own.

        Does nothing while it runs: whoever asked for another run is heard at its end.
        """
        with self._idle:
            if self._runs:
                return
            self._runs = True
        for turn in range(1, _IN_A_ROW + 1):
            with self._idle:
                self._again = False
            found = 0 if self._stopping.is_set() else self._run_once()
            with self._idle:
                # In one breath: whoever asks now is heard here, or finds that nothing runs.
                goes_on = (found or self._again) and not self._is_daily
                if self._stopping.is_set() or not goes_on or turn == _IN_A_ROW:
                    self._runs = False
                    self._idle.notify_all()
                    return

    @property
    def _is_daily(self) -> bool:
        return isinstance(self._job.when, Daily)

    def _run_once(self) -> int:
        started = utcnow()
        try:
            if not self._has_its_turn(started):
                return 0
            if self._is_daily or self._recorded_at is None:
                self._beat(started)
            with batch.counting() as tally:
                count = self._job.run(self._database, started)
        except Exception as error:
            # Whatever it was: the other jobs go on, and this one has its next turn.
            logger.exception("job.failed", job=self._job.name)
            self._record_failure(started, f"{type(error).__name__}: {error}")
            return 0
        if tally.failed:
            # The rest was served; what failed has its next turn with the job's.
            logger.error("job.partly_failed", job=self._job.name, failed=tally.failed)
            self._record_failure(started, f"{tally.failed}: {tally.first}", count=count)
            return 0
        self._record(started, count=count)
        return count

    def _has_its_turn(self, now: datetime) -> bool:
        when = self._job.when
        if not isinstance(when, Daily):
            return True
        day = when.day(now)
        if day is None:
            return False
        with self._database.transaction() as session:
            return commands.claim_day(session, self._job.name, day, now=now)

    def _beat(self, started: datetime) -> None:
        with self._database.transaction() as session:
            commands.beat(session, self._worker, self._job.name, now=started)

    def _record(self, started: datetime, *, count: int) -> None:
        """Record a run that went well; of runs that found nothing only one in a while."""
        self._unrecorded += 1
        now = time.monotonic()
        quiet = self._recorded_at is not None and now - self._recorded_at < QUIET_SECONDS
        if count == 0 and quiet and not self._failed:
            return
        try:
            self._write(started, count=count, failure=None)
            self._failed = False
        except Exception:
            logger.exception("job.not_recorded", job=self._job.name)

    def _record_failure(self, started: datetime, failure: str, *, count: int | None = None) -> None:
        self._unrecorded += 1
        # A run that goes well after it is written down at once: it clears what was said.
        self._failed = True
        try:
            self._write(started, count=count, failure=failure.replace("\0", "")[:500])
            self._give_day_back(started)
        except Exception:
            logger.exception("job.not_recorded", job=self._job.name)

    def _give_day_back(self, started: datetime) -> None:
        when = self._job.when
        day = when.day(started) if isinstance(when, Daily) else None
        if day is not None:
            with self._database.transaction() as session:
                commands.give_day_back(session, self._job.name, day, now=started)

    def _write(self, started: datetime, *, count: int | None, failure: str | None) -> None:
        with self._database.transaction() as session:
            commands.beat(
                session,
                self._worker,
                self._job.name,
                now=utcnow(),
                started_at=started,
                count=count,
                failure=failure,
                runs=self._unrecorded,
            )
        self._unrecorded, self._recorded_at = 0, time.monotonic()
