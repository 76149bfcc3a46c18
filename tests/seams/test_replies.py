"""What a person writes back, from their mailbox to the desk and back, over real mail servers."""

import re
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
import sqlalchemy as sa

from coopoutreach.events import commands as events
from coopoutreach.events.rules import Standing
from coopoutreach.mail.incoming import jobs as inbound
from coopoutreach.mail.incoming.models import InboundMessage
from coopoutreach.mail.outgoing import jobs as messaging
from coopoutreach.mail.outgoing.models import MessageState, OutgoingMessage
from coopoutreach.platform.audit.models import Entry
from coopoutreach.platform.core import reactions
from coopoutreach.platform.core import settings as process_settings
from coopoutreach.platform.core.clock import utcnow
from coopoutreach.wiring import WIRING
from tests.factories import a_person, a_talk
from tests.support.imap import MailHost
from tests.support.smtp import MailServer

SECURE = "https://localhost"
PATH = "/mensajes/recibidos"


@pytest.fixture(scope="module")
def host(tmp_path_factory):
    with MailHost(tmp_path_factory.mktemp("imap")) as host:
        yield host


@pytest.fixture
def server():
    with MailServer() as server:
        yield server


@pytest.fixture
def desk(sign_in):
    return sign_in("coordination")


@pytest.fixture
def office(host, server, app, settings):
    """The application with a mailbox to read and a server to send by."""
    reactions.install(WIRING)
    made = replace(settings, inbox_url=host.url, mail_url=f"smtp://127.0.0.1:{server.port}")
    process_settings.install(made)
    app.extensions["settings"] = made
    host.empty()
    return made


@pytest.fixture
def ana(database, office):
    """Somebody invited; the secret of her reply address."""
    now = utcnow()
    with database.transaction() as session:
        person = a_person(session, name="Ana Núñez", email="ana@coop.example")
        talk = a_talk(session, title="Crédito verde", now=now)
        invitee = events.invite(session, talk, person, standing=Standing.INVITED, now=now)
        session.flush()
        return {"token": invitee.reply_token, "id": invitee.id, "talk": talk.public_id}


def a_mail(to, *, sender="Ana Núñez <ana@coop.example>", text="¿Hay estacionamiento?", **more):
    head = {
        "From": sender.replace("ú", "=?utf-8?q?=C3=BA?=").replace("ñ", "=?utf-8?q?=C3=B1?="),
        "To": to,
        "Subject": more.pop("subject", "Re: Invitacion"),
        "Message-ID": more.pop("message_id", "<una@coop.example>"),
        "Date": "Tue, 01 Dec 2026 10:00:00 -0300",
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
        **{name.replace("_", "-"): value for name, value in more.items()},
    }
    lines = [f"{name}: {value}" for name, value in head.items()]
    return "\r\n".join([*lines, "", text, ""]).encode()


def read(database, later=timedelta()):
    return inbound.read_mailbox(database, utcnow() + later)


def page(browser, path):
    answer = browser.get(path, base_url=SECURE)
    assert answer.status_code == 200, path
    return answer.text


def post(browser, path, **fields):
    shown = page(browser, path.rpartition("/")[0])
    token = re.search(r'name="csrf_token"\s+value="([^"]*)"', shown)[1]
    return browser.post(
        path,
        data={"csrf_token": token, **fields},
        base_url=SECURE,
        headers={"Referer": SECURE},
    )


def rows(database, what=InboundMessage):
    with database.reading() as session:
        found = session.scalars(sa.select(what).order_by(what.id)).all()
        session.expunge_all()
        return found


def test_what_a_person_writes_is_read_answered_and_their_next_words_arrive(
    host, server, database, desk, ana
):
    to = f"agenda+r-{ana['token']}@fecrecoop.example"
    quoted = "¿Hay estacionamiento?\r\n\r\nEl 3 de agosto FECRECOOP escribió:\r\n> Le invitamos"
    host.deliver(a_mail(to, text=quoted))
    assert read(database) == 1
    assert host.uids("UNSEEN") == []
    [message] = rows(database)

    assert "1 persona escribió y espera respuesta" in page(desk, "/panel")
    assert f'href="{PATH}/{message.id}"' in page(desk, "/panel")
    beside = page(desk, f"/plan/charlas/{ana['talk']}/asistentes")
    assert "Nadie se ha inscrito" in beside  # invited by hand, without a registration
    shown = page(desk, f"{PATH}/{message.id}")
    for words in ("¿Hay estacionamiento?", "Ana Núñez", "Crédito verde", "Ver el correo que"):
        assert words in shown

    for _ in range(2):  # the same press twice is one answer
        answer = post(desk, f"{PATH}/{message.id}/respuesta", text="Sí, por la calle de atrás.")
        assert answer.status_code == 303
    assert "espera respuesta" not in page(desk, "/panel")
    assert messaging.deliver_due(database, utcnow()) == 1
    [sent] = server.taken
    mail = message_from_bytes(sent.raw, policy=policy.default)
    assert sent.recipient == "ana@coop.example"
    assert mail["In-Reply-To"] == "<una@coop.example>"
    assert mail["References"].split()[-1] == "<una@coop.example>"
    assert mail["Subject"] == "Re: Invitacion"
    assert "agenda@fecrecoop.example" in mail["From"]
    assert to in mail["Reply-To"]
    assert mail["Auto-Submitted"] is None
    assert "Sí, por la calle de atrás." in mail.get_body(("plain",)).get_content()

    again = a_mail(
        to,
        text="Muchas gracias.",
        message_id="<dos@coop.example>",
        In_Reply_To=mail["Message-ID"],
        References=f"<una@coop.example> {mail['Message-ID']}",
    )
    host.deliver(again)
    assert read(database) == 1
    assert "1 persona escribió y espera respuesta" in page(desk, "/panel")
    assert rows(database)[-1].invitee_id == ana["id"]
    actions = [one.action for one in rows(database, Entry) if one.thing_kind == "inbound"]
    assert actions == ["inbound.answered"]


