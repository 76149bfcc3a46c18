"""Who sees what people answered: in figures, of one person, and in spreadsheets."""

import csv
import hashlib
import io
import zipfile
from dataclasses import replace

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from coopoutreach.events.models import Invitee
from coopoutreach.people.accounts import queries as accounts
from coopoutreach.people.directory import commands as directory
from coopoutreach.people.directory import queries as directory_queries
from coopoutreach.people.directory.models import Person
from coopoutreach.people.directory.rules import Access
from coopoutreach.platform.access.permissions import Role
from coopoutreach.platform.audit.models import Entry
from coopoutreach.platform.core import settings as process_settings
from coopoutreach.platform.core.settings import Limits
from coopoutreach.talks.questions import jobs
from coopoutreach.talks.talks.models import Talk

SAFE = {"base_url": "https://localhost"}


@pytest.fixture
def coordination(sign_in):
    return sign_in("coordination")


@pytest.fixture
def people(fill, ana, asked):
    """Ana, who is coeliac and may be photographed, and Bea, who is hostile."""
    need = {asked.food: "Soy celíaca", "consent-dietary": "dietary-1"}
    bea = {
        "name": "=Bea",
        "email": "bea@coop.example",
        asked.travels: "yes",
        asked.origin: '=HYPERLINK("http://evil.example";"clic")',
        asked.topics: ["Riesgo"],
    }
    assert fill({**ana, **need, "consent-photos": "photos-1"}).status_code == 303
    assert fill(bea).status_code == 303


def rows_of_csv(answer):
    text = answer.data.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))


def rows_of_xlsx(answer):
    head, *rows = (
        CalamineWorkbook.from_filelike(io.BytesIO(answer.data)).get_sheet_by_index(0).to_python()
    )
    return [dict(zip(head, row, strict=True)) for row in rows]


class TestPages:
    def test_the_figures_of_each_question(self, coordination, asked, people):
        page = coordination.get(f"{asked.plan}/respuestas", **SAFE).text
        assert "Autorizan el uso de fotos: 1." in page
        assert "Soy celíaca" in page
        assert "Riesgo" in page

    def test_one_person_is_a_link_away_from_the_list(self, coordination, asked, people, database):
        path = person_page(database, asked, "ana@coop.example")
        assert path in coordination.get(f"{asked.plan}/asistentes", **SAFE).text
        assert "Soy celíaca" in coordination.get(path, **SAFE).text

    def test_the_persons_cooperative_sees_what_it_may_and_no_more(
        self, sign_in, asked, people, database, now
    ):
        manager = of_cooperative(sign_in, database, "cobre-alto", now)
        page = manager.get(person_page(database, asked, "ana@coop.example"), **SAFE)
        assert page.status_code == 200
        assert "¿Viaja?" in page.text
        assert "Alimentación" not in page.text
        assert "celíaca" not in page.text
        assert "fotos" not in page.text

    def test_another_cooperative_sees_nothing(self, sign_in, asked, people, database, now):
        stranger = of_cooperative(sign_in, database, None, now)
        path = person_page(database, asked, "ana@coop.example")
        assert stranger.get(path, **SAFE).status_code == 404

    @pytest.mark.both_engines
    def test_whoever_is_blocked_is_on_no_page(self, coordination, asked, people, database, now):
        block(database, "ana@coop.example", now)
        assert "celíaca" not in coordination.get(f"{asked.plan}/respuestas", **SAFE).text
        path = person_page(database, asked, "ana@coop.example")
        assert coordination.get(path, **SAFE).status_code == 404


def person_page(database, asked, email):
    with database.reading() as session:
        invitee = session.scalars(
            select(Invitee).join(Invitee.person).where(Person.email == email)
        ).one()
        return f"{asked.plan}/asistentes/{invitee.public_id}/respuestas"


def of_cooperative(sign_in, database, public_id, now):
    """Return the browser of somebody who manages a cooperative; of None: of one of their own."""
    from tests.factories import a_cooperative  # noqa: PLC0415

    browser = sign_in("manager", email=f"{public_id}@coop.example")
    with database.transaction() as session:
        cooperative = directory_queries.active_cooperative(
            session, public_id or ""
        ) or a_cooperative(session)
        user = accounts.user_by_email(session, f"{public_id}@coop.example")
        person = directory.find_or_create_person(
            session, name="Quien Gestiona", email=user.email, now=now
        )
        post = directory.affiliate(
            session, person, cooperative, post="Gerencia", actor="test", now=now
        )
        person.user_id, post.access = user.id, Access.MANAGER
    assert user.role is Role.MANAGER
    return browser


def block(database, email, now):
    with database.transaction() as session:
        session.scalars(select(Person).where(Person.email == email)).one().blocked_at = now


