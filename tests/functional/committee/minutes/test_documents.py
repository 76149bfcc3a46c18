"""Minutes as PDFs, for who may have them; anybody checks one; copies signed elsewhere are kept."""

import hashlib
import io
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from coopoutreach.committee.minutes import commands, jobs, pdf
from coopoutreach.committee.minutes.models import Minutes, SignedCopy
from coopoutreach.committee.minutes.rules import State
from coopoutreach.people.accounts import queries as accounts
from coopoutreach.platform.core import settings as process_settings
from tests import factories
from tests.support import acta, pdf_text
from tests.support.acta import send_out

BASE = "https://localhost"


@pytest.fixture
def engine_name():
    return "sqlite"


@pytest.fixture(autouse=True)
def frozen(time_machine, now):
    time_machine.move_to(now + timedelta(days=1), tick=False)


@pytest.fixture
def world(app, database, sign_in, now):
    """Return approved minutes, and who looks at them: of the table, and of none."""
    with database.transaction() as session:
        made = acta.approved(session, now=now)
        found = {"path": made.meeting.path, "series": made.table.series.public_id}
        found["code"] = made.minutes.code
        found["minutes"] = made.minutes.id
        parties = {"corfo": made.table.corfo.id, "federation": made.table.federation.id}
    found["coordination"] = sign_in("coordination")
    found["corfo"] = a_counterpart(sign_in, database, parties["corfo"])
    with database.transaction() as session:
        other = factories.an_institution(session, "SERCOTEC").id
    found["other"] = a_counterpart(sign_in, database, other)
    found["manager"] = sign_in("manager")
    jobs.typeset_approved(database, now + timedelta(hours=2))
    return found


def a_counterpart(sign_in, database, organisation_id):
    email = f"contraparte{organisation_id}@institucion.example"
    client = sign_in("counterpart", email=email)
    with database.transaction() as session:
        person = factories.a_person(session, name="Contraparte", email=email)
        organisation = session.get(factories.Organisation, organisation_id)
        factories.a_post(session, person, organisation, post="Ejecutiva")
        person.user_id = accounts.user_by_email(session, email).id
    return client


def get(client, path):
    return client.get(path, base_url=BASE, buffered=True)


def post(client, form, data, path=None):
    page = client.get(form, base_url=BASE).text
    token = re.search(r'name="csrf_token"\s+value="([^"]+)"', page)[1]
    return client.post(
        path or form.partition("?")[0],
        base_url=BASE,
        headers={"Referer": BASE},
        data={"csrf_token": token, **data},
        content_type="multipart/form-data",
    )


def hash_of(database, minutes_id):
    with database.reading() as session:
        return session.get_one(Minutes, minutes_id).pdf_sha256


@pytest.mark.parametrize("who", ["coordination", "corfo"])
def test_approved_minutes_are_handed_out_as_the_bytes_that_were_kept(world, database, who):
    response = get(world[who], f"{world['path']}/acta.pdf")
    assert response.status_code == 200
    assert response.content_type == "application/pdf"
    assert response.headers["Content-Disposition"].startswith('attachment; filename="acta-2027-')
    assert "sandbox" in response.headers["Content-Security-Policy"]
    kept = hash_of(database, world["minutes"])
    assert hashlib.sha256(response.data).hexdigest() == kept


@pytest.mark.parametrize("what", ["acta.pdf", "acuerdos.pdf", "acta/firmadas", "acta/firmadas/x"])
@pytest.mark.parametrize("who", ["other", "manager"])
def test_to_whoever_is_not_of_the_table_there_are_no_minutes(world, who, what):
    foreign = get(world[who], f"{world['path']}/{what}")
    missing = get(world[who], f"/reuniones/no-existe/{what}")
    assert foreign.status_code == missing.status_code == 404
    assert foreign.data == missing.data


def test_whoever_is_not_signed_in_is_asked_to(world, client):
    assert get(client, f"{world['path']}/acta.pdf").status_code in {303, 401}


def test_the_extract_has_the_decisions(world):
    response = get(world["corfo"], f"{world['path']}/acuerdos.pdf")
    assert "Firmar el convenio." in pdf_text.text(response.data)
    assert "acuerdos-2027-" in response.headers["Content-Disposition"]


