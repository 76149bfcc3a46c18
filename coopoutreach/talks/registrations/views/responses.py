"""What people answered to a talk's questions: of one person, and of all in figures."""

from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from coopoutreach.platform.access.guard import may, requires
from coopoutreach.platform.access.permissions import Permission
from coopoutreach.platform.web.transaction import reading
from coopoutreach.talks.consents import queries as consents
from coopoutreach.talks.consents import rules as consent_rules
from coopoutreach.talks.consents.rules import Purpose, Scope
from coopoutreach.talks.questions import queries as questions
from coopoutreach.talks.questions import rules
from coopoutreach.talks.questions.rules import Audience, Need
from coopoutreach.talks.questions.summary import summarise
from coopoutreach.talks.registrations import queries
from coopoutreach.talks.registrations.models import Registration
from coopoutreach.talks.registrations.rules import LIVE
from coopoutreach.talks.registrations.views.answers import lines_of
from coopoutreach.talks.registrations.views.blueprint import bp
from coopoutreach.talks.talks import queries as talks
from coopoutreach.talks.talks.models import Talk

#: How many written answers are shown to a question; all of them are in the spreadsheet.
MOST_SHOWN = 50


def _talk(session: Session, public_id: str) -> Talk | None:
    return talks.talk_by_public_id(session, public_id)


def _registration(session: Session, public_id: str, person: str) -> Registration | None:
    talk = talks.talk_by_public_id(session, public_id)
    found = queries.by_invitee_public_id(session, talk.id, person) if talk else None
    # Who asked that their data be blocked is in no list and on no page.
    return found if found and found.person.blocked_at is None else None


@bp.get("/plan/charlas/<public_id>/asistentes/<person>/respuestas")
@requires(Permission.ANSWERS_SEE, _registration, into="registration")
def person_answers(registration: Registration) -> ResponseReturnValue:
    """Show what one person answered: all to the coordination, the rest to their cooperative."""
    session = reading()
    is_staff = may(Permission.REGISTRATION_LIST)
    asked = [
        question
        for question in questions.of_talk(session, registration.talk_id, retired=True)
        if is_staff or question.audience is Audience.COOPERATIVE
    ]
    found = questions.answers_of(session, registration.invitee_id)
    agreed = consents.purposes_standing(session, registration.person_id, registration.talk_id)
    return render_template(
        "talks/questions/person.html",
        registration=registration,
        talk=registration.talk,
        lines=lines_of(asked, found),
        agreed=[consent_rules.PURPOSE_NAMES[purpose] for purpose in sorted(agreed)],
        is_staff=is_staff,
    )


@bp.get("/plan/charlas/<public_id>/respuestas")
@requires(Permission.REGISTRATION_LIST, _talk, into="talk")
def answers_summary(talk: Talk) -> ResponseReturnValue:
    """Show what all answered to each question, in figures."""
    session = reading()
    people = {
        entry.invitee_id: entry
        for entry in queries.attendees(session, talk.id)
        if entry.state in LIVE and entry.person.blocked_at is None
    }
    given = questions.answers_of_talk(session, talk.id)
    photos = consents.people_who_agreed(session, Scope(Purpose.PHOTOS, talk.id))
    parts = []
    for question in questions.of_talk(session, talk.id, retired=True):
        answers = [
            (people[invitee_id], found[question.id])
            for invitee_id, found in given.items()
            if invitee_id in people and question.id in found
        ]
        if answers or question.retired_at is None:
            parts.append(_part(question, answers))
    return render_template(
        "talks/questions/summary.html",
        talk=talk,
        parts=parts,
        people=len(people),
        photos=sum(entry.person_id in photos for entry in people.values()),
    )


def _part(question: Any, answers: list[Any]) -> dict[str, Any]:
    asked = questions.asked(question)
    kept = [(entry, answer.value) for entry, answer in answers if answer.erased_at is None]
    written = question.kind in rules.WRITTEN
    return {
        "question": question,
        "summary": summarise(asked, [value for _entry, value in kept]),
        "erased": len(answers) - len(kept),
        "is_need": question.need is not Need.NONE,
        "written": [
            (entry, rules.words_of(asked, value))
            for entry, value in sorted(kept, key=lambda pair: pair[0].person.name_key)
        ][:MOST_SHOWN]
        if written
        else [],
        "more": max(0, len(kept) - MOST_SHOWN) if written else 0,
    }