class TestSpreadsheets:
    @pytest.mark.parametrize(("kind", "read"), [("csv", rows_of_csv), ("xlsx", rows_of_xlsx)])
    def test_everybody_with_their_answers(self, coordination, asked, people, post, kind, read):
        answer = post(f"{asked.plan}/asistentes.{kind}", coordination)
        assert answer.status_code == 200
        assert answer.headers["Content-Disposition"] == (
            f'attachment; filename="asistentes-creditos.{kind}"'
        )
        assert answer.headers["Cache-Control"] == "no-store"
        ana = next(row for row in read(answer) if row["Nombre"] == "Ana Díaz")
        assert ana["Correo"] == "ana@coop.example"
        assert (ana["Estado"], ana["Participa"]) == ("Con cupo", "En la sala")
        assert (ana["¿Viaja?"], ana["Alimentación"]) == ("No", "Soy celíaca")
        assert ana["Autoriza fotos"] == "Sí"

    @pytest.mark.both_engines
    def test_in_01_a_telephone_survives_and_a_formula_does_not(
        self, coordination, asked, people, post, database
    ):
        with database.transaction() as session:
            person = session.scalars(select(Person).where(Person.name == "Ana Díaz")).one()
            person.phone = "+56 9 1234 5678"
        bea, ana = sorted(
            rows_of_csv(post(f"{asked.plan}/asistentes.csv", coordination)),
            key=lambda row: row["Nombre"],
        )
        assert ana["Teléfono"] == "+56 9 1234 5678"
        assert bea["Nombre"] == "'=Bea"
        assert bea["¿Desde dónde?"].startswith("'=HYPERLINK")

    def test_in_02_a_workbook_holds_texts_and_no_formula_link_or_outside(
        self, coordination, asked, people, post
    ):
        answer = post(f"{asked.plan}/asistentes.xlsx", coordination)
        rows = rows_of_xlsx(answer)
        assert '=HYPERLINK("http://evil.example";"clic")' in [row["¿Desde dónde?"] for row in rows]
        book = zipfile.ZipFile(io.BytesIO(answer.data))
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        for forbidden in ("<f>", "<f ", "hyperlink", 't="str"'):
            assert forbidden not in sheet
        assert not [
            name for name in book.namelist() if "externalLink" in name or "_rels/sheet" in name
        ]

    def test_each_is_in_the_trail_with_who_how_many_which_and_its_hash(
        self, coordination, asked, people, post, database
    ):
        answer = post(f"{asked.plan}/asistentes.csv", coordination, who="todas")
        with database.reading() as session:
            [entry] = session.scalars(select(Entry).where(Entry.action == "registration.exported"))
            assert entry.actor.startswith("user:")
            assert entry.after == {
                "format": "csv",
                "filter": "todas",
                "people": 2,
                "sha256": hashlib.sha256(answer.data).hexdigest(),
            }

    def test_nobody_takes_more_than_so_many_a_day(
        self, coordination, asked, people, post, settings, app
    ):
        limited = replace(settings, limits=Limits(export_per_user=(2, 86400)))
        process_settings.install(limited)
        path = f"{asked.plan}/asistentes.csv"
        statuses = [post(path, coordination).status_code for _ in range(3)]
        assert statuses == [200, 200, 429]
        assert post(f"{asked.plan}/asistentes.xlsx", coordination).status_code == 429

    def test_whoever_is_blocked_is_left_out(self, coordination, asked, people, post, database, now):
        block(database, "ana@coop.example", now)
        names = [
            row["Nombre"] for row in rows_of_csv(post(f"{asked.plan}/asistentes.csv", coordination))
        ]
        assert names == ["'=Bea"]

    def test_p_07_an_erased_need_is_in_none(
        self, coordination, asked, people, post, database, time_machine
    ):
        from datetime import timedelta  # noqa: PLC0415

        with database.reading() as session:
            later = session.get_one(Talk, asked.talk_id).ends_at + timedelta(days=30)
        jobs.erase_needs(database, later)
        answer = post(f"{asked.plan}/asistentes.csv", coordination)
        assert "celíaca" not in answer.text
        assert "Eliminado" in answer.text

    def test_who_waits_is_asked_for_by_name_and_nonsense_is_refused(
        self, coordination, asked, people, post
    ):
        path = f"{asked.plan}/asistentes.csv"
        assert rows_of_csv(post(path, coordination, who="en-espera")) == []
        assert post(path, coordination, who="' OR 1=1").status_code == 400

    def test_looking_takes_nothing(self, coordination, asked, people):
        assert coordination.get(f"{asked.plan}/asistentes.csv", **SAFE).status_code == 405
