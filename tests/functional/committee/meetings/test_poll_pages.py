"""«¿Qué día les acomoda?»: asked by the coordination, answered by a link, kept for all to see."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from coopoutreach.committee.meetings import commands, queries
from coopoutreach.committee.meetings.models import DatePoll, PollChoice
from coopoutreach.committee.meetings.notices import polls as notices
from coopoutreach.mail.outgoing.models import OutgoingMessage
from tests.factories import a_meeting, a_table

SAFE = {"base_url": "https://localhost"}
ASKED = {
    "title": "Bases del programa",
    "options-0-date": "2026-12-14",
    "options-0-start": "10:00",
    "options-0-end": "11:30",
    "options-1-date": "2026-12-15",
    "options-1-start": "15:00",
    "options-1-end": "16:30",
    "closes_date": "2026-11-30",
    "closes_time": "18:00",
}


@pytest.fixture
def engine_name():
    """One engine is enough: commands are tried on both."""
    return "sqlite"


@pytest.fixture(autouse=True)
def frozen(time_machine, now):
    time_machine.move_to(now, tick=False)


def send(browser, path, **data):
    page = browser.get("/ingresar/enlace", **SAFE).text
    token = re.search(r'name="csrf_token"\s+value="([^"]*)"', page)[1]
    return browser.post(
        path,
        data={"csrf_token": token, **data},
        headers={"Referer": "https://localhost/"},
        **SAFE,
    )


@pytest.fixture
def coordination(sign_in):
    return sign_in("coordination")


@pytest.fixture
def table(database, settings):
    with database.transaction() as session:
        return a_table(session)


@pytest.fixture
def asking(table):
    return f"/reuniones/series/{table.series.public_id}/consulta"


@pytest.fixture
def asked(coordination, database, asking):
    """The page of a poll that was sent out, and each member's own page."""
    answer = send(coordination, asking, **ASKED)
    assert answer.status_code == 303
    return answer.location


def own_pages(database):
    with database.reading() as session:
        poll = session.scalars(select(DatePoll)).one()
        options = [option.id for option in poll.options]
        links = [notices.link_of(voter).partition(":8000")[2] for voter in poll.voters]
        return links, options


class TestAsking:
    def test_each_member_is_asked_by_mail(self, asked, database):
        with database.reading() as session:
            rows = session.scalars(select(OutgoingMessage.notice)).all()
        assert rows == ["meetings/date_poll"] * 4

    def test_a_poor_day_is_asked_about_first(self, coordination, database, asking):
        data = {**ASKED, "options-1-date": "2026-12-25"}
        page = send(coordination, asking, **data)
        assert page.status_code == 422
        assert "es feriado (Navidad)" in page.text
        assert 'value="2026-12-25"' in page.text
        assert send(coordination, asking, **data, keep_dates="1").status_code == 303

    @pytest.mark.parametrize(
        ("field", "typed", "sentence"),
        [
            ("title", "", "Escriba para qué reunión es."),
            ("options-1-date", "", "Proponga al menos dos fechas"),
            ("options-1-date", "2026-11-01", "Esa fecha ya pasó."),
            ("options-1-end", "14:00", "El término debe ser después del inicio"),
            ("options-1-start", "25:00", "Escriba la hora"),
            ("closes_date", "2026-11-20", "El cierre debe ser más adelante"),
            ("closes_date", "2026-12-20", "Cierre la consulta antes"),
        ],
    )
    def test_what_is_wrong_is_said_and_nobody_is_asked(
        self, coordination, database, asking, field, typed, sentence
    ):
        page = send(coordination, asking, **{**ASKED, field: typed})
        assert page.status_code == 422
        assert sentence in page.text
        with database.reading() as session:
            assert session.scalar(select(func.count()).select_from(OutgoingMessage)) == 0

    def test_without_members_there_is_nobody_to_ask(self, coordination, database, table, now):
        with database.transaction() as session:
            for member in queries.members_of(session, table.series.id):
                commands.end_member(session, member, actor="user:1", now=now)
        page = coordination.get(f"/reuniones/series/{table.series.public_id}/consulta", **SAFE)
        assert "La mesa no tiene integrantes" in page.text


