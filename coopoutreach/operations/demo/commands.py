"""Load the demonstration federation through the commands that people's own acts go through."""

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from importlib.resources import files

from sqlalchemy import update
from sqlalchemy.orm import Session

from coopoutreach.events import commands as events
from coopoutreach.events.rules import Attendance
from coopoutreach.mail.outgoing.models import MessageState, OutgoingMessage
from coopoutreach.operations.demo import meetings, questions, season, table
from coopoutreach.operations.demo.people import ACTOR, member
from coopoutreach.operations.demo.season import Place
from coopoutreach.operations.demo.talks import TALKS, DemoTalk
from coopoutreach.people.accounts import commands as accounts
from coopoutreach.people.directory import commands as directory
from coopoutreach.people.directory import places
from coopoutreach.people.directory.models import Organisation
from coopoutreach.people.directory.rules import Access, Level, Supervisor
from coopoutreach.platform.access.permissions import Role
from coopoutreach.platform.core import spanish, text
from coopoutreach.platform.core import time as civil
from coopoutreach.platform.core.links import new_nonce
from coopoutreach.talks.registrations import commands as registrations
from coopoutreach.talks.registrations import queries
from coopoutreach.talks.registrations.request import Registrant, Request
from coopoutreach.talks.registrations.rules import Room, State
from coopoutreach.talks.talks import commands as outreach
from coopoutreach.talks.talks import queries as talks
from coopoutreach.talks.talks.fields import SpeakerFields, TalkFields
from coopoutreach.talks.talks.models import OutreachPlan, Talk

