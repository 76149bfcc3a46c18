"""What the boards show of a talk, of somebody's place and of a job, in words."""

import calendar as months
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from coopoutreach.events import entries
from coopoutreach.events.rules import Delivery
from coopoutreach.pages.dashboards import rules
from coopoutreach.platform.core import calendar, spanish
from coopoutreach.platform.scheduler.models import Heartbeat
from coopoutreach.talks.registrations.models import Registration
from coopoutreach.talks.registrations.place import Place as WaitlistEntry
from coopoutreach.talks.registrations.queries import Seats
from coopoutreach.talks.registrations.rules import Room, State
from coopoutreach.talks.talks.models import Talk
from coopoutreach.talks.talks.rules import FORMAT_NAMES

#: What each job does, in the words of whoever depends on it.
JOB_NAMES = {
    "accounts.forget_held_forms": "Borrar formularios sin enviar",
    "privacy.keep_ledger": "Guardar la constancia de los borrados",
    "messaging.deliver_due": "Enviar correos",
    "inbound.read_mailbox": "Leer respuestas que llegan por correo",
    "events.tell_announcements": "Recordatorios y avisos",
    "events.close_past_events": "Cerrar charlas y reuniones realizadas",
    "events.follow_tzdata": "Revisar cambios de hora",
    "events.follow_entry_form": "Actualizar calendarios",
    "meetings.fill_horizons": "Crear las próximas reuniones de cada serie",
    "registrations.fill_free_seats": "Avanzar listas de espera",
    "registrations.release_held_seats": "Liberar cupos reservados",
    "questions.erase_needs": "Borrar necesidades de alimentación y accesibilidad",
    "privacy.alert_of_deadlines": "Avisar plazos de solicitudes sobre datos",
    "privacy.forget_last_answers": "Borrar respuestas a personas eliminadas",
    "privacy.purge_old_data": "Borrar datos cuyo plazo terminó",
    "privacy.clean_up_after_erasures": "Limpiar lo borrado de la base",
    "feeds.expire_unused_addresses": "Vencer calendarios privados sin uso",
    "materials.erase_what_is_nobodys": "Borrar archivos sin charla",
    "commitments.remind": "Recordar compromisos",
    "commitments.erase_what_is_nobodys": "Borrar archivos sin compromiso",
    "meetings.tell_agenda_news": "Avisar cambios de tabla",
    "minutes.typeset_approved": "Hacer el PDF de actas aprobadas",
    "minutes.erase_papers_of_no_minutes": "Borrar archivos sin acta",
    "minutes.publish_approved": "Enviar actas aprobadas",
    "minutes.follow_reviews": "Recordar la revisión de actas",
    "meetings.send_digests": "Enviar el resumen diario de la mesa",
    "meetings.erase_documents_of_no_agenda": "Borrar documentos sin tabla",
    "limits.forget_old_attempts": "Borrar intentos antiguos",
    "accounts.forget_ended_sessions": "Borrar sesiones terminadas",
    "audit.verify_trail": "Revisar que el registro de cambios esté íntegro",
    "scheduler.check_database": "Revisar que la base de datos esté íntegra",
    "scheduler.forget_old_runs": "Borrar registros antiguos de tareas",
}
ROOM_NAMES = {Room.IN_ROOM: "En la sala", Room.ONLINE: "En línea"}


@dataclass(frozen=True, slots=True)
class Row:
    """A talk on a board."""

    public_id: str
    slug: str
    title: str
    kind: str
    starts_at: datetime
    when: str
    place: str
    capacity: int
    confirmed: int
    waiting: int
    fills: bool
    state: str


@dataclass(frozen=True, slots=True)
class Offer:
    """A talk that a cooperative may register people for."""

    slug: str
    title: str
    kind: str
    when: str
    place: str
    seats: str
    until: str
    ours: str
    prioritised: bool


@dataclass(frozen=True, slots=True)
class Place:
    """Somebody of a cooperative in a talk: whether they have a seat, and else why not."""

    name: str
    public_id: str
    when: str
    where: str
    room: str
    state: str
    line: str
    why: Sequence[str]
    unreached: bool


@dataclass(frozen=True, slots=True)
class Run:
    """What a job did last."""

    name: str
    ago: str
    result: str
    failed: bool


