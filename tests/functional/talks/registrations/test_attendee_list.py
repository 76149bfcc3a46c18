"""The list of who comes: as many questions for two thousand people as for twenty."""

import pytest
import sqlalchemy as sa

from coopoutreach.events.models import Invitee
from coopoutreach.events.rules import Delivery, Standing
from coopoutreach.people.directory.models import Person
from coopoutreach.platform.core.links import new_public_id
from coopoutreach.platform.core.text import search_key
from coopoutreach.talks.registrations.models import Registration
from coopoutreach.talks.registrations.rules import Room, State
from tests.factories import NOW, a_cooperative, a_talk
from tests.support.statements import statements_of

SECURE = "https://localhost"
MOST_QUERIES = 15


def fill(session, talk, cooperatives, people, domain):
    """Register so many people: three of four have a place, the others wait."""
    names = [f"Persona {number:04}" for number in range(people)]
    rows = [
        {
            "public_id": new_public_id(),
            "name": name,
            "name_key": search_key(name),
            "email": f"p{number}@{domain}",
            "email_key": f"p{number}@{domain}",
            "created_at": NOW,
        }
        for number, name in enumerate(names)
    ]
    persons = session.scalars(sa.insert(Person).returning(Person.id), rows).all()
    invited = [
        {
            "event_id": talk.id,
            "person_id": person,
            "created_at": NOW,
            "standing": Standing.WAITING if number % 4 == 0 else Standing.INVITED,
        }
        for number, person in enumerate(persons)
    ]
    invitees = session.execute(
        sa.insert(Invitee).returning(Invitee.id, Invitee.person_id, Invitee.standing), invited
    ).all()
    registered = [
        {
            "talk_id": talk.id,
            "person_id": person,
            "invitee_id": invitee,
            "organisation_id": cooperatives[number % len(cooperatives)].id,
            "room": Room.IN_ROOM,
            "state": State.WAITING if standing is Standing.WAITING else State.CONFIRMED,
            "requested_at": NOW,
            "turn": 1,
        }
        for number, (invitee, person, standing) in enumerate(invitees)
    ]
    session.execute(sa.insert(Registration), registered)


@pytest.fixture
def desk(sign_in):
    return sign_in("coordination")


def a_full_talk(database, people, domain="coop.example"):
    with database.transaction() as session:
        talk = a_talk(session, capacity_room=people)
        cooperatives = [a_cooperative(session) for _ in range(5)]
        fill(session, talk, cooperatives, people, domain)
        return f"/plan/charlas/{talk.public_id}/asistentes"


def test_the_list_asks_the_same_few_questions_whoever_many_come(app, database, desk):
    counts = []
    for people in (20, 2000):
        path = a_full_talk(database, people, domain=f"coop{people}.example")
        desk.get(path, base_url=SECURE)
        with statements_of(app.extensions["database"].engine) as seen:
            page = desk.get(path, base_url=SECURE)
        assert page.text.count('scope="row"') == people
        counts.append(len(seen))
    assert counts[0] == counts[1] <= MOST_QUERIES


def test_the_paper_list_asks_as_few(app, database, desk):
    path = a_full_talk(database, 2000)
    with statements_of(app.extensions["database"].engine) as seen:
        page = desk.get(f"{path}/imprimir", base_url=SECURE)
    assert page.text.count('class="signature"') == 1500
    assert len(seen) <= MOST_QUERIES


@pytest.mark.both_engines
@pytest.mark.parametrize(
    ("text", "found"),
    [("persona 0007", 1), ("P7@COOP", 1), ("%", 0), ("nadie", 0)],
)
def test_somebody_is_found_by_name_address_or_cooperative(database, desk, text, found):
    path = a_full_talk(database, 20)
    page = desk.get(path, query_string={"q": text}, base_url=SECURE).text
    assert page.count('scope="row"') == found
    assert ("coincide con" in page) == (not found)


@pytest.mark.both_engines
def test_the_line_is_in_the_published_order(database, desk):
    path = a_full_talk(database, 20)
    page = desk.get(path, base_url=SECURE).text
    line = page[page.index("Lista de espera de la sala") :]
    places = [
        part.split("</span>")[0] for part in line.split('data-label="Lugar" class="num"><span>')[1:]
    ]
    assert places == ["1", "2", "3", "4", "5"]


def test_whom_mail_does_not_reach_is_said_with_the_reason_and_the_way_there(database, desk):
    path = a_full_talk(database, 20)
    with database.transaction() as session:
        one = session.scalars(sa.select(Invitee).order_by(Invitee.id)).first()
        one.delivery, one.delivery_note = Delivery.FAILED, "La dirección no existe."
        person = one.person.public_id
    page = desk.get(path, base_url=SECURE).text
    assert "El correo no llega" in page
    assert "La dirección no existe." in page
    assert f"persona={person}" in page
