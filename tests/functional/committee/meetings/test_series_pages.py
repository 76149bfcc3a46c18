"""The coordination's way: dates looked at before they are saved, changes with their scope."""

import re
from datetime import date, datetime

import pytest
from sqlalchemy import select

from coopoutreach.committee.meetings import commands, queries
from coopoutreach.committee.meetings.models import Meeting, MeetingSeries, SeriesMember
from coopoutreach.events import commands as events
from coopoutreach.events.rules import EventState, Standing
from coopoutreach.people.accounts import queries as accounts
from tests.factories import a_meeting, a_person, a_post, a_table, an_institution

SAFE = {"base_url": "https://localhost"}


@pytest.fixture
def engine_name():
    """One engine is enough: commands are tried on both."""
    return "sqlite"


@pytest.fixture(autouse=True)
def frozen(time_machine, now):
    time_machine.move_to(now, tick=False)


@pytest.fixture
def coordination(sign_in):
    return sending(sign_in("coordination"))


def sending(browser):
    def send(path, **data):
        page = browser.get("/reuniones", **SAFE).text
        token = re.search(r'name="csrf_token"\s+value="([^"]*)"', page)[1]
        return browser.post(
            path,
            data={"csrf_token": token, **data},
            headers={"Referer": "https://localhost/"},
            **SAFE,
        )

    browser.send = send
    return browser


@pytest.fixture
def table(database, settings, now):
    with database.transaction() as session:
        table = a_table(session)
        commands.fill_horizon(session, table.series, until=date(2027, 3, 20), now=now)
        return table


def of_side(database, sign_in, person_id):
    """A counterpart's browser whose account is that person's."""
    browser = sign_in("counterpart")
    with database.transaction() as session:
        user = accounts.user_by_email(session, "counterpart@fecrecoop.example")
        person = session.get(type(a_person(session)), person_id)
        person.user_id = user.id
    return browser


def meetings_of(database, series):
    with database.reading() as session:
        found = queries.meetings_of(session, series.id)
        session.expunge_all()
        return found


def good(database, **changes):
    with database.transaction() as session:
        two = [an_institution(session, name).public_id for name in ("FECRECOOP", "CORFO")]
    return {
        "name": "Mesa FECRECOOP–CORFO",
        "pattern": "weekday-of-month",
        "weekday": "1",
        "ordinal": "2",
        "month_day": "15",
        "interval": "1",
        "starts_on": "2026-12-01",
        "wall_time": "10:00",
        "minutes": "90",
        "holiday_rule": "next",
        "modality": "hibrida",
        "place": "Sala de la Federación",
        "address": "Calle Uno 123",
        "comuna": "13101",
        "reminders": "7, 1",
        "review_days": "5",
        "escalation_days": "10",
        "parties-0-institution": two[0],
        "parties-0-quorum": "1",
        "parties-1-institution": two[1],
        "parties-1-quorum": "2",
        **changes,
    }


def seal_of(page):
    found = re.search(r'name="seen"\s+value="([^"]*)"', page.text)
    return found[1] if found else ""


def series_count(database):
    with database.reading() as session:
        return len(session.scalars(select(MeetingSeries)).all())


