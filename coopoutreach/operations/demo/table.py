"""Who sits at the table of the demonstration, and when it meets."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy.orm import Session

from coopoutreach.committee.meetings import commands
from coopoutreach.committee.meetings.fields import MemberFields, PartyFields, SeriesFields
from coopoutreach.committee.meetings.models import MeetingSeries
from coopoutreach.committee.meetings.rules import Capacity, HolidayRule, Pattern
from coopoutreach.events.rules import Modality
from coopoutreach.operations.demo.people import ACTOR, member
from coopoutreach.people.directory.models import Organisation, Person
from coopoutreach.people.directory.rules import Access
from coopoutreach.platform.access.permissions import Role
from coopoutreach.platform.core import spanish

JORGE = "coordinacion@fecrecoop.example"
ROSA = "rosa.catrileo@fecrecoop.example"
HERNAN = "presidencia@fecrecoop.example"
MARCELA = "contraparte@corfo.example"
PEDRO = "pedro.nunez@corfo.example"
CLAUDIA = "claudia.leiva@corfo.example"
ANDREA = "gerencia.gif@corfo.example"

#: A meeting of two days ago is held, also where a holiday moved it.
_SETTLED = timedelta(days=2)
_TUESDAY = 1
_SECOND = 2


@dataclass(frozen=True, slots=True)
class Sides:
    """The institutions of the table, the unit where CORFO's people work, and people by address."""

    federation: Organisation
    corfo: Organisation
    unit: Organisation
    people: dict[str, Person]


@dataclass(frozen=True, slots=True)
class _Seat:
    """Somebody at the table: who they are, and in which capacity they sit there."""

    email: str
    name: str
    post: str
    capacity: Capacity | None
    approves: bool = False
    stands_in_for: str = ""
    digest: bool = False


_OF_FEDERATION = (
    _Seat(JORGE, "Jorge Paillán Demo", "Coordinación del plan", Capacity.PRINCIPAL, approves=True),
    _Seat(
        ROSA, "Rosa Catrileo Demo", "Asesora", Capacity.ALTERNATE, stands_in_for=JORGE, digest=True
    ),
    _Seat(HERNAN, "Hernán Toledo Demo", "Presidente", None),
)
_OF_CORFO = (
    _Seat(MARCELA, "Marcela Ríos Demo", "Ejecutiva", Capacity.PRINCIPAL, approves=True),
    _Seat(PEDRO, "Pedro Núñez Demo", "Profesional", Capacity.ALTERNATE, stands_in_for=MARCELA),
    _Seat(CLAUDIA, "Claudia Leiva Demo", "Jefa de programas", Capacity.PRINCIPAL),
    _Seat(ANDREA, "Andrea Soto Demo", "Gerenta", None),
)


def sit_down(session: Session, sides: Sides, *, hashed: str, now: datetime) -> MeetingSeries:
    """Plan the table with its standing list, so that two of its meetings are held by `now`."""
    _people(session, sides, hashed, now)
    first = _first_day(spanish.wall(now).date())
    written = now - timedelta(days=(spanish.wall(now).date() - first).days + 21)
    series = commands.create_series(session, _series(sides, first), actor=ACTOR, now=written)
    for seats, organisation in ((_OF_FEDERATION, sides.federation), (_OF_CORFO, sides.corfo)):
        known: dict[str, int] = {}
        for seat in seats:
            if seat.capacity is None:
                continue
            fields = MemberFields(
                person_id=sides.people[seat.email].id,
                organisation_id=organisation.id,
                capacity=seat.capacity,
                post=seat.post,
                deputy_for_id=known.get(seat.stands_in_for),
                approves=seat.approves,
                digest=seat.digest,
            )
            made = commands.add_member(session, series, fields, actor=ACTOR, now=written)
            known[seat.email] = made.id
    return series


def _people(session: Session, sides: Sides, hashed: str, now: datetime) -> None:
    """Add whoever of the table has no account yet."""
    for seats, organisation, may in (
        (_OF_FEDERATION, sides.federation, (Role.COORDINATION, Access.NONE)),
        (_OF_CORFO, sides.unit, (Role.COUNTERPART, Access.COUNTERPART)),
    ):
        for seat in seats:
            if seat.email not in sides.people:
                who = (seat.email, seat.name, seat.post)
                sides.people[seat.email] = member(session, who, organisation, may, hashed, now)


def _series(sides: Sides, first: date) -> SeriesFields:
    return SeriesFields(
        name="Mesa FECRECOOP–CORFO",
        purpose="Acordar y seguir lo que cada institución hace para que las cooperativas lleguen "
        "al financiamiento.",
        pattern=Pattern.WEEKDAY_OF_MONTH,
        weekday=_TUESDAY,
        ordinal=_SECOND,
        holiday_rule=HolidayRule.NEXT,
        starts_on=first.replace(day=1),
        wall_time=time(10),
        minutes=90,
        zone=spanish.HOME_ZONE,
        modality=Modality.HYBRID,
        place="Sala de la Federación",
        address="Moneda 1160, piso 4",
        comuna="13101",
        link="https://reuniones.fecrecoop.example/mesa-corfo",
        parties=(
            PartyFields(sides.federation.id, quorum=1, head_id=sides.people[HERNAN].id),
            PartyFields(sides.corfo.id, quorum=1, head_id=sides.people[ANDREA].id),
        ),
        reminder_days=(7, 1),
        review_days=5,
    )


def _first_day(today: date) -> date:
    """Return the second Tuesday but one before `today`: the first meeting of two held."""
    month = today.replace(day=1)
    held: list[date] = []
    while len(held) < 2:  # noqa: PLR2004 (two meetings)
        day = month + timedelta(days=(_TUESDAY - month.weekday()) % 7 + 7)
        if day + _SETTLED <= today:
            held.append(day)
        month = (month - timedelta(days=1)).replace(day=1)
    return held[-1]
