"""What people write by mail stays while it waits, and goes thirty days after it was dealt with."""

from datetime import timedelta

import pytest

from coopoutreach.mail.incoming import commands
from coopoutreach.mail.incoming.models import InboundMessage
from coopoutreach.platform.core import reactions
from coopoutreach.privacy import jobs
from coopoutreach.wiring import WIRING

DAY = timedelta(days=1)
RAW = (
    b"From: ana@coop.example\r\nTo: agenda@fecrecoop.example\r\nMessage-ID: <%d@c.example>\r\n"
    b"Content-Type: text/plain\r\n\r\nEstoy enferma.\r\n"
)


def texts(database):
    with database.reading() as session:
        return [one.text for one in session.query(InboundMessage).order_by(InboundMessage.id)]


@pytest.mark.both_engines
def test_words_go_once_they_were_dealt_with_and_not_while_they_wait(database, settings, now):
    reactions.install(WIRING)
    with database.transaction() as session:
        for number in range(2):
            commands.receive(session, RAW % number, now=now)
        first = session.query(InboundMessage).order_by(InboundMessage.id).first()
        commands.mark_seen(session, first, actor="test", now=now + 5 * DAY)
    jobs.purge_old_data(database, now + 34 * DAY)
    assert texts(database) == ["Estoy enferma."] * 2
    jobs.purge_old_data(database, now + 36 * DAY)
    assert texts(database) == ["", "Estoy enferma."]
    jobs.purge_old_data(database, now + 366 * DAY)
    assert texts(database) == []
