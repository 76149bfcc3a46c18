"""Deliver what is due: claim, send outside any transaction, record; one commit a message.

`docs/decisions/0003` says what is promised: never lost, and doubled at most once for each kill or
broken connection that falls between the server's taking a message and our record of it.
"""

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import structlog
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from coopoutreach.mail.outgoing import outbox, queries, rules, standstill
from coopoutreach.mail.outgoing.models import PauseCause
from coopoutreach.mail.outgoing.rules import BEFORE_MAIL, Verdict
from coopoutreach.mail.outgoing.transport import Parcel, Transport
from coopoutreach.mail.outgoing.tries import Claimed, Outcome
from coopoutreach.platform.core import addresses
from coopoutreach.platform.core.batch import note_failure
from coopoutreach.platform.core.db import Database, begin_writing, end

logger = structlog.get_logger(__name__)

#: How many messages are claimed at once: what is urgent waits for no more than these.
BATCH = 50
#: A run begins no further message after this long: whoever stops a worker waits for it.
RUN_SECONDS = 5.0
_ABOUT_THE_SERVER = frozenset({Verdict.REFUSES_US, Verdict.UNREACHABLE})


class Delivery:
    """One run of delivery over one transport."""

    def __init__(
        self, database: Database, transport: Transport, *, sender: str, now: datetime
    ) -> None:
        self._database = database
        self._transport = transport
        self._sender = sender
        self._began = now, time.monotonic()
        #: How long the queue stands still already, while one message is tried at a time.
        self._grace: timedelta | None = None

    def run(self) -> int:
        """Deliver until nothing is due, the queue stands still or time is up; return how many."""
        if not self._may_run():
            return 0
        count = 0
        with self._database.engine.connect() as self._connection:
            while batch := self._claim():
                count += self._deliver(batch)
                if self._time_is_up() or not self._may_run():
                    break
        return count

    @contextmanager
    def _transaction(self) -> Iterator[Session]:
        """Yield a session that writes over the run's one connection, as `Database` has it.

        To take one from the pool and ask whether it lives is a statement more a message.
        """
        with Session(self._connection, expire_on_commit=False) as session:
            begin_writing(session)
            try:
                yield session
            except BaseException:
                end(session, keep=False)
                raise
            end(session, keep=True)

    def _now(self) -> datetime:
        now, since = self._began
        return now + timedelta(seconds=time.monotonic() - since)

    def _time_is_up(self) -> bool:
        return time.monotonic() - self._began[1] > RUN_SECONDS

    def _may_run(self) -> bool:
        now = self._now()
        with self._database.reading() as session:
            pause = queries.standing_pause(session)
            if pause is None:
                self._grace = None
            elif pause.cause is PauseCause.BY_HAND or pause.until > now:
                return False
            else:
                self._grace = now - pause.since
            return outbox.anything_due(session, now=now)

    def _claim(self) -> list[Claimed]:
        count = BATCH if self._grace is None else 1
        with self._transaction() as session:
            return outbox.claim(session, now=self._now(), count=count)

    def _deliver(self, batch: list[Claimed]) -> int:
        """Send a batch, and return how many messages were dealt with.

        The transaction that records one message begins the next: one commit a message.
        """
        outcome: Outcome | None = None
        for index, claimed in enumerate(batch):
            if outcome is not None and self._stops(outcome):
                self._stop(outcome, batch[index:])
                return index
            begun = self._turn(outcome, claimed)
            outcome = self._try(claimed) if begun else None
        if outcome is not None:
            self._stop(outcome, [])
        return len(batch)

    def _stops(self, outcome: Outcome) -> bool:
        return outcome.verdict in _ABOUT_THE_SERVER or self._time_is_up()

    def _turn(self, finished: Outcome | None, following: Claimed) -> bool:
        """Record the message before and begin the next; return whether that one is to be sent."""
        now, grace = self._now(), self._grace or timedelta()
        try:
            with self._transaction() as session:
                if finished is None:
                    return outbox.take_up(session, following, now=now, grace=grace)
                return outbox.record_and_take_up(
                    session, finished, following, now=now, grace=grace, chance=_chance()
                )
        except Exception:  # one feature's answer must not stop the mail of the others
            note_failure("a turn of the mail failed")
            logger.exception("mail.turn_failed", message=following.message_id)
        if finished is not None:
            self._record(finished)
        return self._begin_alone(following)

    def _begin_alone(self, claimed: Claimed) -> bool:
        now, grace = self._now(), self._grace or timedelta()
        try:
            with self._transaction() as session:
                return outbox.take_up(session, claimed, now=now, grace=grace)
        except Exception as error:
            note_failure(f"mail not begun: {type(error).__name__}")
            logger.exception("mail.not_begun", message=claimed.message_id)
            self._record(Outcome(claimed, None, fault=repr(error)))
            return False

    def _record(self, outcome: Outcome) -> None:
        """Record by itself; that a message was taken is kept even if telling others fails."""
        for telling in (True, False):
            try:
                with self._transaction() as session:
                    outbox.record(
                        session, outcome, now=self._now(), chance=_chance(), telling=telling
                    )
            except OperationalError:
                # The database is away: nothing was written of any message.
                raise
            except Exception as error:
                note_failure(f"mail not recorded: {type(error).__name__}")
                # Not even by itself: its lease runs out, and it is tried again after the others.
                event = "mail.not_told" if telling else "mail.not_recorded"
                logger.exception(event, message=outcome.claimed.message_id)
            else:
                return

    def _try(self, claimed: Claimed) -> Outcome:
        if not addresses.can_be_written(claimed.recipient):
            logger.warning("mail.unwritable", message=claimed.message_id)
            return Outcome(claimed, rules.UNWRITABLE)
        parcel = Parcel(claimed.message_id, self._sender, claimed.recipient, claimed.raw)
        try:
            answer = self._transport.send(parcel)
        except Exception as error:
            note_failure(f"mail not sent: {type(error).__name__}")
            logger.exception("mail.fault", message=claimed.message_id)
            return Outcome(claimed, None, fault=repr(error))
        return Outcome(claimed, answer)

    def _stop(self, outcome: Outcome, rest: list[Claimed]) -> None:
        """Record the last message, give back the rest, and stop or start the whole queue."""
        self._record(outcome)
        with self._transaction() as session:
            now = self._now()
            outbox.release(session, rest, now=now)
            if outcome.verdict in _ABOUT_THE_SERVER:
                standstill.pause_automatically(session, outcome, now=now)
            elif self._grace is not None and _reached(outcome):
                standstill.run_again(session, now=now)


def _reached(outcome: Outcome) -> bool:
    """Return whether the server listened to the message: it works, whatever it said of that one."""
    answer = outcome.answer
    return answer is not None and answer != rules.UNWRITABLE and answer.phase not in BEFORE_MAIL


def _chance() -> float:
    return random.random()  # noqa: S311 (spreads tries in time; no secret)
