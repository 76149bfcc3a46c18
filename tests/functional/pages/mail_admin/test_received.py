"""What came in by mail, as the coordination sees it."""

import re

import pytest
import sqlalchemy as sa

from coopoutreach.mail.incoming import commands
from coopoutreach.mail.incoming.models import InboundMessage
from coopoutreach.platform.audit.models import Entry
from coopoutreach.platform.core import reactions
from coopoutreach.wiring import WIRING
from tests.support import imip
from tests.support.statements import statements_of

SECURE = "https://localhost"
PATH = "/mensajes/recibidos"


@pytest.fixture
def desk(sign_in):
    return sign_in("coordination")


@pytest.fixture
def received(database, settings):
    """Every sample, in the world that comes with them; return their numbers by name."""
    reactions.install(WIRING)
    imip.of_the_world(settings)
    with database.transaction() as session:
        imip.load(session)
        for name in sorted(imip.SAMPLES):
            commands.receive(session, imip.sample(name), now=imip.NOW)
        rows = session.scalars(sa.select(InboundMessage.id).order_by(InboundMessage.id)).all()
    return dict(zip(sorted(imip.SAMPLES), rows, strict=True))


def page(browser, path=PATH):
    answer = browser.get(path, base_url=SECURE)
    assert answer.status_code == 200
    return answer.text


def rows(text):
    return len(re.findall(r'<th scope="row">', text))


def test_each_message_says_what_it_led_to(desk, received):
    text = page(desk)
    assert rows(text) == len(imip.SAMPLES)
    for words in ("Por verificar", "Propone otra hora", "Respondió a la versión anterior"):
        assert words in text
    assert "viernes 11 de septiembre de 2026, 16:00 h, hasta las 17:30 h" in text
    assert "Hay 2 por revisar" in text


@pytest.mark.both_engines
def test_the_list_is_narrowed_to_a_reason_and_to_what_is_to_be_looked_at(desk, received):
    assert rows(page(desk, f"{PATH}?motivo=stale-sequence")) == 1
    assert rows(page(desk, f"{PATH}?motivo=por-verificar")) == 2
    assert rows(page(desk, f"{PATH}?motivo=no-such&pagina=x")) == len(imip.SAMPLES)


@pytest.mark.both_engines
def test_what_was_looked_at_is_marked_once_and_leaves_the_board(desk, received, database):
    number = received["14_forged_no_token_dmarc_fail.eml"]
    assert "Sin comprobar quién responde: 1." in page(desk, "/panel")
    text = page(desk, f"{PATH}/{number}")
    assert "ana@coop.example.cl" in text
    token = re.search(r'name="csrf_token"\s+value="([^"]*)"', text)[1]
    for _ in range(2):
        answer = desk.post(
            f"{PATH}/{number}/vista",
            data={"csrf_token": token},
            base_url=SECURE,
            headers={"Referer": SECURE},
        )
        assert answer.status_code == 303
    with database.reading() as session:
        seen = sa.select(sa.func.count()).where(Entry.action == "inbound.seen")
        assert session.scalar(seen) == 1
    assert rows(page(desk, f"{PATH}?motivo=por-verificar")) == 1
    assert "Sin comprobar" not in page(desk, "/panel")


@pytest.mark.both_engines
def test_rs_10_what_a_stranger_wrote_is_text(desk, received, database):
    with database.transaction() as session:
        raw = imip.sample("09_cyrus_fastmail_bare_uppercase_mailto.eml")
        raw = raw.replace(b"Subject: ", b"Subject: <script>alert(1)</script>")
        raw = raw.replace(b"UID:", b"COMMENT:<img src=x onerror=alert(1)>\r\nUID:")
        commands.receive(session, raw.replace(b"Message-ID: <", b"Message-ID: <n"), now=imip.NOW)
        number = session.scalar(sa.select(sa.func.max(InboundMessage.id)))
    for path in (PATH, f"{PATH}/{number}"):
        text = page(desk, path)
        assert "<script>alert" not in text
        assert "<img src=x" not in text


def test_the_number_of_queries_does_not_grow(desk, received, app):
    with statements_of(app.extensions["database"].engine) as few:
        page(desk, f"{PATH}?motivo=counter")
    with statements_of(app.extensions["database"].engine) as many:
        page(desk)
    assert len(many) <= len(few)


@pytest.mark.both_engines
def test_an_empty_list_says_what_will_be_there(desk):
    text = page(desk)
    assert "Ningún mensaje" in text
    assert "Todavía no se leen respuestas por correo" in text