def test_the_book_of_the_year_is_for_those_of_the_table(world):
    path = f"/reuniones/series/{world['series']}/libro/2027.pdf"
    response = get(world["corfo"], path)
    assert "Libro de actas 2027" in pdf_text.text(response.data)
    assert world["code"] in pdf_text.text(response.data)
    assert get(world["other"], path).status_code == 404
    assert get(world["coordination"], path.replace("2027", "1999")).status_code == 200


def test_nothing_that_is_reserved_for_one_side_is_in_any_document(world):
    for path in (
        f"{world['path']}/acta.pdf",
        f"{world['path']}/acuerdos.pdf",
        f"/reuniones/series/{world['series']}/libro/2027.pdf",
    ):
        for who in ("coordination", "corfo"):
            assert "canario" not in pdf_text.text(get(world[who], path).data)


def test_minutes_approved_a_moment_ago_say_that_their_pdf_is_being_made(world, database, now):
    with database.transaction() as session:
        minutes = session.get_one(Minutes, world["minutes"])
        minutes.pdf_stored_as, minutes.approved_at = "", now + timedelta(days=1)
    response = get(world["corfo"], f"{world['path']}/acta.pdf")
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "10"
    assert "se está preparando" in response.text


def test_a_draft_is_its_secretarys_and_is_marked(world, database, now):
    with database.transaction() as session:
        draft = acta.an_acta(session, now=now, federation=None)
        party = draft.table.corfo.id
        path = draft.meeting.path
        person = session.scalars(
            select(factories.Person).where(factories.Person.name == "Contraparte")
        ).first()
        factories.a_post(session, person, session.get(factories.Organisation, party), post="X")
    response = get(world["coordination"], f"{path}/acta.pdf")
    assert "BORRADOR" in pdf_text.text(response.data)
    assert "borrador" in response.headers["Content-Disposition"]
    assert get(world["corfo"], f"{path}/acta.pdf").status_code == 404
    with database.transaction() as session:
        minutes = session.get_one(Minutes, draft.minutes.id)
        send_out(session, minutes, actor=acta.SECRETARY, now=now)
    assert "BORRADOR" in pdf_text.text(get(world["corfo"], f"{path}/acta.pdf").data)


def test_while_a_rectification_is_written_others_have_what_was_approved(world, database, now):
    with database.transaction() as session:
        minutes = session.get_one(Minutes, world["minutes"])
        commands.rectify(session, minutes, "Corrige la sede.", actor="user:1", now=now)
    sha256 = hash_of(database, world["minutes"])
    theirs = get(world["corfo"], f"{world['path']}/acta.pdf")
    assert hashlib.sha256(theirs.data).hexdigest() == sha256
    assert "BORRADOR" in pdf_text.text(get(world["coordination"], f"{world['path']}/acta.pdf").data)
    first = get(world["coordination"], f"{world['path']}/acta.pdf?version=1")
    assert hashlib.sha256(first.data).hexdigest() == sha256


def test_a_reviewer_has_the_acta_by_their_link_and_by_no_other(world, database, client):
    with database.reading() as session:
        minutes = session.get_one(Minutes, world["minutes"])
        from coopoutreach.committee.minutes import notices, queries  # noqa: PLC0415

        address = queries.link_of(next(iter(notices.links_of(session, minutes))))
    path = "/" + address.partition("://")[2].partition("/")[2]
    assert get(client, f"{path}/acta.pdf").data.startswith(b"%PDF")
    assert get(client, f"{path}x/acta.pdf").status_code == 404
    assert get(client, "/actas/no-existe.mac/acta.pdf").status_code == 404


# Verification: public, without JavaScript, keeping nothing.


def test_a_code_tells_number_date_institutions_and_hash_and_nothing_more(world, database, client):
    response = get(client, f"/actas/verificar/{world['code'].lower().replace('-', ' ')}")
    assert response.status_code == 200
    kept = hash_of(database, world["minutes"])
    for told in ("Acta N°", "9 de marzo de 2027", "FECRECOOP", "CORFO", kept):
        assert told in response.text
    for secret in ("Garantías", "convenio", "Paillán", "Jefatura", "canario", world["path"]):
        assert secret not in response.text
    assert "noindex" in response.headers["X-Robots-Tag"]


