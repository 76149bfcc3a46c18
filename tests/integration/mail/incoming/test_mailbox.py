"""A real mailbox, read over IMAP: what arrives counts once, whatever dies in between."""

import shutil
import signal
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from coopoutreach.events.models import Invitee
from coopoutreach.events.rules import Answer
from coopoutreach.mail.incoming import commands, imap, jobs, queries
from coopoutreach.mail.incoming import reactions as inbound
from coopoutreach.mail.incoming.models import InboundMessage, InboxOutage
from coopoutreach.mail.incoming.rules import Reason
from coopoutreach.platform.audit.models import Entry
from coopoutreach.platform.core import reactions
from coopoutreach.platform.core import settings as process_settings
from coopoutreach.platform.scheduler.happenings import AttentionAsked
from coopoutreach.wiring import WIRING
from tests.support import imip
from tests.support.dovecot import dovecot
from tests.support.imap import MailHost
from tests.support.mail_reader import Reading, readers

ACCEPT, DECLINE = "01_outlook365_accept_no_organizer.eml", "24_hostile_tzid_directory.eml"


@pytest.fixture(scope="module")
def host(tmp_path_factory):
    with MailHost(tmp_path_factory.mktemp("imap")) as host:
        yield host


@pytest.fixture
def inbox(host, database, settings):
    """The mailbox, empty, with the world of the samples in the database."""
    reactions.install(WIRING)
    process_settings.install(replace(imip.of_the_world(settings), inbox_url=host.url))
    with database.transaction() as session:
        imip.load(session)
    host.empty()
    return host


def answers(database):
    with database.reading() as session:
        rows = session.scalars(sa.select(Invitee).where(Invitee.answer != Answer.PENDING))
        return {one.person.email: one.answer for one in rows}


def times_answered(database):
    wanted = sa.select(sa.func.count()).where(Entry.action == "invitee.answered")
    with database.reading() as session:
        return session.scalar(wanted)


def reasons(database):
    with database.reading() as session:
        return list(session.scalars(sa.select(InboundMessage.reason).order_by(InboundMessage.id)))


def test_what_is_delivered_by_smtp_is_read_and_marked(inbox, database):
    inbox.deliver(imip.sample(ACCEPT), imip.sample(DECLINE))
    assert jobs.read_mailbox(database, imip.NOW) == 2
    assert answers(database) == {
        "ana@coop.example.cl": Answer.ACCEPTED,
        "beto@coop.example.cl": Answer.DECLINED,
    }
    assert inbox.uids("UNSEEN") == []
    assert jobs.read_mailbox(database, imip.NOW) == 0


def test_rs_06_read_twice_and_counted_anew_the_whole_mailbox_changes_nothing(inbox, database):
    samples = [imip.sample(name) for name in sorted(imip.SAMPLES)]
    inbox.deliver(*samples, imip.sample(ACCEPT))
    jobs.read_mailbox(database, imip.NOW)
    before = (answers(database), times_answered(database), reasons(database))
    for again in (inbox.forget_flags, inbox.make_anew):
        again()
        assert len(inbox.uids("UNSEEN")) == len(samples) + 1
        assert jobs.read_mailbox(database, imip.NOW + timedelta(hours=1)) == len(samples) + 1
        assert (answers(database), times_answered(database), reasons(database)) == before
    assert len(before[2]) == len(samples)


@pytest.fixture(scope="module")
def reader():
    with readers() as made:
        yield made


@pytest.fixture
def read_and_die(inbox, database_url, reader):
    def _read_and_die(where, without="nothing"):
        reading = Reading(database_url, inbox.url, imip.NOW.isoformat(), where, without)
        assert reader.run(reading) == (0 if where == "never" else -signal.SIGKILL)

    return _read_and_die


@pytest.mark.crash
@pytest.mark.parametrize("where", ["commit", "flag"])
def test_f_28_a_reader_killed_anywhere_applies_an_answer_once(inbox, database, read_and_die, where):
    inbox.deliver(imip.sample(ACCEPT))
    read_and_die(where)
    assert inbox.uids("UNSEEN") != []
    assert times_answered(database) == (1 if where == "flag" else 0)
    read_and_die("never")
    assert inbox.uids("UNSEEN") == []
    assert times_answered(database) == 1
    assert answers(database) == {"ana@coop.example.cl": Answer.ACCEPTED}


@pytest.mark.crash
@pytest.mark.parametrize(("without", "times"), [("hashes", 1), ("hashes,stamps", 2)])
def test_f_28_without_knowing_messages_and_stamps_again_it_would_be_twice(
    inbox, database, read_and_die, without, times
):
    inbox.deliver(imip.sample(ACCEPT))
    read_and_die("flag", without)
    read_and_die("never", without)
    assert times_answered(database) == times


