"""Measure what an item costs among few and among many."""

import time
from collections.abc import Iterator
from datetime import datetime
from http import HTTPStatus

from sqlalchemy import delete, select, update

import config
from bench import fill, stage
from bench.client import Client, Task
from bench.figures import Bound, Figure, Round, judge, take_turns
from bench.stage import Engine, Place
from coopoutreach.app import create_app
from coopoutreach.events import jobs
from coopoutreach.events.models import Announcement
from coopoutreach.events.rules import AnnouncementState
from coopoutreach.mail.outgoing.models import OutgoingMessage
from coopoutreach.platform.core.db import touch
from coopoutreach.talks.talks.models import Talk

EVENTS = (200, 2000)
PEOPLE = (500, 5000)
#: What the list of who comes is promised to take, whatever the machine: no floor of its own.
PROMISED_PEOPLE, PROMISED_MILLISECONDS = 2000, 300.0
ROUNDS = 5
BOUND = Bound(most=1.5)


def measure(engine: Engine, client: Client, *, now: datetime) -> Iterator[Figure]:
    """Yield, of each thing that grows, what an item costs among many over among few."""
    few, many = (_events(engine, count, now=now) for count in EVENTS)
    with stage.ours(few) as (small, _one), stage.ours(many) as (large, _other):
        for name, path in (("feed, cold", "/calendario/charlas.ics"), ("list, cold", "/charlas")):
            rounds = take_turns(
                lambda path=path: _cold(many, client, large, path) / EVENTS[1],
                lambda path=path: _cold(few, client, small, path) / EVENTS[0],
                rounds=ROUNDS,
            )
            yield _figure(f"{name}: an event of 2,000 over one of 200", engine, rounds)
    few.close()
    many.close()
    yield from _of_people(engine, client, now=now)


def _of_people(engine: Engine, client: Client, *, now: datetime) -> Iterator[Figure]:
    place = engine.place("people")
    small, large, promised = (
        fill.talk_to_remind(place.database, count=count, now=now)
        for count in (*PEOPLE, PROMISED_PEOPLE)
    )
    cookie = fill.signed_in(place.database, now=now)
    paths = {talk: _attendees(place, talk) for talk in (small, large, promised)}
    with stage.ours(place) as (port, _process):

        def listed(talk: int) -> float:
            task = Task("get", port, paths[talk], 0, connections=1, headers=cookie, most=1)
            return 1 / client.per_second(task)

        rounds = take_turns(
            lambda: listed(large) / PEOPLE[1], lambda: listed(small) / PEOPLE[0], rounds=3
        )
    yield _figure("attendees: a person of 5,000 over one of 500", engine, rounds)
    yield _promised(place, paths[promised], cookie)
    rounds = take_turns(
        lambda: _owing(place, large, now=now) / PEOPLE[1],
        lambda: _owing(place, small, now=now) / PEOPLE[0],
        rounds=3,
    )
    yield _figure("reminders owed: a person of 5,000 over one of 500", engine, rounds)
    place.close()


def _promised(place: Place, path: str, cookie: str) -> Figure:
    """Time the application alone at the list of two thousand: what the network adds is not ours."""
    app = create_app(config.load(place.environment))
    reader = app.test_client(use_cookies=False)
    header, _, value = cookie.strip().partition(": ")

    def asked() -> float:
        began = time.perf_counter()
        answer = reader.get(
            path, base_url=app.extensions["settings"].base_url, headers={header: value}
        )
        assert len(answer.data) > PROMISED_PEOPLE
        assert answer.status_code == HTTPStatus.OK
        return 1000 * (time.perf_counter() - began)

    asked()
    rounds = [(asked(), PROMISED_MILLISECONDS) for _ in range(ROUNDS)]
    app.extensions["database"].engine.dispose()
    name = "attendee list of 2,000 people, server time over the 300 ms promised"
    return judge(name, place.engine, "ms", rounds, Bound(most=1))


def _owing(place: Place, talk_id: int, *, now: datetime) -> float:
    """Return how many seconds it takes to owe everybody in a talk their reminder, as if anew."""
    with place.database.transaction() as session:
        session.execute(delete(OutgoingMessage))
        session.execute(update(Announcement).values(state=AnnouncementState.TOLD))
        again = update(Announcement).where(Announcement.event_id == talk_id)
        session.execute(again.values(state=AnnouncementState.DUE, last_invitee_id=0, count=0))
    began = time.perf_counter()
    assert jobs.tell_announcements(place.database, now) in PEOPLE
    return time.perf_counter() - began


def _events(engine: Engine, count: int, *, now: datetime) -> Place:
    place = engine.place(f"events_{count}")
    fill.talks(place.database, count=count, now=now)
    return place


def _cold(place: Place, client: Client, port: int, path: str) -> float:
    """Return how many seconds a page takes that has to be made anew."""
    with place.database.transaction() as session:
        touch(session)
    return 1 / client.per_second(Task("get", port, path, 0, connections=1, most=1))


def _attendees(place: Place, talk_id: int) -> str:
    with place.database.reading() as session:
        public_id = session.scalars(select(Talk.public_id).where(Talk.id == talk_id)).one()
    return f"/plan/charlas/{public_id}/asistentes"


def _figure(name: str, engine: Engine, rounds: list[Round]) -> Figure:
    milli = [(ours * 1000, floor * 1000) for ours, floor in rounds]
    return judge(name, engine.name, "ms/item", milli, BOUND)
