"""Measure five hundred reminders, from due to the last one taken."""

import smtplib
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from bench import fill, plain, stage
from bench.figures import Bound, Figure, judge, take_turns
from bench.stage import Engine, Place
from coopoutreach.events import jobs, notices
from coopoutreach.events.mailboxes import Mailbox
from coopoutreach.events.models import Announcement, Invitee
from coopoutreach.mail.outgoing import jobs as mail
from coopoutreach.mail.outgoing import mime, rendering
from coopoutreach.mail.outgoing.letters import MailDraft
from coopoutreach.mail.outgoing.models import MessageState, OutgoingMessage
from coopoutreach.platform.core import settings
from coopoutreach.platform.core.db import Database

PEOPLE = 500
ROUNDS = 3


def measure(engine: Engine, *, now: datetime) -> Iterator[Figure]:
    """Yield the figure of reminders."""
    place = engine.place("reminders")
    with stage.sink() as port:
        settings.install(replace(settings.current(), mail_url=f"smtp://127.0.0.1:{port}"))
        rounds = take_turns(
            lambda: _ours(place, now=now), lambda: _bare(place, port, now=now), rounds=ROUNDS
        )
    place.close()
    yield judge("500 reminders, from due to taken", engine.name, "messages/s", rounds, BOUND)


BOUND = Bound(least=0.5)


def _ours(place: Place, *, now: datetime) -> float:
    """Let a reminder fall due, and do what the scheduler does; return messages a second."""
    fill.talk_to_remind(place.database, count=PEOPLE, now=now)
    before = _sent(place.database)
    began = time.perf_counter()
    assert jobs.tell_announcements(place.database, now) == PEOPLE
    # Each run begins where the clock is by then, as the scheduler has it.
    while mail.deliver_due(place.database, datetime.now(UTC)):
        pass
    took = time.perf_counter() - began
    assert _sent(place.database) - before == PEOPLE
    return PEOPLE / took


def _sent(database: Database) -> int:
    with database.reading() as session:
        sent = select(func.count()).where(OutgoingMessage.state == MessageState.SENT)
        return session.scalar(sent) or 0


def _bare(place: Place, port: int, *, now: datetime) -> float:
    """Build the same messages from what is in memory, and send each; return messages a second."""
    talk_id = fill.talk_to_remind(place.database, count=PEOPLE, now=now)
    with place.database.reading() as session:
        announcement = session.scalars(
            select(Announcement).where(Announcement.event_id == talk_id)
        ).one()
        wanted = select(Invitee).where(Invitee.event_id == talk_id)
        invitees = session.scalars(
            wanted.options(joinedload(Invitee.person), joinedload(Invitee.event))
        ).all()
        began = time.perf_counter()
        with smtplib.SMTP("127.0.0.1", port, local_hostname="localhost") as server:
            for invitee in invitees:
                letter = notices.reminder(announcement, invitee, mailbox=Mailbox([invitee]))
                raw = _message(letter, now=now)
                server.sendmail(mime.address_of(_sender()), letter.to.address, raw)
        took = time.perf_counter() - began
    _forget(place.database, talk_id)
    return PEOPLE / took


def _message(letter: MailDraft, *, now: datetime) -> bytes:
    sender = _sender()
    text = rendering.render(letter.notice, letter.context)
    identity = mime.message_id(letter.key, sender)
    envelope = mime.Envelope(identity, sender, letter.to.name, letter.to.address, now)
    return plain.write(envelope, text, letter.calendar)


def _sender() -> str:
    return settings.current().mail_from


def _forget(database: Database, talk_id: int) -> None:
    """End the reminder that the floor sent, lest our next round sends it again."""
    with database.transaction() as session:
        for found in session.scalars(select(Announcement).filter_by(event_id=talk_id)):
            session.delete(found)
