"""The coordination's view of the mail: it finds, reads, stops, holds, tries again and drops."""

import re

import pytest
import sqlalchemy as sa

from coopoutreach.events.models import Invitee
from coopoutreach.mail.outgoing import commands as messaging
from coopoutreach.mail.outgoing.letters import MailDraft, Recipient
from coopoutreach.mail.outgoing.models import MessageState, OutgoingMessage
from coopoutreach.mail.outgoing.queries import standing_pause
from coopoutreach.platform.audit.models import Entry
from tests.factories import a_person, a_talk
from tests.support.statements import statements_of

SECURE = "https://localhost"


@pytest.fixture
def desk(sign_in):
    return sign_in("coordination")


def owed(session, now, *, number=1, notice="events/reminder", **overrides):
    """Owe a reminder and return its message."""
    address = overrides.pop("address", f"persona{number}@coop.example")
    context = {
        "name": "Ana Núñez",
        "title": f"Charla {number}",
        "when": "hoy",
        "place": "aquí",
        "join": "",
        "page": "http://127.0.0.1:8000/charlas/x",
        "own_page": "http://127.0.0.1:8000/inscripciones/abcd.secreto",
        "days": 1,
        "words": (),
        "is_meeting": False,
        "subject_words": "",
        "url": "http://127.0.0.1:8000/ingresar/enlace/secreto",
        "minutes": 10,
    }
    letter = MailDraft(
        key=f"prueba/{number}",
        notice=notice,
        to=Recipient("Ana Núñez", address, overrides.pop("person_id", None)),
        context=context,
        event_id=overrides.pop("event_id", None),
    )
    assert messaging.owe(session, letter, now=now)
    message = session.scalars(
        sa.select(OutgoingMessage).where(OutgoingMessage.key == letter.key)
    ).one()
    for name, value in overrides.items():
        setattr(message, name, value)
    session.flush()
    return message


def post(browser, path, **data):
    page = browser.get("/ingresar/enlace", base_url=SECURE).text
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)[1]
    return browser.post(
        path, base_url=SECURE, headers={"Referer": f"{SECURE}/"}, data={"csrf_token": token, **data}
    )


def states(database):
    with database.reading() as session:
        return dict(session.execute(sa.select(OutgoingMessage.key, OutgoingMessage.state)).all())


def test_it_lists_what_waits_and_why_what_failed_did(database, desk, now):
    with database.transaction() as session:
        owed(session, now)
        owed(session, now, number=2, state=MessageState.FAILED, last_error="No existe.")
    page = desk.get("/mensajes", base_url=SECURE).text
    assert "Mañana: Charla 1" in page
    assert "No existe." in page
    assert "No se pudo entregar" in page


@pytest.mark.both_engines
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("estado=failed", ["Charla 2"]),
        ("q=persona1", ["Charla 1"]),
        ("q=%25", []),
        ("tipo=events/reminder", ["Charla 1", "Charla 2"]),
        ("tipo=otra", []),
        ("estado=inventado", ["Charla 1", "Charla 2"]),
        ("pagina=99999999999", ["Charla 1", "Charla 2"]),
    ],
)
def test_it_narrows_the_list_as_the_address_asks(database, desk, now, query, found):
    with database.transaction() as session:
        owed(session, now)
        owed(session, now, number=2, state=MessageState.FAILED)
    page = desk.get(f"/mensajes?{query}", base_url=SECURE).text
    assert [title for title in ("Charla 1", "Charla 2") if f"Mañana: {title}" in page] == found


@pytest.mark.both_engines
def test_it_shows_those_of_one_talk_and_of_one_person(database, desk, now):
    with database.transaction() as session:
        talk, person = a_talk(session), a_person(session)
        owed(session, now, event_id=talk.id)
        owed(session, now, number=2, person_id=person.id)
        paths = (f"?charla={talk.public_id}", f"?persona={person.public_id}")
    of_talk, of_person = (desk.get(f"/mensajes{path}", base_url=SECURE).text for path in paths)
    assert "Charla 1" in of_talk
    assert "Charla 2" not in of_talk
    assert "Charla 2" in of_person
    assert "Charla 1" not in of_person
    assert desk.get("/mensajes?charla=ninguna", base_url=SECURE).status_code == 404


