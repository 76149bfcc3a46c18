"""Minutes as they are read, observed, signed off and approved, signed in and by link."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from coopoutreach.committee.minutes import commands, jobs, queries
from coopoutreach.committee.minutes.models import Approval, Minutes, Observation, ReviewLink
from coopoutreach.committee.minutes.rules import State
from coopoutreach.mail.outgoing.models import OutgoingMessage
from coopoutreach.people.accounts import queries as accounts
from coopoutreach.platform.core import settings as process_settings
from tests import factories
from tests.support import acta
from tests.support.acta import send_out
from tests.support.digest import digest

BASE = "https://localhost"
LATER = timedelta(hours=3)


@pytest.fixture
def engine_name():
    return "sqlite"


@pytest.fixture(autouse=True)
def frozen(time_machine, now):
    time_machine.move_to(now, tick=False)


@pytest.fixture
def world(app, database, now):
    with database.transaction() as session:
        made = acta.an_acta(session)
        acta.type_in(session, made.part("Garantías"), "Se revisó la propuesta.")
        reserved = made.part(acta.CANARY_TITLE)
        acta.type_in(session, reserved, acta.CANARY)
        commands.add_decision(
            session, reserved, acta.CANARY, addressed_to_id=None, actor="user:1", now=now
        )
        send_out(session, made.minutes, actor="user:1", now=now)
        links = session.scalars(select(ReviewLink).order_by(ReviewLink.id)).all()
        base = process_settings.current().base_url
        paths = [queries.link_of(link).removeprefix(base) for link in links]
        return {
            "path": f"{made.meeting.path}/acta",
            "minutes": made.minutes.id,
            "parties": {"corfo": made.table.corfo.id, "federation": made.table.federation.id},
            "people": [person.id for person in made.table.people],
            "part": made.part("Garantías").public_id,
            "jorge": paths[0],
            "rosa": paths[1],
            "marcela": paths[2],
            "pedro": paths[3],
        }


def as_person(sign_in, database, person_id, role="counterpart"):
    email = f"{role}{person_id}@institucion.example"
    client = sign_in(role, email=email)
    with database.transaction() as session:
        user = accounts.user_by_email(session, email)
        session.get_one(factories.Person, person_id).user_id = user.id
    return client


@pytest.fixture
def marcela(sign_in, database, world):
    return as_person(sign_in, database, world["people"][2])


@pytest.fixture
def jorge(sign_in, database, world):
    return as_person(sign_in, database, world["people"][0], role="coordination")


def get(client, path):
    return client.get(path, base_url=BASE)


def field(page, name):
    return re.search(rf'name="{name}"\s+value="([^"]*)"', page)[1]


def post(client, form, data, path=None):
    page = get(client, form).text
    return client.post(
        path or form,
        base_url=BASE,
        headers={"Referer": BASE},
        data={"csrf_token": field(page, "csrf_token"), **data},
    )


def approve(client, path):
    page = get(client, f"{path}/aprobar").text
    return post(client, f"{path}/aprobar", {"sha256": field(page, "sha256")})


def minutes_of(database, world):
    with database.reading() as session:
        found = session.get_one(Minutes, world["minutes"])
        return found.state, found.content_sha256


def rows(database, table):
    with database.reading() as session:
        return len(session.scalars(select(table)).all())


class TestByLink:
    def test_one_reads_and_approves_with_nothing_but_the_link(self, client, world, database):
        page = get(client, world["marcela"]).text
        assert "Marcela Ríos, por CORFO" in page
        assert "Se revisó la propuesta." in page
        form = get(client, f"{world['marcela']}/aprobar").text
        assert "Yo, Marcela Ríos, Jefatura de CORFO, apruebo en nombre de CORFO" in form
        assert "firma electrónica simple (Ley N° 19.799)" in form
        answer = approve(client, world["marcela"])
        assert (answer.status_code, answer.headers["Location"]) == (303, world["marcela"])
        assert "CORFO ya aprobó esta acta" in get(client, world["marcela"]).text
        with database.reading() as session:
            [_signed, found] = session.scalars(select(Approval).order_by(Approval.id)).all()
            assert found.statement in form.replace("&#39;", "'")
            assert (found.method.value, found.address) == ("link", "127.0.0.1")

    def test_pr_05_looking_changes_nothing(self, client, world, database):
        before = digest(database)
        for path in ("", "/visar", "/aprobar"):
            for who in ("jorge", "rosa", "marcela", "pedro"):
                for method in ("GET", "HEAD", "OPTIONS"):
                    answer = client.open(f"{world[who]}{path}", method=method, base_url=BASE)
                    assert answer.status_code < 400
        assert digest(database) == before

    def test_pr_06_pressing_again_shows_what_stands(self, client, world, database):
        page = get(client, f"{world['marcela']}/aprobar").text
        data = {"sha256": field(page, "sha256")}
        for _ in range(3):
            answer = post(client, world["pedro"], data, path=f"{world['marcela']}/aprobar")
            assert answer.status_code == 303
        assert rows(database, Approval) == 2
        assert get(client, f"{world['marcela']}/aprobar").status_code == 303

    def test_pr_07_a_wrong_a_foreign_and_an_old_link_look_the_same(
        self, client, world, database, now, time_machine
    ):
        wrong = world["marcela"][:-3] + "abc"
        foreign = world["marcela"].replace("/actas/", "/inscripciones/")
        unknown = "/actas/abc.def"
        pages = [get(client, path) for path in (wrong, foreign, unknown)]
        time_machine.move_to(now + timedelta(days=200), tick=False)
        pages.append(get(client, world["marcela"]))
        assert {page.status_code for page in pages} == {404}
        bodies = {re.sub(r"[0-9a-f]+-[0-9a-f]+-[0-9a-f]+", "", page.text) for page in pages}
        assert len(bodies) == 1

    def test_a_link_that_signs_off_alone_does_not_approve(self, client, world, database):
        assert get(client, f"{world['pedro']}/aprobar").status_code == 303
        _state, sha256 = minutes_of(database, world)
        answer = post(client, world["pedro"], {"sha256": sha256}, path=f"{world['pedro']}/aprobar")
        assert answer.status_code == 409
        assert rows(database, Approval) == 0
        form = get(client, f"{world['pedro']}/visar").text
        assert "viso el Acta" in form
        post(client, f"{world['pedro']}/visar", {"sha256": sha256})
        assert "CORFO ya visó esta acta" in get(client, world["pedro"]).text

    def test_who_has_left_the_table_reads_nothing_more(self, client, world, database, now):
        with database.transaction() as session:
            minutes = session.get_one(Minutes, world["minutes"])
            for member in minutes.meeting.series.members:
                if member.person_id == world["people"][2]:
                    member.ended_at = now
        assert get(client, world["marcela"]).status_code == 404

    def test_an_observation_goes_to_the_secretariat_and_the_link_of_before_acts_no_more(
        self, client, world, database, now
    ):
        data = {"text": "Falta el monto.", "part": world["part"]}
        answer = post(client, world["marcela"], data, path=f"{world['marcela']}/observaciones")
        assert answer.status_code == 303
        assert "Falta el monto." in get(client, world["jorge"]).text
        assert minutes_of(database, world)[0] is State.OBSERVED
        with database.transaction() as session:
            observation = session.scalars(select(Observation)).one()
            commands.reply(session, observation, "Se agregó.", actor="user:1", now=now)
            minutes = observation.minutes
            send_out(session, minutes, actor="user:1", now=now + LATER)
        page = get(client, world["marcela"]).text
        assert "Este enlace es de un envío anterior" in page
        _state, sha256 = minutes_of(database, world)
        data = {"sha256": sha256}
        again = post(client, "/ingresar/enlace", data, path=f"{world['marcela']}/aprobar")
        assert again.status_code == 409
        assert rows(database, Approval) == 0

    def test_an_empty_observation_is_sent_back(self, client, world):
        answer = post(
            client, world["marcela"], {"text": " "}, path=f"{world['marcela']}/observaciones"
        )
        assert answer.status_code == 422
        assert "Escriba su observación." in answer.text

    def test_who_read_another_text_approves_nothing(self, client, world, database):
        answer = post(
            client, world["marcela"], {"sha256": "0" * 64}, path=f"{world['marcela']}/aprobar"
        )
        assert answer.status_code == 409
        assert "El texto del acta cambió" in answer.text
        assert rows(database, Approval) == 0


class TestSignedIn:
    def test_both_sides_approve_and_the_minutes_are_locked(
        self, client, jorge, marcela, world, database
    ):
        assert "Aprobar" in get(marcela, world["path"]).text
        assert approve(marcela, world["path"]).status_code == 303
        assert approve(jorge, world["path"]).status_code == 303
        assert minutes_of(database, world)[0] is State.APPROVED
        page = get(jorge, world["path"]).text
        assert "Comprobar y archivar" in page
        assert "con su cuenta" in page

    def test_the_secretariat_answers_what_was_observed(self, jorge, marcela, world, database):
        post(marcela, world["path"], {"text": "Falta."}, path=f"{world['path']}/observaciones")
        with database.reading() as session:
            number = session.scalars(select(Observation.public_id)).one()
        path = f"{world['path']}/observaciones/{number}"
        assert f'action="{path}"' in get(jorge, world["path"]).text
        assert f'action="{path}"' not in get(marcela, world["path"]).text
        assert post(jorge, world["path"], {"reply": ""}, path=path).status_code == 422
        assert post(jorge, world["path"], {"reply": "Se agregó."}, path=path).status_code == 303
        assert "Se agregó." in get(marcela, world["path"]).text

    def test_minutes_are_sent_out_again_after_they_were_taken_back(self, jorge, world, database):
        post(jorge, world["path"], {}, path=f"{world['path']}/retirar")
        assert minutes_of(database, world)[0] is State.DRAFT
        form = get(jorge, f"{world['path']}/enviar").text
        assert "Enviar a 4 personas" in form
        bad = post(jorge, f"{world['path']}/enviar", {"until": "2020-01-01"})
        assert bad.status_code == 422
        assert post(jorge, f"{world['path']}/enviar", {"until": ""}).status_code == 303
        assert minutes_of(database, world)[0] is State.IN_REVIEW

    def test_a_draft_is_its_secretarys_alone(self, jorge, marcela, world, client):
        post(jorge, world["path"], {}, path=f"{world['path']}/retirar")
        assert "Se revisó la propuesta." in get(jorge, world["path"]).text
        assert "Se revisó la propuesta." not in get(marcela, world["path"]).text
        assert "Se revisó la propuesta." not in get(client, world["marcela"]).text
        assert get(marcela, f"{world['path']}/editar").status_code == 404


class TestReserved:
    def test_what_corfo_keeps_to_itself_is_on_its_own_pages_alone(
        self, client, jorge, marcela, sign_in, world, database, now
    ):
        assert acta.CANARY in get(marcela, world["path"]).text
        assert acta.CANARY in get(client, world["marcela"]).text
        staff = sign_in("administration")
        for browser, paths in (
            (jorge, ("", "/editar", "/aprobar", "?version=1")),
            (staff, ("", "/editar", "?version=1")),
        ):
            for path in paths:
                page = browser.get(f"{world['path']}{path}", base_url=BASE, follow_redirects=True)
                assert "canario" not in page.text, path
        for who in ("jorge", "rosa"):
            for path in ("", "/aprobar", "/visar"):
                assert "canario" not in get(client, f"{world[who]}{path}").text
        with database.transaction() as session:
            minutes = session.get_one(Minutes, world["minutes"])
            assert b"canario" not in minutes.content

    def test_it_is_in_no_mail_at_any_step(self, client, world, database, now):
        for who in ("marcela", "jorge"):
            approve(client, world[who])
        jobs.publish_approved(database, now + LATER)
        with database.reading() as session:
            found = session.scalars(select(OutgoingMessage)).all()
            assert {mail.notice for mail in found} == {"minutes/review", "minutes/published"}
            assert not [mail for mail in found if b"canario" in mail.raw]

    def test_a_reserved_parts_history_is_no_page_of_the_other_side(self, jorge, world, database):
        with database.reading() as session:
            minutes = session.get_one(Minutes, world["minutes"])
            number = next(p.public_id for p in minutes.parts if p.title == acta.CANARY_TITLE)
        assert get(jorge, f"{world['path']}/partes/{number}/historial").status_code == 404


class TestLocked:
    @pytest.fixture
    def locked(self, client, world, database, now):
        for who in ("marcela", "jorge"):
            approve(client, world[who])
        assert minutes_of(database, world)[0] is State.APPROVED
        with database.reading() as session:
            minutes = session.get_one(Minutes, world["minutes"])
            return {
                "part": minutes.parts[2].public_id,
                "decision": "x",
                "observation": "x",
            }

    def test_no_route_changes_approved_minutes(self, app, jorge, marcela, client, world, database,
                                               locked):  # fmt: skip
        """Every route of minutes that takes a form is tried, as both sides and by link."""
        before = digest(database)
        tried = set()
        values = {
            "public_id": world["path"].split("/")[2],
            "part": locked["part"],
            "decision": "x",
            "observation": "x",
            "token": world["marcela"].removeprefix("/actas/"),
        }
        forms = {
            "text": "otro texto", "base": "1", "before": "", "chosen": "1", "reply": "x",
            "action": "x", "who": "x", "due_on": "2027-05-05", "until": "2027-05-05",
            "summary": "", "sha256": minutes_of(database, world)[1],
        }  # fmt: skip
        skipped = {"minutes.publish", "minutes.add_signed_copy", "minutes.check"}
        for rule in app.url_map.iter_rules():
            kind, _, name = rule.endpoint.partition(".")
            if kind != "minutes" or "POST" not in rule.methods or rule.endpoint in skipped:
                continue
            for act in ("visar", "aprobar") if "act" in rule.arguments else ("",):
                given = {**values, "act": act}
                path = app.url_map.bind("localhost").build(
                    rule.endpoint, {key: given[key] for key in rule.arguments}
                )
                for browser, form in (
                    (jorge, "/mi-cuenta"), (marcela, "/mi-cuenta"), (client, "/ingresar/enlace")
                ):  # fmt: skip
                    answer = post(browser, form, forms, path=path)
                    assert answer.status_code < 500
                    tried.add(name)
        assert len(tried) >= 13
        assert digest(database) == before

    def test_the_editor_leads_to_what_is_read(self, jorge, world, locked):
        answer = get(jorge, f"{world['path']}/editar")
        assert (answer.status_code, answer.headers["Location"]) == (303, world["path"])

    def test_only_a_rectification_is_possible_and_the_old_version_stays(
        self, jorge, marcela, client, world, database, locked
    ):
        said = get(jorge, world["path"]).text
        assert "Rectificar" in said
        empty = post(jorge, f"{world['path']}/rectificar", {"summary": ""})
        assert empty.status_code == 422
        answer = post(jorge, f"{world['path']}/rectificar", {"summary": "El monto era UF 100."})
        assert answer.headers["Location"] == f"{world['path']}/editar"
        page = get(jorge, f"{world['path']}/editar").text
        assert "El monto era UF 100." in page
        assert "Se revisó la propuesta." in page
        # While it is written the other side reads what holds.
        assert "Se prepara una rectificación" in get(marcela, world["path"]).text
        with database.transaction() as session:
            second = session.scalars(select(Minutes).where(Minutes.version == 2)).one()
            send_out(session, second, actor="user:1", now=factories.NOW)
            made = acta.Acta(None, second.meeting, second)
            for number in (0, 2):
                person = session.get_one(factories.Person, world["people"][number])
                acta.approve(session, made, person)
        old = get(marcela, f"{world['path']}?version=1").text
        assert "Rectificada por la versión 2" in old
        assert "Se revisó la propuesta." in old
        assert "versión 2" in get(marcela, world["path"]).text
        assert "Rectificada por la versión 2" in get(client, world["marcela"]).text


def test_no_minutes_yet_says_what_to_do(app, sign_in, database):
    with database.transaction() as session:
        meeting = factories.a_meeting(session, factories.a_table(session).series)
        path = f"{meeting.path}/acta"
    staff = sign_in("coordination")
    assert "Empezar el acta" in get(staff, path).text
    answer = post(staff, path, {})
    assert answer.headers["Location"] == f"{path}/editar"
    assert "Acta anterior" in get(staff, f"{path}/editar").text
