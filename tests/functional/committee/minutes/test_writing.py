"""The page on which minutes are written: with the script and without, alone and with another."""

import email
import re
from datetime import timedelta
from email import policy
from html.parser import HTMLParser

import pytest
from sqlalchemy import select

from coopoutreach.committee.commitments.models import Commitment
from coopoutreach.committee.minutes.models import Decision, Minutes, MinutesPart, PartRevision
from coopoutreach.mail.outgoing.models import OutgoingMessage
from tests.support import acta
from tests.support.acta import send_out

BASE = "https://localhost"
_TAGS = ("img", "svg", "iframe", "object", "embed", "video", "math", "details", "body", "input")
_DOINGS = (
    "onerror=alert(1)",
    "onload=alert(1)",
    "src=javascript:alert(1)",
    "href=data:text/html,x",
    "style=background:url(javascript:alert(1))",
    "autofocus onfocus=alert(1)",
    "ontoggle=alert(1) open",
    "srcdoc=<script>alert(1)</script>",
)
_LINKS = (
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java&#x0A;script:alert(1)",
    "data:text/html;base64,PHNjcmlwdD4=",
    "vbscript:msgbox(1)",
    " javascript:alert(1)",
    "\x01javascript:alert(1)",
)
#: Well over a hundred ways to have a page do something that nobody asked for.
CORPUS = [
    *(f"<{tag} {doing}>" for tag in _TAGS for doing in _DOINGS),
    *(f"[x]({link})" for link in _LINKS),
    *(f"![x]({link})" for link in _LINKS),
    *(f"<{link}>" for link in _LINKS),
    *(f"[x][y]\n\n[y]: {link}" for link in _LINKS),
    "<script>alert(1)</script>",
    "</textarea><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    '"><script>alert(1)</script>',
    "' onmouseover='alert(1)",
    "<!--<img src=x onerror=alert(1)>-->",
    "```html\n<script>alert(1)</script>\n```",
    "<a href='javascript:alert(1)'>x</a>",
    "<style>@import 'javascript:alert(1)'</style>",
    "<form action=javascript:alert(1)><button>x",
]


class Dangers(HTMLParser):
    """What of a page would run, or lead where nobody should be led."""

    def __init__(self, page):
        super().__init__()
        self.found = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        for name, given in attrs:
            value = re.sub(r"[\x00-\x20]", "", (given or "")).lower()
            if name.startswith("on") or name in {"style", "srcdoc"}:
                self.found.append((tag, name))
            if name in {"href", "src", "action", "formaction"} and re.match(
                r"(javascript|data|vbscript):", value
            ):
                self.found.append((tag, name, value))
        if tag in {"iframe", "object", "embed", "style"}:
            self.found.append(tag)
        if tag == "script" and not dict(attrs).get("src", "").startswith("/static/"):
            self.found.append(tag)


def dangers(page):
    return Dangers(page).found


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
        return {
            "path": f"{made.meeting.path}/acta",
            "minutes": made.minutes.id,
            "corfo": made.table.corfo.public_id,
            "people": [member.public_id for member in made.table.series.members],
            **{part.title: part.public_id for part in made.minutes.parts},
        }


@pytest.fixture
def ana(sign_in, world):
    return sign_in("coordination", email="ana@fecrecoop.example", name="Ana Rojas")


@pytest.fixture
def rosa(sign_in, world):
    return sign_in("coordination", email="rosa@fecrecoop.example", name="Rosa Soto")


def token_of(client):
    if not hasattr(client, "form_token"):
        page = client.get("/mi-cuenta", base_url=BASE).text
        client.form_token = re.search(r'name="csrf_token"\s+value="([^"]+)"', page)[1]
    return client.form_token


def post(client, path, data, *, json=False):
    return client.post(
        path,
        base_url=BASE,
        headers={"Referer": BASE, **({"Accept": "application/json"} if json else {})},
        data={"csrf_token": token_of(client), **data},
    )


def type_in(client, world, text, *, title="Garantías", base=0, **data):
    path = f"{world['path']}/partes/{world[title]}"
    json = data.pop("json", True)
    return post(client, path, {"text": text, "base": base, **data}, json=json)


def text_of(database, world, title="Garantías"):
    with database.reading() as session:
        return session.scalars(
            select(MinutesPart.text).where(MinutesPart.public_id == world[title])
        ).one()


