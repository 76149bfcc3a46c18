"""What people see of their data, and ask; what the coordination answers."""

import io
import json
import re
import zipfile
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from coopoutreach.events.notices import link_of
from coopoutreach.mail.outgoing import suppression
from coopoutreach.mail.outgoing.models import OutgoingMessage, Suppression
from coopoutreach.people.directory.models import Person
from coopoutreach.platform.core.settings import current
from coopoutreach.privacy.models import DataCase, Erasure
from coopoutreach.privacy.rules import CaseState, Right
from coopoutreach.talks.registrations import commands as registrations
from coopoutreach.talks.registrations.request import Registrant, Request
from coopoutreach.talks.registrations.rules import Room
from tests.factories import a_cooperative, a_data_case, a_person, a_talk
from tests.support.digest import digest

SAFE = {"base_url": "https://localhost"}
MONDAY = datetime(2026, 12, 7, 13, 0, tzinfo=UTC)


@pytest.fixture
def engine_name():
    # The commands are tested on both.
    return "sqlite"


@pytest.fixture(autouse=True)
def frozen(time_machine):
    time_machine.move_to(MONDAY, tick=False)


@pytest.fixture
def own(database, settings, app):
    """The path of «Mis datos» by the link of a registration."""
    with database.transaction() as session:
        [made] = registrations.register(
            session,
            a_talk(session),
            Request(
                form_key="x",
                people=[Registrant("Rosa Antilef", "rosa@coop.example", Room.IN_ROOM)],
                organisation=a_cooperative(session),
            ),
            actor="anonymous",
            now=MONDAY,
        )
        link = link_of(made.invitee)
    return link.removeprefix(current().base_url) + "/datos"


def send(client, page, path, **data):
    found = re.search(r'name="csrf_token" value="([^"]*)"', client.get(page, **SAFE).text)
    data["csrf_token"] = found.group(1)
    return client.post(path, data=data, headers={"Referer": "https://localhost/"}, **SAFE)


def only(database, table):
    with database.reading() as session:
        found = session.scalars(sa.select(table)).one()
        session.expunge_all()
        return found


def test_the_policy_takes_its_periods_from_the_data_map(client):
    page = client.get("/privacidad", **SAFE).text
    for words in ("Correos que se le enviaron", "1 año", "35 días", "por confirmar"):
        assert words in page
    assert 'href="/privacidad/solicitud"' in page


class TestOwn:
    def test_by_the_link_one_sees_what_there_is_and_looking_writes_nothing(
        self, client, database, own
    ):
        before = digest(database)
        page = client.get(own, **SAFE)
        assert page.status_code == 200
        assert "Inscripciones" in page.text
        assert page.headers["Cache-Control"] == "no-store"
        assert digest(database) == before

    def test_p02_the_copy_is_a_file_and_is_in_the_trail(self, client, database, own):
        response = send(client, own, f"{own}/copia")
        assert response.headers["Content-Disposition"] == 'attachment; filename="mis-datos.zip"'
        with zipfile.ZipFile(io.BytesIO(response.data)) as archive:
            copy = json.loads(archive.read("datos.json"))
        [person] = next(part for part in copy["datos"] if part["nombre"] == "Persona")["filas"]
        assert person["correo"] == "rosa@coop.example"
        trail = next(p for p in copy["datos"] if p["nombre"] == "Registro de cambios")["filas"]
        assert "person.copied" not in [row["qué"] for row in trail]
        response = send(client, own, f"{own}/copia")
        assert b"person.copied" in zipfile.ZipFile(io.BytesIO(response.data)).read("datos.json")

    def test_the_copy_can_be_taken_so_often_and_no_more(self, client, own):
        codes = [send(client, own, f"{own}/copia").status_code for _ in range(7)]
        assert codes == [200] * 6 + [429]

    def test_a_block_works_at_once_and_can_be_ended(self, client, database, own):
        sent = send(client, own, f"{own}/solicitud", right="block", details="")
        assert sent.status_code == 303
        assert only(database, Person).blocked_at is not None
        assert "Sus datos están bloqueados" in client.get(own, **SAFE).text
        assert send(client, own, f"{own}/desbloquear").status_code == 303
        assert only(database, Person).blocked_at is None

    def test_without_a_choice_it_says_so_beside_the_field_and_keeps_the_text(self, client, own):
        page = send(client, own, f"{own}/solicitud", details="Mi nombre está mal.")
        assert page.status_code == 422
        assert "Elija qué pide." in page.text
        assert "Mi nombre está mal." in page.text

    def test_a_wrong_link_opens_nothing(self, client, own):
        assert client.get(own.replace(".", ".x"), **SAFE).status_code == 404

    def test_whoever_signs_in_has_it_in_their_account(self, sign_in, database):
        browser = sign_in("registrar")
        assert "Mis datos" in browser.get("/mi-cuenta", **SAFE).text
        page = "/mi-cuenta/datos"
        assert browser.get(page, **SAFE).status_code == 200
        assert send(browser, page, f"{page}/copia").mimetype == "application/zip"
        assert send(browser, page, f"{page}/solicitud", right="access").status_code == 303
        assert only(database, DataCase).state is CaseState.OPEN


