"""Put together what needs somebody's attention: each line says what, and where to deal with it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from coopoutreach.events.rules import EventKind
from coopoutreach.mail.outgoing.models import HeldAddress, QueuePause
from coopoutreach.pages.dashboards import duties, rules
from coopoutreach.pages.dashboards.duties import Duties
from coopoutreach.pages.dashboards.queries import FailedMail, Unmarked
from coopoutreach.pages.dashboards.rules import Attention
from coopoutreach.people.directory.models import Organisation
from coopoutreach.platform.core import spanish
from coopoutreach.platform.scheduler.happenings import Concern
from coopoutreach.talks.registrations.queries import Seats
from coopoutreach.talks.talks.models import Talk
from coopoutreach.talks.talks.queries import window_of
from coopoutreach.talks.talks.rules import Window

#: How many cooperatives a line names before it counts the rest.
_NAMED = 3


@dataclass(frozen=True, slots=True)
class Facts:
    """What was read of the state of things, to be judged."""

    talks: Sequence[Talk]
    seats: Mapping[int, Seats]
    failed: tuple[Sequence[FailedMail], int]
    held: Sequence[HeldAddress]
    pause: QueuePause | None
    waiting_for_worker: timedelta
    last_sign: datetime | None
    unmarked: Sequence[Unmarked]
    prioritised: Sequence[Organisation]
    registered: set[tuple[int, int]]
    #: What other features say must be dealt with.
    concerns: Sequence[Concern] = ()
    duties: Duties = field(default_factory=Duties)


def lines(facts: Facts, *, now: datetime) -> list[Attention]:
    """Return what needs attention, what keeps mail from going out first."""
    sources: tuple[Callable[[Facts, datetime], list[Attention]], ...] = (
        _worker,
        _queue,
        _concerns,
        _mails,
        _held,
        _duties,
        _few_people,
        _missing,
        _unmarked,
    )
    return [line for source in sources for line in source(facts, now)]


def _worker(facts: Facts, now: datetime) -> list[Attention]:
    silent = facts.last_sign is None or now - facts.last_sign > rules.SILENT
    stuck = facts.pause is None and facts.waiting_for_worker > rules.SILENT
    if not silent and not stuck:
        return []
    seen = (
        f"Su última señal fue {spanish.ago(facts.last_sign, now)}."
        if facts.last_sign
        else "Todavía no ha dado señales."
    )
    detail = f"{seen} Mientras tanto no salen correos ni recordatorios: avise a administración."
    return [
        Attention("El envío automático está detenido", detail, "#trabajador", "Ver", serious=True)
    ]


def _queue(facts: Facts, now: datetime) -> list[Attention]:
    if facts.pause is None:
        return []
    again = spanish.ago(facts.pause.until, now) if facts.pause.until > now else "enseguida"
    detail = f"{facts.pause.reason} Se intenta de nuevo {again}."
    return [
        Attention(
            "El servidor de correo no acepta envíos", detail, "#trabajador", "Ver", serious=True
        )
    ]


def _concerns(facts: Facts, _now: datetime) -> list[Attention]:
    return [
        Attention(one.text, one.detail, one.url, one.action, serious=one.serious)
        for one in facts.concerns
    ]


def _duties(facts: Facts, now: datetime) -> list[Attention]:
    return duties.lines(facts.duties, now=now)


def _mails(facts: Facts, _now: datetime) -> list[Attention]:
    mails, total = facts.failed
    found = [
        Attention(
            f"No se pudo entregar un correo a {mail.recipient}",
            mail.subject,
            *_page_of(mail),
        )
        for mail in mails[: rules.MOST_LINES]
    ]
    rest = total - len(found)
    if rest > 0:
        text = f"Y {spanish.count(rest, 'correo más', 'correos más')} sin entregar"
        found.append(Attention(text, "De los últimos 30 días.", "/plan", "Ver el plan"))
    return found


def _page_of(mail: FailedMail) -> tuple[str, str]:
    """Return where a mail that was not delivered is dealt with, and the words of its link."""
    if mail.event_public_id is None:
        return "/mensajes", "Ver los mensajes"
    if mail.kind is EventKind.MEETING:
        return f"/reuniones/{mail.event_public_id}", "Ver la reunión"
    return _attendees(mail.event_public_id), "Ver asistentes"


def _held(facts: Facts, _now: datetime) -> list[Attention]:
    if not facts.held:
        return []
    number = spanish.count(len(facts.held), "dirección que no existe", "direcciones que no existen")
    named = [held.address for held in facts.held[:_NAMED]]
    detail = f"{', '.join(named)}{'…' if len(facts.held) > _NAMED else ''} Pida el correo correcto."
    return [Attention(f"Hay {number}", detail, "/cooperativas", "Buscar a la persona")]


def _few_people(facts: Facts, now: datetime) -> list[Attention]:
    found = []
    for talk in facts.talks:
        closes = talk.registration_closes_at or talk.starts_at
        capacity = talk.capacity_room + talk.capacity_online
        confirmed = facts.seats[talk.id].confirmed
        if window_of(talk, now=now) is not Window.OPEN or closes - now > rules.CLOSING:
            continue
        if rules.has_few(capacity=capacity, confirmed=confirmed):
            people = spanish.count(confirmed, "persona inscrita", "personas inscritas")
            detail = f"La inscripción cierra {spanish.ago(closes, now)}: {people} de {capacity}."
            found.append(
                Attention(talk.title, detail, _attendees(talk.public_id), "Ver asistentes")
            )
    return found[: rules.MOST_LINES]


def _missing(facts: Facts, now: datetime) -> list[Attention]:
    found = []
    for talk in facts.talks:
        if not talk.prioritised_levels or talk.starts_at - now > rules.MISSING:
            continue
        absent = [
            one
            for one in facts.prioritised
            if one.level is not None
            and one.level.value in talk.prioritised_levels
            and (talk.id, one.id) not in facts.registered
        ]
        if absent and window_of(talk, now=now) is Window.OPEN:
            found.append(_missing_from(talk, absent))
    return found[: rules.MOST_LINES]


def _missing_from(talk: Talk, absent: Sequence[Organisation]) -> Attention:
    number = spanish.count(len(absent), "cooperativa priorizada", "cooperativas priorizadas")
    names = [one.short_name for one in absent[:_NAMED]]
    if len(absent) > _NAMED:
        names.append(f"{len(absent) - _NAMED} más")
    when = spanish.shortday(talk.wall_start)
    detail = f"{spanish.listed(names)}. {talk.title}, {when}."
    return Attention(
        f"{number} sin inscribir a nadie", detail, _attendees(talk.public_id), "Ver asistentes"
    )


def _unmarked(facts: Facts, _now: datetime) -> list[Attention]:
    return [
        Attention(
            "Falta marcar la asistencia",
            f"{talk.title}, {spanish.shortday(talk.wall_start)}: "
            f"{spanish.count(talk.people, 'persona', 'personas')} con cupo.",
            _attendees(talk.public_id),
            "Marcar",
        )
        for talk in facts.unmarked[: rules.MOST_LINES]
    ]


def _attendees(public_id: str) -> str:
    return f"/plan/charlas/{public_id}/asistentes"
