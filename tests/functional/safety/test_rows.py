"""Rows of the abuse cases that no feature's own tests show."""

import csv
import re
from email import message_from_bytes, policy
from io import BytesIO, StringIO

import pytest
import sqlalchemy as sa
from python_calamine import CalamineWorkbook

from coopoutreach.mail.outgoing import commands as messaging
from coopoutreach.mail.outgoing import delivery, outbox
from coopoutreach.mail.outgoing.models import OutgoingMessage
from coopoutreach.mail.outgoing.transport import SmtpTransport
from coopoutreach.platform.access.permissions import Role
from coopoutreach.platform.core import links
from coopoutreach.talks.registrations.models import Registration
from coopoutreach.talks.registrations.rules import State
from coopoutreach.talks.talks.models import Talk
from tests.support import registering
from tests.support.outbox import SENDER, a_letter, listening, owe

SECURE = registering.SECURE
ONE_ENGINE = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
#: All that a list which is taken away says of a person, where the talk asks nothing.
COLUMNS = [
    "Nombre",
    "Correo",
    "Teléfono",
    "Organización",
    "Participa",
    "Estado",
    "Inscripción",
    "Respuesta",
    "Asistencia",
]


@pytest.fixture
def ana(app, database):
    """Somebody who registered, and the path of her own page."""
    with database.transaction() as session:
        registering.a_talk_to_register_for(session)
    assert registering.register(app, "ana@coop.example").status_code == 303
    return own_page(database)


def own_page(database):
    with database.reading() as session:
        [raw] = session.scalars(sa.select(OutgoingMessage.raw)).all()
    text = message_from_bytes(raw, policy=policy.default).get_body(("plain",)).get_content()
    return re.search(r"/inscripciones/[\w.-]+", text)[0]


def states(database):
    with database.reading() as session:
        return session.scalars(sa.select(Registration.state).order_by(Registration.id)).all()


def mails(database):
    with database.reading() as session:
        return session.execute(
            sa.select(OutgoingMessage.notice, OutgoingMessage.recipient).order_by(
                OutgoingMessage.id
            )
        ).all()


def send(browser, path, page, **data):
    return browser.post(
        path,
        data={**registering.hidden(browser.get(page, base_url=SECURE).text), **data},
        headers={"Referer": SECURE + "/"},
        base_url=SECURE,
    )


@pytest.mark.parametrize("role", list(Role))
def test_ac_09_a_list_that_is_taken_away_holds_these_columns_and_no_more(
    sign_in, ana, database, role
):
    with database.reading() as session:
        path = f"/plan/charlas/{session.scalars(sa.select(Talk.public_id)).one()}/asistentes"
    browser = sign_in(role.value)
    heads = []
    for kind in ("csv", "xlsx"):
        answer = send(browser, f"{path}.{kind}", "/clave", who="todas")
        if role not in {Role.COORDINATION, Role.ADMINISTRATION}:
            assert answer.status_code == 404
        elif kind == "csv":
            heads.append(next(csv.reader(StringIO(answer.data.decode("utf-8-sig")), delimiter=";")))
        else:
            book = CalamineWorkbook.from_filelike(BytesIO(answer.data))
            heads.append(book.get_sheet_by_index(0).to_python()[0])
    assert all(head == COLUMNS for head in heads)


def test_pr_12_a_link_that_was_handed_on_is_good_for_this_one_place_alone(app, ana, database):
    assert registering.register(app, "rosa@coop.example").status_code == 303
    forwarded = app.test_client()
    assert send(forwarded, f"{ana}/cancelar", ana).status_code == 303
    assert states(database) == [State.CANCELLED, State.CONFIRMED]
    again = forwarded.get(ana, base_url=SECURE)
    assert again.status_code == 200
    assert f"{ana}/cancelar" not in again.text


def test_pr_13_nobody_is_cancelled_by_guessing_or_looking_and_whose_place_it_was_is_told(
    app, ana, database
):
    identifier, _, signature = ana.rpartition("/")[2].partition(".")
    assert len(signature) * 6 >= 128
    assert len(links.new_public_id()) * 6 >= 122
    browser = app.test_client()
    guessed = f"/inscripciones/{identifier}.{'A' * len(signature)}/cancelar"
    assert send(browser, guessed, ana).status_code == 404
    assert browser.get(f"{ana}/cancelar", base_url=SECURE).status_code == 405
    assert states(database) == [State.CONFIRMED]
    send(browser, f"{ana}/cancelar", ana)
    assert mails(database)[-1] == ("registrations/cancelled", "ana@coop.example")


@pytest.mark.parametrize("origin", ["https://evil.example", "null"])
def test_nw_08_no_other_site_is_let_read_anything(client, origin, ana):
    for path in ("/", "/calendario/charlas.ics", ana, "/ingresar", "/nada"):
        for method in ("GET", "OPTIONS"):
            headers = {"Origin": origin, "Access-Control-Request-Method": "POST"}
            answer = client.open(path, method=method, headers=headers, base_url=SECURE)
            assert not [name for name, _ in answer.headers if name.startswith("Access-Control")]


def test_ac_10_no_column_is_set_by_posting_its_name(app, database):
    with database.transaction() as session:
        registering.a_talk_to_register_for(session)
    browser = app.test_client()
    columns = {column.name for column in Registration.__table__.columns}
    form = {**dict.fromkeys(columns, "7"), "state": "cancelled", "id": "99", "priority": "-5"}
    form |= registering.filled(registering.blank(browser), "ana@coop.example")
    assert registering.send(browser, form).status_code == 303
    with database.reading() as session:
        made = session.scalars(sa.select(Registration)).one()
        assert made.state is State.CONFIRMED
        assert made.id != 99


@ONE_ENGINE
def test_f_38_a_link_to_come_in_goes_before_five_thousand_others(database, settings, now):
    with listening():
        owe(database, 1, now=now)
        _copy_the_first(database, 4999)
        with database.transaction() as session:
            link = a_letter(1, key="link", priority=0, notice="pruebas/aviso")
            messaging.owe(session, link, now=now)
        with database.transaction() as session:
            first = outbox.claim(session, now=now, count=1)
            [key] = session.scalars(
                sa.select(OutgoingMessage.key).where(OutgoingMessage.id == first[0].id)
            )
    assert key == "link"


def _copy_the_first(database, count):
    with database.transaction() as session:
        row = dict(session.execute(sa.select(OutgoingMessage.__table__)).mappings().one())
        del row["id"]
        copies = [
            {**row, "key": f"k{n}", "message_id": f"<{n}@fecrecoop.example>"} for n in range(count)
        ]
        session.execute(sa.insert(OutgoingMessage.__table__), copies)


def test_f_03_while_a_server_is_slow_the_database_is_free(database, settings, now):
    written = []

    class Slow(SmtpTransport):
        """Takes the message as long as somebody else writes and reads what was claimed."""

        def send(self, parcel):
            with database.transaction() as session:
                row = sa.select(OutgoingMessage).with_for_update()
                written.append(len(session.scalars(row).all()))
            return super().send(parcel)

    with listening():
        owe(database, 2, now=now)
        transport = Slow("smtp://127.0.0.1:9", attempt_seconds=0.2)
        delivery.Delivery(database, transport, sender=SENDER, now=now).run()
    assert written
    assert set(written) == {2}
