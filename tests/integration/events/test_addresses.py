"""Where an event is, in one line: with the comuna, once (C4)."""

import pytest

from coopoutreach.events import entries, jobs
from coopoutreach.events import queries as events
from coopoutreach.events.models import Event
from coopoutreach.mail.outgoing.models import OutgoingMessage
from coopoutreach.platform.core import reactions
from coopoutreach.wiring import WIRING
from tests.factories import a_talk

MAGALLANES = {"comuna": "12101", "region": "12"}


@pytest.mark.parametrize(
    ("place", "address", "line"),
    [
        ("Sala", "Plaza Muñoz Gamero 1025", "Sala, Plaza Muñoz Gamero 1025, Punta Arenas"),
        ("", "Plaza 1025, PUNTA  ARENAS", "Plaza 1025, PUNTA  ARENAS"),
        ("", "Plaza 1025 - Púnta Arénas, Magallanes", "Plaza 1025 - Púnta Arénas, Magallanes"),
        ("", "Plaza 1025 Punta Arenas", "Plaza 1025 Punta Arenas"),
        ("", "Avenida Punta Arenas 12", "Avenida Punta Arenas 12, Punta Arenas"),
        ("Punta Arenas", "Plaza 1025", "Punta Arenas, Plaza 1025"),
        ("Sala", "", "Sala, Punta Arenas"),
    ],
)
def test_the_comuna_stands_once(session, place, address, line):
    talk = a_talk(session, place=place, address=address, **MAGALLANES)
    assert entries.place_line(talk) == line


def test_what_is_kept_is_written_anew_without_news_for_anybody(database, settings, now):
    reactions.install(WIRING)
    with database.transaction() as session:
        talk = a_talk(session, **MAGALLANES)
        talk.vevent = talk.vevent.replace(b"\\, Punta Arenas", b"")
        old, number = talk.vevent, talk.id
        before = (talk.sequence, talk.version, talk.revised_at)
    assert jobs.follow_entry_form(database, now) == 1
    assert jobs.follow_entry_form(database, now) == 0
    with database.transaction() as session:
        talk = events.lock_event(session, number)
        assert b"\\, Punta Arenas" not in old
        assert b"\\, Punta Arenas" in talk.vevent
        told = [line for line in old.split(b"\r\n") if not line.startswith((b"LOCATION", b" "))]
        assert not set(told) - set(talk.vevent.split(b"\r\n"))
        assert (talk.sequence, talk.version, talk.revised_at) == before
        assert session.query(OutgoingMessage).count() == 0
        assert session.get(Event, number) is talk
