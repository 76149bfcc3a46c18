"""What other people's programs make of private calendars."""

import threading

import pytest
import sqlalchemy as sa
from werkzeug.serving import WSGIRequestHandler, make_server

from coopoutreach.calendars.feeds import commands as feeds
from coopoutreach.calendars.feeds.models import FeedAddress
from coopoutreach.events import commands as events
from coopoutreach.events.rules import Modality
from tests.factories import a_person, a_talk
from tests.support import readers
from tests.support.vdirsyncer import Reader


@pytest.fixture(autouse=True)
def clock(monkeypatch, now):
    for module in ("calendars.feeds.views.private", "platform.web.page_cache"):
        monkeypatch.setattr(f"coopoutreach.{module}.utcnow", lambda: now)


@pytest.fixture
def own(database, seat, person, subscribe):
    """A person's calendar with a place, a turn in line, an online talk and a cancelled one."""
    with database.transaction() as session:
        first = a_person(session)
        taken = a_talk(session, title="Con cupo; o, mejor dicho: «lugar» \\N")
        full = a_talk(session, title="Con espera", capacity_room=1)
        online = a_talk(
            session,
            title="En línea",
            modality=Modality.HYBRID,
            link="https://reunion.example/x?a=1,2;3",
        )
        off = a_talk(session, title="Suspendida")
    seat(full, first)
    for talk in (taken, full, online, off):
        seat(talk, person)
    with database.transaction() as session:
        events.cancel(
            session,
            session.merge(off),
            reason="Lluvia, viento; frío.",
            actor="test",
            now=taken.created_at,
        )
    return subscribe("person", person_id=person.id)


TITLES = {
    "Con cupo; o, mejor dicho: «lugar» \\N",
    "En lista de espera: Con espera",
    "En línea",
    "CANCELADA: Suspendida",
}


@pytest.mark.parametrize("reader", ["icaljs", "libical", "khal"])
def test_every_reader_sees_the_same_talks_at_the_same_time(client, own, reader):
    calendar = client.get(own).data
    if reader == "icaljs":
        [read] = readers.icaljs([calendar])
        seen = read.events
    else:
        seen = getattr(readers, reader)(calendar)
    assert {event.summary for event in seen} == TITLES
    assert {event.starts_at.isoformat() for event in seen} == {"2026-12-15T13:00:00+00:00"}


class Quiet(WSGIRequestHandler):
    def log_request(self, *_args):
        """Say nothing: the application logs for itself."""


@pytest.fixture
def served(app):
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_f5_vdirsyncer_copies_nothing_the_second_time(served, own, tmp_path, database, person):
    reader = Reader(tmp_path / "vdirsyncer", served + own)
    first = reader.sync()
    assert first.worked, first.said
    assert first.changed == len(TITLES) == len(reader.items())
    second = reader.sync()
    assert second.worked, second.said
    assert (second.copied, second.changed) == (0, 0)
    with database.transaction() as session:
        address = session.scalars(sa.select(FeedAddress)).one()
        assert address.last_program == "vdirsyncer"
        feeds.revoke(session, address, actor="test", now=address.created_at)
    third = reader.sync()
    assert not third.worked
    assert len(reader.items()) == len(TITLES)
