"""What boards show of the table: to the coordination what to do, to the counterpart what waits."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from coopoutreach.committee.meetings.models import Meeting
from coopoutreach.committee.minutes import commands as minutes
from coopoutreach.committee.minutes.commands import Voice
from coopoutreach.committee.minutes.models import Minutes
from coopoutreach.committee.minutes.rules import State
from coopoutreach.events.models import Invitee
from coopoutreach.operations.demo import meetings, table
from coopoutreach.people.accounts.models import User
from coopoutreach.people.directory.models import Affiliation, Person
from coopoutreach.people.directory.rules import Kind
from coopoutreach.platform.access.permissions import Role
from coopoutreach.platform.core import reactions
from coopoutreach.wiring import WIRING
from tests.conftest import signed_in
from tests.factories import a_person, a_post, a_user, an_institution

SECURE = {"base_url": "https://localhost"}
RESERVED = ("Vocería de FECRECOOP", "posición de FECRECOOP", "minuta interna")


@pytest.fixture(autouse=True)
def _clock(monkeypatch, now):
    monkeypatch.setattr("coopoutreach.pages.dashboards.views.utcnow", lambda: now)
    reactions.install(WIRING)


@pytest.fixture
def sides(app, database, now):
    """The demonstration's table: two meetings held, minutes that wait for CORFO, one ahead."""
    with database.transaction() as session:
        corfo = an_institution(session, "CORFO")
        made = table.Sides(
            federation=an_institution(session, "FECRECOOP"),
            corfo=corfo,
            unit=an_institution(session, "GIF", kind=Kind.UNIT, parent_id=corfo.id),
            people={},
        )
        meetings.hold(session, made, hashed="", now=now)
        return made


@pytest.fixture
def browser(app, database, sides):
    """Return a browser in which somebody of the table is signed in."""

    def _browser(email):
        with database.transaction() as session:
            user = session.scalars(sa.select(User).where(User.email == email)).one()
            return signed_in(app, session, user)

    return _browser


@pytest.fixture
def mesa(browser):
    return lambda email=table.MARCELA: browser(email).get("/mesa", **SECURE).text


@pytest.fixture
def panel(browser):
    return lambda email=table.JORGE: browser(email).get("/panel", **SECURE).text


def test_everything_that_waits_is_on_the_first_page(mesa):
    page = mesa()
    for said in (
        "Espera por usted",
        "Apruebe u observe el Acta N° 2 de 2026",
        "Diga si asistirá a la reunión del mié 9 dic",
        "Mesa FECRECOOP–CORFO, miércoles 9 de diciembre de 2026, 10:00 a 11:30 h.",
        "Confirme si FECRECOOP cumplió: Enviar el calendario de talleres del verano",
        "Reunión N° 3 de 2026",
        "Articulado de elegibilidad: estado",
        "Acta N° 1 de 2026",
        "Suscribirse",
    ):
        assert said in page, said


def test_it_is_told_whom_to_call_what_is_late_and_who_has_yet_to_approve(panel):
    page = panel()
    for said in (
        "2 personas no responden a la reunión del mié 9 dic",
        "Claudia Leiva Demo y Marcela Ríos Demo",
        "El Acta N° 2 de 2026 espera a CORFO",
        "Hay 1 compromiso vencido",
        "C-2026-01-01 de FECRECOOP (hace 18 días)",
        "Falta definir si va por Ley del Lobby: Reunión N° 2 de 2026",
    ):
        assert said in page, said
    assert "Ley del Lobby: Reunión N° 1 de 2026" not in page


class OnOneEngine:
    """Pages are the same on both: what they are read from is looked at once on each."""

    @pytest.fixture
    def engine_name(self):
        return "sqlite"


