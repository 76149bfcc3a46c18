"""Rows of earlier versions, with an address that no mail can be written to, stop nobody else."""

from email import message_from_bytes, policy

import sqlalchemy as sa

from coopoutreach.mail.outgoing import commands
from coopoutreach.mail.outgoing.letters import Recipient
from coopoutreach.mail.outgoing.models import HeldAddress, MessageState, OutgoingMessage
from tests.support.outbox import a_letter, deliver, listening
from tests.support.smtp import MailServer

ODD = "josé.ñúñez@coop.example"


def test_its_message_fails_alone_and_the_address_is_held(database, settings, now):
    letters = [
        a_letter(1, to=Recipient("José Núñez", ODD, 1)),
        a_letter(2, to=Recipient("Juan Soto", "juan@peñalolen.example", 2)),
        a_letter(3),
    ]
    with listening() as heard:
        with database.transaction() as session:
            assert commands.owe_many(session, letters, now=now) == 3
        with MailServer() as server:
            deliver(database, server.url, now=now)
        ended = {one.person_id: one.delivered for one in heard.ended}
    with database.reading() as session:
        found = session.scalars(sa.select(OutgoingMessage).order_by(OutgoingMessage.id)).all()
        states = [(one.recipient, one.state) for one in found]
        held = session.scalars(sa.select(HeldAddress)).all()
        addresses = [one.address for one in held]
        raw, reason = found[0].raw, found[0].last_error
    assert states == [
        (ODD, MessageState.FAILED),
        ("juan@xn--pealolen-e3a.example", MessageState.SENT),
        ("persona3@coop.example", MessageState.SENT),
    ]
    assert "No se puede escribir a esta dirección" in reason
    assert addresses == [ODD]
    assert ended == {1: False, 2: True, 3: True}
    assert message_from_bytes(raw, policy=policy.default)["To"].addresses == ()
