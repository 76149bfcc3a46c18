"""Materials: handing out, taking back, and who comes by them when."""

import hashlib
import re
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from coopoutreach.events import commands as events
from coopoutreach.events import notices
from coopoutreach.events.models import Invitee
from coopoutreach.events.rules import Attendance, EventState
from coopoutreach.platform.audit.models import Entry
from coopoutreach.talks.materials import bytes as material_bytes
from coopoutreach.talks.materials import jobs, rules
from coopoutreach.talks.materials.models import Material
from coopoutreach.talks.materials.rules import Audience, Release
from coopoutreach.talks.registrations import commands as registrations
from coopoutreach.talks.registrations.request import Registrant, Request
from coopoutreach.talks.registrations.rules import Room
from coopoutreach.talks.talks import commands as outreach
from coopoutreach.talks.talks.models import Talk
from tests.factories import a_file, a_talk

SAFE = {"base_url": "https://localhost", "buffered": True}
PDF = b"%PDF-1.7\n" + b"x" * 100_000 + b"\n%%EOF"


@pytest.fixture(autouse=True)
def frozen(time_machine, now):
    time_machine.move_to(now, tick=False)


@pytest.fixture
def talk(database, settings):
    with database.transaction() as session:
        return a_talk(session, slug="charla")


@pytest.fixture
def desk(sign_in):
    return sign_in("coordination")


@pytest.fixture
def path(talk):
    return f"/plan/charlas/{talk.public_id}/materiales"


@pytest.fixture
def add(database, talk):
    """Return a function that hands a file out with the talk; returns its public id."""

    def _add(**about):
        with database.transaction() as session:
            return a_file(session, session.get_one(Talk, talk.id), data=PDF, **about).public_id

    return _add


@pytest.fixture
def own(database, talk, now):
    """The path of the page of somebody with a place."""
    with database.transaction() as session:
        request = Request(
            form_key="x",
            people=[Registrant("Rosa Prueba", "rosa@coop.example", Room.IN_ROOM)],
            organisation=None,
            organisation_name="Otra",
        )
        [made] = registrations.register(
            session, session.get_one(Talk, talk.id), request, actor="test", now=now
        )
        return notices.link_of(made.invitee).removeprefix("http://127.0.0.1:8000")


def token_of(browser, page="/ingresar/enlace"):
    text = browser.get(page, **SAFE).text
    return re.search(r'name="csrf_token"\s+value="([^"]+)"', text).group(1)


def post(browser, path, **data):
    return browser.post(
        path,
        data={"csrf_token": token_of(browser), **data},
        headers={"Referer": "https://localhost/"},
        **SAFE,
    )


def multipart(data, name, fields):
    """A form with a file, as it travels. (The test client would leave large ones open.)"""
    parts = [
        f'--limite\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{value}\r\n'
        for field, value in fields.items()
    ]
    head = f'--limite\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    return ("".join(parts) + head).encode() + data + b"\r\n--limite--\r\n"


def upload(browser, path, data=PDF, name="Presentación.pdf", **more):
    sent = {"audience": "everybody", "release": "at-once", **more}
    return browser.post(
        f"{path}/archivo",
        data=multipart(data, name, {"csrf_token": token_of(browser), **sent}),
        content_type="multipart/form-data; boundary=limite",
        headers={"Referer": "https://localhost/"},
        **SAFE,
    )


def rows(database):
    with database.transaction() as session:
        found = session.scalars(sa.select(Material).order_by(Material.position)).all()
        session.expunge_all()
        return found


def files(settings):
    folder = Path(settings.files_url)
    return sorted(folder.iterdir()) if folder.is_dir() else []