class TestSaving:
    def test_without_the_script_a_button_does_it(self, ana, world, database):
        answer = type_in(ana, world, "Se revisó.", json=False)
        assert answer.status_code == 303
        assert answer.headers["Location"].endswith(f"/acta/editar#parte-{world['Garantías']}")
        page = ana.get(f"{world['path']}/editar", base_url=BASE).text
        assert "Se revisó.</textarea>" in page
        assert "Guardado 09:00 h, Ana Rojas" in page

    def test_the_script_is_told_what_stands_there_and_how_it_reads(self, ana, world):
        answer = type_in(ana, world, "Se **revisó**.").json
        assert answer["outcome"] == "saved"
        assert answer["html"].strip() == "<p>Se <strong>revisó</strong>.</p>"
        assert answer["words"] == "Guardado 09:00 h"

    def test_two_people_elsewhere_in_a_part_both_keep_their_words(self, ana, rosa, world, database):
        type_in(ana, world, "uno\ndos\ntres")
        type_in(ana, world, "uno de Ana\ndos\ntres", base=1)
        answer = type_in(rosa, world, "uno\ndos\ntres de Rosa", base=1, before="uno\ndos\ntres")
        assert answer.json["outcome"] == "merged"
        assert text_of(database, world) == "uno de Ana\ndos\ntres de Rosa"

    def test_two_people_in_one_line_see_both_and_choose(self, ana, rosa, world, database):
        type_in(ana, world, "de Ana")
        answer = type_in(rosa, world, "de Rosa", json=False)
        assert answer.status_code == 409
        assert "Ana Rojas escribió en las mismas líneas" in answer.text
        assert text_of(database, world) == "de Ana"
        revision = re.search(r'name="base"\s+value="(\d+)"', answer.text)[1]
        type_in(rosa, world, "de Ana\n\nde Rosa", base=revision, chosen="1", json=False)
        assert text_of(database, world) == "de Ana\n\nde Rosa"

    def test_what_may_not_be_saved_says_so_to_the_script(self, ana, world, database, now):
        with database.transaction() as session:
            minutes = session.get_one(Minutes, world["minutes"])
            send_out(session, minutes, actor="user:1", now=now)
        answer = type_in(ana, world, "tarde")
        assert (answer.status_code, answer.json["outcome"]) == (409, "refused")
        assert "en revisión" in answer.json["sentence"]

    def test_ac_05_a_part_is_found_within_its_own_meeting_alone(self, ana, world, database):
        with database.transaction() as session:
            other = acta.an_acta(session)
            path = f"{other.meeting.path}/acta/partes/{world['Garantías']}"
        assert post(ana, path, {"text": "x", "base": 0}).status_code == 404
        assert text_of(database, world) == ""

    def test_a_side_that_is_not_ones_own_has_no_reserved_part(self, ana, world):
        page = ana.get(f"{world['path']}/editar", base_url=BASE).text
        assert acta.CANARY_TITLE not in page
        answer = type_in(ana, world, "x", title=acta.CANARY_TITLE)
        assert answer.status_code == 404

    def test_what_came_into_the_agenda_since_is_added_with_one_press(self, ana, world, database):
        with database.transaction() as session:
            minutes = session.get_one(Minutes, world["minutes"])
            acta.an_agenda_item(session, minutes.meeting, "Uno nuevo", position=4)
        assert (
            "La tabla tiene 1 punto nuevo" in ana.get(f"{world['path']}/editar", base_url=BASE).text
        )
        post(ana, f"{world['path']}/puntos", {})
        assert "Uno nuevo" in ana.get(f"{world['path']}/editar", base_url=BASE).text


class TestTakingDown:
    def test_a_decision_is_one_line_away(self, ana, world, database):
        path = f"{world['path']}/partes/{world['Garantías']}/acuerdos"
        assert post(ana, path, {"text": "Firmar el convenio."}).status_code == 303
        assert "Firmar el convenio." in ana.get(f"{world['path']}/editar", base_url=BASE).text
        with database.reading() as session:
            number = session.scalars(select(Decision.public_id)).one()
        path = f"{world['path']}/acuerdos/{number}"
        post(ana, path, {"text": "No firmar.", "addressed_to": world["corfo"]})
        page = ana.get(f"{world['path']}/editar", base_url=BASE).text
        assert "No firmar." in page
        assert "Para CORFO." in page
        post(ana, f"{path}/quitar", {})
        with database.reading() as session:
            assert session.scalars(select(Decision)).all() == []

    def test_an_empty_decision_is_sent_back_with_a_sentence_beside_it(self, ana, world):
        path = f"{world['path']}/partes/{world['Garantías']}/acuerdos"
        answer = post(ana, path, {"text": "  "})
        assert answer.status_code == 422
        assert "Escriba el acuerdo." in answer.text

    def test_so_is_a_commitment(self, ana, world, database):
        path = f"{world['path']}/partes/{world['Garantías']}/compromisos"
        answer = post(ana, path, {"action": "Enviar la nómina", "who": "", "due_on": "31-02-2027"})
        assert answer.status_code == 422
        assert "Elija quién responde." in answer.text
        assert "Escriba una fecha que exista" in answer.text
        assert 'value="Enviar la nómina"' in answer.text
        data = {
            "action": "Enviar la nómina",
            "who": f"p:{world['people'][2]}",
            "due_on": "2027-03-30",
        }
        assert post(ana, path, data).status_code == 303
        with database.reading() as session:
            made = session.scalars(select(Commitment)).one()
            assert (made.party.short_name, made.owed_to.short_name) == ("CORFO", "FECRECOOP")
            assert made.person.name == "Marcela Ríos"


