"""The attendees of a talk as a table to take away: who they are, how they stand, what they said."""

from collections.abc import Mapping
from enum import StrEnum

from sqlalchemy.orm import Session

from coopoutreach.events.rules import Answer, Attendance
from coopoutreach.platform.core import spanish
from coopoutreach.platform.web.sheets import Cell, Table
from coopoutreach.talks.consents import queries as consents
from coopoutreach.talks.consents.rules import Purpose, Scope
from coopoutreach.talks.questions import queries as questions
from coopoutreach.talks.questions import rules
from coopoutreach.talks.questions.models import QuestionAnswer
from coopoutreach.talks.questions.rules import Asked
from coopoutreach.talks.registrations import queries
from coopoutreach.talks.registrations.models import Registration
from coopoutreach.talks.registrations.rules import LIVE, Room, State
from coopoutreach.talks.talks.models import Talk


class Who(StrEnum):
    """Which of them are in it."""

    SEATED = "con-cupo"
    WAITING = "en-espera"
    ALL = "todas"


_STATES = {
    Who.SEATED: frozenset({State.CONFIRMED}),
    Who.WAITING: frozenset({State.WAITING}),
    Who.ALL: LIVE,
}
_STATE_WORDS = {State.CONFIRMED: "Con cupo", State.WAITING: "En lista de espera"}
_ROOM_WORDS = {Room.IN_ROOM: "En la sala", Room.ONLINE: "En línea"}
_ANSWER_WORDS = {
    Answer.PENDING: "Sin respuesta",
    Answer.ACCEPTED: "Confirmó",
    Answer.TENTATIVE: "Por confirmar",
    Answer.DECLINED: "No asistirá",
}
_ATTENDANCE_WORDS = {
    Attendance.UNKNOWN: "",
    Attendance.ATTENDED: "Asistió",
    Attendance.ABSENT: "No asistió",
}
_HEAD = (
    "Nombre",
    "Correo",
    "Teléfono",
    "Organización",
    "Participa",
    "Estado",
    "Inscripción",
    "Respuesta",
    "Asistencia",
)


def attendee_table(session: Session, talk: Talk, who: Who) -> Table:
    """Return the table; whoever asked that their data be blocked is not in it."""
    found = [
        entry
        for entry in queries.attendees(session, talk.id)
        if entry.state in _STATES[who] and entry.person.blocked_at is None
    ]
    asked = [questions.asked(each) for each in questions.of_talk(session, talk.id, retired=True)]
    answers = questions.answers_of_talk(session, talk.id) if asked else {}
    answered = {key for given in answers.values() for key in given}
    live = {each.id for each in questions.of_talk(session, talk.id)} if asked else set()
    shown = [question for question in asked if question.key in answered | live]
    scope = Scope(Purpose.PHOTOS, talk.id)
    agreed = consents.people_who_agreed(session, scope) if talk.photos else None
    head = [*_HEAD, *(["Autoriza fotos"] if talk.photos else []), *(q.text for q in shown)]
    rows = [
        [
            *_row(talk, entry),
            *(["Sí" if entry.person_id in agreed else "No"] if agreed is not None else []),
            *(_cell(question, answers.get(entry.invitee_id, {})) for question in shown),
        ]
        for entry in found
    ]
    return Table(f"Asistentes: {talk.title}", head, rows)


def _row(talk: Talk, entry: Registration) -> list[Cell]:
    asked_at = spanish.wall(entry.requested_at, talk.zone)
    organisation = entry.organisation.short_name if entry.organisation else ""
    return [
        entry.person.name,
        entry.person.email,
        entry.person.phone or "",
        organisation or entry.organisation_name,
        _ROOM_WORDS[entry.room],
        _STATE_WORDS[entry.state],
        f"{asked_at:%d-%m-%Y %H:%M}",
        _ANSWER_WORDS[entry.invitee.answer],
        _ATTENDANCE_WORDS[entry.invitee.attendance],
    ]


def _cell(question: Asked, given: Mapping[int, QuestionAnswer]) -> Cell:
    answer = given.get(question.key)
    if answer is None:
        return ""
    if answer.erased_at is not None:
        return "Eliminado"
    if isinstance(answer.value, int | float) and not isinstance(answer.value, bool):
        return answer.value
    return rules.words_of(question, answer.value)
