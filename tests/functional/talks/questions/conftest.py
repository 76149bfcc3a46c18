"""A talk with questions, and browsers that fill in its forms."""

import re

import pytest

from coopoutreach.talks.consents import rules as consents
from coopoutreach.talks.consents.rules import Purpose
from coopoutreach.talks.questions import commands
from coopoutreach.talks.questions.fields import QuestionFields
from coopoutreach.talks.questions.rules import Audience, Condition, Kind, Need
from tests.factories import a_cooperative, a_talk

SAFE = {"base_url": "https://localhost"}
WORDS = {purpose: consents.in_force(purpose).id for purpose in Purpose}


@pytest.fixture(autouse=True)
def frozen(time_machine, now):
    time_machine.move_to(now, tick=False)


class Asked:
    """The talk and the public ids of its questions."""


@pytest.fixture
def asked(database, settings, now):
    """Ask whether somebody travels, from where if they do, what they do not eat, and for photos."""
    asked = Asked()
    with database.transaction() as session:
        a_cooperative(session, name="Cobre Alto", public_id="cobre-alto")
        talk = a_talk(session, slug="creditos", title="Créditos", capacity_room=9, photos=True)

        def add(text, kind, **more):
            fields = QuestionFields(kind=kind, text=text, **more)
            return commands.add(session, talk, fields, actor="test", now=now)

        travels = add("¿Viaja?", Kind.YES_NO, required=True, audience=Audience.COOPERATIVE)
        origin = add(
            "¿Desde dónde?",
            Kind.TEXT,
            required=True,
            condition=Condition(travels.public_id, "yes"),
        )
        topics = add("Temas", Kind.SEVERAL, options=("Garantías", "Riesgo"))
        food = commands.ask_about_need(session, talk, Need.DIETARY, actor="test", now=now)
        asked.talk_id, asked.plan = talk.id, f"/plan/charlas/{talk.public_id}"
        asked.keys = {"travels": travels.id, "origin": origin.id, "topics": topics.id}
        asked.keys["food"] = food.id
        for name, question in (
            ("travels", travels),
            ("origin", origin),
            ("topics", topics),
            ("food", food),
        ):
            setattr(asked, name, f"q-{question.public_id}")
            setattr(asked, f"{name}_id", question.public_id)
    return asked


def token(client):
    page = client.get("/ingresar/enlace", **SAFE).text
    return re.search(r'name="csrf_token"\s+value="([^"]*)"', page)[1]


@pytest.fixture
def post(client):
    def post(path, browser=client, **data):
        return browser.post(
            path,
            data={"csrf_token": token(browser), **data},
            headers={"Referer": "https://localhost/"},
            **SAFE,
        )

    return post


@pytest.fixture
def fill(client, post):
    """Send the registration form for people given as dicts of the parts of their rows."""

    def fill(*people, browser=client):
        page = browser.get("/charlas/creditos/inscripcion", **SAFE).text
        data = {
            "form_key": re.search(r'name="form_key"\s+value="([^"]*)"', page)[1],
            "organisation": "cobre-alto",
        }
        for number, person in enumerate(people):
            data |= {f"people-{number}-{part}": value for part, value in person.items()}
        return post("/charlas/creditos/inscripcion", browser, **data)

    return fill


@pytest.fixture
def ana(asked):
    return {"name": "Ana Díaz", "email": "ana@coop.example", asked.travels: "no"}