class TestLookingBeforeSaving:
    def test_the_dates_are_shown_and_nothing_is_saved(self, coordination, database):
        page = coordination.send("/reuniones/series/nueva", **good(database), preview="1")
        assert page.status_code == 422
        assert "miércoles 9 de diciembre de 2026, 10:00 h" in page.text
        assert "martes 8 de diciembre es feriado" in page.text
        assert "pasa al miércoles 9" in page.text
        assert series_count(database) == 0

    def test_without_having_looked_it_is_not_saved(self, coordination, database):
        page = coordination.send("/reuniones/series/nueva", **good(database))
        assert page.status_code == 422
        assert series_count(database) == 0

    def test_once_they_were_looked_at_it_is(self, coordination, database):
        data = good(database)
        seen = seal_of(coordination.send("/reuniones/series/nueva", **data))
        answer = coordination.send("/reuniones/series/nueva", **data, seen=seen)
        assert answer.status_code == 303
        page = coordination.get(answer.location, **SAFE).text
        assert "Segundo martes de cada mes, a las 10:00 h" in page
        assert "Era el martes 8 de diciembre" in page
        with database.reading() as session:
            series = session.scalars(select(MeetingSeries)).one()
            assert [party.quorum for party in series.parties] == [1, 2]
            assert len(queries.meetings_of(session, series.id)) == 6

    def test_other_dates_than_those_are_looked_at_again(self, coordination, database):
        data = good(database)
        seen = seal_of(coordination.send("/reuniones/series/nueva", **data))
        page = coordination.send("/reuniones/series/nueva", **{**data, "weekday": "2"}, seen=seen)
        assert page.status_code == 422
        assert series_count(database) == 0

    def test_picked_dates_say_when_they_collide(self, coordination, database):
        picked = {"picked-0-day": "2026-12-08", "picked-1-day": "09-12-2026"}
        data = good(database, pattern="picked", **picked)
        page = coordination.send("/reuniones/series/nueva", **data)
        assert "ya hay otra reunión de la serie: queda en su fecha" in page.text

    @pytest.mark.parametrize(
        ("field", "typed", "sentence"),
        [
            ("name", "", "Escriba el nombre de la mesa."),
            ("starts_on", "9999-01-01", "La fecha debe estar entre"),
            ("starts_on", "31-02-2027", "Escriba una fecha que exista"),
            ("starts_on", "0001-01-01", "La fecha debe estar entre"),
            ("ends_on", "2026-11-30", "El término debe ser después del inicio."),
            ("wall_time", "24:00", "Escriba la hora"),
            ("wall_time", "00:30", "Elija una hora entre las 06:00 y las 21:00."),
            ("interval", "1000000000", "Un número entre 1 y 12."),
            ("pattern", "secondly", "Elija una opción."),
            ("minutes", "9999", "Un número entre 15 y 480."),
            ("reminders", "99", "Escriba días entre 1 y 60"),
            ("comuna", "", "Elija la comuna donde se realiza."),
            ("parties-1-institution", "", "Elija al menos dos instituciones"),
            ("link", "javascript:alert(1)", "El enlace debe comenzar con https://"),
        ],
    )
    def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(
        self, coordination, database, field, typed, sentence
    ):
        data = good(database, **{field: typed, "purpose": "Que nada se pierda"})
        page = coordination.send("/reuniones/series/nueva", **data)
        seen = seal_of(page)
        if seen:  # what only the command knows
            page = coordination.send("/reuniones/series/nueva", **data, seen=seen)
        assert page.status_code == 422
        assert sentence in page.text
        assert "Que nada se pierda" in page.text
        assert series_count(database) == 0

    def test_a_series_without_dates_ahead_is_refused(self, coordination, database):
        data = good(database, pattern="picked", **{"picked-0-day": "2026-11-02"})
        page = coordination.send("/reuniones/series/nueva", **data)
        assert "no queda ninguna fecha por delante" in page.text