class TestTheCounterpart(OnOneEngine):
    def test_an_answer_is_one_click_away(self, app, mesa, browser, database):
        client = browser(table.MARCELA)
        page = client.get("/mesa", **SECURE).text
        address = page.partition('action="http://127.0.0.1:8000')[2].partition('"')[0]
        token = page.partition('name="csrf_token"')[2].partition('value="')[2].partition('"')[0]
        assert address.startswith("/invitaciones/")
        answered = client.post(
            address,
            data={"csrf_token": token, "answer": "si"},
            headers={"Referer": "https://localhost/mesa"},
            **SECURE,
        )
        assert answered.status_code == 303
        again = mesa()
        assert "Diga si asistirá" not in again
        assert "Su respuesta: Asistiré" in again

    def test_every_link_of_it_opens(self, browser):
        client = browser(table.MARCELA)
        page = client.get("/mesa", **SECURE).text
        main = page.partition("<main")[2].partition("</main")[0]
        found = {part.partition('"')[0] for part in main.split('href="')[1:]}
        paths = {one.replace("http://127.0.0.1:8000", "") for one in found if "#" not in one}
        assert len(paths) > 10
        for path in sorted(paths):
            assert client.get(path.replace("&amp;", "&"), **SECURE).status_code == 200, path

    def test_ac_05_what_the_federation_keeps_to_itself_is_not_there(self, mesa):
        page = mesa()
        assert not [mark for mark in RESERVED if mark in page]

    def test_another_of_corfo_sees_what_waits_for_them(self, mesa):
        page = mesa(table.CLAUDIA)
        assert "Vise u observe el Acta N° 2 de 2026" in page
        assert "Diga si asistirá" in page
        assert "Entregue:" not in page

    def test_a_counterpart_of_another_institution_sees_nothing_of_it(self, app, database, sides):
        with database.transaction() as session:
            user = a_user(session, role=Role.COUNTERPART)
            a_post(session, a_person(session, user_id=user.id), an_institution(session, "SERCOTEC"))
            client = signed_in(app, session, user)
        page = client.get("/mesa", **SECURE).text
        assert "Su institución no participa en ninguna mesa" in page
        for word in ("CORFO", "Acta N°", "Reunión N°", "Articulado"):
            assert word not in page.partition("<main")[2], word

    def test_ac_12_who_left_sees_nothing_of_it(self, mesa, database, now):
        with database.transaction() as session:
            who = session.scalars(sa.select(Person).where(Person.email == table.MARCELA)).one()
            session.execute(
                sa.update(Affiliation)
                .where(Affiliation.person_id == who.id)
                .values(until=(now - timedelta(days=2)).date())
            )
        page = mesa().partition("<main")[2]
        assert "Su institución no participa en ninguna mesa" in page
        for word in ("Acta N°", "Diga si asistirá", "Confirme si"):
            assert word not in page


class TestTheCoordination(OnOneEngine):
    def test_observations_ask_for_an_answer(self, panel, database, sides, now):
        with database.transaction() as session:
            paper = session.scalars(sa.select(Minutes).where(Minutes.version == 1)).all()[-1]
            voice = Voice(sides.people[table.MARCELA].id, sides.corfo.id)
            minutes.observe(session, paper, voice, "Falta un asistente.", actor="test", now=now)
        assert "El Acta N° 2 de 2026 tiene 1 observación por responder" in panel()

    @pytest.mark.parametrize(
        ("state", "said"),
        [
            (None, "Falta escribir el Acta N° 2 de 2026"),
            (State.DRAFT, "El Acta N° 2 de 2026 está en borrador"),
        ],
    )
    def test_minutes_that_nobody_wrote_are_asked_for(self, panel, database, state, said):
        with database.transaction() as session:
            paper = session.scalars(sa.select(Minutes).order_by(Minutes.id.desc())).first()
            if state is None:
                # As if nobody had begun them: of a meeting that has none.
                paper.meeting_id = session.scalars(
                    sa.select(Meeting.id).where(Meeting.number == 3)
                ).one()
            else:
                paper.state = state
        assert said in panel()

    def test_everybody_answered_is_no_line(self, panel, database):
        with database.transaction() as session:
            session.execute(sa.update(Invitee).values(answer="accepted"))
        assert "no responden" not in panel()

    def test_ac_05_who_is_of_no_side_sees_no_commitment_of_one(
        self, panel, database, sides, app, now
    ):
        with database.transaction() as session:
            session.execute(
                sa.text("UPDATE commitment SET due_on = :day WHERE reserved_for_id IS NOT NULL"),
                {"day": now.date() - timedelta(days=3)},
            )
            user = a_user(session, role=Role.COORDINATION)
            stranger = signed_in(app, session, user)
        assert "Hay 2 compromisos vencidos" in panel()
        page = stranger.get("/panel", **SECURE).text
        assert "Hay 1 compromiso vencido" in page
        assert "C-2026-02-04" not in page

    def test_it_takes_as_many_queries_with_a_table_as_without(self, app, panel, browser):
        client = browser(table.JORGE)
        client.get("/panel", **SECURE)
        seen = []

        def note(_connection, _cursor, statement, *_rest):
            seen.append(statement)

        engine = app.extensions["database"].engine
        sa.event.listen(engine, "before_cursor_execute", note)
        try:
            assert client.get("/panel", **SECURE).status_code == 200
        finally:
            sa.event.remove(engine, "before_cursor_execute", note)
        assert len([one for one in seen if one.startswith("SELECT")]) <= 18


@pytest.mark.both_engines
def test_the_side_leads_to_meetings_and_commitments(browser):
    for email, path in ((table.MARCELA, "/mesa"), (table.JORGE, "/panel")):
        page = browser(email).get(path, **SECURE).text
        assert 'href="/reuniones"' in page
        assert 'href="/compromisos"' in page


@pytest.mark.parametrize("role", ["manager", "registrar"])
def test_a_cooperative_is_led_to_neither(sign_in, role):
    page = sign_in(role).get("/mi-cooperativa", **SECURE).text
    assert 'href="/reuniones"' not in page
    assert 'href="/compromisos"' not in page