def test_the_page_asks_as_much_for_a_hundred_messages_as_for_one(app, database, desk, now):
    engine = app.extensions["database"].engine
    with database.transaction() as session:
        owed(session, now)
    with statements_of(engine) as few:
        desk.get("/mensajes", base_url=SECURE)
    with database.transaction() as session:
        for number in range(2, 102):
            owed(session, now, number=number)
    with statements_of(engine) as many:
        desk.get("/mensajes", base_url=SECURE)
    assert len(many) == len(few) <= 16


def test_a_message_is_read_without_the_links_that_are_somebodys_own(database, desk, now):
    with database.transaction() as session:
        number = owed(session, now).id
    page = desk.get(f"/mensajes/{number}", base_url=SECURE).text
    assert "Le recordamos que esta actividad es mañana." in page
    assert "/inscripciones/…" in page
    assert "secreto" not in page


def test_a_mail_that_opens_an_account_is_shown_to_nobody(database, desk, now):
    with database.transaction() as session:
        number = owed(session, now, notice="accounts/sign_in_link").id
    page = desk.get(f"/mensajes/{number}", base_url=SECURE).text
    assert "secreto" not in page
    assert "su texto no se muestra" in page


@pytest.mark.both_engines
@pytest.mark.parametrize(
    ("verb", "before", "after"),
    [
        ("reintentar", MessageState.FAILED, MessageState.QUEUED),
        ("reintentar", MessageState.HELD, MessageState.QUEUED),
        ("reintentar", MessageState.DROPPED, MessageState.QUEUED),
        ("retener", MessageState.QUEUED, MessageState.HELD),
        ("descartar", MessageState.QUEUED, MessageState.DROPPED),
        ("descartar", MessageState.HELD, MessageState.DROPPED),
        ("descartar", MessageState.FAILED, MessageState.DROPPED),
    ],
)
def test_a_message_goes_where_a_person_sends_it(database, desk, now, verb, before, after):
    with database.transaction() as session:
        number = owed(session, now, state=before).id
    assert post(desk, f"/mensajes/{number}/{verb}").status_code == 303
    assert states(database) == {"prueba/1": after}
    with database.reading() as session:
        assert session.scalars(sa.select(Entry.action).where(Entry.thing_kind == "message")).one()


@pytest.mark.parametrize(
    ("verb", "state"),
    [
        ("retener", MessageState.SENDING),
        ("descartar", MessageState.SENDING),
        ("descartar", MessageState.SENT),
        ("reintentar", MessageState.SENT),
        ("reintentar", MessageState.SENDING),
    ],
)
def test_what_is_on_its_way_or_was_taken_stays(database, desk, now, verb, state):
    with database.transaction() as session:
        number = owed(session, now, state=state).id
    answer = post(desk, f"/mensajes/{number}/{verb}")
    assert answer.status_code == 409
    assert "ya cambió de estado" in answer.text
    assert states(database) == {"prueba/1": state}


@pytest.mark.both_engines
def test_a_message_whose_text_is_erased_is_not_sent_again(database, desk, now):
    with database.transaction() as session:
        number = owed(session, now, state=MessageState.FAILED, purged_at=now, raw=b"").id
    assert "El texto se borró" in desk.get(f"/mensajes/{number}", base_url=SECURE).text
    assert post(desk, f"/mensajes/{number}/reintentar").status_code == 409


def test_the_queue_is_stopped_and_started_by_hand(database, desk, now):
    assert post(desk, "/mensajes/detener").status_code == 303
    with database.reading() as session:
        assert standing_pause(session) is not None
    assert "El envío está detenido" in desk.get("/mensajes", base_url=SECURE).text
    assert post(desk, "/mensajes/reanudar").status_code == 303
    with database.reading() as session:
        assert standing_pause(session) is None


@pytest.mark.both_engines
@pytest.mark.parametrize(
    ("verb", "after"), [("soltar", MessageState.QUEUED), ("descartar", MessageState.DROPPED)]
)
def test_everything_that_was_put_aside_is_let_go_or_dropped_at_once(
    database, desk, now, verb, after
):
    with database.transaction() as session:
        for number in (1, 2):
            owed(session, now, number=number, state=MessageState.HELD)
        owed(session, now, number=3, state=MessageState.SENT)
    assert "Hay 2 correos retenidos" in desk.get("/mensajes", base_url=SECURE).text
    assert post(desk, f"/mensajes/retenidos/{verb}").status_code == 303
    assert states(database) == {
        "prueba/1": after,
        "prueba/2": after,
        "prueba/3": MessageState.SENT,
    }