class TestChanging:
    def test_drafts_follow_and_the_page_says_what_stays(self, coordination, database, table):
        with database.transaction() as session:
            december = queries.meetings_of(session, table.series.id)[0]
            december.state = EventState.PUBLISHED
        path = f"/reuniones/series/{table.series.public_id}/editar"
        form = coordination.get(path, **SAFE).text
        assert 'value="Mesa FECRECOOP–CORFO"' in form
        data = {
            **good(database, weekday="3", ordinal="3"),
            "parties-0-institution": table.federation.public_id,
            "parties-1-institution": table.corfo.public_id,
        }
        page = coordination.send(path, **data)
        assert "No cambian, porque ya están convocadas" in page.text
        answer = coordination.send(path, **data, seen=seal_of(page))
        assert answer.status_code == 303
        assert [m.wall_start.day for m in meetings_of(database, table.series)][:3] == [9, 21, 18]

    def test_one_meeting_this_and_later_or_all(self, coordination, database, table):
        january = meetings_of(database, table.series)[1]
        path = f"{january.path}/editar"
        page = coordination.get(path, **SAFE).text
        assert "Esta y las 2 que siguen" in page
        assert "Las 4 que vienen" in page
        data = {
            "title": january.title,
            "start_date": "2027-01-12",
            "start_time": "15:00",
            "end_time": "16:00",
            "modality": "online",
            "link": "https://reuniones.example/mesa",
        }
        assert coordination.send(path, **data, scope="later").status_code == 303
        assert [m.wall_start.hour for m in meetings_of(database, table.series)] == [10, 15, 15, 15]
        refused = coordination.send(path, **{**data, "start_date": "2027-01-13"}, scope="all")
        assert refused.status_code == 422
        assert "El día se cambia de a una reunión." in refused.text
        moved = coordination.send(path, **{**data, "start_date": "2027-01-13"}, scope="this")
        assert moved.status_code == 303
        assert [m.wall_start.day for m in meetings_of(database, table.series)][1] == 13

    def test_a_poor_day_is_asked_about_first(self, coordination, database, table):
        january = meetings_of(database, table.series)[1]
        data = {
            "title": january.title,
            "start_date": "2027-01-01",
            "start_time": "10:00",
            "end_time": "11:00",
            "modality": "online",
            "scope": "this",
        }
        page = coordination.send(f"{january.path}/editar", **data)
        assert page.status_code == 422
        assert "es feriado (Año Nuevo)" in page.text
        kept = coordination.send(f"{january.path}/editar", **data, keep_date="1")
        assert kept.status_code == 303

    def test_an_extraordinary_meeting_begins_as_a_draft(self, coordination, database, table):
        path = f"/reuniones/series/{table.series.public_id}/extraordinaria"
        assert "reunión extraordinaria" in coordination.get(path, **SAFE).text
        data = {
            "title": "Bases del programa",
            "start_date": "2027-01-20",
            "start_time": "09:00",
            "end_time": "10:00",
            "modality": "online",
        }
        assert coordination.send(path, **data).status_code == 303
        page = coordination.get(f"/reuniones/series/{table.series.public_id}", **SAFE).text
        assert "Bases del programa" in page
        assert "Extraordinaria" in page

    def test_a_draft_is_thrown_away_and_a_convened_one_needs_a_reason(
        self, coordination, database, table
    ):
        draft = meetings_of(database, table.series)[1]
        assert coordination.send(f"{draft.path}/suspender").status_code == 303
        assert len(meetings_of(database, table.series)) == 3
        with database.transaction() as session:
            convened = a_meeting(session, table.series, slot_on=None)
        assert coordination.send(f"{convened.path}/suspender").status_code == 422
        answer = coordination.send(f"{convened.path}/suspender", reason="Paro")
        assert answer.status_code == 303
        assert coordination.send(f"{convened.path}/suspender/deshacer").status_code == 303
        with database.reading() as session:
            assert session.get_one(Meeting, convened.id).state is EventState.PUBLISHED

    def test_ending_asks_about_what_was_convened(self, coordination, database, table, now):
        with database.transaction() as session:
            convened = a_meeting(session, table.series, slot_on=None)
            events.invite(session, convened, table.people[0], standing=Standing.INVITED, now=now)
        path = f"/reuniones/series/{table.series.public_id}/terminar"
        assert "Se realizan de todos modos" in coordination.get(path, **SAFE).text
        refused = coordination.send(path, cancel_convened="1")
        assert refused.status_code == 422
        assert "Escriba el motivo" in refused.text
        assert coordination.send(path, cancel_convened="1", reason="Fin").status_code == 303
        assert [m.state for m in meetings_of(database, table.series)] == [EventState.CANCELLED]
        page = coordination.get(f"/reuniones/series/{table.series.public_id}", **SAFE).text
        assert "Esta serie terminó" in page
        assert "Editar serie" not in page


