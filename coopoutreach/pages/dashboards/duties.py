"""What the tables ask of the coordination: whom to call, minutes to write, what is late."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from coopoutreach.committee.commitments.models import Commitment
from coopoutreach.committee.meetings import wordings
from coopoutreach.committee.meetings.models import Meeting
from coopoutreach.committee.meetings.rules import LobbyNeed
from coopoutreach.committee.minutes.rules import State
from coopoutreach.pages.dashboards import queries, rules
from coopoutreach.pages.dashboards.queries import Lacking
from coopoutreach.pages.dashboards.rules import Attention
from coopoutreach.platform.core import spanish

#: How many people or commitments a line names before it counts the rest.
_NAMED = 3


@dataclass(frozen=True, slots=True)
class Duties:
    """What was read of the state of the tables."""

    lacking: Sequence[Lacking] = ()
    overdue: Sequence[Commitment] = ()


def read(session: Session, user_id: int, *, now: datetime) -> Duties:
    """Read what the tables ask of whoever is signed in, in two queries."""
    return Duties(
        lacking=queries.lacking(session, now=now),
        overdue=queries.overdue(session, user_id, today=spanish.wall(now).date()),
    )


def lines(duties: Duties, *, now: datetime) -> list[Attention]:
    """Return what must be dealt with, whom to call for the next meeting first."""
    today = spanish.wall(now).date()
    lacking = duties.lacking
    return [
        *[_silent(one) for one in lacking if one.silent][: rules.MOST_LINES],
        *[_minutes(one, today) for one in lacking if one.lacks_minutes][: rules.MOST_LINES],
        *_overdue(duties.overdue, today),
        *[_lobby(one.meeting) for one in lacking if one.lacks_lobby][: rules.MOST_LINES],
    ]


def _silent(lacking: Lacking) -> Attention:
    names = sorted(lacking.silent.splitlines())
    meeting = lacking.meeting
    number = spanish.count(len(names), "persona no responde", "personas no responden")
    return Attention(
        f"{number} a la reunión del {spanish.shortday(meeting.wall_start)}",
        f"{_listed(names)}. {meeting.title}.",
        f"/reuniones/{meeting.public_id}#convocadas",
        "Llamar",
    )


def _minutes(lacking: Lacking, today: date) -> Attention:
    meeting, until = lacking.meeting, lacking.review_until
    url = f"/reuniones/{meeting.public_id}/acta"
    name = f"Acta N° {meeting.number} de {meeting.year}"
    held = f"{meeting.title}, {spanish.shortday(meeting.wall_start)}."
    if lacking.state is None:
        return Attention(f"Falta escribir el {name}", held, url, "Escribir")
    if lacking.state is State.DRAFT:
        return Attention(f"El {name} está en borrador", held, f"{url}/editar", "Seguir escribiendo")
    if lacking.state is State.OBSERVED:
        count = spanish.count(lacking.unanswered, "observación", "observaciones")
        return Attention(f"El {name} tiene {count} por responder", held, url, "Responder")
    late = until is not None and until < today
    plazo = f" El plazo {'venció' if late else 'vence'} el {spanish.day(until)}." if until else ""
    waits = f"espera a {lacking.missing}" if lacking.missing else "está en revisión"
    return Attention(f"El {name} {waits}", f"{held}{plazo}", url, "Ver el acta")


def _overdue(overdue: Sequence[Commitment], today: date) -> list[Attention]:
    if not overdue:
        return []
    number = spanish.count(len(overdue), "compromiso vencido", "compromisos vencidos")
    named = [
        f"{one.number} de {one.party.short_name} (hace {_days((today - one.due_on).days)})"
        for one in overdue
    ]
    return [
        Attention(
            f"Hay {number}", f"{_listed(named)}.", "/compromisos?estado=vencidos", "Ver y llamar"
        )
    ]


def _lobby(meeting: Meeting) -> Attention:
    missing = (
        "Falta el folio de Ley del Lobby"
        if meeting.lobby is LobbyNeed.YES
        else "Falta definir si va por Ley del Lobby"
    )
    when = spanish.shortday(meeting.wall_start)
    return Attention(
        f"{missing}: {wordings.label(meeting)}",
        f"{meeting.title}, {when}.",
        f"/reuniones/{meeting.public_id}/lobby",
        "Completar",
    )


def _listed(names: list[str]) -> str:
    shown = names[:_NAMED]
    if len(names) > _NAMED:
        shown.append(f"{len(names) - _NAMED} más")
    return spanish.listed(shown)


def _days(number: int) -> str:
    return spanish.count(number, "día", "días")
