import pytest
from sqlalchemy import select

from coopoutreach.people.directory import commands
from coopoutreach.people.directory.models import Organisation
from coopoutreach.people.directory.rules import Access

FORM = {"name": "Corporación de Fomento de la Producción", "short_name": "CORFO"}


@pytest.fixture
def corfo(database, now):
    with database.transaction() as session:
        made = commands.create_institution(session, **FORM, actor="test", now=now)
        return made.public_id


def public_id_of(database, short_name):
    with database.reading() as session:
        found = select(Organisation.public_id).where(Organisation.short_name == short_name)
        return session.scalar(found)


@pytest.mark.both_engines
def test_the_list_says_what_to_do_when_it_is_empty(browser):
    assert "Todavía no hay instituciones" in browser().read("/instituciones")


@pytest.mark.both_engines
def test_an_institution_gets_units_and_each_has_its_page(browser, database):
    coordination = browser()
    assert coordination.post("/instituciones/nueva", **FORM).status_code == 303
    corfo = public_id_of(database, "CORFO")
    unit = {"name": "Gerencia de Inversión y Financiamiento", "short_name": "GIF"}
    sent = coordination.post(f"/instituciones/{corfo}/unidades/nueva", **unit)
    assert sent.status_code == 303
    gif = public_id_of(database, "GIF")
    for path in ("/instituciones", f"/instituciones/{corfo}"):
        assert f'href="/instituciones/{gif}"' in coordination.read(path)
    page = coordination.read(f"/instituciones/{gif}")
    assert f'href="/instituciones/{corfo}"' in page
    assert "Agregar unidad" not in page


def test_a_unit_has_no_units(browser, database, corfo, now):
    with database.transaction() as session:
        parent = session.scalars(select(Organisation)).one()
        unit = commands.create_unit(
            session, parent, name="GIF", short_name="GIF", actor="test", now=now
        )
        public_id = unit.public_id
    response = browser().post(
        f"/instituciones/{public_id}/unidades/nueva", name="Otra", short_name="Otra"
    )
    assert response.status_code == 409


@pytest.mark.both_engines
def test_an_institution_is_edited_and_errors_stand_beside_their_fields(browser, database, corfo):
    coordination = browser()
    path = f"/instituciones/{corfo}/editar"
    refused = coordination.post(path, name="", short_name="Corfo Chile", email="nadie")
    assert refused.status_code == 422
    assert 'id="name-error"' in refused.text
    assert "Corfo Chile" in refused.text
    sent = coordination.post(path, **(FORM | {"email": "oirs@corfo.example", "phone": "226318200"}))
    assert sent.status_code == 303
    page = coordination.read(f"/instituciones/{corfo}")
    assert "oirs@corfo.example" in page
    assert "+56 2 2631 8200" in page


def test_an_institution_is_closed_and_brought_back(browser, corfo):
    coordination = browser()
    path = f"/instituciones/{corfo}"
    assert coordination.post(f"{path}/desactivar", form=path).status_code == 303
    assert "Inactiva" in coordination.read("/instituciones")
    assert coordination.post(f"{path}/reactivar", form=path).status_code == 303
    assert "Inactiva" not in coordination.read("/instituciones")


def test_an_organisation_is_found_under_its_own_section_only(browser, corfo, cooperative):
    coordination = browser()
    wrong = [
        f"/cooperativas/{corfo}",
        f"/cooperativas/{corfo}/nivel",
        f"/instituciones/{cooperative}",
        f"/cooperativas/{corfo}/personas/nueva",
        f"/instituciones/{cooperative}/personas/nueva",
    ]
    assert {coordination.get(path).status_code for path in wrong} == {404}


def test_a_counterpart_sees_its_own_institution_only(of_cooperative, corfo, cooperative):
    counterpart = of_cooperative(corfo, Access.COUNTERPART)
    assert "CORFO" in counterpart.read(f"/instituciones/{corfo}")
    for path in (
        "/instituciones",
        f"/cooperativas/{cooperative}",
        f"/instituciones/{corfo}/editar",
    ):
        assert counterpart.get(path).status_code == 404