class TestMembers:
    def test_somebody_joins_is_changed_moved_and_leaves(self, coordination, database, table):
        with database.transaction() as session:
            ana = a_person(session, name="Ana Vera")
            a_post(session, ana, table.corfo, post="Abogada")
        path = f"/reuniones/series/{table.series.public_id}/integrantes"
        page = coordination.get(f"{path}/agregar", **SAFE).text
        assert "Ana Vera, Abogada (CORFO)" in page
        assert '<option value="titular" selected>Titular</option>' in page
        assert '<option value="suplente">Suplente</option>' in page
        chosen = f"{ana.public_id}.{table.corfo.public_id}"
        answer = coordination.send(
            f"{path}/agregar", person=chosen, capacity="suplente", approves="1"
        )
        assert answer.status_code == 303
        with database.reading() as session:
            member = session.scalars(
                select(SeriesMember).where(SeriesMember.person_id == ana.id)
            ).one()
            assert (member.post, member.approves) == ("Abogada", True)
            own = f"{path}/{member.public_id}"
        assert "Puede visar y aprobar actas" in coordination.get(own, **SAFE).text
        assert coordination.send(own, capacity="titular", post="Jefa").status_code == 303
        assert coordination.send(f"{own}/mover", to="up").status_code == 303
        page = coordination.get(f"/reuniones/series/{table.series.public_id}", **SAFE).text
        assert page.index("Ana Vera") < page.index("Pedro Núñez")
        assert coordination.send(f"{own}/terminar").status_code == 303
        assert coordination.get(own, **SAFE).status_code == 404

    def test_nobody_is_chosen_who_is_not_in_the_list(self, coordination, database, table):
        path = f"/reuniones/series/{table.series.public_id}/integrantes/agregar"
        page = coordination.send(path, person="x.y", capacity="titular")
        assert page.status_code == 422
        assert "Elija a una persona de la lista." in page.text


class TestWhoSeesWhat:
    def test_a_counterpart_sees_the_tables_where_its_institution_sits(
        self, sign_in, database, table, settings
    ):
        with database.transaction() as session:
            other = a_table(
                session,
                name="Mesa de otros",
                federation=an_institution(session, "Otra federación"),
                corfo=an_institution(session, "SERCOTEC"),
            )
            a_meeting(session, other.series, title="Reunión de otros")
        browser = of_side(database, sign_in, table.people[2].id)
        page = browser.get("/reuniones", **SAFE).text
        assert "Mesa FECRECOOP–CORFO" in page
        assert "de otros" not in page
        assert "Nueva serie" not in page
        own = browser.get(f"/reuniones/series/{table.series.public_id}", **SAFE)
        assert own.status_code == 200
        assert "Editar" not in own.text
        foreign = browser.get(f"/reuniones/series/{other.series.public_id}", **SAFE)
        missing = browser.get("/reuniones/series/no-existe", **SAFE)
        assert foreign.status_code == missing.status_code == 404

    def test_a_counterpart_of_no_table_is_told_so(self, sign_in, table):
        page = sign_in("counterpart").get("/reuniones", **SAFE).text
        assert "no participa en ninguna mesa" in page
        assert "Mesa FECRECOOP" not in page

    def test_what_is_over_waits_for_its_minutes(self, coordination, database, table):
        with database.transaction() as session:
            a_meeting(
                session,
                table.series,
                title="La de octubre",
                wall_start=datetime(2026, 10, 13, 10),
                state=EventState.HELD,
            )
        page = coordination.get("/reuniones", **SAFE).text
        assert "La de octubre" in page.split("Sin acta aprobada")[1]
        assert "Sin iniciar" in page

    def test_an_empty_federation_is_told_what_to_do(self, coordination):
        assert "Todavía no hay mesas" in coordination.get("/reuniones", **SAFE).text