class TestHandingOut:
    @pytest.mark.both_engines
    def test_a_file_that_was_uploaded_is_on_the_talks_page_at_once(
        self, client, desk, path, database, settings
    ):
        assert "Materiales" not in client.get("/charlas/charla", **SAFE).text
        answer = upload(desk, path)
        assert (answer.status_code, answer.location) == (303, path)
        page = client.get("/charlas/charla", **SAFE).text
        href = re.search(r'href="(/charlas/charla/materiales/[\w-]+)"', page).group(1)
        assert "Presentación" in page
        assert "PDF, 98 kB" in page
        assert client.get(href, **SAFE).data == PDF
        with database.reading() as session:
            entry = session.scalars(sa.select(Entry).order_by(Entry.id.desc())).first()
            assert entry.action == "material.added"

    def test_in_19_the_name_under_which_it_is_kept_is_nobodys(self, desk, path, database, settings):
        upload(desk, path, name="../../../etc/passwd.pdf")
        [row] = rows(database)
        assert row.file_name == "passwd.pdf"
        assert re.fullmatch(r"material-[0-9a-f]{32}", row.stored_as)
        assert files(settings) == [Path(settings.files_url) / row.stored_as]
        assert row.sha256 == hashlib.sha256(PDF).hexdigest()

    @pytest.mark.parametrize(
        ("data", "name", "sentence"),
        [
            (b"<html><script>alert(1)</script>", "pagina.html", "Suba un archivo PDF"),
            (b"<svg onload=alert(1)>", "dibujo.svg", "Suba un archivo PDF"),
            (b"<html><script>alert(1)</script>", "informe.pdf", "El contenido no es"),
            (b"PK\x03\x04", "informe.docx", "El contenido no es"),
            (b"%PDF-1.7", "informe.docx", "El contenido no es"),
            (b"%PDF-1.7", "informe.pdf.exe", "Suba un archivo PDF"),
            (b"", "vacio.pdf", "El contenido no es"),
        ],
    )
    def test_in_20_what_is_not_taken_is_said_beside_the_file_and_nothing_typed_is_lost(
        self, desk, path, database, settings, data, name, sentence
    ):
        answer = upload(desk, path, data, name, title="Mi título", audience="attendees")
        assert answer.status_code == 422
        assert sentence in answer.text
        assert 'id="file-error"' in answer.text
        assert 'value="Mi título"' in answer.text
        assert re.search(r'value="attendees"[^>]*\schecked', answer.text)
        assert rows(database) == []
        assert files(settings) == []

    def test_a_form_without_a_file_asks_for_it(self, desk, path, database):
        answer = post(desk, f"{path}/archivo", audience="everybody", release="at-once")
        assert answer.status_code == 422
        assert "Elija un archivo." in answer.text

    @pytest.mark.parametrize(("field", "value"), [("audience", "nadie"), ("release", "")])
    def test_what_is_not_among_the_choices_is_refused(
        self, desk, path, database, settings, field, value
    ):
        assert upload(desk, path, **{field: value}).status_code == 422
        assert files(settings) == []

    def test_in_21_a_file_of_more_than_twenty_megabytes_is_refused(
        self, desk, path, settings, monkeypatch
    ):
        monkeypatch.setattr(material_bytes, "MOST_BYTES", 50_000)
        answer = upload(desk, path)
        assert answer.status_code == 422
        assert "pesa más de" in answer.text
        assert files(settings) == []

    def test_in_21_much_more_is_refused_unread_with_a_page(self, desk, path, settings):
        answer = upload(desk, path, b"%PDF-" + b"x" * (21 * 1024 * 1024))
        assert answer.status_code == 413
        assert "Lo que envió es muy grande" in answer.text
        assert files(settings) == []

    def test_in_21_from_anybody_else_not_even_a_megabyte_is_read(
        self, client, sign_in, path, settings
    ):
        for browser in (client, sign_in("counterpart")):
            assert upload(browser, path, b"%PDF-" + b"x" * 1_200_000).status_code == 413
        for other in (f"{path}/enlace", "/ingresar"):
            answer = client.post(
                other,
                data=multipart(b"x" * 1_200_000, "a.pdf", {"csrf_token": "x"}),
                content_type="multipart/form-data; boundary=limite",
                **SAFE,
            )
            assert answer.status_code == 413

    def test_in_21_a_megabyte_and_more_is_taken_from_the_coordination(self, desk, path, database):
        assert upload(desk, path, PDF * 30).status_code == 303
        assert rows(database)[0].size == len(PDF) * 30

    def test_in_21_ten_thousand_parts_are_refused(self, desk, path, settings):
        parts = {f"campo-{number}": "x" for number in range(10_000)}
        assert upload(desk, path, **parts).status_code == 413
        assert files(settings) == []

    @pytest.mark.parametrize(
        ("name", "most"), [("MOST_OF_A_TALK", 1), ("MOST_BYTES_OF_A_TALK", 150_000)]
    )
    def test_in_21_a_talk_holds_so_much_and_what_is_refused_leaves_no_bytes(
        self, desk, path, settings, monkeypatch, database, name, most
    ):
        monkeypatch.setattr(f"coopoutreach.talks.materials.commands.{name}", most)
        assert upload(desk, path).status_code == 303
        answer = upload(desk, path)
        assert answer.status_code == 422
        assert 'id="file-error"' in answer.text
        assert len(files(settings)) == len(rows(database)) == 1

    def test_a_link_is_on_the_talks_page(self, client, desk, path):
        answer = post(
            desk,
            f"{path}/enlace",
            title="La grabación",
            url="https://www.video.example/ver?v=1",
            audience="everybody",
            release="at-once",
        )
        assert answer.status_code == 303
        page = client.get("/charlas/charla", **SAFE).text
        assert '<a href="https://www.video.example/ver?v=1" rel="noopener noreferrer">' in page
        assert "video.example</span>" in page

    @pytest.mark.parametrize(
        "url", ["javascript:alert(1)", "data:text/html,x", "vbscript:x", "http://ejemplo.cl", ""]
    )
    def test_in_08_a_link_of_another_kind_is_refused(self, desk, path, database, url):
        answer = post(
            desk,
            f"{path}/enlace",
            title="Enlace",
            url=url,
            audience="everybody",
            release="at-once",
        )
        assert answer.status_code == 422
        assert "comience con https://" in answer.text
        assert rows(database) == []

    def test_the_pages_of_the_coordination_show_what_there_is(self, desk, path, add):
        add(title="Cifras")
        page = desk.get(path, **SAFE)
        assert page.status_code == 200
        assert "Cifras" in page.text
        for form in ("archivo", "enlace"):
            assert desk.get(f"{path}/{form}", **SAFE).status_code == 200


