"""The whole road of an answer, with real programs at each end of it.

A person registers over a socket; the worker sends the invitation by SMTP; a mail program reads it
and answers; the answer reaches the mailbox of the federation; the worker fetches it by IMAP; the
seat goes to whoever waits, and they are told.
"""

import email
import email.policy
from email.message import EmailMessage
from pathlib import Path

import icalendar
import pytest
import sqlalchemy as sa

from coopoutreach.people.directory.models import Person
from coopoutreach.talks.registrations.models import Registration
from coopoutreach.talks.registrations.rules import State
from tests.support.application import Application, register, stop, wait_for
from tests.support.imap import MailHost
from tests.support.smtp import MailServer

pytestmark = pytest.mark.slow


@pytest.fixture
def others():
    """The mail server of everybody else."""
    with MailServer() as server:
        yield server


@pytest.fixture
def ours(tmp_path):
    """The federation's mailbox."""
    folder = Path(tmp_path / "host")
    folder.mkdir()
    with MailHost(folder) as host:
        yield host


@pytest.fixture
def application(tmp_path, own_database_url, others, ours):
    more = {"INBOX_URL": ours.url, "MAIL_FROM": "FECRECOOP <agenda@fecrecoop.example>"}
    made = Application(tmp_path, own_database_url, others.url, more)
    made.prepare(seats=1)
    return made


def invitations(others, address):
    """What the mail program of `address` shows as invitations: message and calendar entry."""
    found = []
    for taken in tuple(others.taken):
        if taken.recipient != address:
            continue
        message = email.message_from_bytes(taken.raw, policy=email.policy.default)
        for part in message.walk():
            if part.get_content_type() == "text/calendar":
                calendar = icalendar.Calendar.from_ical(part.get_content())
                found.append((message, calendar))
    return found


def answer(message, calendar, partstat):
    """What a mail program sends when somebody presses a button of the invitation."""
    asked = calendar.walk("VEVENT")[0]
    attendee = asked["ATTENDEE"]
    reply = icalendar.Calendar()
    reply.add("prodid", "-//Un programa de correo//ES")
    reply.add("version", "2.0")
    reply.add("method", "REPLY")
    entry = icalendar.Event()
    for name in ("UID", "SEQUENCE", "DTSTART", "ORGANIZER"):
        entry[name] = asked[name]
    entry.add("dtstamp", asked.decoded("DTSTAMP"))
    attendee.params["PARTSTAT"] = partstat
    entry["ATTENDEE"] = attendee
    reply.add_component(entry)
    made = EmailMessage()
    made["From"] = message["To"]
    made["To"] = message["Reply-To"] or message["From"]
    made["Subject"] = f"Respuesta: {message['Subject']}"
    made["Message-ID"] = "<respuesta-1@coop.example>"
    made["Date"] = message["Date"]
    made.set_content("No podré asistir.")
    made.add_alternative(
        reply.to_ical(), maintype="text", subtype="calendar", params={"method": "REPLY"}
    )
    return made.as_bytes(policy=email.policy.SMTP)


def states(application):
    with application.database() as database, database.reading() as session:
        rows = session.execute(
            sa.select(Person.email, Registration.state).join(Registration.person)
        )
        return dict(rows.all())


def test_who_declines_in_a_mail_program_leaves_the_seat_to_who_waits(application, others, ours):
    web, worker = application.serve("--no-worker"), application.worker()
    try:
        application.wait_until_it_answers()
        assert register(application.port, "ana@coop.example") == 303
        assert register(application.port, "luis@coop.example") == 303
        assert states(application) == {
            "ana@coop.example": State.CONFIRMED,
            "luis@coop.example": State.WAITING,
        }
        wait_for(lambda: invitations(others, "ana@coop.example"))
        assert not invitations(others, "luis@coop.example")
        message, calendar = invitations(others, "ana@coop.example")[0]
        assert "@fecrecoop.example" in message["Reply-To"]
        ours.deliver(answer(message, calendar, "DECLINED"))
        # The mailbox is read once a minute, and at each start.
        stop(worker)
        worker = application.worker()
        wait_for(lambda: invitations(others, "luis@coop.example"), lambda: states(application))
        assert states(application) == {
            "ana@coop.example": State.CANCELLED,
            "luis@coop.example": State.CONFIRMED,
        }
        assert not ours.uids("UNSEEN")
    finally:
        stop(worker)
        stop(web)
