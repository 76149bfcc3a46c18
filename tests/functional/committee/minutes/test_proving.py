"""What cannot be typeset is neither sent out nor approved; what was approved once is not lost."""

import re
import shutil
from datetime import timedelta

import pytest
from sqlalchemy import select

from coopoutreach.committee.minutes import commands, content, dialects, jobs, proving, queries
from coopoutreach.committee.minutes.errors import CannotBeSet, NotTypeset, TextChanged
from coopoutreach.committee.minutes.models import Approval, Minutes, ReviewLink
from coopoutreach.committee.minutes.rules import Method, State
from coopoutreach.people.accounts import queries as accounts
from coopoutreach.platform.core import reactions
from coopoutreach.platform.core import settings as process_settings
from coopoutreach.platform.documents import typesetting
from coopoutreach.wiring import WIRING
from tests import factories
from tests.support import acta, an_acta, pdf_text

BASE = "https://localhost"
WORD = "imposible"
HOUR = timedelta(hours=1)


@pytest.fixture
def engine_name():
    return "sqlite"


@pytest.fixture(autouse=True)
def frozen(time_machine, now):
    time_machine.move_to(now, tick=False)
    reactions.install(WIRING)


@pytest.fixture
def typesetter_that_fails(monkeypatch, tmp_path):
    """Let the sources of documents refuse one word: all that is known to fail is mended."""
    folder = tmp_path / "documents"
    shutil.copytree(typesetting.TEMPLATES, folder)
    house = folder / "_parts" / "house.typ"
    sources, places = house.read_text(), 'if item.type == "text" { item.text }'
    assert places in sources
    fails = f'if item.type == "text" {{ assert(not item.text.contains("{WORD}")); item.text }}'
    house.write_text(sources.replace(places, fails))
    monkeypatch.setattr(typesetting, "TEMPLATES", folder)


def written(database, text, *, out=False, **series):
    """Add minutes whose part says `text`; sent out, if they are to be. Return what names them."""
    with database.transaction() as session:
        made = acta.an_acta(session, **series)
        acta.type_in(session, made.part("Garantías"), text)
        if out:
            acta.send_out(session, made.minutes, actor="user:1", now=factories.NOW)
        base = process_settings.current().base_url
        links = session.scalars(select(ReviewLink).order_by(ReviewLink.id)).all()
        return {
            "minutes": made.minutes.id,
            "path": f"{made.meeting.path}/acta",
            "series": made.table.series.public_id,
            "person": made.table.people[0].id,
            "links": [queries.link_of(link).removeprefix(base) for link in links],
        }


def approve_all(database, minutes_id, now):
    with database.transaction() as session:
        minutes = session.get_one(Minutes, minutes_id)
        table = acta.Acta(None, minutes.meeting, minutes)
        links = session.scalars(select(ReviewLink).where(ReviewLink.minutes_id == minutes_id))
        for link in [one for one in links if one.approves]:
            acta.approve(session, table, link.person, now=now)
        assert minutes.state is State.APPROVED


def state_of(database, minutes_id):
    with database.reading() as session:
        minutes = session.get_one(Minutes, minutes_id)
        given = session.scalars(select(Approval).where(Approval.minutes_id == minutes_id)).all()
        return minutes.state, minutes.reviews, len(given)


def post(client, path, **data):
    page = client.get(path, base_url=BASE).text
    fields = dict(re.findall(r'name="(csrf_token|sha256)"\s+value="([^"]+)"', page))
    headers = {"Referer": BASE}
    return client.post(path, base_url=BASE, headers=headers, data={**fields, **data})


def squeezed(document):
    return re.sub(r"[\s\u200b]", "", pdf_text.said(document))


def test_what_cannot_be_typeset_is_not_sent_out_and_the_part_is_named(
    app, database, sign_in, typesetter_that_fails
):
    made = written(database, f"Esto es {WORD}.")
    answer = post(sign_in("coordination"), f"{made['path']}/enviar", until="2027-06-30")
    assert answer.status_code == 422
    assert re.search(r"No se puede hacer el PDF del punto \d, «Garantías»", answer.text)
    assert answer.text.count("No se puede hacer el PDF de este punto") == 1
    at = answer.text.index("No se puede hacer el PDF de este punto")
    assert answer.text.rindex("Garantías", 0, at) > answer.text.rindex("<h3>", 0, at)
    assert 'value="2027-06-30"' in answer.text
    assert state_of(database, made["minutes"]) == (State.DRAFT, 0, 0)


