import pytest
from sqlalchemy import select

from coopoutreach.people.directory.models import Organisation
from coopoutreach.people.directory.rules import Level
from tests.factories import a_cooperative

FORM = {
    "name": "Cooperativa de Ahorro y Crédito Desierto Florido",
    "short_name": "Desierto Florido",
    "rut": "59.999.902-7",
    "comuna": "03101",
    "supervisor": "DAES",
    "email": "contacto@desierto-florido.example",
    "phone": "52 223 4567",
}


def only(database):
    with database.reading() as session:
        found = session.scalars(select(Organisation)).one()
        session.expunge(found)
        return found


def test_the_list_says_what_to_do_when_it_is_empty(browser):
    page = browser().read("/cooperativas")
    assert "Todavía no hay cooperativas" in page
    assert 'href="/cooperativas/nueva"' in page


def test_the_list_shows_each_cooperative_with_its_level_and_place(browser, cooperative):
    page = browser().read("/cooperativas")
    assert "59.999.901-9" in page
    assert "Sin nivel" in page
    assert "1 cooperativa" in page
    assert page.count("Antofagasta") == 2  # once to choose from, once in the row


@pytest.mark.both_engines
def test_a_search_without_result_offers_to_take_filters_off(browser, cooperative):
    page = browser().read("/cooperativas?q=nada&region=13")
    assert "Ninguna cooperativa coincide" in page
    assert "«nada»" in page
    assert 'href="/cooperativas?q=nada"' in page  # without the region
    assert "Cobre Alto" in browser("administration").read("/cooperativas?q=cobre+alto")


@pytest.mark.parametrize(
    "query",
    [
        "orden=rut;DROP&pagina=999999999999999999999&region=%27&nivel=x",
        "pagina=-1",
        "q=%25%5C_%27",
        "q=" + "a" * 5000,
    ],
)
def test_an_address_made_up_is_harmless(browser, cooperative, query):
    assert browser().get(f"/cooperativas?{query}").status_code == 200


def test_the_list_can_be_sorted_both_ways(browser, database, cooperative):
    with database.transaction() as session:
        a_cooperative(session, name="Zafiro", level=Level.INITIAL)
    page = browser().read("/cooperativas?orden=nivel&descendente=1")
    assert page.index("Zafiro") < page.index("Cobre Alto</a>")
    assert 'aria-sort="descending"' in page


def test_a_cooperative_is_made_from_the_form(browser, database):
    coordination = browser()
    response = coordination.post("/cooperativas/nueva", **FORM)
    assert response.status_code == 303
    made = only(database)
    assert response.location.endswith(f"/cooperativas/{made.public_id}")
    assert (made.rut, made.region, made.phone) == ("599999027", "03", "+56522234567")
    page = coordination.read(f"/cooperativas/{made.public_id}")
    for shown in (
        "Creamos la ficha de Desierto Florido.",
        "59.999.902-7",
        "+56 52 223 4567",
        "Copiapó, Atacama",
        "Todavía no se ha fijado un nivel.",
        "Todavía no hay personas con cargo",
    ):
        assert shown in page


def test_a_form_with_errors_says_so_beside_each_field_and_loses_nothing(browser, database):
    response = browser().post(
        "/cooperativas/nueva",
        **(FORM | {"rut": "59.999.902-8", "email": "nadie", "name": "x" * 10_000}),
    )
    assert response.status_code == 422
    for kept in ("59.999.902-8", "nadie", "x" * 10_000, "Desierto Florido", "52 223 4567"):
        assert kept in response.text
    for field in ("rut", "email", "name"):
        assert f'id="{field}-error"' in response.text
    assert "Hay 3 datos por corregir" in response.text
    assert '<option value="03101" selected>' in response.text


def test_a_rut_that_is_taken_is_told_beside_it(browser, cooperative):
    response = browser().post("/cooperativas/nueva", **(FORM | {"rut": "59.999.901-9"}))
    assert response.status_code == 422
    assert "Ya existe una cooperativa con ese RUT." in response.text