def test_a_code_that_is_none_a_draft_and_a_guess_answer_alike(world, database, client, now):
    with database.transaction() as session:
        minutes = acta.an_acta(session, now=now).minutes
        minutes.code = "AAAA-BBBB-CCCC"
    pages = [
        get(client, f"/actas/verificar/{code}") for code in ("AAAA-BBBB-CCCC", "AAAA-BBBB-CCCD")
    ]
    assert [page.status_code for page in pages] == [404, 404]
    assert all("no es de un acta aprobada" in page.text for page in pages)


def check(client, **data):
    return post(client, "/actas/verificar", data)


def follow(client, response):
    assert response.status_code == 303
    return get(client, response.headers["Location"])


def test_the_kept_pdf_is_recognised_with_and_without_its_code(world, client):
    document = get(world["corfo"], f"{world['path']}/acta.pdf").data
    for code in (world["code"], ""):
        sent = check(client, code=code, file=(io.BytesIO(document), "acta.pdf"))
        page = follow(client, sent)
        assert page.status_code == 200
        assert "El archivo coincide" in page.text
        assert world["code"] in page.text


@pytest.mark.parametrize("at", [0, 9, 1000, -1])
def test_a_single_byte_changed_in_the_pdf_is_found(world, client, at):
    document = bytearray(get(world["corfo"], f"{world['path']}/acta.pdf").data)
    document[at] ^= 1
    for code in (world["code"], ""):
        sent = check(client, code=code, file=(io.BytesIO(bytes(document)), "acta.pdf"))
        page = follow(client, sent)
        assert "El archivo coincide" not in page.text
        assert "no coincide" in page.text or "no es un acta aprobada" in page.text


def test_a_hash_may_be_typed_instead(world, database, client):
    sha256 = hash_of(database, world["minutes"])
    assert "El archivo coincide" in follow(client, check(client, sha256=f" {sha256.upper()} ")).text
    wrong = follow(client, check(client, code=world["code"], sha256="0" * 64))
    assert "El archivo no coincide" in wrong.text


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({}, "Escriba el código del acta, o elija su PDF."),
        ({"code": "corto"}, "El código tiene doce letras y números"),
        ({"sha256": "xyz"}, "La huella tiene 64 cifras"),
    ],
)
def test_what_cannot_be_checked_is_said_beside_its_field_and_stays_typed(world, client, data, said):
    response = check(client, **data)
    assert response.status_code == 422
    assert said in response.text
    assert all(typed in response.text for typed in data.values())


def test_checking_keeps_nothing_and_is_counted(world, client, settings, database):
    limits = replace(settings.limits, verification_per_network=(2, 600))
    process_settings.install(replace(settings, limits=limits))
    before = sorted(path.name for path in _folder().iterdir())
    for _ in range(2):
        assert check(client, file=(io.BytesIO(b"%PDF-x"), "x.pdf")).status_code == 303
    assert check(client, file=(io.BytesIO(b"%PDF-x"), "x.pdf")).status_code == 429
    assert sorted(path.name for path in _folder().iterdir()) == before
    with database.reading() as session:
        assert session.scalars(select(SignedCopy)).all() == []


def _folder():
    from pathlib import Path  # noqa: PLC0415

    return Path(process_settings.current().files_url)


def test_a_newer_approved_version_is_told_of(world, database, client):
    with database.transaction() as session:
        minutes = session.get_one(Minutes, world["minutes"])
        session.add(
            Minutes(
                meeting_id=minutes.meeting_id,
                version=2,
                rectifies_id=minutes.id,
                state=State.APPROVED,
                created_at=minutes.created_at,
                created_by="user:1",
                content=minutes.content,
                code="ZZZZ-ZZZZ-ZZZZ",
            )
        )
    assert "la versión 2" in get(client, f"/actas/verificar/{world['code']}").text


def test_the_qr_code_leads_to_the_page_of_the_code(world, client):
    address = pdf.verify_url(world["code"])
    path = "/" + address.partition("://")[2].partition("/")[2]
    assert get(client, path).status_code == 200


