"""The registrar's desk, through the pages: ticks, correction, handing on, changing rooms."""

import re

import pytest
from sqlalchemy import select

from coopoutreach.events.models import Invitee
from coopoutreach.events.rules import Delivery, Modality
from coopoutreach.people.directory import commands as directory
from coopoutreach.people.directory.rules import Access
from coopoutreach.platform.access.permissions import Role
from coopoutreach.talks.registrations.models import Registration
from coopoutreach.talks.registrations.rules import Room, State
from tests.conftest import signed_in
from tests.factories import a_cooperative, a_person, a_talk, a_user

SAFE = {"base_url": "https://localhost"}
FORM = "/charlas/creditos/inscripcion"


@pytest.fixture(autouse=True)
def _frozen(time_machine, now):
    time_machine.move_to(now, tick=False)


@pytest.fixture
def desk(app, database, settings, now):
    """A registrar of a cooperative of three people, and a talk in a room and online."""
    with database.transaction() as session:
        mine, other = a_cooperative(session), a_cooperative(session)
        a_talk(
            session,
            title="Créditos",
            slug="creditos",
            capacity_room=2,
            capacity_online=2,
            modality=Modality.HYBRID,
        )
        for name in ("Ana Díaz", "Bea Soto", "Rosa Tapia"):
            public_id = name.split()[0].lower()
            person = a_person(
                session, name=name, email=f"{public_id}@coop.example", public_id=public_id
            )
            directory.affiliate(session, person, mine, post="Socia", actor="test", now=now)
        ajena = a_person(session, name="Persona Ajena", public_id="ajena")
        directory.affiliate(session, ajena, other, post="Socia", actor="test", now=now)
        user = a_user(session, role=Role.REGISTRAR)
        me = a_person(session, name="Quien Inscribe", user_id=user.id)
        post = directory.affiliate(session, me, mine, post="Secretaria", actor="test", now=now)
        post.access = Access.REGISTRAR
        session.flush()
        return signed_in(app, session, user)


def hidden(page, name):
    return re.search(rf'name="{name}"\s+value="([^"]*)"', page)[1]


def post(browser, path, **data):
    token = hidden(browser.get(FORM, **SAFE).text, "csrf_token")
    return browser.post(
        path,
        data={"csrf_token": token, **data},
        headers={"Referer": "https://localhost/"},
        **SAFE,
    )


def tick(browser, *who, **more):
    key = hidden(browser.get(FORM, **SAFE).text, "form_key")
    ticked = {f"pick-{one}": "1" for one in who} | {f"pick-{one}-room": "presencial" for one in who}
    return post(browser, FORM, form_key=key, **{**ticked, **more})


def registered(database):
    with database.reading() as session:
        rows = session.scalars(select(Registration).order_by(Registration.id)).all()
        return {one.person.name: (one.state, one.room) for one in rows}


def path_of(database, name):
    with database.reading() as session:
        rows = session.scalars(select(Registration).order_by(Registration.id.desc())).all()
        found = next(one.invitee.public_id for one in rows if one.person.name == name)
    return f"/mi-cooperativa/inscripciones/{found}"


def test_ac_14_the_form_offers_the_cooperatives_own_people_and_nobody_elses(desk, client):
    page = desk.get(FORM, **SAFE).text
    assert "Elegir entre las personas de su cooperativa" in page
    assert "Ana Díaz" in page
    assert "Persona Ajena" not in page
    assert "Ana Díaz" not in client.get(FORM, **SAFE).text


def test_ticked_people_are_registered_beside_those_who_are_typed(desk, database):
    typed = {
        "people-0-name": "Nueva Persona",
        "people-0-email": "nueva@coop.example",
        "people-0-room": "online",
    }
    assert tick(desk, "ana", **typed).status_code == 303
    assert registered(database) == {
        "Ana Díaz": (State.CONFIRMED, Room.IN_ROOM),
        "Nueva Persona": (State.CONFIRMED, Room.ONLINE),
    }
    page = desk.get(FORM, **SAFE).text
    assert "Ya tiene cupo" in page
    assert 'name="pick-ana"' not in page


def test_ac_03_whoever_is_not_offered_cannot_be_ticked(desk, database):
    assert tick(desk, "ajena").status_code == 422
    assert registered(database) == {}


def test_all_or_none_of_three_for_two_seats_wait_together(desk, database):
    tick(desk, "ana", "bea", "rosa", all_or_none="1")
    assert {state for state, _room in registered(database).values()} == {State.WAITING}
    page = desk.get("/mi-cooperativa", **SAFE).text
    assert "1º en la lista" in page
    assert "Su grupo de 3 personas pidió quedar junto" in page


def test_nothing_ticked_or_typed_is_lost_when_something_is_wrong(desk):
    response = tick(desk, "ana", **{"people-0-name": "Nueva", "people-0-email": "sin arroba"})
    assert response.status_code == 422
    assert re.search(r'name="pick-ana"[^>]*\schecked', response.text)
    assert 'value="sin arroba"' in response.text


@pytest.mark.both_engines
def test_one_is_swapped_for_another_and_changed_to_online(desk, database):
    tick(desk, "ana", "bea")
    assert (
        post(desk, f"{path_of(database, 'Ana Díaz')}/traspasar", person="rosa").status_code == 303
    )
    post(desk, f"{path_of(database, 'Bea Soto')}/modalidad", room="online")
    assert registered(database) == {
        "Ana Díaz": (State.CANCELLED, Room.IN_ROOM),
        "Bea Soto": (State.CONFIRMED, Room.ONLINE),
        "Rosa Tapia": (State.CONFIRMED, Room.IN_ROOM),
    }


def test_a_colleague_who_is_there_already_is_refused_beside_the_field(desk, database):
    tick(desk, "ana", "bea")
    response = post(
        desk,
        f"{path_of(database, 'Ana Díaz')}/traspasar",
        name="Bea Soto",
        email="bea@coop.example",
    )
    assert response.status_code == 422
    assert "Bea Soto ya está en esta charla." in response.text


def test_a_mail_that_does_not_arrive_is_asked_about_and_corrected(desk, database):
    tick(desk, "ana")
    with database.transaction() as session:
        session.scalars(select(Invitee)).one().delivery = Delivery.FAILED
    assert "Corrija el correo de Ana Díaz" in desk.get("/mi-cooperativa", **SAFE).text
    path = path_of(database, "Ana Díaz")
    assert "El correo no llega" in desk.get(path, **SAFE).text
    done = post(desk, f"{path}/corregir", name="Ana Díaz", email="ana.diaz@coop.example")
    assert done.status_code == 303
    page = desk.get(path, **SAFE).text
    assert "ana.diaz@coop.example" in page
    assert "El correo no llega" not in page


def test_a_wrong_address_is_said_beside_its_field_and_kept_as_typed(desk, database):
    tick(desk, "ana")
    response = post(desk, f"{path_of(database, 'Ana Díaz')}/corregir", name="", email="ana@")
    assert response.status_code == 422
    assert 'value="ana@"' in response.text
    assert "Escriba el nombre y el apellido." in response.text


@pytest.mark.both_engines
def test_who_is_cancelled_is_so_and_nothing_more_is_offered(desk, database):
    tick(desk, "ana")
    path = path_of(database, "Ana Díaz")
    post(desk, f"{path}/anular")
    page = desk.get(path, **SAFE).text
    assert "Anulada" in page
    assert "Traspasar" not in page