def test_who_writes_without_a_secret_waits_under_their_address(host, database, desk, ana):
    ours = "agenda@fecrecoop.example"
    host.deliver(
        a_mail(ours, text="Soy Ana.", message_id="<1@c.example>"),
        a_mail(
            ours, sender="nadie@otra.example", text="¿Cómo me sumo?", message_id="<2@c.example>"
        ),
        a_mail("agenda+r-zzzzzzzzzzzzzzzz@fecrecoop.example", message_id="<3@c.example>"),
    )
    assert read(database) == 3
    assert "2 personas escribieron y esperan respuesta" in page(desk, "/panel")
    text = page(desk, f"{PATH}?motivo=por-responder")
    assert "¿Cómo me sumo?" in text
    known, stranger = (
        next(one for one in rows(database) if words in one.text) for words in ("Soy Ana", "me sumo")
    )
    assert "Ana Núñez" in page(desk, f"{PATH}/{known.id}")
    assert (stranger.sender, stranger.invitee_id) == ("nadie@otra.example", None)


AUTOMATIC = {
    "an absence": {"Auto_Submitted": "auto-replied"},
    "a list": {"List_Id": "<noticias.coop.example>"},
    "many at once": {"Precedence": "bulk"},
    "a newsletter": {"List_Unsubscribe": "<https://coop.example/no>"},
    "a bounce": {"Return_Path": "<>"},
    "a server": {"sender": "MAILER-DAEMON@mx.coop.example"},
    "ourselves": {"sender": "agenda@fecrecoop.example"},
}


def test_nobody_waits_behind_what_programs_write(host, database, desk, ana):
    to = f"agenda+r-{ana['token']}@fecrecoop.example"
    host.deliver(
        *(
            a_mail(to, message_id=f"<{n}@x.example>", **how)
            for n, how in enumerate(AUTOMATIC.values())
        )
    )
    assert read(database) == len(AUTOMATIC)
    assert [one.waits for one in rows(database)] == [False] * len(AUTOMATIC)
    assert [one.text for one in rows(database)] == [""] * len(AUTOMATIC)
    assert "respuesta</" not in page(desk, "/panel")


def test_a_message_is_handed_to_a_colleague_and_closed_and_the_trail_says_by_whom(
    host, server, database, desk, sign_in, ana
):
    sign_in("coordination", email="otra@fecrecoop.example", name="Otra Persona")
    host.deliver(a_mail(f"agenda+r-{ana['token']}@fecrecoop.example", text="Es sobre mi salud."))
    read(database)
    [message] = rows(database)
    shown = page(desk, f"{PATH}/{message.id}")
    number = re.search(r'<option value="(\d+)">Otra Persona', shown)[1]
    assert post(desk, f"{PATH}/{message.id}/aviso", colleague="no").status_code == 303
    assert post(desk, f"{PATH}/{message.id}/aviso", colleague=number).status_code == 303
    messaging.deliver_due(database, utcnow())
    [sent] = server.taken
    assert sent.recipient == "otra@fecrecoop.example"
    assert f"{PATH}/{message.id}".encode() in sent.raw
    for personal in (b"salud", b"ana@coop.example", b"Ana"):
        assert personal not in sent.raw.split(b"\r\n\r\n", 1)[1]
    assert "1 persona escribió" in page(desk, "/panel")
    assert post(desk, f"{PATH}/{message.id}/vista").status_code == 303
    assert "escribió y espera" not in page(desk, "/panel")
    text = page(desk, f"{PATH}/{message.id}")
    assert "Avisado a Otra Persona" in text
    assert "Marcado como atendido" in text


def test_an_answer_to_an_address_that_cannot_be_written_is_seen_in_the_queue(
    host, database, desk, ana
):
    host.deliver(a_mail("agenda@fecrecoop.example", sender="josé@coop.example"))
    read(database)
    [message] = rows(database)
    path = f"{PATH}/{message.id}/respuesta"
    assert post(desk, path, text=" ").status_code == 422
    answer = post(desk, path, text="Con gusto le esperamos.")
    assert answer.status_code == 303
    messaging.deliver_due(database, utcnow())
    [mail] = rows(database, OutgoingMessage)
    assert mail.state is MessageState.FAILED
    assert "No se puede escribir a esta dirección" in mail.last_error


def test_a_failed_answer_is_seen_in_the_queue(host, database, desk, ana, server):
    server.faults = lambda step, _count: "550 5.1.1 no such user" if step == "rcpt" else None
    host.deliver(a_mail(f"agenda+r-{ana['token']}@fecrecoop.example"))
    read(database)
    [message] = rows(database)
    post(desk, f"{PATH}/{message.id}/respuesta", text="Hola")
    messaging.deliver_due(database, utcnow())
    [mail] = rows(database, OutgoingMessage)
    assert mail.state is MessageState.FAILED
    assert "Respuesta a un correo" in page(desk, "/mensajes")