class TestHistory:
    def test_what_changed_can_be_read_word_by_word(self, ana, rosa, world):
        type_in(ana, world, "El plazo es marzo.")
        type_in(rosa, world, "El plazo es abril.", base=1)
        page = ana.get(f"{world['path']}/partes/{world['Garantías']}/historial", base_url=BASE).text
        assert "<del>marzo</del>" in page
        assert "<ins>abril</ins>" in page
        assert "Rosa Soto" in page

    def test_a_save_that_only_goes_on_adds_no_line(self, ana, world, database):
        for n in range(5):
            type_in(ana, world, "x" * (n + 1), base=n)
        with database.reading() as session:
            part = session.scalars(
                select(MinutesPart).where(MinutesPart.public_id == world["Garantías"])
            ).one()
            wanted = select(PartRevision).where(PartRevision.part_id == part.id)
            assert len(session.scalars(wanted).all()) == 2


class TestHostileText:
    """IN-06 and IN-07: more than a hundred vectors, wherever the text of minutes is shown."""

    def test_in_06_nothing_of_the_corpus_runs_in_the_preview(self, ana, world):
        assert len(CORPUS) > 100
        base = 0
        for vector in CORPUS:
            answer = type_in(ana, world, vector, base=base).json
            base = answer["revision"]
            assert not dangers(answer["html"]), vector

    def test_in_06_nor_where_all_of_it_is_shown(self, ana, world, database, now, time_machine):
        text = "\n\n".join(CORPUS)
        type_in(ana, world, text)
        decision = f"{world['path']}/partes/{world['Plan anual']}/acuerdos"
        post(ana, decision, {"text": " ".join(CORPUS[-10:])})
        time_machine.move_to(now + timedelta(minutes=2), tick=False)
        type_in(ana, world, text.replace("alert", "confirm"), base=1)
        pages = [f"{world['path']}/editar", world["path"], f"{world['path']}/enviar"]
        pages.append(f"{world['path']}/partes/{world['Garantías']}/historial")
        for path in pages:
            page = ana.get(path, base_url=BASE)
            assert page.status_code == 200
            assert not dangers(page.text), path

    def test_in_06_nor_in_a_mail(self, ana, world, database, now):
        path = f"{world['path']}/partes/{world['Garantías']}/acuerdos"
        for vector in CORPUS[-10:]:
            post(ana, path, {"text": vector})
        with database.transaction() as session:
            minutes = session.get_one(Minutes, world["minutes"])
            send_out(session, minutes, actor="user:1", now=now)
        with database.reading() as session:
            raws = session.scalars(
                select(OutgoingMessage).where(OutgoingMessage.notice == "minutes/review")
            ).all()
            assert len(raws) == 4
            for one in raws:
                html = html_of(one.raw)
                found = [danger for danger in dangers(html) if danger[1:] != ("style",)]
                assert not found

    def test_in_07_nor_where_two_versions_stand_side_by_side(self, ana, rosa, world):
        type_in(ana, world, "\n\n".join(CORPUS))
        answer = type_in(rosa, world, "\n\n".join(reversed(CORPUS)))
        assert answer.json["outcome"] == "conflict"
        assert not dangers(answer.json["conflict"])
        page = type_in(rosa, world, "\n\n".join(reversed(CORPUS)), json=False)
        assert page.status_code == 409
        assert not dangers(page.text)


def html_of(raw):
    message = email.message_from_bytes(raw, policy=policy.default)
    return message.get_body(("html",)).get_content()