_FIRST = (
    "Camila", "Ignacio", "Fernanda", "Matías", "Antonia", "Sebastián", "Valentina", "Benjamín",
    "Javiera", "Cristóbal", "Constanza", "Felipe", "Rayén", "Nahuel", "Millaray", "Gonzalo",
)  # fmt: skip
_LAST = (
    "Muñoz", "Huaiquil", "Ñancupil", "Fuentes", "Cárdenas", "Zúñiga", "Peña", "Alarcón",
    "Barría", "Chávez", "Tapia", "Quilodrán", "Ibáñez", "Godoy", "Araya", "Vera",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Federation:
    """What the rest of the demonstration hangs on."""

    cooperatives: Sequence[Organisation]
    plan: OutreachPlan
    #: When the season's talks take place.
    days: Mapping[Place, date]


def load(session: Session, *, password: str, now: datetime) -> Federation:
    """Fill an empty database with the demonstration federation and its season of talks."""
    # The same people each time: a demonstration that changes cannot be told twice.
    chance = random.Random(2026)  # noqa: S311 (no secret)
    began = now - timedelta(weeks=9)
    hashed = accounts.hash_password(password)
    sides = _institutions(session, hashed, began)
    cooperatives = [_cooperative(session, given, hashed, began) for given in _given()]
    today = spanish.wall(now).date()
    year = _plan_year(today)
    plan = outreach.create_plan(
        session,
        name=f"Plan de difusión y fortalecimiento {year}",
        objectives="Que cada cooperativa sepa qué necesita para llegar al financiamiento de CORFO, "
        "y que las de menor desarrollo sean atendidas primero.",
        period=(date(year, 3, 1), date(year + 1, 3, 1) - timedelta(days=1)),
        actor=ACTOR,
        now=began,
    )
    federation = Federation(cooperatives, plan, season.days(_places(), today))
    people = _people(cooperatives, chance)
    for described in TALKS:
        _talk(session, described, federation, people, now)
    meetings.hold(session, sides, hashed=hashed, now=now)
    _forget_old_mail(session, now)
    return federation


def _plan_year(today: date) -> int:
    """Return the year whose plan runs: a plan begins in March."""
    return today.year if today.month >= 3 else today.year - 1  # noqa: PLR2004 (March)


def _places() -> list[Place]:
    sessions = [replace(one, week=one.week + one.again) for one in TALKS if one.again]
    return [_place(one) for one in (*TALKS, *sessions)]


def _place(described: DemoTalk) -> Place:
    return Place(described.week, described.weekday, described.comuna[:2])


def _given() -> list[dict[str, object]]:
    source = files("coopoutreach.operations.demo") / "data" / "cooperatives.json"
    given: list[dict[str, object]] = json.loads(source.read_text("utf-8"))["cooperatives"]
    return given


def _institutions(session: Session, hashed: str, now: datetime) -> table.Sides:
    federation = directory.create_institution(
        session, name="Federación Chilena de Cooperativas de Ahorro y Crédito (demo)",
        short_name="FECRECOOP", actor=ACTOR, now=now,
    )  # fmt: skip
    corfo = directory.create_institution(
        session, name="Corporación de Fomento de la Producción (demo)",
        short_name="CORFO", actor=ACTOR, now=now,
    )  # fmt: skip
    unit = directory.create_unit(
        session, corfo, name="Gerencia de Inversión y Financiamiento", short_name="GIF",
        actor=ACTOR, now=now,
    )  # fmt: skip
    directory.create_unit(
        session, corfo, name="Instituto Nacional de Asociatividad y Cooperativismo",
        short_name="INAC", actor=ACTOR, now=now,
    )  # fmt: skip
    people = {
        "coordinacion@fecrecoop.example": ("Jorge Paillán Demo", "Coordinación del plan"),
        "admin@fecrecoop.example": ("Administración Demo", "Administración"),
        "contraparte@corfo.example": ("Marcela Ríos Demo", "Ejecutiva"),
    }
    may = {
        "coordinacion@fecrecoop.example": (Role.COORDINATION, Access.NONE),
        "admin@fecrecoop.example": (Role.ADMINISTRATION, Access.NONE),
        "contraparte@corfo.example": (Role.COUNTERPART, Access.COUNTERPART),
    }
    found = {}
    for email, (name, post) in people.items():
        organisation = unit if email.endswith("@corfo.example") else federation
        found[email] = member(session, (email, name, post), organisation, may[email], hashed, now)
    return table.Sides(federation=federation, corfo=corfo, unit=unit, people=found)


def _cooperative(
    session: Session, given: dict[str, object], hashed: str, now: datetime
) -> Organisation:
    short = str(given["short_name"])
    cooperative = directory.create_cooperative(
        session,
        name=str(given["name"]),
        short_name=short,
        rut=str(given["rut"]).replace(".", "").replace("-", ""),
        comuna=str(given["comuna"]),
        supervisor=Supervisor(str(given["supervisor"])),
        email=f"contacto@{text.slug(short)}.example",
        actor=ACTOR,
        now=now,
    )
    if given["level"]:
        directory.set_level(
            session, cooperative, level=Level(str(given["level"])),
            grounds="Propuesta del levantamiento de la demostración.", actor=ACTOR, now=now,
        )  # fmt: skip
    contact = given["contact"]
    if isinstance(contact, dict):
        address = f"gerencia@{text.slug(short)}.example"
        who = (address, str(contact["name"]), str(contact["post"]))
        member(session, who, cooperative, (Role.MANAGER, Access.MANAGER), hashed, now)
    return cooperative


def _people(
    cooperatives: Sequence[Organisation], chance: random.Random
) -> Iterator[tuple[Organisation, str, str]]:
    """Yield people without end, two of a cooperative at a time and the small ones more often."""
    number = 0
    while True:
        cooperative = chance.choice(cooperatives)
        for _ in range(chance.choice((1, 1, 2))):
            first = _FIRST[number % len(_FIRST)]
            last = _LAST[(number * 7 + number // len(_FIRST)) % len(_LAST)]
            second = _LAST[(number * 5 + 3) % len(_LAST)]
            number += 1
            name = f"{first} {last} {second}"
            domain = text.slug(cooperative.short_name)
            yield cooperative, name, f"{text.slug(first)}.{text.slug(last)}@{domain}.example"


def _talk(
    session: Session,
    described: DemoTalk,
    federation: Federation,
    people: Iterator[tuple[Organisation, str, str]],
    now: datetime,
) -> None:
    fields = _fields(described, federation)
    starts_at = civil.moment(fields.wall_start, fields.zone)
    written = min(now, starts_at) - timedelta(weeks=4)
    talk = outreach.create_talk(session, fields, actor=ACTOR, now=written)
    if described.state == "draft":
        return
    outreach.publish_talk(session, talk, actor=ACTOR, now=written)
    _register(session, talk, described, people, written)
    if described.again:
        later = replace(described, week=described.week + described.again)
        again = _fields(later, federation)
        other = outreach.create_talk(session, again, session_of=talk, actor=ACTOR, now=written)
        outreach.publish_talk(session, other, actor=ACTOR, now=written)
    if described.asks:
        questions.ask(session, talk, actor=ACTOR, now=written)
    if described.state == "cancelled":
        outreach.cancel_talk(
            session,
            talk,
            reason=described.reason,
            replacement=next(iter(talks.proposals(session, talk, now=now).on_topic), None),
            actor=ACTOR,
            now=now - timedelta(days=2),
        )
    elif talk.ends_at < now:
        _attend(session, talk, talk.ends_at)


def _fields(described: DemoTalk, federation: Federation) -> TalkFields:
    day = federation.days[_place(described)]
    region = described.comuna[:2]
    start = datetime.combine(day, time(*described.hour))
    comuna = places.comuna(described.comuna)
    has_room = bool(described.room)
    zone = comuna.zone if comuna else spanish.HOME_ZONE
    release = civil.moment(datetime.combine(day - timedelta(days=3), time(18)), zone)
    return TalkFields(
        title=described.title.format(year=federation.plan.starts_on.year),
        description=described.description,
        format=described.format,
        wall_start=start,
        wall_end=start + timedelta(hours=described.hours),
        zone=zone,
        modality=described.modality,
        place=described.place,
        address=described.address,
        comuna=described.comuna if has_room else None,
        region=region if has_room else None,
        link=described.link,
        capacity_room=described.room,
        capacity_online=described.online,
        prioritised_levels=[level.value for level in described.levels],
        held_room=described.held,
        held_until=release if described.held else None,
        limit_per_cooperative=described.limit,
        plan=federation.plan,
        speakers=[SpeakerFields(*speaker) for speaker in described.speakers],
        topics=described.topics,
        reminder_days=frozenset({7, 1}),
    )


def _register(
    session: Session,
    talk: Talk,
    described: DemoTalk,
    people: Iterator[tuple[Organisation, str, str]],
    since: datetime,
) -> None:
    for number in range(described.people):
        cooperative, name, email = next(people)
        # Of a talk with both, every fourth person takes part online.
        online = not described.room or (described.online and number % 4 == 3)  # noqa: PLR2004
        someone = Registrant(name=name, email=email, room=Room.ONLINE if online else Room.IN_ROOM)
        registrations.register(
            session,
            talk,
            Request(form_key=new_nonce(), people=[someone], organisation=cooperative),
            actor="anonymous",
            now=since + timedelta(hours=5 + 17 * number),
        )


def _attend(session: Session, talk: Talk, at: datetime) -> None:
    for number, registration in enumerate(queries.attendees(session, talk.id)):
        if registration.state is State.CONFIRMED:
            came = Attendance.ABSENT if number % 5 == 4 else Attendance.ATTENDED  # noqa: PLR2004 (one in five)
            events.mark_attendance(
                session, registration.invitee, attendance=came, actor=ACTOR, now=at
            )
    events.close(session, talk, actor=ACTOR, now=at)


def _forget_old_mail(session: Session, now: datetime) -> None:
    """Count what would have been sent long ago as sent: the local mailbox starts nearly empty."""
    session.flush()
    old = OutgoingMessage.created_at < now - timedelta(days=1)
    session.execute(
        update(OutgoingMessage)
        .where(old)
        .values(state=MessageState.SENT, sent_at=OutgoingMessage.created_at)
    )
