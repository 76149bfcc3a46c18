"""Fill databases: so many talks, so many people in one of them."""

from datetime import datetime, timedelta
from urllib.parse import urlsplit

from factories import a_cooperative, a_person, a_talk, a_user
from sqlalchemy import insert, select
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningInsert

from coopoutreach.calendars.feeds import commands as feeds
from coopoutreach.calendars.feeds import showing
from coopoutreach.calendars.feeds.rules import Scope
from coopoutreach.events import commands as events
from coopoutreach.events.models import Invitee
from coopoutreach.events.rules import EventState
from coopoutreach.people.accounts.commands import sessions
from coopoutreach.people.accounts.commands.sessions import Browser
from coopoutreach.people.accounts.sessions import COOKIE
from coopoutreach.people.directory.models import Person
from coopoutreach.platform.core import spanish
from coopoutreach.platform.core.db import Database
from coopoutreach.platform.core.text import search_key
from coopoutreach.talks.registrations.models import Registration
from coopoutreach.talks.registrations.rules import Room, State
from coopoutreach.talks.talks.models import Talk

#: As much as a coordinator writes about a talk.
DESCRIPTION = (
    "Qué antecedentes pide cada instrumento, cómo se preparan y quién los revisa. Se trabaja con "
    "los documentos de la propia cooperativa: balance, acta de la última junta y registro de "
    "socios.\n\nAl final queda tiempo para preguntas; quienes no alcancen reciben la respuesta "
    "por correo, con la lista de lo que falta y el plazo de cada cosa."
)
#: Talks lie within the year ahead, so that every feed carries them.
DAYS_AHEAD = 390


def talks(database: Database, *, count: int, now: datetime) -> None:
    """Publish so many talks over the year ahead, the first of them with room for everybody."""
    first = spanish.wall(now).replace(hour=10, minute=0, second=0, microsecond=0)
    with database.transaction() as session:
        for _ in range(15):
            a_cooperative(session)
        for number in range(count):
            a_talk(
                session,
                now=now,
                title=f"Antecedentes para el financiamiento, jornada {number}",
                slug=f"medida-{number}",
                description=DESCRIPTION,
                wall_start=(first + timedelta(days=7 + number * (DAYS_AHEAD - 7) // count)).replace(
                    tzinfo=None
                ),
                capacity_room=1_000_000 if number == 0 else 30,
            )


def follower(database: Database, *, now: datetime) -> str:
    """Give one person a place in every talk; return the path of their private calendar."""
    with database.transaction() as session:
        person = a_person(session)
        talk_ids = session.scalars(select(Talk.id).order_by(Talk.id)).all()
        row = {"person_id": person.id, "created_at": now}
        session.execute(insert(Invitee), [{"event_id": talk_id, **row} for talk_id in talk_ids])
        subscriber = feeds.Subscriber(person_id=person.id)
        address = feeds.create(session, subscriber, Scope.PERSON, actor="bench", now=now)
        return urlsplit(showing.url_of(address)).path


def signed_in(database: Database, *, now: datetime) -> str:
    """Let the coordination be signed in; return the header that says so."""
    with database.transaction() as session:
        browser = Browser(address="127.0.0.1", name="bench", secret=None)
        secret = sessions.open_session(session, a_user(session), browser, now=now)
    return f"Cookie: {COOKIE}={secret}\r\n"


def people(session: Session, talk: Talk, *, count: int, now: datetime) -> None:
    """Give so many people a place in a talk; in one statement a table, or it takes minutes."""
    of = [a_cooperative(session).id for _ in range(15)]
    names = [f"Antonia Cárdenas Prueba {talk.id}-{number}" for number in range(count)]
    persons = [
        {
            "name": name,
            "name_key": search_key(name),
            "email": f"persona{number}@carga{talk.id}.example",
            "email_key": f"persona{number}@carga{talk.id}.example",
            "created_at": now,
        }
        for number, name in enumerate(names)
    ]
    person_ids = session.scalars(_insert(Person), persons).all()
    both = [
        {"person_id": person, "organisation_id": of[number % len(of)]}
        for number, person in enumerate(person_ids)
    ]
    invitees = [{"event_id": talk.id, "created_at": now, **one} for one in both]
    invitee_ids = session.scalars(_insert(Invitee), invitees).all()
    seat = {
        "talk_id": talk.id,
        "room": Room.IN_ROOM,
        "state": State.CONFIRMED,
        "requested_at": now,
        "confirmed_at": now,
        "turn": 1,
    }
    seats = [
        {**seat, **one, "invitee_id": invitee}
        for one, invitee in zip(both, invitee_ids, strict=True)
    ]
    session.execute(insert(Registration), seats)


def _insert(kind: type[Person | Invitee]) -> ReturningInsert[tuple[int]]:
    return insert(kind).returning(kind.id, sort_by_parameter_order=True)


def talk_to_remind(database: Database, *, count: int, now: datetime) -> int:
    """Publish a talk of tomorrow with so many people, whose reminder is due; return its id."""
    written = now - timedelta(days=10)
    start = (spanish.wall(now) + timedelta(hours=23)).replace(tzinfo=None, microsecond=0)
    with database.transaction() as session:
        talk = a_talk(
            session,
            now=written,
            wall_start=start,
            description=DESCRIPTION,
            state=EventState.DRAFT,
            capacity_room=count,
        )
        events.publish(session, talk, actor="shell", now=written)
        events.set_reminders(session, talk, days={1}, now=written)
        people(session, talk, count=count, now=written)
        return talk.id
