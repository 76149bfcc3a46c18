"""Registering, and one's own registration, through the pages."""

import re

import pytest
from sqlalchemy import func, select

from coopoutreach.mail.outgoing.models import OutgoingMessage
from coopoutreach.people.directory import commands as directory
from coopoutreach.people.directory import queries as directory_queries
from coopoutreach.people.directory.rules import Access
from coopoutreach.platform.access.permissions import Role
from coopoutreach.platform.core.settings import Limits
from coopoutreach.talks.registrations.models import Registration
from coopoutreach.talks.registrations.rules import State
from tests.conftest import signed_in
from tests.factories import a_cooperative, a_person, a_talk, a_user

SAFE = {"base_url": "https://localhost"}


@pytest.fixture
def frozen(time_machine, now):
    time_machine.move_to(now, tick=False)


pytestmark = pytest.mark.usefixtures("frozen")


@pytest.fixture
def talk(database, settings):
    with database.transaction() as session:
        a_cooperative(session, name="Cobre Alto", public_id="cobre-alto")
        return a_talk(session, title="Créditos", slug="creditos", capacity_room=2)


def hidden(page, name):
    return re.search(rf'name="{name}"\s+value="([^"]*)"', page)[1]


@pytest.fixture
def fill(client, talk):
    """Open the form as a browser does and send it filled."""

    def fill(*people, browser=client, key=None, **more):
        data = {
            "csrf_token": token(browser),
            "form_key": key or fill.key(browser),
            "organisation": "cobre-alto",
            **more,
        }
        for number, (name, email) in enumerate(people):
            data |= {f"people-{number}-name": name, f"people-{number}-email": email}
        return browser.post(
            "/charlas/creditos/inscripcion",
            data=data,
            headers={"Referer": "https://localhost/charlas/creditos/inscripcion"},
            **SAFE,
        )

    fill.key = lambda browser=client: hidden(
        browser.get("/charlas/creditos/inscripcion", **SAFE).text, "form_key"
    )
    return fill


def links(database):
    """The personal link of each registration, in order, out of the mail that carries it."""
    with database.reading() as session:
        raws = session.scalars(select(OutgoingMessage.raw).order_by(OutgoingMessage.id)).all()
    found = []
    for raw in raws:
        text = raw.decode().replace("=\r\n", "")
        match = re.search(r"/inscripciones/[\w.\-]+", text)
        if match and match[0] not in found:
            found.append(match[0])
    return found


def states(database):
    with database.reading() as session:
        return list(session.scalars(select(Registration.state).order_by(Registration.id)))


def token(client):
    """The token of this browser's forms: the same on every page of it that has one."""
    return hidden(client.get("/ingresar/enlace", **SAFE).text, "csrf_token")


def post(client, path, **data):
    return client.post(
        path,
        data={"csrf_token": token(client), **data},
        headers={"Referer": "https://localhost/"},
        **SAFE,
    )