def test_what_can_be_typeset_is_sent_out(app, database, sign_in):
    made = written(database, "##\n3. tres\n5. cinco")
    assert post(sign_in("coordination"), f"{made['path']}/enviar").status_code == 303
    assert state_of(database, made["minutes"]) == (State.IN_REVIEW, 1, 0)


def test_others_write_while_it_is_typeset_and_what_they_wrote_is_not_sent_out_unseen(
    app, database, sign_in, monkeypatch
):
    made = written(database, "Se revisó.")
    prove = proving.prove

    def and_somebody_writes(said):
        with database.transaction() as session:
            minutes = session.get_one(Minutes, made["minutes"])
            acta.type_in(session, acta.Acta(None, minutes.meeting, minutes).part("Garantías"), "X")
        return prove(said)

    monkeypatch.setattr(proving, "prove", and_somebody_writes)
    answer = post(sign_in("coordination"), f"{made['path']}/enviar")
    assert answer.status_code == 409
    assert "El texto del acta cambió" in answer.text
    assert state_of(database, made["minutes"]) == (State.DRAFT, 0, 0)


def test_who_may_write_no_more_when_it_is_typeset_sends_nothing_out(
    app, database, sign_in, monkeypatch
):
    made = written(database, "Se revisó.")
    client = sign_in("counterpart", email="jorge@mesa.example")
    with database.transaction() as session:
        person = session.get(factories.Person, made["person"])
        person.user_id = accounts.user_by_email(session, "jorge@mesa.example").id
        session.get_one(Minutes, made["minutes"]).meeting.secretary_id = person.id

    def and_another_takes_the_minutes(said):
        with database.transaction() as session:
            session.get_one(Minutes, made["minutes"]).meeting.secretary_id = None
        return content.sha256_of(said)

    monkeypatch.setattr(proving, "prove", and_another_takes_the_minutes)
    assert post(client, f"{made['path']}/enviar").status_code == 404
    assert state_of(database, made["minutes"]) == (State.DRAFT, 0, 0)


@pytest.mark.parametrize("way", ["link", "session"])
def test_what_cannot_be_typeset_is_not_approved(app, database, sign_in, typesetter_that_fails, way):
    made = written(database, f"Esto es {WORD}.", out=True)
    if way == "link":
        client, path = app.test_client(), made["links"][0]
    else:
        client, path = sign_in("counterpart", email="jorge@mesa.example"), made["path"]
        with database.transaction() as session:
            person = session.get(factories.Person, made["person"])
            person.user_id = accounts.user_by_email(session, "jorge@mesa.example").id
    answer = post(client, f"{path}/aprobar")
    assert answer.status_code == 409
    assert "No se puede hacer el PDF del punto" in answer.text
    assert state_of(database, made["minutes"]) == (State.IN_REVIEW, 1, 0)


def test_what_can_be_typeset_is_approved_by_link(app, database):
    made = written(database, "##\n> 400.000 UF", out=True)
    assert post(app.test_client(), f"{made['links'][0]}/aprobar").status_code == 303
    assert state_of(database, made["minutes"])[2] == 2


def test_the_commands_refuse_a_text_that_was_not_typeset(database, now):
    made = written(database, "Se revisó.")
    by = {"actor": "user:1", "now": now}
    with database.transaction() as session:
        minutes = session.get_one(Minutes, made["minutes"])
        with pytest.raises(TextChanged):
            commands.send(session, minutes, typeset="0" * 64, **by)
        session.rollback()
    made = written(database, "Se revisó.", out=True, silence_approves=True)
    with database.transaction() as session:
        minutes = session.get_one(Minutes, made["minutes"])
        person = session.get(factories.Person, made["person"])
        reviewer = queries.reviewer(session, minutes.meeting, person.id, now=now)
        seen = minutes.content_sha256
        for typeset in ("", "0" * 64):
            signature = commands.Signature(reviewer, seen, Method.LINK, typeset=typeset)
            with pytest.raises(NotTypeset):
                commands.approve(session, minutes, signature, **by)
        late = {"actor": "job:minutes", "now": now + timedelta(days=60)}
        with pytest.raises(NotTypeset):
            commands.approve_by_silence(session, minutes, typeset="", **late)


