"""The coordination's way: write a talk, be warned, publish, move, cancel, copy."""

import email
import re
from datetime import datetime, timedelta
from email import policy

import pytest
from sqlalchemy import select

from coopoutreach.events import jobs
from coopoutreach.events.models import Invitee
from coopoutreach.events.rules import Attendance, EventState, Standing
from coopoutreach.mail.outgoing.models import OutgoingMessage
from coopoutreach.platform.core.clock import utcnow
from coopoutreach.talks.registrations import commands as registrations
from coopoutreach.talks.registrations.request import Registrant, Request
from coopoutreach.talks.registrations.rules import Room
from coopoutreach.talks.talks.models import Talk
from tests.factories import a_talk

SAFE = {"base_url": "https://localhost"}
GOOD = {
    "title": "Requisitos del Crédito CORFO MIPYME",
    "format": "charla",
    "description": "Qué se pide y cómo se prepara.",
    "topics": "Garantías, Carpeta",
    "start_date": "2026-12-10",
    "start_time": "10:00",
    "start_zone": "America/Santiago",
    "end_date": "2026-12-10",
    "end_time": "12:00",
    "modality": "presencial",
    "place": "Auditorio",
    "address": "Moneda 1160",
    "comuna": "13101",
    "capacity_room": "30",
    "reminders": "7, 1",
    "speakers-0-name": "Marcela Ríos",
    "speakers-0-post": "Ejecutiva",
    "speakers-0-organisation": "CORFO",
}


@pytest.fixture(autouse=True)
def frozen(time_machine, now):
    time_machine.move_to(now, tick=False)


@pytest.fixture
def coordination(sign_in):
    browser = sign_in("coordination")

    def send(path, **data):
        page = browser.get("/plan/charlas/nueva", **SAFE).text
        token = re.search(r'name="csrf_token"\s+value="([^"]*)"', page)[1]
        return browser.post(
            path,
            data={"csrf_token": token, **data},
            headers={"Referer": "https://localhost/"},
            **SAFE,
        )

    browser.send = send
    return browser


def the_talk(database):
    with database.reading() as session:
        talk = session.scalars(select(Talk)).one()
        session.expunge_all()
        return talk


def write(coordination, **changes):
    return coordination.send("/plan/charlas/nueva", **{**GOOD, **changes})


class TestWriting:
    def test_a_talk_begins_as_a_draft_that_nobody_else_sees(self, coordination, client, database):
        response = write(coordination)
        assert response.status_code == 303
        talk = the_talk(database)
        assert talk.state is EventState.DRAFT
        assert talk.slug == "requisitos-del-credito-corfo-mipyme-2026-12-10"
        assert client.get(f"/charlas/{talk.slug}", **SAFE).status_code == 404
        assert "Marcela Ríos" in coordination.get(response.location, **SAFE).text

    def test_8_december_is_warned_about_and_the_next_working_day_offered(
        self, coordination, database
    ):
        response = write(coordination, start_date="2026-12-08", end_date="2026-12-08")
        assert response.status_code == 422
        assert "es feriado (La Inmaculada Concepción)" in response.text
        assert 'value="2026-12-09"' in response.text
        assert GOOD["title"] in response.text
        with database.reading() as session:
            assert session.scalars(select(Talk)).all() == []

    def test_the_offered_day_is_taken_by_its_button(self, coordination, database):
        poor = {"start_date": "2026-12-08", "end_date": "2026-12-08"}
        response = write(coordination, **poor, use_date="2026-12-09")
        assert response.status_code == 422
        assert re.search(r'name="start_date"\s+type="date"\s+value="2026-12-09"', response.text)
        assert "es feriado" not in response.text

    def test_a_poor_day_may_be_kept_on_purpose(self, coordination, database):
        poor = {"start_date": "2026-12-08", "end_date": "2026-12-08"}
        assert write(coordination, **poor, keep_date="1").status_code == 303

    @pytest.mark.parametrize(
        ("changes", "sentence"),
        [
            ({"title": " "}, "Complete «Título»."),
            ({"title": "x" * 200}, "Use a lo más 140 caracteres."),
            ({"start_date": "2026-02-31"}, "Escriba una fecha que exista"),
            ({"start_date": "9999-01-01"}, "entre un año atrás y cinco años adelante"),
            ({"start_date": "0001-01-01"}, "entre un año atrás y cinco años adelante"),
            ({"start_time": "24:00"}, "Escriba la hora en formato de 24 horas"),
            ({"end_time": "09:00"}, "El término debe ser después del inicio."),
            ({"end_date": "2027-12-30"}, "dura a lo más cinco días"),
            ({"comuna": ""}, "Elija la comuna"),
            ({"comuna": "99999"}, "Elija la comuna"),
            ({"comuna": "12101"}, "Punta Arenas usa la hora de"),
            ({"capacity_room": "0"}, "Indique cuántas personas caben."),
            ({"capacity_room": "-1"}, "Un número entre 0 y 5000."),
            (
                {"modality": "online", "capacity_online": "9", "link": "javascript:alert(1)"},
                "https://",
            ),
            ({"reminders": "7, mañana"}, "Escriba días entre 1 y 60"),
            ({"format": "fiesta"}, "Elija una opción."),
            ({"modality": "telepatía"}, "Elija una opción."),
        ],
    )
    def test_what_is_wrong_gets_a_sentence_and_nothing_typed_is_lost(
        self, coordination, database, changes, sentence
    ):
        response = write(coordination, **changes)
        assert response.status_code == 422
        assert sentence in response.text
        assert "Qué se pide y cómo se prepara." in response.text
        assert "Marcela Ríos" in response.text
        with database.reading() as session:
            assert session.scalars(select(Talk)).all() == []

    def test_ti_01_an_hour_that_does_not_exist_is_refused(self, coordination):
        day = {"start_date": "2027-09-05", "end_date": "2027-09-05", "keep_date": "1"}
        response = write(coordination, **day, start_time="00:30", end_time="02:00")
        assert response.status_code == 422
        assert "no existen" in response.text

    def test_ti_01_an_hour_that_comes_twice_is_asked_about(self, coordination, database):
        day = {"start_date": "2027-04-03", "end_date": "2027-04-04", "keep_date": "1"}
        late = {**day, "start_time": "23:30", "end_time": "02:00"}
        response = write(coordination, **late)
        assert response.status_code == 422
        assert "ocurren dos veces" in response.text
        assert 'name="which"' in response.text
        assert write(coordination, **late, which="1").status_code == 303
        assert the_talk(database).starts_at.hour == 3

    @pytest.mark.both_engines
    def test_ti_04_a_zone_that_is_not_chiles_is_not_taken(self, coordination, database):
        write(coordination, start_zone="Europe/Paris")
        assert the_talk(database).zone == "America/Santiago"

    def test_ac_10_columns_that_the_form_has_not_stay_as_they_are(self, coordination, database):
        write(coordination, state="published", sequence="9", uid="x", slug="x", id="99")
        talk = the_talk(database)
        assert (talk.state, talk.sequence) == (EventState.DRAFT, 0)
        assert talk.slug != "x"