class TestPublicForm:
    FORM = "/privacidad/solicitud"

    def fill(self, client, **data):
        given = {"name": "Rosa Antilef", "email": "rosa@coop.example", "right": "erasure", **data}
        return send(client, self.FORM, self.FORM, **given)

    def test_pr04_the_answer_is_the_same_for_a_known_and_an_unknown_address(
        self, client, database, settings
    ):
        with database.transaction() as session:
            a_person(session, name="Rosa Antilef", email="rosa@coop.example")
        known = self.fill(client)
        unknown = self.fill(client, email="nadie@coop.example")
        assert (known.status_code, known.location) == (unknown.status_code, unknown.location)
        assert known.status_code == 303
        pages = [client.get(known.location, **SAFE).data for _ in range(2)]
        assert pages[0] == pages[1]

    def test_too_many_to_one_address_get_the_same_answer_and_no_mail(self, client, database):
        answers = {self.fill(client).status_code for _ in range(5)}
        assert answers == {303}
        with database.reading() as session:
            count = sa.select(sa.func.count()).select_from(OutgoingMessage)
            assert session.scalar(count) == 3

    def test_too_many_from_one_network_are_told(self, client):
        codes = [self.fill(client, email=f"p{n}@coop.example").status_code for n in range(21)]
        assert codes[-1] == 429
        assert set(codes[:-1]) == {303}

    def test_what_is_wrong_is_said_beside_it(self, client):
        page = self.fill(client, name="", email="rosa@", right="")
        assert page.status_code == 422
        for words in (
            "Escriba su nombre y apellido.",
            "El correo no es válido.",
            "Elija qué pide.",
        ):
            assert words in page.text

    def test_the_link_shows_first_and_confirms_by_the_button(self, client, database, settings):
        with database.transaction() as session:
            a_person(session, name="Rosa Antilef", email="rosa@coop.example")
        self.fill(client, also_block="1")
        raw = only(database, OutgoingMessage.raw).replace(b"=\r\n", b"").decode()
        path = re.search(r"(/privacidad/solicitudes/[\w.=-]+)", raw).group(1)
        before = digest(database)
        assert "Confirmar mi solicitud" in client.get(path, **SAFE).text
        assert digest(database) == before
        assert send(client, path, path).status_code == 303
        page = client.get(path, **SAFE).text
        assert "Sus datos están bloqueados" in page
        assert "miércoles 6 de enero de 2027" in page
        assert "jueves 10 de diciembre de 2026" in page
        assert send(client, path, f"{path}/copia").mimetype == "application/zip"

    def test_nobody_takes_a_copy_before_confirming(self, client, database, settings):
        with database.transaction() as session:
            a_person(session, name="Rosa Antilef", email="rosa@coop.example")
        self.fill(client)
        raw = only(database, OutgoingMessage.raw).replace(b"=\r\n", b"").decode()
        path = re.search(r"(/privacidad/solicitudes/[\w.=-]+)", raw).group(1)
        assert send(client, path, f"{path}/copia").status_code == 404