class TestAnswering:
    def test_by_the_link_without_an_account_and_again_until_it_closes(
        self, asked, client, coordination, database, time_machine, now
    ):
        links, options = own_pages(database)
        page = client.get(links[0], **SAFE)
        assert page.status_code == 200
        assert "lunes 14 de diciembre de 2026, 10:00 a 11:30 h" in page.text
        said = {f"option-{options[0]}": "yes", f"option-{options[1]}": "no"}
        assert send(client, links[0], **said, comment="De viaje el 15").status_code == 303
        assert "Tenemos su respuesta" in client.get(links[0], **SAFE).text
        said[f"option-{options[1]}"] = "if-needed"
        assert send(client, links[0], **said).status_code == 303
        results = coordination.get(asked, **SAFE).text
        assert "La que más acomoda" in results
        assert "Faltan 3 respuestas: Rosa Soto, Marcela Ríos y Pedro Núñez." in results
        time_machine.move_to(now + timedelta(days=7), tick=False)
        assert send(client, links[0], **said).status_code == 409
        assert "La consulta está cerrada" in client.get(links[0], **SAFE).text

    def test_looking_answers_nothing(self, asked, client, database):
        links, _ = own_pages(database)
        client.get(links[0], **SAFE)
        with database.reading() as session:
            assert session.scalar(select(func.count()).select_from(PollChoice)) == 0

    def test_each_date_needs_an_answer_and_nothing_typed_is_lost(self, asked, client, database):
        links, options = own_pages(database)
        page = send(client, links[0], **{f"option-{options[0]}": "yes"}, comment="Vuelvo el 16")
        assert page.status_code == 422
        assert "Elija una respuesta para el " in page.text
        assert "Vuelvo el 16" in page.text

    def test_wrong_old_and_foreign_links_look_the_same(self, asked, client, database):
        links, _ = own_pages(database)
        with database.transaction() as session:
            poll = session.scalars(select(DatePoll)).one()
            poll.voters[0].nonce = "otro"
        invitation = links[1].replace("/reuniones/fechas/", "/invitaciones/")
        bad = [
            client.get(path, **SAFE)
            for path in (links[0], f"{links[1]}x", "/reuniones/fechas/x.y", invitation)
        ]
        assert {page.status_code for page in bad} == {404}
        assert len({page.data for page in bad}) == 1
        assert send(client, links[0], comment="x").status_code == 404

    def test_a_member_cannot_see_what_others_said(self, asked, client, database):
        links, options = own_pages(database)
        said = {f"option-{options[0]}": "yes", f"option-{options[1]}": "no"}
        send(client, links[0], **said, comment="Solo mío")
        assert "Solo mío" not in client.get(links[1], **SAFE).text


class TestChoosing:
    def test_a_date_becomes_a_meeting_and_answers_are_kept(self, asked, coordination, database):
        links, options = own_pages(database)
        send(coordination, links[0], **{f"option-{one}": "yes" for one in options})
        answer = send(coordination, f"{asked}/elegir", option=options[1])
        assert answer.status_code == 303
        page = coordination.get(asked, **SAFE).text
        assert "Fecha elegida: martes 15 de diciembre" in page
        assert "Le acomoda" in page
        again = send(coordination, f"{asked}/elegir", option=options[0])
        assert again.status_code == 409
        assert "Ya se eligió una fecha" in coordination.get(links[0], **SAFE).text

    def test_or_moves_the_meeting_that_it_is_for(
        self, coordination, database, table, asking, settings
    ):
        with database.transaction() as session:
            march = a_meeting(session, table.series)
        location = send(coordination, asking, **ASKED, meeting=march.public_id).location
        _, options = own_pages(database)
        assert "La reunión se mueve a esa fecha" in coordination.get(location, **SAFE).text
        answer = send(coordination, f"{location}/elegir", option=options[0])
        assert answer.location == march.path
        with database.reading() as session:
            moved = queries.meeting_by_public_id(session, march.public_id)
            assert f"{moved.wall_start:%Y-%m-%d %H:%M}" == "2026-12-14 10:00"

    def test_it_is_closed_by_hand(self, asked, coordination, client, database):
        assert send(coordination, f"{asked}/cerrar").status_code == 303
        links, _ = own_pages(database)
        assert "La consulta está cerrada" in client.get(links[0], **SAFE).text

    def test_no_date_is_no_choice(self, asked, coordination):
        assert send(coordination, f"{asked}/elegir").status_code == 409
