import pytest
from sqlalchemy import select

from coopoutreach.people.accounts.models import User
from coopoutreach.people.directory import commands, queries
from coopoutreach.people.directory.models import Affiliation, Person
from coopoutreach.platform.access.permissions import Role
from tests.factories import a_cooperative, a_person

FORM = {
    "name": "Rosa Antilef",
    "email": "rosa@cobre-alto.example",
    "phone": "9 8765 4321",
    "post": "Gerenta general",
    "since": "2024-03-01",
}


@pytest.fixture
def rosa(database, cooperative, now):
    """The path of a post in the cooperative."""
    with database.transaction() as session:
        person = a_person(session, name=FORM["name"], email=FORM["email"])
        organisation = queries.organisation_by_public_id(session, cooperative)
        commands.affiliate(session, person, organisation, post=FORM["post"], actor="test", now=now)
        return f"/cooperativas/{cooperative}/personas/{person.public_id}/cargos/1"


def held(database):
    with database.reading() as session:
        found = session.scalars(select(Affiliation)).one()
        session.expunge(found)
        return found


def test_a_person_is_added_with_their_post(browser, cooperative):
    coordination = browser()
    sent = coordination.post(f"/cooperativas/{cooperative}/personas/nueva", **FORM)
    assert sent.status_code == 303
    page = coordination.read(f"/cooperativas/{cooperative}")
    for shown in ("Rosa Antilef", "Gerenta general", "+56 9 8765 4321", "desde el 01-03-2024"):
        assert shown in page
    again = coordination.post(f"/cooperativas/{cooperative}/personas/nueva", **FORM)
    assert again.status_code == 422
    assert "Esta persona ya tiene ese cargo aquí." in again.text


def test_what_is_wrong_with_a_person_stands_beside_its_field(browser, cooperative):
    sent = browser().post(
        f"/cooperativas/{cooperative}/personas/nueva",
        **(FORM | {"email": "rosa", "since": "2199-01-01", "name": "Rosa\nAntilef"}),
    )
    assert sent.status_code == 422
    for field in ("email", "since", "name"):
        assert f'id="{field}-error"' in sent.text
    assert "La fecha no puede ser futura." in sent.text


@pytest.mark.both_engines
def test_a_post_is_edited_and_unknown_fields_are_ignored(browser, database, rosa):
    before = held(database)
    columns = [column.name for column in Affiliation.__table__.columns]
    extra = dict.fromkeys((*columns, "user_id", "blocked_at", "public_id"), "1")
    coordination = browser()
    sent = coordination.post(f"{rosa}/editar", **(extra | FORM | {"name": "Rosa Antilef Soto"}))
    assert sent.status_code == 303
    after = held(database)
    changed = {name for name in columns if getattr(before, name) != getattr(after, name)}
    assert changed == {"since"}
    with database.reading() as session:
        person = session.execute(select(Person.name, Person.user_id, Person.blocked_at)).one()
    assert tuple(person) == ("Rosa Antilef Soto", None, None)


def test_a_post_ends_and_stays_among_the_past_ones(browser, cooperative, rosa):
    coordination = browser()
    future = coordination.post(f"{rosa}/terminar", form=f"{rosa}/editar", until="2199-01-01")
    assert future.status_code == 422
    assert "La fecha no puede ser futura." in future.text
    ended = coordination.post(f"{rosa}/terminar", form=f"{rosa}/editar", until="01-11-2026")
    assert ended.status_code == 303
    page = coordination.read(f"/cooperativas/{cooperative}")
    assert "Cargos anteriores (1)" in page
    assert "hasta el 01-11-2026" in page
    assert "Este cargo terminó el domingo 1 de noviembre de 2026." in coordination.read(
        f"{rosa}/editar"
    )


@pytest.mark.both_engines
def test_only_administration_gives_access_and_it_makes_an_account(browser, database, rosa):
    coordination = browser()
    assert f'action="{rosa}/acceso"' not in coordination.read(f"{rosa}/editar")
    refused = coordination.post(f"{rosa}/acceso", form=f"{rosa}/editar", access="manager")
    assert refused.status_code == 404
    administration = browser("administration")
    wrong = administration.post(f"{rosa}/acceso", form=f"{rosa}/editar", access="counterpart")
    assert wrong.status_code == 422
    assert "Aquí no se puede dar ese acceso." in wrong.text
    sent = administration.post(f"{rosa}/acceso", form=f"{rosa}/editar", access="registrar")
    assert sent.status_code == 303
    with database.reading() as session:
        role = session.scalar(select(User.role).where(User.email == FORM["email"]))
    assert role is Role.REGISTRAR
    assert held(database).access.value == "registrar"


def test_a_post_is_found_within_its_own_organisation_and_person_only(
    browser, database, cooperative, rosa
):
    with database.transaction() as session:
        other = a_cooperative(session).public_id
        stranger = a_person(session).public_id
    person = rosa.split("/")[4]
    wrong = [
        f"/cooperativas/{other}/personas/{person}/cargos/1/editar",
        f"/cooperativas/{cooperative}/personas/{stranger}/cargos/1/editar",
        f"/cooperativas/{cooperative}/personas/{person}/cargos/2/editar",
        f"/cooperativas/{cooperative}/personas/{person}/cargos/0/editar",
        f"/instituciones/{cooperative}/personas/{person}/cargos/1/editar",
        f"/cooperativas/{cooperative}/personas/{person}/cargos/99999999999999999999/editar",
    ]
    coordination = browser()
    assert {coordination.get(path).status_code for path in wrong} == {404}