def row(talk: Talk, seats: Seats, *, now: datetime) -> Row:
    """Return a talk as a line of a board."""
    capacity = talk.capacity_room + talk.capacity_online
    fills = rules.is_filling(capacity=capacity, confirmed=seats.confirmed, waiting=seats.waiting)
    full = capacity and seats.confirmed >= capacity and talk.ends_at > now
    return Row(
        public_id=talk.public_id,
        slug=talk.slug,
        title=talk.title,
        kind=FORMAT_NAMES[talk.format],
        starts_at=talk.starts_at,
        when=_when(talk),
        place=entries.place_line(talk),
        capacity=capacity,
        confirmed=seats.confirmed,
        waiting=seats.waiting,
        fills=fills,
        state="full" if full else talk.state.value,
    )


def offer(
    talk: Talk,
    seats: Seats,
    *,
    ours: Sequence[Registration],
    prioritised: bool,
    now: datetime,
) -> Offer:
    """Return a talk as a cooperative reads it: what is asked, and by when."""
    left = max(talk.capacity_room + talk.capacity_online - seats.confirmed, 0)
    closes = talk.registration_closes_at or talk.starts_at
    until = spanish.wall(closes, talk.zone)
    return Offer(
        slug=talk.slug,
        title=talk.title,
        kind=FORMAT_NAMES[talk.format],
        when=_when(talk),
        place=entries.place_line(talk),
        seats=spanish.count(left, "cupo libre", "cupos libres") if left else "Lista de espera",
        until=f"{spanish.shortday(until)}, {spanish.clock(until)} ({spanish.ago(closes, now)})",
        ours=spanish.count(len(ours), "persona inscrita", "personas inscritas") if ours else "",
        prioritised=prioritised,
    )


def place(registration: Registration, in_line: WaitlistEntry | None) -> Place:
    """Return somebody's place in a talk, or in its line and why."""
    talk = registration.talk
    waits = registration.state is State.WAITING
    return Place(
        name=registration.person.name,
        public_id=registration.invitee.public_id,
        when=_when(talk),
        where=entries.place_line(talk),
        room=ROOM_NAMES[registration.room],
        state=registration.state.value,
        line=f"{in_line.number}º en la lista" if in_line else "" if waits else "Tiene cupo",
        why=[part for part in (in_line.obstacle, in_line.reason) if part] if in_line else [],
        unreached=registration.invitee.delivery is Delivery.FAILED,
    )


def run(beat: Heartbeat, *, now: datetime) -> Run:
    """Return what a job did last, and when."""
    ended = beat.finished_at or beat.started_at
    done = spanish.count(beat.count, "tarea", "tareas") if beat.count else "Nada pendiente"
    results = {None: "En curso", True: done, False: "Falló"}
    return Run(
        name=JOB_NAMES.get(beat.job, beat.job),
        ago=spanish.ago(ended, now),
        result=results[beat.succeeded],
        failed=beat.succeeded is False,
    )


def sample_month(month: date) -> tuple[list[list[dict[str, Any]]], list[dict[str, Any]]]:
    """Return a month for the gallery of components: its weeks and its days with events."""
    talk = {
        "url": "#calendario",
        "time": "10:00",
        "title": "Garantías Fogain",
        "state": "published",
    }
    full = {"url": "#calendario", "time": "15:00", "title": "Taller de carpeta", "state": "full"}
    off = {"url": "#calendario", "time": "09:30", "title": "Visita", "state": "cancelled"}
    events = {15: [talk, full], 17: [off], 22: [talk]}
    weeks = [
        [
            {
                "date": day,
                "in_month": day.month == month.month,
                "is_today": day == month + timedelta(days=2),
                "holiday": calendar.holiday_name(day),
                "events": events.get(day.day, []) if day.month == month.month else [],
            }
            for day in week
        ]
        for week in months.Calendar().monthdatescalendar(month.year, month.month)
    ]
    days = [
        {
            "date": month.replace(day=number),
            "label": spanish.day_and_month(month.replace(day=number)),
            "holiday": None,
            "events": found,
        }
        for number, found in events.items()
    ]
    return weeks, days


def _when(talk: Talk) -> str:
    return f"{spanish.shortday(talk.wall_start)}, {spanish.clock(talk.wall_start)}"
