"""Messages are taken apart whatever they hold, in little time and memory."""

import contextlib
import subprocess
import sys
import textwrap
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopoutreach.mail.incoming import mime, rules
from coopoutreach.platform.ics.reply import Unreadable
from tests.support import imip

HEAD = b"From: Ana <Ana@Coop.example>\nTo: agenda+r-k3v9ana2@x.example\nMessage-ID: <a@b>\n"
MULTIPART = HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n"


def part(*lines, body=b"BEGIN:VCALENDAR"):
    return b"--b\n" + b"\n".join(lines) + b"\n\n" + body + b"\n"


def methods(raw):
    chosen = rules.chosen(mime.read(raw).calendars)
    return chosen and (chosen.media_type, chosen.method)


def test_the_same_object_twice_is_one_answer_and_the_one_that_says_so_goes_first():
    attached = part(b"Content-Type: application/ics; name=invite.ics")
    bare = part(b"Content-Type: text/calendar")
    answer = part(b"Content-Type: TEXT/Calendar; METHOD=reply; charset=utf-8")
    quoted = part(b"Content-Type: text/calendar; method=REQUEST")
    assert methods(MULTIPART + attached + bare + quoted + answer) == ("text/calendar", "REPLY")
    assert methods(MULTIPART + attached + bare) == ("text/calendar", "")
    assert methods(MULTIPART + attached) == ("application/ics", "")


def test_a_file_is_a_calendar_by_its_name_where_its_type_says_nothing():
    named = part(b"Content-Type: application/octet-stream; name=reply.ICS")
    other = part(b"Content-Type: application/octet-stream; name=reply.pdf")
    assert methods(MULTIPART + named) == ("application/octet-stream", "")
    assert methods(MULTIPART + other) is None


def test_what_a_message_encloses_is_nobodys_answer():
    enclosed = part(
        b"Content-Type: message/rfc822", body=HEAD + b"Content-Type: text/calendar\n\nx"
    )
    assert methods(MULTIPART + enclosed) is None


@pytest.mark.parametrize("head", [b"Return-Path: <>\n", b"return-path: < >\n"])
def test_rs_07_a_message_from_nobody_says_so_and_a_report_holds_nobodys_answer(head):
    raw = head + HEAD + b"Content-Type: text/calendar; method=REPLY\n\nBEGIN:VCALENDAR"
    assert mime.read(raw).is_from_nobody
    assert not mime.read(HEAD + b"\n").is_from_nobody
    report = HEAD + b"Content-Type: multipart/report; boundary=b\n\n"
    found = mime.read(report + part(b"Content-Type: text/calendar; method=REPLY"))
    assert found.is_report
    assert found.calendars == ()


def test_two_senders_are_none():
    assert mime.read(b"From: b@c\n" + HEAD + b"\n").sender == ""
    assert mime.read(b"From: a@b, c@d\n\n").sender == ""
    assert mime.read(b'From: "ana@coop.example" <mallory@evil.example>\n\n').sender == (
        "mallory@evil.example"
    )


def test_a_second_delivery_is_known_whatever_was_added_on_the_way():
    raw = HEAD + b"\nHola\n"
    again = b"Received: by mx\r\n" + raw.replace(b"\n", b"\r\n") + b"\r\n"
    assert mime.hashes(raw) == mime.hashes(again)
    assert mime.hashes(raw) != mime.hashes(raw.replace(b"Hola", b"Chao"))
    assert mime.hashes(raw) != mime.hashes(raw.replace(b"<a@b>", b"<c@d>"))
    nameless = raw.replace(b"Message-ID: <a@b>\n", b"")
    assert mime.hashes(nameless) != mime.hashes(nameless.replace(b"Ana", b"Beto"))


@given(st.binary(max_size=600))
def test_no_bytes_raise_anything_else(raw):
    for message in (raw, HEAD + raw, MULTIPART + raw):
        with contextlib.suppress(Unreadable):
            mime.read(message)


