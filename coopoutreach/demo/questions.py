"""What one talk of the demonstration asks, and what its people answered."""

from datetime import datetime

from sqlalchemy.orm import Session

from coopoutreach.consents import rules as consents
from coopoutreach.consents.rules import Channel, Purpose, Source
from coopoutreach.outreach.models import Talk
from coopoutreach.questions import commands
from coopoutreach.questions.fields import QuestionFields
from coopoutreach.questions.rules import Audience, Condition, Given, Kind, Need, Value
from coopoutreach.registrations import queries

_CITIES = ("Rancagua", "San Felipe", "Melipilla")
_TOPICS = ("Carpeta de antecedentes", "Garantías", "Plazos del programa")
_FOOD = {2: "Sin gluten.", 7: "Alergia a los mariscos."}


def ask(session: Session, talk: Talk, *, actor: str, now: datetime) -> None:
    """Write the talk's questions, and answer them for most of who registered."""
    talk.photos = True

    def add(fields: QuestionFields) -> int:
        question = commands.add(session, talk, fields, actor=actor, now=now)
        ids[question.id] = question.public_id
        return question.id

    ids: dict[int, str] = {}
    travels = add(QuestionFields(Kind.YES_NO, "¿Viaja desde otra ciudad?", required=True))
    origin = add(
        QuestionFields(
            Kind.ONE,
            "¿Desde dónde viaja?",
            options=(*_CITIES, "Otra"),
            required=True,
            hint="Si son varias personas, buscamos transporte.",
            condition=Condition(ids[travels], "yes"),
        )
    )
    topics = add(
        QuestionFields(
            Kind.SEVERAL,
            "¿Qué le interesa más?",
            options=_TOPICS,
            audience=Audience.COOPERATIVE,
        )
    )
    food = commands.ask_about_need(session, talk, Need.DIETARY, actor=actor, now=now).id
    commands.ask_about_need(session, talk, Need.ACCESS, actor=actor, now=now)
    source = Source(Channel.REGISTRATION)
    for number, entry in enumerate(queries.attendees(session, talk.id)):
        from_afar = number % 3 == 1
        answers: dict[int, Value] = {
            travels: from_afar,
            topics: list(dict.fromkeys((_TOPICS[number % 3], _TOPICS[number % 2]))),
        }
        if from_afar:
            answers[origin] = _CITIES[number // 3 % 3]
        agreed = [Purpose.PHOTOS] if number % 2 else []
        if number in _FOOD:
            answers[food] = _FOOD[number]
            agreed.append(Purpose.DIETARY)
        words = {purpose: consents.in_force(purpose).id for purpose in agreed}
        given = Given(answers, words, source)
        commands.keep(session, entry.invitee, given, actor="anonymous", now=entry.requested_at)