class TestChanging:
    @pytest.mark.both_engines
    def test_words_audience_and_moment_change(self, client, desk, path, add, database):
        material = add(title="Cifras")
        assert desk.get(f"{path}/{material}/editar", **SAFE).status_code == 200
        answer = post(
            desk,
            f"{path}/{material}/editar",
            title="Dos",
            audience="attendees",
            release="after-talk",
        )
        assert answer.status_code == 303
        [row] = rows(database)
        assert (row.title, row.audience, row.release) == (
            "Dos",
            Audience.ATTENDEES,
            Release.AFTER_TALK,
        )
        assert "Dos" not in client.get("/charlas/charla", **SAFE).text

    def test_a_material_keeps_a_title(self, desk, path, add, database):
        material = add(title="Cifras")
        sent = {"title": " ", "audience": "everybody", "release": "at-once"}
        assert post(desk, f"{path}/{material}/editar", **sent).status_code == 422
        assert rows(database)[0].title == "Cifras"

    @pytest.mark.both_engines
    def test_they_stand_in_the_order_that_they_were_given(self, client, desk, path, add):
        add(title="Primero")
        second = add(title="Segundo")
        page = client.get("/charlas/charla", **SAFE).text
        assert page.index("Primero") < page.index("Segundo")
        assert post(desk, f"{path}/{second}/mover", to="up").status_code == 303
        page = client.get("/charlas/charla", **SAFE).text
        assert page.index("Segundo") < page.index("Primero")
        assert post(desk, f"{path}/{second}/mover", to="sideways").status_code == 400

    @pytest.mark.both_engines
    def test_what_is_taken_back_is_gone_from_pages_and_disk(
        self, client, desk, path, add, settings, database
    ):
        material = add(title="Cifras")
        href = f"/charlas/charla/materiales/{material}"
        assert client.get(href, **SAFE).status_code == 200
        assert post(desk, f"{path}/{material}/quitar").status_code == 303
        assert client.get(href, **SAFE).status_code == 404
        assert "Cifras" not in client.get("/charlas/charla", **SAFE).text
        assert files(settings) == []
        assert rows(database) == []

    def test_a_button_of_a_page_that_expired_takes_nothing_from_the_disk(
        self, client, desk, path, add, settings, database
    ):
        material = add(title="Cifras")
        page = desk.get(path, **SAFE).text
        drawn = re.search(r'name="drawn"\s+value="([^"]+)"', page)[1]
        refused = post(desk, f"{path}/{material}/quitar", csrf_token="x", drawn=drawn)
        assert refused.status_code == 400
        assert len(files(settings)) == 1
        assert client.get(f"/charlas/charla/materiales/{material}", **SAFE).status_code == 200

    @pytest.mark.both_engines
    def test_a_draft_that_is_thrown_away_takes_its_materials_along(
        self, database, settings, now, app
    ):
        with database.transaction() as session:
            draft = a_talk(session, state=EventState.DRAFT)
            a_file(session, draft)
        with database.transaction() as session:
            outreach.discard_draft(session, session.get_one(Talk, draft.id), actor="test", now=now)
        assert rows(database) == []

    @pytest.mark.both_engines
    def test_bytes_that_belong_to_nothing_are_erased_after_a_day(
        self, database, settings, add, now
    ):
        add()
        folder = Path(settings.files_url)
        orphan, foreign = folder / f"material-{'0' * 32}", folder / "otra-cosa"
        for path in (orphan, foreign):
            path.write_bytes(b"x")
        import os  # noqa: PLC0415

        for path in folder.iterdir():
            os.utime(path, (now.timestamp(), now.timestamp()))
        assert jobs.erase_what_is_nobodys(database, now + timedelta(hours=23)) == 0
        assert jobs.erase_what_is_nobodys(database, now + timedelta(hours=25)) == 1
        assert not orphan.exists()
        assert foreign.exists()
        assert len(files(settings)) == 2