def test_two_workers_that_read_at_once_apply_each_answer_once(inbox, database):
    names = [name for name, told in sorted(imip.SAMPLES.items()) if told["action"] == "accept"]
    inbox.deliver(*(imip.sample(name) for name in names))
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda _: jobs.read_mailbox(database, imip.NOW), range(3)))
    assert inbox.uids("UNSEEN") == []
    assert len(reasons(database)) == len(names)
    assert times_answered(database) == reasons(database).count(Reason.APPLIED)


@pytest.mark.both_engines
def test_f_29_a_poison_message_is_put_aside_and_the_next_is_dealt_with(
    inbox, database, monkeypatch
):
    receive = commands.receive

    def breaks(session, raw, **how):
        decision = receive(session, raw, **how)
        if b"mm1@coop.example.cl" in raw:
            raise ZeroDivisionError
        return decision

    monkeypatch.setattr(commands, "receive", breaks)
    # One after the other: of two that came at once, the mailbox may number either first.
    inbox.deliver(imip.sample("17_token_attendee_mismatch.eml"))
    inbox.deliver(imip.sample(ACCEPT))
    assert jobs.read_mailbox(database, imip.NOW) == 2
    assert reasons(database) == [Reason.UNREADABLE, Reason.APPLIED]
    assert answers(database) == {"ana@coop.example.cl": Answer.ACCEPTED}


@pytest.mark.both_engines
def test_of_what_is_too_large_the_head_alone_is_fetched_and_a_person_is_told(
    inbox, database, monkeypatch
):
    monkeypatch.setattr(imap, "LONGEST_MESSAGE", 2000)
    inbox.deliver(imip.sample(ACCEPT))
    assert jobs.read_mailbox(database, imip.NOW) == 1
    with database.reading() as session:
        kept = session.scalars(sa.select(InboundMessage)).one()
        assert (kept.reason, kept.sender) == (Reason.UNREADABLE, "ana@coop.example.cl")
        assert b"VCALENDAR" not in kept.raw
    assert answers(database) == {}


def outage(database):
    with database.reading() as session:
        found = queries.outage(session)
        if found is not None:
            session.expunge(found)
        return found


def concerns(database, now):
    with database.reading() as session:
        return [one.text for one in inbound.concerns(session, AttentionAsked(), now=now)]


@pytest.fixture
def at(settings):
    def at(url):
        process_settings.install(replace(process_settings.current(), inbox_url=url))

    return at


def test_f_27_a_wrong_password_waits_longer_each_time_and_is_told_after_half_an_hour(
    inbox, database, at
):
    right = inbox.url
    at(right.replace("secreto", "otra"))
    now, tries = imip.NOW, 0
    while now < imip.NOW + timedelta(minutes=29):
        jobs.read_mailbox(database, now)
        tries = outage(database).failures
        now += timedelta(minutes=1)
    assert tries == 5  # after 0, 1, 3, 7 and 15 minutes
    assert concerns(database, now) == []
    assert concerns(database, now + timedelta(minutes=1)) == [
        "No se pueden leer las respuestas que llegan por correo"
    ]
    assert "otra" not in outage(database).reason
    at(right)
    inbox.deliver(imip.sample(ACCEPT))
    assert jobs.read_mailbox(database, now + timedelta(minutes=30)) == 1
    assert outage(database) is None


def test_f_27_a_server_that_says_nothing_takes_no_more_than_its_time(
    inbox, database, at, monkeypatch
):
    monkeypatch.setattr(imap, "SECONDS", 0.2)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        at(f"imap://buzon:secreto@127.0.0.1:{silent.getsockname()[1]}/INBOX")
        reader = threading.Thread(target=jobs.read_mailbox, args=(database, imip.NOW))
        reader.start()
        # Meanwhile the database is anybody's.
        with database.transaction() as session:
            session.execute(sa.delete(InboxOutage))
        reader.join(timeout=5)
        assert not reader.is_alive()
    assert outage(database).reason == "El servidor no responde."


@pytest.mark.both_engines
def test_f_27_where_nobody_listens_nothing_else_minds(inbox, database, at):
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        at(f"imap://buzon:secreto@127.0.0.1:{nobody.getsockname()[1]}/INBOX")
        assert jobs.read_mailbox(database, imip.NOW) == 0
    assert outage(database).reason == "No hay conexión con el servidor."


def test_without_a_mailbox_nothing_is_read(database, settings):
    assert jobs.read_mailbox(database, imip.NOW) == 0


@pytest.mark.skipif(shutil.which("dovecot") is None, reason="Dovecot is not installed")
def test_dovecot_is_read_likewise(tmp_path, inbox, database, at):
    with dovecot(tmp_path) as server:
        at(server.url)
        server.deliver(imip.sample(ACCEPT))
        assert jobs.read_mailbox(database, imip.NOW) == 1
        assert server.unseen() == 0
    assert answers(database) == {"ana@coop.example.cl": Answer.ACCEPTED}