# Copies signed elsewhere.


def upload(world, who, words=b"firmado", name="acta firmada.pdf", **more):
    form = f"{world['path']}/acta/firmadas"
    return post(world[who], form, {"file": (io.BytesIO(b"%PDF-1.7\n" + words), name), **more})


def test_both_sides_may_bring_a_signed_copy_and_both_may_have_it(world, database, client):
    assert upload(world, "corfo", note="Con firma avanzada").status_code == 303
    page = get(world["coordination"], f"{world['path']}/acta/firmadas")
    sha256 = hashlib.sha256(b"%PDF-1.7\nfirmado").hexdigest()
    for told in ("acta firmada.pdf", "Con firma avanzada", "CORFO", sha256):
        assert told in page.text
    link = re.search(r'href="([^"]*/acta/firmadas/[^"]+)"', page.text)[1]
    assert get(world["coordination"], link).data == b"%PDF-1.7\nfirmado"
    assert get(world["other"], link).status_code == 404
    found = follow(client, check(client, file=(io.BytesIO(b"%PDF-1.7\nfirmado"), "x.pdf")))
    assert "coincide con una copia firmada" in found.text


@pytest.mark.parametrize(
    ("words", "name"),
    [(b"x", "acta.exe"), (b"x", "acta.docx"), (None, "acta.pdf")],
    ids=["program", "another", "none"],
)
def test_what_is_no_pdf_is_refused_beside_the_field(world, words, name):
    form = f"{world['path']}/acta/firmadas"
    stream = io.BytesIO(b"MZ no pdf" if words is None else words)
    response = post(world["corfo"], form, {"file": (stream, name), "note": "Mi nota"})
    assert response.status_code == 422
    assert "Mi nota" in response.text
    assert 'aria-invalid="true"' in response.text


def test_the_same_copy_twice_is_refused_and_leaves_no_bytes(world):
    upload(world, "corfo")
    before = sorted(path.name for path in _folder().iterdir())
    response = upload(world, "coordination")
    assert response.status_code == 422
    assert "ya está en el acta" in response.text
    assert sorted(path.name for path in _folder().iterdir()) == before


def test_whoever_is_not_of_the_table_brings_nothing(world, database):
    page = world["other"].get("/actas/verificar", base_url=BASE).text
    token = re.search(r'name="csrf_token"\s+value="([^"]+)"', page)[1]
    response = world["other"].post(
        f"{world['path']}/acta/firmadas",
        base_url=BASE,
        headers={"Referer": BASE},
        data={"csrf_token": token, "file": (io.BytesIO(b"%PDF-x"), "x.pdf")},
    )
    assert response.status_code == 404
    with database.reading() as session:
        assert session.scalars(select(SignedCopy)).all() == []


@pytest.mark.parametrize("number", ["0", "-1", "999", "9" * 30])
def test_there_is_no_version_that_no_column_holds(world, number):
    for what in ("acta.pdf", "acuerdos.pdf"):
        found = get(world["corfo"], f"{world['path']}/{what}?version={number}")
        assert found.status_code == 404
    book = f"/reuniones/series/{world['series']}/libro"
    assert get(world["corfo"], f"{book}/{'9' * 30}.pdf").status_code == 404
    assert get(world["corfo"], f"{book}/0.pdf").status_code == 404


def test_a_copy_of_words_that_were_changed_since_is_no_copy_of_the_acta(
    world, database, client, now
):
    with database.transaction() as session:
        minutes = session.get_one(Minutes, world["minutes"])
        session.add(
            SignedCopy(
                minutes=minutes,
                stored_as="minutes-x",
                file_name="firmada.pdf",
                size=1,
                sha256="a" * 64,
                created_at=minutes.review_began_at - timedelta(minutes=1),
                created_by="user:1",
            )
        )
    assert "Acta N°" not in get(client, f"/actas/verificar?huella={'a' * 64}").text
    page = get(client, f"/actas/verificar/{world['code']}?huella={'a' * 64}").text
    assert "El archivo no coincide" in page
    assert "de un texto anterior" in get(world["corfo"], f"{world['path']}/acta/firmadas").text
