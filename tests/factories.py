"""Things to test with: each function adds one to the session and returns it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from io import BytesIO
from itertools import count

from stdnum.cl import rut as stdnum_rut

from coopoutreach.committee.meetings.models import Meeting, MeetingSeries, SeriesMember, SeriesParty
from coopoutreach.committee.meetings.rules import Capacity, Pattern
from coopoutreach.events import commands as events
from coopoutreach.events.rules import EventState, Modality
from coopoutreach.people.accounts.models import User
from coopoutreach.people.directory.models import Affiliation, Organisation, Person
from coopoutreach.people.directory.rules import Access, Kind, Level, Supervisor
from coopoutreach.platform.access.permissions import Role
from coopoutreach.platform.core.text import search_key, slug
from coopoutreach.privacy.models import DataCase
from coopoutreach.privacy.rules import CaseState, Right, due_on
from coopoutreach.talks.materials import bytes as material_bytes
from coopoutreach.talks.materials import commands as materials
from coopoutreach.talks.materials.commands import Upload
from coopoutreach.talks.materials.rules import About, Audience, Release
from coopoutreach.talks.questions.models import Question
from coopoutreach.talks.questions.rules import Kind as QuestionKind
from coopoutreach.talks.questions.rules import Need
from coopoutreach.talks.talks.models import Talk
from coopoutreach.talks.talks.rules import Format

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
_numbers = count(1)


def a_rut():
    body = str(59_000_000 + next(_numbers))
    return body + stdnum_rut.calc_check_digit(body)


def a_cooperative(session, **overrides):
    name = overrides.pop("name", f"Cooperativa de prueba {next(_numbers)}")
    short = overrides.pop("short_name", name)
    cooperative = Organisation(
        **{
            "kind": Kind.COOPERATIVE,
            "name": name,
            "short_name": short,
            "search_key": search_key(f"{name} {short}"),
            "rut": a_rut(),
            "comuna": "13101",
            "region": "13",
            "supervisor": Supervisor.DAES,
            "level": Level.DEVELOPING,
            "created_at": NOW,
            **overrides,
        }
    )
    session.add(cooperative)
    session.flush()
    return cooperative


def a_person(session, **overrides):
    number = next(_numbers)
    name = overrides.pop("name", f"Persona de Prueba {number}")
    email = overrides.pop("email", f"persona{number}@coop.example")
    person = Person(
        name=name,
        name_key=search_key(name),
        email=email,
        email_key=email.lower(),
        created_at=NOW,
        **overrides,
    )
    session.add(person)
    session.flush()
    return person


def a_talk(session, **overrides):
    """A published talk in Santiago, three weeks ahead, ten seats in the room."""
    now = overrides.pop("now", NOW)
    start = overrides.pop("wall_start", datetime(2026, 12, 15, 10, 0))
    end = overrides.pop("wall_end", start + timedelta(hours=2))
    title = overrides.pop("title", f"Charla de prueba {next(_numbers)}")
    talk = Talk(
        **{
            "uid": f"prueba-{next(_numbers)}@fecrecoop.example",
            "title": title,
            "description": "Cómo preparar los antecedentes.",
            "zone": "America/Santiago",
            "fold": 0,
            "modality": Modality.ROOM,
            "place": "Sala de la Federación",
            "address": "Calle Uno 123",
            "comuna": "13101",
            "region": "13",
            "state": EventState.PUBLISHED,
            "published_at": now,
            "created_at": now,
            "revised_at": now,
            "slug": f"{slug(title)}-{next(_numbers)}",
            "format": Format.TALK,
            "capacity_room": 10,
            "wall_start": start,
            "wall_end": end,
            **overrides,
        }
    )
    talk.resolve_time()
    session.add(talk)
    session.flush()
    if talk.state is not EventState.DRAFT:
        events.number_version(session, talk, now=now)
    events.keep_calendar_bytes(session, talk, now=now)
    session.flush()
    return talk


def a_file(session, talk, *, data=b"%PDF-1.7\n%%EOF", name="Presentación.pdf", **about):
    """A file for everybody, at once, with its bytes in FILES_URL."""
    stored, file_name, media_type = material_bytes.keep(BytesIO(data), name)
    told = {
        "title": name.rpartition(".")[0],
        "audience": Audience.EVERYBODY,
        "release": Release.AT_ONCE,
        **about,
    }
    upload = Upload(stored, file_name, media_type)
    return materials.add_file(session, talk, upload, About(**told), actor="test", now=NOW)


def a_user(session, **overrides):
    number = next(_numbers)
    user = User(
        **{
            "email": f"cuenta{number}@fecrecoop.example",
            "name": f"Cuenta {number}",
            "role": Role.COORDINATION,
            "password_hash": None,
            "created_at": NOW,
            **overrides,
        }
    )
    session.add(user)
    session.flush()
    return user


def a_question(session, talk, **overrides):
    """A question of the talk that is answered by yes or no."""
    question = Question(
        **{
            "talk_id": talk.id,
            "position": next(_numbers),
            "kind": QuestionKind.YES_NO,
            "text": "¿Viaja desde otra ciudad?",
            "need": Need.NONE,
            **overrides,
        }
    )
    session.add(question)
    talk.asks = True
    session.flush()
    return question


def a_data_case(session, **overrides):
    """An open request about the data of a person of its own."""
    person = overrides.pop("person", None) or a_person(session)
    now = overrides.pop("now", NOW)
    case = DataCase(
        **{
            "person": person,
            "name": person.name,
            "email": person.email,
            "right": Right.ACCESS,
            "state": CaseState.OPEN,
            "received_at": now,
            "verified_at": now,
            "due_on": due_on(now.date(), Right.ACCESS),
            **overrides,
        }
    )
    session.add(case)
    session.flush()
    return case


def an_institution(session, name="CORFO", **overrides):
    institution = Organisation(
        **{
            "kind": Kind.INSTITUTION,
            "name": name,
            "short_name": name,
            "search_key": search_key(name),
            "created_at": NOW,
            **overrides,
        }
    )
    session.add(institution)
    session.flush()
    return institution


def a_post(session, person, organisation, *, post="Ejecutiva", access=Access.NONE, vouched=True):
    found = Affiliation(person=person, organisation=organisation, post=post, access=access)
    if vouched and not organisation.is_cooperative:
        found.vouched_at, found.vouched_by = NOW, "user:1"
    session.add(found)
    session.flush()
    return found


@dataclass
class Table:
    """A table of two institutions, with two people of each; the first of each approves."""

    series: MeetingSeries
    federation: Organisation
    corfo: Organisation
    #: Jorge and Rosa of the federation, Marcela and Pedro of CORFO.
    people: list


def a_table(session, **overrides):
    """A series on the second Tuesday of each month at 10:00 in Santiago."""
    federation = overrides.pop("federation", None) or an_institution(session, "FECRECOOP")
    corfo = overrides.pop("corfo", None) or an_institution(session, "CORFO")
    series = MeetingSeries(
        **{
            "name": "Mesa FECRECOOP–CORFO",
            "pattern": Pattern.WEEKDAY_OF_MONTH,
            "weekday": 1,
            "ordinal": 2,
            "starts_on": date(2026, 12, 1),
            "wall_time": time(10),
            "zone": "America/Santiago",
            "modality": Modality.HYBRID,
            "place": "Sala de la Federación",
            "address": "Calle Uno 123",
            "comuna": "13101",
            "link": "https://reuniones.example/mesa",
            "reminder_days": [7, 1],
            "created_at": NOW,
            **overrides,
        }
    )
    series.parties = [
        SeriesParty(organisation=federation, position=0, quorum=1),
        SeriesParty(organisation=corfo, position=1, quorum=1),
    ]
    session.add(series)
    people = []
    for position, (name, organisation) in enumerate(
        (("Jorge Paillán", federation), ("Rosa Soto", federation),
         ("Marcela Ríos", corfo), ("Pedro Núñez", corfo))
    ):  # fmt: skip
        domain = "fecrecoop.example" if organisation is federation else "corfo.example"
        person = a_person(session, name=name, email=f"p{next(_numbers)}@{domain}")
        first = position % 2 == 0
        a_post(session, person, organisation, post="Jefatura" if first else "Profesional")
        series.members.append(
            SeriesMember(
                person=person,
                organisation=organisation,
                position=position,
                post="Jefatura" if first else "Profesional",
                capacity=Capacity.PRINCIPAL if first else Capacity.ALTERNATE,
                approves=first,
                created_at=NOW,
            )
        )
        people.append(person)
    session.flush()
    return Table(series, federation, corfo, people)


def a_meeting(session, series, **overrides):
    """A convened meeting of a table, on Tuesday 9 March 2027; nobody is invited yet."""
    now = overrides.pop("now", NOW)
    start = overrides.pop("wall_start", datetime(2027, 3, 9, 10, 0))
    end = overrides.pop("wall_end", start + timedelta(minutes=90))
    meeting = Meeting(
        **{
            "uid": f"reunion-{next(_numbers)}@fecrecoop.example",
            "title": series.name,
            "series_id": series.id,
            "slot_on": start.date(),
            "year": start.year,
            "number": next(_numbers),
            "zone": series.zone,
            "fold": 0,
            "modality": series.modality,
            "place": series.place,
            "address": series.address,
            "comuna": series.comuna,
            "link": series.link,
            "state": EventState.PUBLISHED,
            "published_at": now,
            "created_at": now,
            "revised_at": now,
            "wall_start": start,
            "wall_end": end,
            **overrides,
        }
    )
    meeting.resolve_time()
    session.add(meeting)
    session.flush()
    meeting.path = f"/reuniones/{meeting.public_id}"
    if meeting.state is not EventState.DRAFT:
        events.number_version(session, meeting, now=now)
    events.keep_calendar_bytes(session, meeting, now=now)
    session.flush()
    return meeting
