from datetime import UTC, datetime
from email import policy
from email.header import decode_header, make_header
from email.parser import BytesParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coopoutreach.mail.outgoing import mime
from coopoutreach.mail.outgoing.mime import Envelope, Text
from coopoutreach.platform.core.text import clean_line
from tests.support.outbox import CALENDAR

SENDER = "FECRECOOP <agenda@fecrecoop.example>"
NASTY = [
    "Ana\r\nBcc: x@y.cl",
    "Ana\nX: 1",
    "Ana\x00",
    "Ana\u2028Bcc: x",
    "=?utf-8?q?x?= hola",
    "a" * 300,
]


def an_envelope(**overrides):
    given = {
        "message_id": mime.message_id("k", SENDER),
        "sender": SENDER,
        "name": "Ana Núñez",
        "address": "ana@coop.example",
        "date": datetime(2026, 11, 24, 12, 0, tzinfo=UTC),
    }
    return Envelope(**{**given, **overrides})


def read(raw):
    return BytesParser(policy=policy.default).parsebytes(raw)


def text_of(message, kind):
    return message.get_body((kind,)).get_content().replace("\r\n", "\n")


def tree(part):
    if part.is_multipart():
        return (part.get_content_type(), [tree(inner) for inner in part.iter_parts()])
    return part.get_content_type()


TEXT = Text("Su cupo está confirmado", "Hola, Ana.\n.\nFrom aquí\n-- \nFin", "<p>Hola, «Ana»</p>")


def test_an_invitation_is_the_tree_that_every_reader_understands():
    message = read(mime.write(an_envelope(), TEXT, CALENDAR))
    assert tree(message) == (
        "multipart/mixed",
        [
            ("multipart/alternative", ["text/plain", "text/html", "text/calendar"]),
            "application/ics",
        ],
    )
    calendar = list(message.walk())[4]
    assert calendar["Content-Type"].params == {"charset": "UTF-8", "method": "REQUEST"}
    assert calendar["Content-Transfer-Encoding"] == "base64"
    assert calendar.get_payload(decode=True) == CALENDAR.body
    attached = list(message.walk())[5]
    assert attached.get_filename() == "invite.ics"
    assert attached.get_payload(decode=True) == CALENDAR.body


def test_a_message_without_a_calendar_is_text_and_html():
    message = read(mime.write(an_envelope(), TEXT))
    assert tree(message) == ("multipart/alternative", ["text/plain", "text/html"])
    assert text_of(message, "plain") == TEXT.plain + "\n"
    assert text_of(message, "html") == TEXT.html + "\n"


def test_the_headers_say_who_writes_to_whom_and_that_a_machine_does():
    message = read(mime.write(an_envelope(reply_to="Mesa <mesa@fecrecoop.example>"), TEXT))
    assert message["From"] == SENDER
    assert message["To"] == "Ana Núñez <ana@coop.example>"
    assert message["Reply-To"] == "Mesa <mesa@fecrecoop.example>"
    assert message["Subject"] == TEXT.subject
    assert message["Date"].datetime == datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"].endswith("@fecrecoop.example>")
    assert not message.defects


def test_the_same_key_gives_the_same_bytes():
    assert mime.write(an_envelope(), TEXT, CALENDAR) == mime.write(an_envelope(), TEXT, CALENDAR)
    assert mime.message_id("k", SENDER) != mime.message_id("k2", SENDER)


@pytest.mark.parametrize("nasty", NASTY)
def test_no_name_and_no_subject_begins_another_header(nasty):
    raw = mime.write(an_envelope(name=nasty), Text(nasty, "hola", "hola"))
    message = read(raw)
    assert set(message.keys()) == {
        *("From", "To", "Subject", "Date", "Message-ID"),
        *("Auto-Submitted", "MIME-Version", "Content-Type"),
    }
    assert message["Subject"] == clean_line(nasty)
    assert [a.addr_spec for a in message["To"].addresses] == ["ana@coop.example"]


@pytest.mark.parametrize(
    "address",
    ["a@b.cl\r\nBcc: c@d.cl", "a b@c.cl", "a@b.cl>", "ñ@b.cl", "a@b.cl, c@d.cl", "", "@b.cl"],
)
def test_what_is_no_address_is_refused(address):
    with pytest.raises(ValueError, match="no address"):
        mime.write(an_envelope(address=address), TEXT)


@settings(deadline=None, max_examples=60)
@given(name=st.text(max_size=90), subject=st.text(max_size=200), plain=st.text(max_size=400))
def test_any_text_arrives_as_it_was_written(name, subject, plain):
    raw = mime.write(an_envelope(name=name), Text(subject, plain, plain))
    raw.decode("ascii")
    assert all(len(line) <= 78 for line in raw.split(b"\r\n"))
    assert b"\n" not in raw.replace(b"\r\n", b"")
    message = read(raw)
    assert message["Subject"] == clean_line(subject)
    # The newer parser puts a blank between the encoded words of a name, against RFC 2047, 6.2.
    to = BytesParser(policy=policy.compat32).parsebytes(raw)["To"]
    shown = str(make_header(decode_header(to)))
    shown = shown.rpartition("<")[0].strip()
    assert (shown[1:-1] if to.startswith('"') else shown) == clean_line(name)
    lines = plain.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n") + "\n"
    assert text_of(message, "plain") == lines