class TestForm:
    def test_registers_several_people_each_with_a_mail_of_their_own(self, fill, database):
        response = fill(("Ana Díaz", "ana@coop.example"), ("Bea Soto", "bea@coop.example"))
        assert (response.status_code, response.location) == (
            303,
            "/charlas/creditos/inscripcion/recibida",
        )
        assert states(database) == [State.CONFIRMED, State.CONFIRMED]
        assert len(set(links(database))) == 2

    def test_pr_04_answers_the_same_whether_or_not_somebody_was_registered(self, fill, database):
        first = fill(("Ana Díaz", "ana@coop.example"))
        again = fill(("Ana Díaz", "ana@coop.example"))
        assert (first.status_code, first.location, first.data) == (
            again.status_code,
            again.location,
            again.data,
        )
        assert len(states(database)) == 1

    def test_pr_09_a_thousand_replays_are_one_registration_and_one_mail(
        self, fill, database, settings
    ):
        key = fill.key()
        answers = {fill(("Ana Díaz", "ana@coop.example"), key=key).location for _ in range(8)}
        assert answers == {"/charlas/creditos/inscripcion/recibida"}
        assert len(states(database)) == 1
        with database.reading() as session:
            assert session.scalar(select(func.count()).select_from(OutgoingMessage)) == 1

    def test_pr_14_a_robot_that_fills_the_hidden_field_registers_nobody(self, fill, database):
        response = fill(("Robot", "robot@spam.example"), website="http://spam.example")
        assert response.status_code == 303
        assert states(database) == []

    def test_pr_10_a_full_room_says_so_and_takes_the_next_into_the_line(
        self, fill, client, database
    ):
        fill(("Ana Díaz", "ana@coop.example"), ("Bea Soto", "bea@coop.example"))
        assert "lista de espera" in client.get("/charlas/creditos/inscripcion", **SAFE).text
        fill(("Cleo Paz", "cleo@coop.example"))
        assert states(database)[-1] is State.WAITING

    def test_pr_15_a_talk_that_closed_meanwhile_says_so(self, fill, database, talk):
        key = fill.key()
        with database.transaction() as session:
            stored = session.get_one(type(talk), talk.id)
            stored.registration_closes_at = stored.created_at
        response = fill(("Ana Díaz", "ana@coop.example"), key=key)
        assert response.status_code == 409
        assert "ya se cerraron" in response.text
        assert states(database) == []

    def test_pr_02_the_mail_carries_no_free_text_but_the_name(self, fill, database):
        fill(
            ("Ana Díaz", "ana@coop.example"),
            organisation="otra",
            organisation_name="Gane en http://spam.example",
        )
        with database.reading() as session:
            assert session.scalars(select(OutgoingMessage.raw)).all() == []
        fill(
            ("Ana Díaz", "ana@coop.example"),
            organisation="otra",
            organisation_name="Gane en la Vega",
        )
        with database.reading() as session:
            raw = session.scalars(select(OutgoingMessage.raw)).one()
        assert b"Vega" not in raw.replace(b"=\r\n", b"")

    def test_pr_01_a_victims_address_gets_a_limited_number_of_mails(self, fill, database, settings):
        allowed = Limits().registration_per_address[0]
        codes = [
            fill((f"Ana Número {number}", f"Victima+x{number}@gmail.com")).status_code
            for number in range(allowed + 3)
        ]
        assert codes[:allowed] == [303] * allowed
        assert set(codes[allowed:]) == {429}
        assert len(states(database)) == allowed

    @pytest.mark.both_engines
    def test_au_14_a_forged_forwarding_header_is_no_new_visitor(self, fill, client, settings):
        from coopoutreach.platform.limits.models import Attempts  # noqa: PLC0415

        for number in range(2):
            client.environ_base["HTTP_X_FORWARDED_FOR"] = f"203.0.113.{number}"
            fill((f"Ana {number}", f"a{number}@coop.example"))
        with client.application.extensions["database"].reading() as session:
            counted = session.scalars(
                select(Attempts.count).where(Attempts.limit_name == "registration.network")
            ).all()
        assert counted == [2]