class TestPublished:
    @pytest.fixture
    def talk(self, coordination, database):
        write(coordination)
        talk = the_talk(database)
        coordination.send(f"/plan/charlas/{talk.public_id}/publicar")
        return the_talk(database)

    @pytest.fixture
    def with_people(self, database, talk, now):
        with database.transaction() as session:
            people = [Registrant("Ana", "ana@coop.example", Room.IN_ROOM)]
            stored = session.get_one(Talk, talk.id)
            request = Request(form_key="x", people=people)
            registrations.register(session, stored, request, actor="x", now=now)

    def editor(self, coordination, talk):
        return coordination.get(f"/plan/charlas/{talk.public_id}/editar", **SAFE).text

    def edit(self, coordination, talk, **changes):
        return coordination.send(f"/plan/charlas/{talk.public_id}/editar", **{**GOOD, **changes})

    def test_is_on_the_site_and_in_the_feed(self, client, talk):
        assert client.get(f"/charlas/{talk.slug}", **SAFE).status_code == 200
        feed = client.get("/calendario/charlas.ics", **SAFE).text
        assert talk.uid in feed.replace("\r\n ", "")

    def test_a_move_says_whom_it_tells_before_it_does(
        self, coordination, talk, with_people, database
    ):
        response = self.edit(coordination, talk, start_time="11:00")
        assert response.status_code == 422
        assert "Se avisará a 1 persona por correo a las 09:05 h." in response.text
        assert the_talk(database).wall_start == datetime(2026, 12, 10, 10, 0)
        response = self.edit(coordination, talk, start_time="11:00", confirmed="1")
        assert response.status_code == 303
        moved = the_talk(database)
        assert (moved.state, moved.sequence) == (EventState.RESCHEDULED, 1)
        page = coordination.get(response.location, **SAFE).text
        assert "Hay un aviso pendiente" in page
        assert "jueves 10 de diciembre de 2026, 10:00 a 12:00 h. Auditorio, Moneda 1160" in page
        assert "jueves 10 de diciembre de 2026, 11:00 a 12:00 h. Auditorio, Moneda 1160" in page
        assert "Cambió: Requisitos del Crédito CORFO MIPYME" in page
        assert "Lo que cambie antes de esa hora" in self.editor(coordination, talk)

    def test_a_move_taken_back_asks_nothing_and_leaves_nothing_pending(
        self, coordination, talk, with_people, database
    ):
        self.edit(coordination, talk, start_time="11:00", confirmed="1")
        response = self.edit(coordination, talk)
        assert response.status_code == 303
        page = coordination.get(response.location, **SAFE).text
        assert "Nadie recibió correos" in page
        assert "Hay un aviso pendiente" not in page
        assert the_talk(database).state is EventState.PUBLISHED

    @pytest.mark.both_engines
    def test_what_is_pending_is_told_at_once_when_asked_for(
        self, coordination, talk, with_people, database, now
    ):
        self.edit(coordination, talk, start_time="11:00", confirmed="1")
        assert jobs.tell_announcements(database, now) == 0
        path = f"/plan/charlas/{talk.public_id}/avisar"
        assert coordination.send(path).status_code == 303
        page = coordination.get(f"/plan/charlas/{talk.public_id}", **SAFE).text
        assert "Está saliendo un aviso" in page
        assert "Avisar ahora" not in page
        assert jobs.tell_announcements(database, now) == 1
        assert coordination.send(path).status_code == 409

    def test_words_are_told_when_the_box_is_ticked_and_not_before_it_says_to_whom(
        self, coordination, talk, with_people, database, now
    ):
        assert "Avisar este cambio a las personas inscritas" in self.editor(coordination, talk)
        asked = self.edit(coordination, talk, title="Otro título", tell_words="1")
        assert asked.status_code == 422
        assert "Información actualizada. Se avisará a 1 persona" in asked.text
        assert re.search(r'name="tell_words"\s+type="checkbox"\s+value="1" checked', asked.text)
        self.edit(coordination, talk, title="Otro título", tell_words="1", confirmed="1")
        assert jobs.tell_announcements(database, now + timedelta(minutes=5)) == 1

    def test_words_change_without_a_question_and_without_a_mail(
        self, coordination, talk, with_people, database, client
    ):
        assert self.edit(coordination, talk, title="Otro título").status_code == 303
        assert the_talk(database).sequence == 0
        assert "Otro título" in client.get(f"/charlas/{talk.slug}", **SAFE).text

    def test_a_cancellation_needs_a_reason(self, coordination, talk, database, client):
        path = f"/plan/charlas/{talk.public_id}/cancelar"
        assert coordination.send(path, reason="  ").status_code == 422
        assert coordination.send(path, reason="Por lluvia").status_code == 303
        assert the_talk(database).state is EventState.CANCELLED
        page = client.get(f"/charlas/{talk.slug}", **SAFE).text
        assert "Por lluvia" in page
        feed = client.get("/calendario/charlas.ics", **SAFE).text
        assert "STATUS:CANCELLED" in feed

    @pytest.mark.both_engines
    def test_a_cancellation_names_another_date_with_the_link_to_register(
        self, coordination, talk, with_people, database, client
    ):
        with database.transaction() as session:
            other = a_talk(session, title="Garantías otra vez", slug="otra", path="/charlas/otra")
            other.topics = session.get_one(Talk, talk.id).topics[:1]
            a_talk(session, title="De otra cosa")
            other_id = other.public_id
        path = f"/plan/charlas/{talk.public_id}/cancelar"
        form = coordination.get(path, **SAFE).text
        assert "Se avisará a 1 persona por correo a las 09:10 h." in form
        assert "Garantías otra vez" in form
        assert "De otra cosa" not in form
        assert "Copiar a otra fecha" in form
        wrong = coordination.send(path, reason="Por lluvia", replacement="x")
        assert wrong.status_code == 422
        assert "Elija otra" in wrong.text
        coordination.send(path, reason="Por lluvia", replacement=other_id)
        page = client.get(f"/charlas/{talk.slug}", **SAFE).text
        assert "Garantías otra vez" in page
        assert 'href="/charlas/otra/inscripcion"' in page
        jobs.tell_announcements(database, utcnow() + timedelta(minutes=10))
        with database.reading() as session:
            wanted = select(OutgoingMessage.raw).where(OutgoingMessage.notice.like("events/%"))
            mail = email.message_from_bytes(session.scalars(wanted).one(), policy=policy.default)
        assert "/charlas/otra/inscripcion" in mail.get_body(("plain",)).get_content()

    def test_a_cancellation_is_undone_until_it_is_told(
        self, coordination, talk, with_people, database, client, time_machine, now
    ):
        path = f"/plan/charlas/{talk.public_id}/cancelar"
        done = coordination.send(path, reason="Por lluvia")
        page = coordination.get(done.location, **SAFE).text
        assert "toast--floating" in page
        assert "Puede deshacerlo hasta las 09:10 h." in page
        assert "Por lluvia" in client.get(f"/charlas/{talk.slug}", **SAFE).text
        assert coordination.send(f"{path}/deshacer").status_code == 303
        assert the_talk(database).state is EventState.PUBLISHED
        assert "Por lluvia" not in client.get(f"/charlas/{talk.slug}", **SAFE).text
        assert "STATUS:CONFIRMED" in client.get("/calendario/charlas.ics", **SAFE).text
        coordination.send(path, reason="Por lluvia")
        time_machine.move_to(now + timedelta(minutes=11), tick=False)
        late = coordination.send(f"{path}/deshacer")
        assert late.status_code == 409
        assert "ya está saliendo" in late.text

    def test_a_publication_is_undone_while_nobody_has_registered(
        self, coordination, talk, database, client
    ):
        page = coordination.get(f"/plan/charlas/{talk.public_id}?hecho=1", **SAFE).text
        assert "mientras nadie se inscriba" in page
        path = f"/plan/charlas/{talk.public_id}/publicar/deshacer"
        assert coordination.send(path).status_code == 303
        assert the_talk(database).state is EventState.DRAFT
        assert client.get(f"/charlas/{talk.slug}", **SAFE).status_code == 404
        assert talk.uid not in client.get("/calendario/charlas.ics", **SAFE).text.replace(
            "\r\n ", ""
        )

    def test_a_publication_is_not_undone_once_somebody_registered(
        self, coordination, talk, with_people
    ):
        page = coordination.get(f"/plan/charlas/{talk.public_id}?hecho=1", **SAFE).text
        assert "mientras nadie se inscriba" not in page
        response = coordination.send(f"/plan/charlas/{talk.public_id}/publicar/deshacer")
        assert response.status_code == 409
        assert "Ya hay personas inscritas" in response.text

    def test_is_not_thrown_away(self, coordination, talk):
        response = coordination.send(f"/plan/charlas/{talk.public_id}/eliminar")
        assert response.status_code == 409
        assert "Una charla publicada se suspende" in response.text

    def test_is_copied_to_another_date(self, coordination, talk, database):
        page = coordination.get(f"/plan/charlas/{talk.public_id}/copiar", **SAFE).text
        assert talk.title in page
        assert not re.search(r'name="start_date"\s+type="date"\s+value="2026', page)

    def test_who_came_is_marked_and_a_place_taken_away(
        self, coordination, talk, with_people, database
    ):
        with database.reading() as session:
            person = session.scalars(select(Invitee)).one().public_id
        base = f"/plan/charlas/{talk.public_id}/asistentes/{person}"
        assert coordination.send(f"{base}/asistencia", attendance="attended").status_code == 303
        assert coordination.send(f"{base}/asistencia", attendance="quizás").status_code == 400
        assert coordination.send(f"{base}/cupo").status_code == 409
        page = coordination.get(f"/plan/charlas/{talk.public_id}/asistentes", **SAFE).text
        drawn = re.search(r'name="drawn"\s+value="([^"]*)"', page)[1]
        refused = coordination.send(f"{base}/cupo", drawn=drawn)
        assert refused.status_code == 409
        assert "Asistentes" in refused.text, "the page where it was asked"
        assert "No se pudo" in refused.text
        assert coordination.send(f"{base}/quitar").status_code == 303
        with database.reading() as session:
            invitee = session.scalars(select(Invitee)).one()
            assert invitee.attendance is Attendance.ATTENDED
            assert invitee.standing is Standing.WITHDRAWN

    @pytest.mark.both_engines
    def test_more_seats_go_to_the_line_at_once(
        self, coordination, talk, with_people, database, now
    ):
        with database.transaction() as session:
            stored = session.get_one(Talk, talk.id)
            stored.capacity_room = 1
            people = [Registrant("Bea", "bea@coop.example", Room.IN_ROOM)]
            request = Request(form_key="y", people=people)
            registrations.register(session, stored, request, actor="x", now=now)
        self.edit(coordination, talk, capacity_room="2")
        with database.reading() as session:
            standings = set(session.scalars(select(Invitee.standing)))
        assert standings == {Standing.INVITED}

    def test_the_attendees_and_the_list_to_print(self, coordination, talk, with_people):
        base = f"/plan/charlas/{talk.public_id}/asistentes"
        assert "ana@coop.example" in coordination.get(base, **SAFE).text
        printed = coordination.get(f"{base}/imprimir", **SAFE).text
        assert "Firma" in printed
        assert "ana@coop.example" not in printed


@pytest.mark.both_engines
def test_the_plan_lists_talks_of_every_state(coordination, database):
    with database.transaction() as session:
        a_talk(session, title="En borrador", state=EventState.DRAFT)
        a_talk(session, title="Ya pasada", wall_start=datetime(2026, 10, 1, 10, 0))
    assert "En borrador" in coordination.get("/plan", **SAFE).text
    assert "Ya pasada" in coordination.get("/plan?cuando=anteriores", **SAFE).text