@pytest.mark.both_engines
def test_an_address_that_does_not_exist_names_its_person_and_can_be_freed(database, desk, now):
    with database.transaction() as session:
        a_person(session, name="Berta Lillo", email="Berta@coop.example")
        messaging.hold_address(session, "Berta@coop.example", reason="No existe.", now=now)
    page = desk.get("/mensajes", base_url=SECURE).text
    assert "Berta Lillo" in page
    assert post(desk, "/mensajes/direcciones/liberar", address="otra@x.example").status_code == 303
    assert "Berta Lillo" in desk.get("/mensajes", base_url=SECURE).text
    freed = post(desk, "/mensajes/direcciones/liberar", address="Berta@coop.example")
    assert freed.status_code == 303
    assert "Direcciones que no reciben" not in desk.get("/mensajes", base_url=SECURE).text


WORDS = {"subject": "{charla} es {plazo}", "body": "Hola {nombre}:\n\nLo esperamos en {lugar}."}


@pytest.fixture
def talk(database, now):
    with database.transaction() as session:
        talk = a_talk(session, title="Crédito MIPYME", place="la sala")
        session.add(Invitee(event_id=talk.id, person_id=a_person(session).id, created_at=now))
        return talk.public_id


def test_the_words_of_the_reminder_are_kept_and_go_back_to_ours(database, desk, talk):
    assert "Le recordamos" in desk.get("/mensajes/recordatorio", base_url=SECURE).text
    assert post(desk, "/mensajes/recordatorio", do="save", **WORDS).status_code == 303
    assert "Lo esperamos en {lugar}." in desk.get("/mensajes/recordatorio", base_url=SECURE).text
    assert post(desk, "/mensajes/recordatorio/original").status_code == 303
    assert "Le recordamos" in desk.get("/mensajes/recordatorio", base_url=SECURE).text


@pytest.mark.both_engines
def test_words_of_one_talk_are_its_own(database, desk, talk):
    own = f"/mensajes/recordatorio?charla={talk}"
    assert post(desk, own, do="save", **WORDS).status_code == 303
    assert "Lo esperamos" in desk.get(own, base_url=SECURE).text
    assert "Lo esperamos" not in desk.get("/mensajes/recordatorio", base_url=SECURE).text
    assert desk.get("/mensajes/recordatorio?charla=x", base_url=SECURE).status_code == 404


def test_a_look_keeps_nothing_and_shows_it_filled(database, desk, talk):
    page = post(desk, "/mensajes/recordatorio", do="look", **WORDS)
    assert page.status_code == 200
    assert "Crédito MIPYME es en 7 días" in page.text
    assert "Lo esperamos en la sala" in page.text
    assert "Lo esperamos" not in desk.get("/mensajes/recordatorio", base_url=SECURE).text


def test_a_trial_goes_to_whoever_writes_the_words_alone(database, desk, talk):
    assert post(desk, "/mensajes/recordatorio", do="try", **WORDS).status_code == 200
    with database.reading() as session:
        message = session.scalars(sa.select(OutgoingMessage)).one()
        assert message.recipient == "coordination@fecrecoop.example"
        assert message.subject == "Crédito MIPYME es en 7 días"


def test_in_14_a_place_that_does_not_exist_is_refused_beside_the_field_and_nothing_is_lost(
    database, desk, talk
):
    answer = post(
        desk, "/mensajes/recordatorio", do="save", subject="{nombr}", body="Sigue aquí {nombre}"
    )
    assert answer.status_code == 422
    assert "No conocemos {nombr}." in answer.text
    assert "Sigue aquí {nombre}" in answer.text


@pytest.mark.parametrize("body", ["", "x" * 5000])
def test_words_that_are_missing_or_too_long_are_refused(database, desk, talk, body):
    answer = post(desk, "/mensajes/recordatorio", do="save", subject="Asunto", body=body)
    assert answer.status_code == 422
