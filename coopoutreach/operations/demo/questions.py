"""What one talk of the demonstration asks, and what its people answered."""

from datetime import datetime

from sqlalchemy.orm import Session

from coopoutreach.talks.consents import rules as consents
from coopoutreach.talks.consents.rules import Channel, Purpose, Source
from coopoutreach.talks.questions import commands
from coopoutreach.talks.questions.fields import QuestionFields
from coopoutreach.talks.questions.models import Question
from coopoutreach.talks.questions.rules import Audience, Condition, Given, Kind, Need, Value
from coopoutreach.talks.registrations import queries
from coopoutreach.talks.talks.models import Talk

_CITIES = ("Rancagua", "San Felipe", "Melipilla")
_TOPICS = ("Carpeta de antecedentes", "Garantías", "Plazos del programa")
_FOOD = {2: "Sin gluten.", 7: "Alergia a los mariscos."}


def ask(session: Session, talk: Talk, *, actor: str, now: datetime) -> None:
    """Write the talk's questions, and answer them for who registered."""
    talk.photos = True

    def add(fields: QuestionFields) -> Question:
        return commands.add(session, talk, fields, actor=actor, now=now)

    travels = add(QuestionFields(Kind.YES_NO, "¿Viaja desde otra ciudad?", required=True))
    origin = add(
        QuestionFields(
            Kind.ONE,
            "¿Desde dónde viaja?",
            options=(*_CITIES, "Otra"),
            required=True,
            hint="Si son varias personas, buscamos transporte.",
            condition=Condition(travels.public_id, "yes"),
        )
    )
    shared = Audience.COOPERATIVE
    topics = add(
        QuestionFields(Kind.SEVERAL, "¿Qué le interesa más?", options=_TOPICS, audience=shared)
    )
    food = commands.ask_about_need(session, talk, Need.DIETARY, actor=actor, now=now)
    commands.ask_about_need(session, talk, Need.ACCESS, actor=actor, now=now)
    for number, entry in enumerate(queries.attendees(session, talk.id)):
        answers: dict[int, Value] = {travels.id: number % 3 == 1, topics.id: _interests(number)}
        if number % 3 == 1:
            answers[origin.id] = _CITIES[number // 3 % 3]
        if number in _FOOD:
            answers[food.id] = _FOOD[number]
        given = Given(answers, _agreed(number), Source(Channel.REGISTRATION))
        commands.keep(session, entry.invitee, given, actor="anonymous", now=entry.requested_at)


def _interests(number: int) -> list[str]:
    return [topic for place, topic in enumerate(_TOPICS) if place in {number % 3, number % 2}]


def _agreed(number: int) -> dict[Purpose, str]:
    purposes = [Purpose.PHOTOS] if number % 2 else []
    if number in _FOOD:
        purposes.append(Purpose.DIETARY)
    return {purpose: consents.in_force(purpose).id for purpose in purposes}
