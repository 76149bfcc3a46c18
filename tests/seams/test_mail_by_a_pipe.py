"""Answers that a mail server hands to `mail receive`: the address says whose they are (C3)."""

import os
from dataclasses import replace
from email import message_from_bytes, policy

import pytest
import sqlalchemy as sa

import config
from coopoutreach.events.models import Invitee
from coopoutreach.events.rules import Answer
from coopoutreach.mail.outgoing.models import OutgoingMessage
from coopoutreach.platform.core import reactions
from coopoutreach.platform.core import settings as process_settings
from coopoutreach.talks.registrations import commands
from coopoutreach.talks.registrations.request import Registrant, Request
from coopoutreach.talks.registrations.rules import Room
from coopoutreach.wiring import WIRING
from tests.factories import a_talk
from tests.support import starting


@pytest.mark.parametrize("addresses", [True, None])
def test_an_answer_in_a_pipe_counts_where_addresses_are_ones_own(
    database, settings, now, addresses
):
    reactions.install(WIRING)
    process_settings.install(replace(settings, reply_addresses=addresses))
    with database.transaction() as session:
        talk = a_talk(session)
        request = Request(
            form_key="f", people=[Registrant("Ana", "ana@coop.example", Room.IN_ROOM)]
        )
        commands.register(session, talk, request, actor="anonymous", now=now)
        uid, sequence = talk.uid, talk.sequence
        raw = session.scalars(sa.select(OutgoingMessage.raw)).one()
    asked = message_from_bytes(raw, policy=policy.default)["Reply-To"]
    assert bool(asked) is bool(addresses)
    answer = (
        f"From: ana@coop.example\r\nTo: {asked or settings.mail_from}\r\n"
        "Message-ID: <a@coop.example>\r\nContent-Type: text/calendar; method=REPLY\r\n\r\n"
        f"BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\nUID:{uid}\r\n"
        f"SEQUENCE:{sequence}\r\nDTSTAMP:{now:%Y%m%dT%H%M%SZ}\r\n"
        "ATTENDEE;PARTSTAT=TENTATIVE:mailto:ana@coop.example\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    url = settings.database_url
    environ = {**os.environ, "DATABASE_URL": url, "INSTANCE_PATH": str(settings.instance)}
    command = ["mail", "receive", "--explain"]
    done = starting.run(command, environment=environ, given=answer.encode())
    assert done.returncode == 0
    assert (b'"applied"' in done.stdout) is bool(addresses)
    with database.reading() as session:
        found = session.scalars(sa.select(Invitee)).one().answer
    assert found is (Answer.TENTATIVE if addresses else Answer.PENDING)


@pytest.mark.parametrize(
    ("given", "takes"),
    [
        ({}, False),
        ({"INBOX_URL": "imaps://a:b@imap.example/INBOX"}, True),
        ({"REPLY_ADDRESSES": "plus"}, True),
        ({"REPLY_ADDRESSES": " Plus "}, True),
        ({"REPLY_ADDRESSES": "none", "INBOX_URL": "imaps://a:b@imap.example/INBOX"}, False),
    ],
)
def test_addresses_of_ones_own_are_a_setting_of_their_own(tmp_path, given, takes):
    assert config.load({"INSTANCE_PATH": str(tmp_path), **given}).takes_replies is takes


def test_an_unknown_kind_of_address_is_refused(tmp_path):
    with pytest.raises(config.Misconfigured, match="REPLY_ADDRESSES"):
        config.load({"INSTANCE_PATH": str(tmp_path), "REPLY_ADDRESSES": "si"})