class TestTakingAway:
    def test_a19_a_file_is_saved_and_never_run(self, client, add):
        answer = client.get(f"/charlas/charla/materiales/{add()}", **SAFE)
        assert answer.headers["Content-Disposition"] == (
            "attachment; filename=\"presentacion.pdf\"; filename*=UTF-8''Presentaci%C3%B3n.pdf"
        )
        assert answer.headers["Content-Type"] == "application/pdf"
        assert answer.headers.getlist("Content-Security-Policy") == ["sandbox; default-src 'none'"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert answer.headers["Cache-Control"] == "public, no-cache"
        assert int(answer.headers["Content-Length"]) == len(PDF)
        assert not {"Set-Cookie", "Vary"} & set(answer.headers.keys())
        assert answer.data == PDF

    def test_who_has_it_is_not_sent_it_again(self, client, add):
        href = f"/charlas/charla/materiales/{add()}"
        etag = client.get(href, **SAFE).headers["ETag"]
        assert etag == f'"{hashlib.sha256(PDF).hexdigest()}"'
        again = client.get(href, headers={"If-None-Match": etag}, **SAFE)
        assert (again.status_code, again.data) == (304, b"")
        assert client.get(href, headers={"If-None-Match": '"x"'}, **SAFE).status_code == 200
        head = client.head(href, **SAFE)
        assert (head.status_code, head.data) == (200, b"")
        assert int(head.headers["Content-Length"]) == len(PDF)

    @pytest.mark.both_engines
    def test_who_has_a_place_gets_what_is_for_attendees_and_others_do_not(
        self, client, add, own, database
    ):
        material = add(audience=Audience.ATTENDEES, title="Reservada")
        assert "Reservada" not in client.get("/charlas/charla", **SAFE).text
        assert client.get(f"/charlas/charla/materiales/{material}", **SAFE).status_code == 404
        page = client.get(own, **SAFE).text
        assert "Reservada" in page
        assert f"{own}/materiales/{material}" in page
        answer = client.get(f"{own}/materiales/{material}", **SAFE)
        assert answer.data == PDF
        assert answer.headers["Cache-Control"] == "no-store"
        with database.transaction() as session:
            invitee = session.scalars(sa.select(Invitee)).one()
            invitee.attendance = Attendance.ABSENT
        assert client.get(f"{own}/materiales/{material}", **SAFE).status_code == 404
        assert "Reservada" not in client.get(own, **SAFE).text

    def test_who_gave_the_place_up_does_not(self, client, add, own, database, now):
        material = add(audience=Audience.ATTENDEES)
        from coopoutreach.talks.registrations.models import Registration  # noqa: PLC0415

        with database.transaction() as session:
            registrations.cancel(
                session,
                session.scalars(sa.select(Registration)).one(),
                actor="test",
                by_person=True,
                now=now,
            )
        assert client.get(f"{own}/materiales/{material}", **SAFE).status_code == 404

    def test_what_is_for_after_the_talk_comes_by_itself(self, client, add, talk, time_machine, own):
        material = add(release=Release.AFTER_TALK, title="Conclusiones")
        hrefs = [f"/charlas/charla/materiales/{material}", f"{own}/materiales/{material}"]
        time_machine.move_to(talk.ends_at - timedelta(seconds=1), tick=False)
        assert "Conclusiones" not in client.get("/charlas/charla", **SAFE).text
        assert {client.get(href, **SAFE).status_code for href in hrefs} == {404}
        time_machine.move_to(talk.ends_at, tick=False)
        assert "Conclusiones" in client.get("/charlas/charla", **SAFE).text
        assert {client.get(href, **SAFE).status_code for href in hrefs} == {200}

    def test_of_a_talk_that_never_was_there_is_no_after(
        self, client, add, talk, database, now, time_machine
    ):
        material = add(release=Release.AFTER_TALK)
        with database.transaction() as session:
            session.get_one(Talk, talk.id).state = EventState.CANCELLED
        time_machine.move_to(talk.ends_at, tick=False)
        assert client.get(f"/charlas/charla/materiales/{material}", **SAFE).status_code == 404

    def test_the_coordination_always_gets_it(self, desk, path, add, database):
        material = add(audience=Audience.ATTENDEES, release=Release.AFTER_TALK)
        answer = desk.get(f"{path}/{material}", **SAFE)
        assert answer.data == PDF
        assert answer.headers["Cache-Control"] == "no-store"

    def test_what_is_not_for_one_looks_to_the_byte_like_what_is_not_there(
        self, client, add, own, database, settings
    ):
        hidden = add(audience=Audience.ATTENDEES)
        later = add(release=Release.AFTER_TALK)
        with database.transaction() as session:
            other = a_talk(session, slug="otra")
            foreign = a_file(session, other).public_id
            draft = a_talk(session, slug="borrador", state=EventState.DRAFT)
            drafted = a_file(session, draft).public_id
        bad = own.replace(".", ".x")
        paths = [
            "/charlas/charla/materiales/no-existe",
            f"/charlas/charla/materiales/{hidden}",
            f"/charlas/charla/materiales/{later}",
            f"/charlas/charla/materiales/{foreign}",
            f"/charlas/borrador/materiales/{drafted}",
            f"/charlas/no-existe/materiales/{hidden}",
            f"{own}/materiales/no-existe",
            f"{own}/materiales/{later}",
            f"{own}/materiales/{foreign}",
            f"{bad}/materiales/{hidden}",
        ]
        answers = [client.get(one, **SAFE) for one in paths]
        assert {answer.status_code for answer in answers} == {404}
        assert len({answer.data for answer in answers}) == 1

    def test_bytes_that_are_lost_are_not_there(self, client, add, settings):
        href = f"/charlas/charla/materiales/{add()}"
        for path in files(settings):
            path.unlink()
        assert client.get(href, **SAFE).status_code == 404

    def test_the_secret_of_the_link_is_not_in_the_log(self, client, add, own, capsys):
        client.get(f"{own}/materiales/{add()}", **SAFE)
        assert own.rpartition("/")[2] not in capsys.readouterr().err

    def test_events_are_told_of_nothing(self, add, database, own):
        # Handing something out bothers nobody.
        from coopoutreach.mail.outgoing.models import OutgoingMessage  # noqa: PLC0415

        def mails():
            with database.reading() as session:
                return session.scalar(sa.select(sa.func.count()).select_from(OutgoingMessage))

        before = mails()
        add()
        assert mails() == before


def test_the_limits_are_those_that_the_pages_name():
    assert rules.MOST_BYTES == 20 * 1024**2
    assert rules.MOST_BYTES_OF_A_TALK == 200 * 1024**2
    assert events