def test_a_rut_as_of_a_person_is_warned_about_and_taken(browser, database):
    coordination = browser()
    response = coordination.post("/cooperativas/nueva", **(FORM | {"rut": "12.531.909-2"}))
    assert response.status_code == 303
    page = coordination.read(f"/cooperativas/{only(database).public_id}")
    assert "El RUT es menor que 50.000.000" in page


@pytest.mark.both_engines
def test_an_edit_changes_only_what_the_form_has(browser, database, cooperative):
    before = only(database)
    every_column = {column.name: "1" for column in Organisation.__table__.columns}
    response = browser().post(
        f"/cooperativas/{cooperative}/editar",
        **(every_column | FORM | {"level": "consolidada", "kind": "unit", "active": ""}),
    )
    assert response.status_code == 303
    after = only(database)
    changed = {
        column.name
        for column in Organisation.__table__.columns
        if getattr(before, column.name) != getattr(after, column.name)
    }
    assert changed == {
        "name",
        "short_name",
        "search_key",
        "rut",
        "comuna",
        "region",
        "email",
        "phone",
    }


def test_a_level_needs_grounds_and_the_page_says_who_set_it_and_why(browser, cooperative):
    coordination = browser()
    path = f"/cooperativas/{cooperative}"
    refused = coordination.post(f"{path}/nivel", level="inicial", grounds="  ")
    assert refused.status_code == 422
    assert "Escriba por qué cambia el nivel." in refused.text
    for level, grounds in (("inicial", "Recién parte."), ("en_desarrollo", "Balance al día.")):
        sent = coordination.post(f"{path}/nivel", level=level, grounds=grounds)
        assert sent.status_code == 303
    page = coordination.read(path)
    assert "En desarrollo" in page
    assert "Balance al día." in page
    assert "Lo fijó Quien Prueba el " in page
    assert "Niveles anteriores (1)" in page


def test_a_cooperative_is_closed_and_brought_back(browser, cooperative):
    coordination = browser()
    path = f"/cooperativas/{cooperative}"
    assert coordination.post(f"{path}/desactivar", form=path).status_code == 303
    assert "Inactiva" in coordination.read(path)
    assert "Cobre Alto</a>" not in coordination.read("/cooperativas")
    assert "Cobre Alto</a>" in coordination.read("/cooperativas?inactivas=1")
    assert coordination.post(f"{path}/reactivar", form=path).status_code == 303
    assert "Cobre Alto</a>" in coordination.read("/cooperativas")


@pytest.mark.both_engines
def test_a_manager_sees_their_own_cooperative_only_and_changes_nothing(
    database, of_cooperative, cooperative
):
    with database.transaction() as session:
        other = a_cooperative(session).public_id
    manager = of_cooperative(cooperative)
    page = manager.read(f"/cooperativas/{cooperative}")
    assert "Gerenta" in page
    assert "Editar ficha" not in page
    assert "/personas/nueva" not in page
    hidden = [
        f"/cooperativas/{other}",
        "/cooperativas/no-existe",
        "/cooperativas",
        "/cooperativas/nueva",
        f"/cooperativas/{cooperative}/editar",
        f"/cooperativas/{cooperative}/nivel",
        f"/cooperativas/{cooperative}/personas/nueva",
    ]
    assert {manager.get(path).status_code for path in hidden} == {404}
    posted = manager.post(
        f"/cooperativas/{cooperative}/nivel", form=f"/cooperativas/{cooperative}", level="inicial"
    )
    assert posted.status_code == 404
    assert only_level(database, cooperative) is None


def only_level(database, public_id):
    with database.reading() as session:
        found = select(Organisation.level).where(Organisation.public_id == public_id)
        return session.scalar(found)


def test_whoever_is_not_signed_in_sees_nothing(client, cooperative):
    for path in ("/cooperativas", f"/cooperativas/{cooperative}", "/instituciones"):
        response = client.get(path, base_url="https://localhost")
        assert response.status_code in {303, 401}
        assert "Cobre Alto" not in response.text