def test_silence_approves_what_can_be_typeset_and_leaves_the_rest_in_review(
    app, database, now, typesetter_that_fails
):
    bad = written(database, f"Esto es {WORD}.", out=True, silence_approves=True)
    good = written(database, "Se revisó.", out=True, silence_approves=True, name="Otra mesa")
    jobs.follow_reviews(database, now + timedelta(days=60))
    assert state_of(database, bad["minutes"])[0] is State.IN_REVIEW
    assert state_of(database, good["minutes"])[0] is State.APPROVED


def test_approved_minutes_without_a_pdf_are_told_of_and_left_out_of_the_book(
    app, database, sign_in, now, time_machine, typesetter_that_fails, monkeypatch
):
    made = written(database, f"Esto es {WORD}.", out=True)
    approve_all(database, made["minutes"], now)
    client = sign_in("coordination")

    def get(path):
        return client.get(path, base_url=BASE)

    assert jobs.typeset_approved(database, now) == 0
    assert "se está preparando" in get(f"{made['path']}.pdf").text
    with database.reading() as session:
        assert queries.stuck(session, now=now) == []

    later = now + HOUR
    time_machine.move_to(later, tick=False)
    client = sign_in("coordination", email="otra@fecrecoop.example")
    with database.reading() as session:
        assert [one.id for one in queries.stuck(session, now=later)] == [made["minutes"]]
    page = get(made["path"]).text
    assert "No se ha podido hacer el PDF" in page
    assert "El libro de actas no incluye: Acta N°" in page
    assert "No se ha podido hacer el PDF del Acta N°" in get("/panel").text
    pdf = get(f"{made['path']}.pdf")
    assert pdf.status_code == 503
    assert "El texto aprobado está en la página" in pdf.text
    year = re.search(r"libro/(\d+)\.pdf", page)[1]
    book = get(f"/reuniones/series/{made['series']}/libro/{year}.pdf")
    assert book.status_code == 200
    assert "Actasquenoestánenestelibro" in squeezed(book.data)

    # Once it can be made, it is, and nothing is said any more.
    monkeypatch.undo()
    assert jobs.typeset_approved(database, later) == 1
    page = get(made["path"]).text
    assert "No se ha podido hacer el PDF" not in page
    assert "El libro de actas no incluye" not in page


def test_where_the_whole_is_in_the_way_no_part_is_blamed(typesetter_that_fails):
    said = {**an_acta.content(items=1), "format": "acta/2"}
    parts = [{**part, "text": WORD} for part in said["parts"]]
    with pytest.raises(CannotBeSet) as one:
        proving.prove({**said, "parts": [said["parts"][0], parts[1]]})
    assert list(one.value.parts) == [2]
    with pytest.raises(CannotBeSet) as long:
        proving.prove({**said, "table": "x" * 3_000_000})
    assert long.value.parts == {}
    assert "de esta acta. Acorte" in str(long.value)


def test_minutes_approved_as_markdown_stay_as_they_were(app, database, sign_in, now, monkeypatch):
    text = "3. tres\n5. cinco\n\n> 400.000 UF\n\n##"
    monkeypatch.setattr(dialects, "LATEST", dialects.MARKDOWN)
    made = written(database, text, out=True)
    approve_all(database, made["minutes"], now)
    monkeypatch.undo()
    with database.reading() as session:
        minutes = session.get_one(Minutes, made["minutes"])
        kept = (minutes.content, minutes.content_sha256)
        assert content.written_as(minutes) == dialects.MARKDOWN
    client = sign_in("coordination")
    page = client.get(made["path"], base_url=BASE).text
    assert '<ol start="3">' in page
    assert "<blockquote>\n<p>400.000 UF</p>" in page
    # It had no PDF, for its «##»: now it has.
    assert jobs.typeset_approved(database, now) == 1
    said = squeezed(client.get(f"{made['path']}.pdf", base_url=BASE, buffered=True).data)
    assert "3.tres4.cinco400.000UF" in said

    # What puts it right is read the new way.
    with database.transaction() as session:
        minutes = session.get_one(Minutes, made["minutes"])
        assert (minutes.content, minutes.content_sha256) == kept
        commands.rectify(session, minutes, "Corrige.", actor="user:1", now=now)
    page = client.get(f"{made['path']}/editar", base_url=BASE).text
    assert "<span>5.</span> cinco" in page
    assert "<p>&gt; 400.000 UF</p>" in page
    old = client.get(f"{made['path']}?version=1", base_url=BASE).text
    assert '<ol start="3">' in old