@given(st.sampled_from(sorted(imip.SAMPLES)), st.data())
def test_no_damaged_answer_raises_anything_else(name, data):
    raw = bytearray(imip.sample(name))
    for _ in range(data.draw(st.integers(1, 8))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(Unreadable):
        mime.read(bytes(raw))


def _nested(depth):
    each = b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n'
    return HEAD + b"".join(each % (at, at) for at in range(depth)) + b"\n"


REPORT = HEAD + b"Content-Type: multipart/report; boundary=b\n\n--b\n"
HTML = HEAD + b"Content-Type: text/html\n\n"
BOMBS = {
    "200 levels": _nested(200),
    "levels and lines": _nested(55) + b"x\n" * 35_000,
    "messages in messages": HEAD + b"Content-Type: message/rfc822\n\n" * 1000,
    "50 MB": HEAD + b"\n" + b"x" * 50_000_000,
    "lines": HEAD + b"\n" * 5_000_000,
    "parts": MULTIPART + b"--b\n\n\n" * 60_000,
    "some parts": MULTIPART + b"--b\n\n\n" * 21,
    "a head of 10 MB": b"X-A: 1\n" * 700_000 + b"\n",
    "header fields": b"To: a@b\n" * 30_000 + b"\n",
    "a field": b"Subject: " + b"=?utf-8?q?" * 25_000 + b"\n\n",
    "parentheses": b"From: " + b"(" * 250_000 + b"\n\n",
    "recipients": REPORT
    + b"Content-Type: message/delivery-status\n\n"
    + b"Final-Recipient: rfc822;a@b\n\n" * 60_000,
    "parameters": HEAD + b"Content-Type: text/calendar;" + b"a=b;" * 60_000 + b"\n\n",
    "broken base64": HEAD
    + b"Content-Type: text/calendar\nContent-Transfer-Encoding: base64\n\n"
    + b"A===\n" * 190_000,
    "returns": HEAD + b"\r" * 5_000_000,
    "tags": HTML + b"<a " * 1_600_000,
    "comments": HTML + b"<!--" * 1_200_000,
    "CDATA": HTML + b"<![CDATA[" * 500_000,
    "numbers": HTML + b"&#9" + b"9" * 4_000_000,
    "scripts": HTML + b"<script>" * 600_000,
    "quotes": HTML + b"<blockquote>" * 400_000,
    "accents": HTML + "a\u0301".encode() * 1_600_000,
    "quoted": HEAD
    + b"Content-Type: text/calendar\nContent-Transfer-Encoding: quoted-printable\n\n"
    + b"=" * 5_000_000,
}


@pytest.mark.parametrize("name", BOMBS)
def test_rs_08_a_bomb_takes_no_more_than_its_time(name):
    began = time.process_time()
    try:
        found = mime.read(BOMBS[name])
        rules.passes_dmarc(found.authentication, authserv_id="mx")
    except Unreadable:
        pass
    mime.hashes(BOMBS[name])
    assert time.process_time() - began < 5


def test_rs_08_no_bomb_takes_more_memory_than_it_may(tmp_path):
    for name, raw in BOMBS.items():
        (tmp_path / name).write_bytes(raw[: rules.LONGEST_MESSAGE + 1])
    program = """
        import pathlib, resource, sys
        from coopoutreach.platform.ics.reply import Unreadable
        from coopoutreach.mail.incoming import mime
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        for path in pathlib.Path(sys.argv[1]).iterdir():
            try:
                mime.read(path.read_bytes())
            except Unreadable:
                pass
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program), tmp_path],
        check=True,
        capture_output=True,
        text=True,
    )
    assert int(done.stdout) * 1024 < 256 * 1024 * 1024


def test_rs_09_what_stands_below_the_first_received_was_written_by_who_sent_it():
    results = b"Authentication-Results: mx.fecrecoop.example; dmarc=pass\n"
    received = b"Received: from a by mx.fecrecoop.example\n"
    body = b"From: a@b.example\n\nHola\n"
    assert len(mime.read(results + received + body).stamped) == 1
    assert mime.read(received + results + body).stamped == ()
    assert mime.read(results + results + body).stamped[1:] != ()