class TestUnsubscribe:
    @pytest.fixture
    def path(self, app):
        url = suppression.unsubscribe_url("rosa@coop.example")
        return url.removeprefix(current().base_url)

    def test_p10_get_shows_a_button_and_changes_nothing(self, client, database, path):
        before = digest(database)
        page = client.get(path, **SAFE)
        assert "No recibir más avisos" in page.text
        assert "Set-Cookie" not in page.headers
        assert digest(database) == before

    def test_p10_one_click_posts_without_a_cookie_or_a_token_and_gets_a_page(
        self, client, database, path
    ):
        done = client.post(path, data={"List-Unsubscribe": "One-Click"}, **SAFE)
        assert done.status_code == 200
        assert "Set-Cookie" not in done.headers
        assert only(database, Suppression).address_hash
        assert client.post(path, **SAFE).status_code == 200
        assert client.post(f"{path}/deshacer", **SAFE).status_code == 200
        with database.reading() as session:
            assert session.scalars(sa.select(Suppression)).all() == []

    def test_a_forged_link_stops_nobodys_mail(self, client, database, path):
        assert client.get(path[:-2] + "xx", **SAFE).status_code == 404
        assert client.post(path[:-2] + "xx", **SAFE).status_code == 404

    def test_no_other_form_goes_without_its_token(self, client):
        assert client.post("/privacidad/solicitud", **SAFE).status_code == 400


class TestCoordination:
    @pytest.fixture
    def case(self, database, settings):
        with database.transaction() as session:
            person = a_person(session, name="Rosa Antilef", email="rosa@coop.example")
            made = a_data_case(
                session,
                person=person,
                right=Right.ERASURE,
                details="Bórrenme.\nGracias.",
                now=MONDAY,
            )
            return made.public_id, person.public_id

    def test_the_list_has_the_clock_and_the_board_a_line(self, sign_in, case, time_machine):
        browser = sign_in("coordination")
        page = browser.get("/datos-personales", **SAFE).text
        assert "miércoles 6 de enero de 2027" in page
        assert "Quedan 30 días" in page
        assert "sin responder" not in browser.get("/panel", **SAFE).text

    def test_a_refusal_without_grounds_is_not_sent(self, sign_in, database, case):
        browser = sign_in("coordination")
        page = f"/datos-personales/casos/{case[0]}"
        answer = send(browser, page, f"{page}/respuesta", outcome="refused", words=" ")
        assert answer.status_code == 422
        assert "los fundamentos" in answer.text
        assert only(database, DataCase).state is CaseState.OPEN

    def test_it_is_answered_and_put_off(self, sign_in, database, case):
        browser = sign_in("coordination")
        page = f"/datos-personales/casos/{case[0]}"
        assert send(browser, page, f"{page}/prorroga", reason="").status_code == 422
        assert send(browser, page, f"{page}/prorroga", reason="Faltan datos.").status_code == 303
        again = send(browser, page, f"{page}/prorroga", reason="Más.")
        assert again.status_code == 422
        assert "ya se amplió una vez" in again.text
        done = send(browser, page, f"{page}/respuesta", outcome="refused", words="Por ley.")
        assert done.status_code == 303
        shown = browser.get(page, **SAFE).text
        assert "Rechazada" in shown
        assert "Por ley." in shown

    def test_p03_erasing_takes_the_copy_first_and_a_typed_word(self, sign_in, database, case):
        browser = sign_in("coordination")
        page = f"/datos-personales/personas/{case[1]}/borrar"
        assert "Descargar la copia" in browser.get(page, **SAFE).text
        for data in ({"word": "BORRAR"}, {"copied": "1"}, {"copied": "1", "word": "sí"}):
            assert send(browser, page, page, **data).status_code == 422
        assert only(database, Person).name == "Rosa Antilef"
        assert send(browser, page, page, copied="1", word="BORRAR").status_code == 303
        assert only(database, Person).name == "Persona eliminada"
        assert only(database, Erasure)
        assert only(database, DataCase).state is CaseState.GRANTED
        assert "Todavía no se puede" in browser.get(page, **SAFE).text

    def test_p05_what_is_in_the_way_is_said_and_can_be_cancelled(self, sign_in, database, own):
        browser = sign_in("coordination")
        person = only(database, Person)
        page = f"/datos-personales/personas/{person.public_id}/borrar"
        assert "inscripciones vigentes" in browser.get(page, **SAFE).text
        cancel = page.replace("borrar", "anular-inscripciones")
        assert send(browser, page, cancel).status_code == 303
        assert "inscripciones vigentes" not in browser.get(page, **SAFE).text

    def test_p07_administration_sees_what_would_go_tonight(self, sign_in, case):
        page = sign_in("administration").get("/datos-personales/retencion", **SAFE).text
        assert "Texto de los correos, a los 30 días" in page
        assert "Mirar no borra nada." in page
