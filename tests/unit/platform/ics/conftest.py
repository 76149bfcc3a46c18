"""A talk, its bytes, its people, and the readers; a test of a reader that is absent is skipped."""

import functools
from datetime import UTC, datetime

import pytest

from coopoutreach.platform.ics.entry import Entry, Party, Status
from coopoutreach.platform.ics.event import vevent
from tests.support import readers


@pytest.fixture(scope="session")
def entry():
    return Entry(
        uid="charla-7f3a@agenda.fecrecoop.example",
        sequence=3,
        starts_at=datetime(2026, 12, 15, 13, 0, tzinfo=UTC),
        ends_at=datetime(2026, 12, 15, 15, 0, tzinfo=UTC),
        summary="Cómo postular a un fondo, paso a paso",
        description="Qué es, quién puede postular; y cuándo.\nTraiga su RUT.",
        location="Sede de Temuco, Bulnes 351",
        url="https://charlas.fecrecoop.example/charlas/como-postular",
        status=Status.CONFIRMED,
        created_at=datetime(2026, 10, 1, 12, 0, tzinfo=UTC),
        revised_at=datetime(2026, 11, 20, 9, 30, 15, tzinfo=UTC),
        categories=("Charla", "Financiamiento"),
    )


@pytest.fixture(scope="session")
def kept(entry):
    return vevent(entry)


@pytest.fixture(scope="session")
def organizer():
    return Party("FECRECOOP", "agenda+r-5hQ9@agenda.fecrecoop.example")


@pytest.fixture(scope="session")
def attendee():
    return Party("Rosa Ñancupil", "rosa@coop.example")


def _or_skip(reader):
    @functools.wraps(reader)
    def read(*arguments, **named):
        try:
            return reader(*arguments, **named)
        except readers.Absent as absent:
            pytest.skip(str(absent))

    return read


@pytest.fixture(scope="session")
def icaljs():
    return _or_skip(readers.icaljs)


@pytest.fixture(scope="session")
def icaljs_offsets():
    return _or_skip(readers.icaljs_offsets)


@pytest.fixture(scope="session")
def libical():
    return _or_skip(readers.libical)


@pytest.fixture(scope="session")
def khal():
    return _or_skip(readers.khal)