class TestRegistrar:
    @pytest.fixture
    def manager(self, app, database, talk, now):
        """A browser of somebody who manages the cooperative «Cobre Alto»."""
        with database.transaction() as session:
            cooperative = directory_queries.organisation_by_public_id(session, "cobre-alto")
            user = a_user(session, role=Role.MANAGER)
            person = a_person(session, user_id=user.id)
            post = directory.affiliate(
                session, person, cooperative, post="Gerenta", actor="test", now=now
            )
            post.access = Access.MANAGER
            return signed_in(app, session, user)

    def test_registers_in_the_name_of_the_cooperative_without_choosing_it(
        self, manager, fill, database
    ):
        page = manager.get("/charlas/creditos/inscripcion", **SAFE).text
        assert "Inscribe a nombre de Cobre Alto" in page
        assert 'name="organisation"' not in page
        response = fill(("Ana Díaz", "ana@coop.example"), browser=manager, organisation="otra")
        assert (response.status_code, response.location) == (303, "/mi-cooperativa")
        with database.reading() as session:
            registration = session.scalars(select(Registration)).one()
            assert registration.organisation.public_id == "cobre-alto"
        assert "Ana Díaz" in manager.get("/mi-cooperativa", **SAFE).text

    def test_is_told_beside_the_field_and_loses_nothing_typed(self, manager, fill, database):
        fill(("Ana Díaz", "ana@coop.example"))
        response = fill(
            ("Bea Soto", "bea@coop.example"), ("Ana Díaz", "ana@coop.example"), browser=manager
        )
        assert response.status_code == 422
        assert "Ana Díaz ya está en esta charla con ese correo." in response.text
        assert 'value="Bea Soto"' in response.text
        assert len(states(database)) == 1


class TestOwn:
    @pytest.fixture
    def link(self, fill, database):
        fill(("Ana Díaz", "ana@coop.example"))
        return links(database)[0]

    def test_shows_the_registration_and_is_kept_from_caches_and_searches(self, client, link):
        response = client.get(link, **SAFE)
        assert "Ana Díaz" in response.text
        assert response.headers["Cache-Control"] == "no-store"
        assert "noindex" in response.headers["X-Robots-Tag"]

    @pytest.mark.parametrize("change", ["x", "", ".", "../x"])
    def test_pr_07_a_link_that_is_not_right_is_no_link(self, client, link, change):
        wrong = link[:-3] + "abc" + change
        assert client.get(wrong, **SAFE).status_code in {404, 308}

    def test_pr_05_looking_changes_nothing(self, client, link, database):
        before = states(database)
        for _ in range(2):
            client.get(link, **SAFE)
            client.head(link, **SAFE)
        for action in ("cancelar", "confirmar", "corregir"):
            assert client.get(f"{link}/{action}", **SAFE).status_code in {404, 405}
        assert states(database) == before

    def test_pr_06_cancelling_twice_is_cancelling_once(self, client, link, database):
        for _ in range(2):
            assert post(client, f"{link}/cancelar").status_code == 303
        assert states(database) == [State.CANCELLED]
        with database.reading() as session:
            notices = session.scalars(select(OutgoingMessage.notice)).all()
        assert notices.count("registrations/cancelled") == 1

    def test_a_cancellation_moves_the_line_up(self, client, fill, link, database):
        fill(("Bea Soto", "bea@coop.example"), ("Cleo Paz", "cleo@coop.example"))
        assert states(database)[-1] is State.WAITING
        waiting_link = links(database)[-1]
        page = client.get(waiting_link, **SAFE).text
        assert "lista de espera" in page.lower()
        post(client, f"{link}/cancelar")
        assert states(database) == [State.CANCELLED, State.CONFIRMED, State.CONFIRMED]
        assert "Tiene cupo" in client.get(waiting_link, **SAFE).text

    def test_a_name_is_put_right(self, client, link):
        post(client, f"{link}/corregir", name="Ana María Díaz")
        page = client.get(link, **SAFE).text
        assert "Ana María Díaz" in page
        assert "Guardamos el nombre." in page
        assert "Guardamos el nombre." not in client.get(link, **SAFE).text, "said once"

    def test_an_empty_name_gets_a_sentence_and_what_was_typed_stays(self, client, link):
        response = post(client, f"{link}/corregir", name="1234")
        assert response.status_code == 422
        assert 'value="1234"' in response.text
        assert "Hay un dato por corregir" in response.text
        assert 'href="#name"' in response.text

    def test_who_will_come_says_so(self, client, link):
        post(client, f"{link}/confirmar")
        assert "Confirmó que asiste" in client.get(link, **SAFE).text
