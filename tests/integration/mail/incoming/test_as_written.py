"""Messages as programs write them: each leads to what it says, by bytes that they really send."""

import base64
import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import hypothesis
import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from coopoutreach.events import commands as events
from coopoutreach.events.models import Invitee, TimeProposal
from coopoutreach.events.rules import Answer, Standing
from coopoutreach.mail.incoming import commands
from coopoutreach.mail.incoming.models import InboundMessage
from coopoutreach.mail.incoming.rules import Action, Reason
from coopoutreach.platform.core import reactions
from coopoutreach.platform.core import settings as process_settings
from coopoutreach.wiring import WIRING
from tests.factories import a_meeting, a_table
from tests.support import imip

ANA = "ana@coop.example.cl"
UID = "charla-101@agenda.fecrecoop.example.cl"
TO = "agenda+r-k3v9ana2@fecrecoop.example.cl"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def world(session, settings):
    reactions.install(WIRING)
    process_settings.install(imip.of_the_world(settings))
    return imip.load(session)


def an_object(partstat="ACCEPTED", *more, method="REPLY", stamp="20260804T170000Z"):
    stamped = [f"DTSTAMP:{stamp}"] if stamp else []
    lines = ["BEGIN:VCALENDAR", f"METHOD:{method}", "BEGIN:VEVENT", f"UID:{UID}", "SEQUENCE:1"]
    lines += [*stamped, f"ATTENDEE;PARTSTAT={partstat}:mailto:{ANA}", *more]
    return "\r\n".join([*lines, "END:VEVENT", "END:VCALENDAR", ""]).encode()


_numbers = iter(range(10**6))


def a_mail(body, kind="text/calendar; method=REPLY", *head, to=TO, above=()):
    lines = [*above, f"From: {ANA}", f"To: {to}", f"Message-ID: <n{next(_numbers)}@c.example>"]
    return "\r\n".join([*lines, *head, f"Content-Type: {kind}", "", ""]).encode() + body


def a_part(body, kind, *head):
    return "\r\n".join(["--b", f"Content-Type: {kind}", *head, "", ""]).encode() + body + b"\r\n"


def parts(*made, kind="multipart/mixed", **how):
    return a_mail(b"".join(made) + b"--b--\r\n", f"{kind}; boundary=b", **how)


def receive(session, raw, now=imip.NOW):
    decision = commands.receive(session, raw, now=now)
    session.flush()
    return decision


@pytest.mark.parametrize(
    ("charset", "written", "comment"),
    [
        ("utf-16", "utf-16", "Sí, señora"),
        ("utf-16le", "utf-16-le", "Sí, señora"),
        ("windows-1252", "cp1252", "Sí – 9 €"),
        ("GB18030", "gb18030", "好的，明天见"),
        ("koi8-r", "koi8-r", "Спасибо"),
        ("Shift_JIS", "shift_jis", "出席します"),
        ("iso-2022-jp", "iso2022_jp", "出席します"),
        ("us-ascii", "utf-8", "Sí, señora"),
        ("nada", "cp1252", "Sí, señora"),
    ],
)
@pytest.mark.parametrize("encoding", ["8bit", "base64", "base64, cut short"])
def test_the_charset_that_is_declared_is_read(session, world, charset, written, comment, encoding):
    body = an_object("ACCEPTED").replace(b"END:VEVENT", b"COMMENT:@\r\nEND:VEVENT").decode()
    raw = body.replace("@\r\nEND", f"{comment}\r\nEND").encode(written)
    if encoding != "8bit":
        raw = base64.encodebytes(raw + b"\r\n")
        raw = raw.rstrip(b"=\n") if "cut" in encoding else raw
    kind = f'text/calendar; method=REPLY; charset="{charset}"'
    decision = receive(
        session, a_mail(raw, kind, f"Content-Transfer-Encoding: {encoding.partition(',')[0]}")
    )
    assert (decision.action, decision.comment) == (Action.ACCEPT, comment)
    # Words for a person: they wait, though the answer is noted.
    assert decision.waits
    assert decision.explained()["comment"] == comment


TNEF = b"\x78\x9f\x3e\x22" + b"\0" * 30


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/ms-tnef; name=winmail.dat", b"x"),
        ("application/vnd.ms-tnef", b"x"),
        ("APPLICATION/VND.MS-TNEF; NAME=WINMAIL.DAT", b"x"),
        ("application/octet-stream; name=winmail.dat", b"x"),
        ('application/octet-stream; name="win.dat"', b"x"),
        ("application/octet-stream; name=adjunto.bin", TNEF),
        ("application/x-unknown", TNEF),
    ],
)
def test_what_outlook_packs_waits_for_somebody(session, world, kind, body):
    alone = receive(session, a_mail(body, kind))
    beside = receive(
        session, parts(a_part(b"Acepto", "text/plain; charset=utf-8"), a_part(body, kind))
    )
    for decision in (alone, beside):
        assert (decision.reason, decision.waits) == (Reason.UNREADABLE, True)
    assert session.query(InboundMessage).order_by(InboundMessage.id.desc()).first().text == "Acepto"


def test_rs_07_an_answer_from_nobody_to_a_secret_counts_and_nothing_else_does(session, world):
    nobody = ("Return-Path: <>",)
    assert receive(session, a_mail(an_object(), above=nobody)).action is Action.ACCEPT
    proven = ("Return-Path: <>", f"Authentication-Results: {imip.AUTHSERV_ID}; dmarc=pass")
    ours = "agenda@fecrecoop.example.cl"
    declined = an_object("DECLINED", stamp="20260804T180000Z")
    assert receive(session, a_mail(declined, above=proven, to=ours)).reason is Reason.BOUNCE
    stranger = "agenda+r-zzzzzzzzzz@fecrecoop.example.cl"
    found = receive(session, a_mail(declined, above=proven, to=stranger))
    assert found.reason is Reason.UNAUTHENTICATED
    request = a_mail(an_object(method="REQUEST"), "text/calendar; method=REQUEST", above=nobody)
    assert receive(session, request).reason is Reason.BOUNCE
    report = parts(
        a_part(declined, "text/calendar; method=REPLY"), kind="multipart/report", above=nobody
    )
    assert receive(session, report).action is not Action.ACCEPT
    # A bounce in words alone waits for nobody.
    words = receive(session, a_mail(b"No se pudo entregar.", "text/plain", above=nobody))
    assert (words.reason, words.waits) == (Reason.BOUNCE, False)


ZONE = (
    "BEGIN:VTIMEZONE\r\nTZID:Propia\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\n"
    "TZOFFSETTO:-0300\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\nBEGIN:VEVENT"
)
SANTIAGO = ZoneInfo("America/Santiago")
AT_FOUR = datetime(2027, 3, 10, 19, tzinfo=UTC)
#: What is proposed, and from when to when that is.
PROPOSALS = {
    "an end": ("DTSTART:20270310T190000Z|DTEND:20270310T203000Z", AT_FOUR, 90),
    "a length": ("DTSTART:20270310T190000Z|DURATION:PT45M", AT_FOUR, 45),
    "no end": ("DTSTART:20270310T190000Z", AT_FOUR, None),
    "a zone of its own": ("DTSTART;TZID=Propia:20270310T160000|DURATION:PT1H", AT_FOUR, 60),
    "no zone": ("DTSTART:20270310T160000|DTEND:20270310T170000", AT_FOUR, 60),
    "windows": ("DTSTART;TZID=Pacific SA Standard Time:20270310T160000", AT_FOUR, None),
    "a day": ("DTSTART;VALUE=DATE:20270310", datetime(2027, 3, 10, 3, tzinfo=UTC), 24 * 60),
    "days": (
        "DTSTART;VALUE=DATE:20270310|DTEND;VALUE=DATE:20270312",
        datetime(2027, 3, 10, 3, tzinfo=UTC),
        48 * 60,
    ),
    "a day by length": (
        "DTSTART;VALUE=DATE:20270310|DURATION:P1D",
        datetime(2027, 3, 10, 3, tzinfo=UTC),
        24 * 60,
    ),
}


@pytest.mark.parametrize("name", PROPOSALS)
def test_a_proposal_keeps_its_time(session, settings, name, now):
    reactions.install(WIRING)
    process_settings.install(imip.of_the_world(settings))
    table = a_table(session)
    meeting = a_meeting(session, table.series)
    invitee = events.invite(session, meeting, table.people[2], standing=Standing.INVITED, now=now)
    invitee.told_sequence = 0
    session.flush()
    lines, start, minutes = PROPOSALS[name]
    body = an_object("TENTATIVE", *lines.split("|"), method="COUNTER")
    body = body.replace(UID.encode(), meeting.uid.encode()).replace(b"SEQUENCE:1", b"SEQUENCE:0")
    body = body.replace(ANA.encode(), invitee.person.email.encode())
    body = body.replace(b"BEGIN:VEVENT", ZONE.encode(), 1)
    to = f"agenda+r-{invitee.reply_token}@fecrecoop.example.cl"
    decision = receive(session, a_mail(body, "text/calendar; method=COUNTER", to=to), now)
    assert decision.reason is Reason.COUNTER
    proposal = session.query(TimeProposal).one()
    expected = timedelta(minutes=minutes) if minutes else meeting.ends_at - meeting.starts_at
    assert (proposal.starts_at, proposal.ends_at - proposal.starts_at) == (start, expected)
    assert decision.explained()["proposed_start"] == decision.proposed_start.isoformat()
    assert decision.proposed_start == start


@pytest.mark.both_engines
def test_an_answer_without_a_stamp_is_as_old_as_its_message(session, world):
    def answer(partstat, stamp=None, date=None, after=timedelta()):
        head = (f"Date: {date:%d %b %Y %H:%M:%S} +0000",) if date else ()
        kind = "text/calendar; method=REPLY"
        return receive(
            session, a_mail(an_object(partstat, stamp=stamp), kind, *head), imip.NOW + after
        ).reason

    first = imip.NOW - timedelta(hours=5)
    assert answer("ACCEPTED", stamp=f"{first:%Y%m%dT%H%M%SZ}") is Reason.APPLIED
    assert answer("TENTATIVE") is Reason.APPLIED  # no Date either: it came later
    assert answer("ACCEPTED", date=first - timedelta(hours=2)) is Reason.STALE_DTSTAMP
    assert answer("DECLINED", date=imip.NOW - MINUTE, after=2 * MINUTE) is Reason.APPLIED
    found = session.query(Invitee).filter_by(event_id=world[UID].id)
    [invitee] = [one for one in found if one.person.email == ANA]
    assert invitee.answer is Answer.DECLINED


def test_of_two_parts_that_are_the_same_one_may_be_damaged(session, world):
    good = a_part(an_object(), 'application/ics; name="invite.ics"')
    for broken in (b"", b"BEGIN:VCALENDAR", b"\xff\xfe"):
        damaged = a_part(broken, "text/calendar; method=REPLY")
        decision = receive(session, parts(damaged, good))
        assert decision.reason in (Reason.APPLIED, Reason.DUPLICATE)


def test_of_two_that_disagree_the_one_that_says_what_it_is_counts_once(session, world):
    said = a_part(an_object("DECLINED"), "text/calendar; method=REPLY")
    copy = a_part(an_object("ACCEPTED"), "application/ics; name=invite.ics")
    assert receive(session, parts(copy, said)).partstat == "DECLINED"


@pytest.mark.both_engines
def test_a_signed_answer_counts_and_an_enclosed_one_does_not(session, world):
    inner = a_part(an_object(), "text/calendar; method=REPLY")
    seal = a_part(b"x", "application/pkcs7-signature; name=smime.p7s")
    assert receive(session, parts(inner, seal, kind="multipart/signed")).action is Action.ACCEPT
    enclosed = a_part(a_mail(an_object("DECLINED")), "message/rfc822")
    decision = receive(session, parts(a_part(b"Le reenvio", "text/plain"), enclosed))
    assert (decision.reason, decision.waits) == (Reason.NO_CALENDAR, True)
    packed = a_mail(b"x", "application/gzip; name=invite.ics.gz")
    assert receive(session, packed).waits
    last = session.query(InboundMessage).order_by(InboundMessage.id.desc()).first()
    assert last.attachments == [{"name": "invite.ics.gz", "size": 1}]


def test_whom_they_send_instead_is_told(session, world):
    body = an_object("DELEGATED").replace(
        b"PARTSTAT=DELEGATED", b'PARTSTAT=DELEGATED;DELEGATED-TO="mailto:beto@coop.example.cl"'
    )
    decision = receive(session, a_mail(body))
    assert decision.explained()["delegated_to"] == "beto@coop.example.cl"


@pytest.mark.parametrize(
    ("subject", "words"),
    [
        ("=?utf-8?q?S=C3=AD?= =?utf-8?b?w7E=?=", "Síñ"),
        ("=?iso-8859-1?Q?S=ED?=: charla", "Sí: charla"),
        ("=?windows-1252?Q?=93S=ED=94?=", "“Sí”"),
        ("=?x-no-such?Q?S=C3=AD?=", "Sí"),
        ("=?utf-8?b?w7E?=", "ñ"),
        ("Sí, señora", "Sí, señora"),
        ("=?utf-8?q?=FF?=", "ÿ"),
        ("=?iso-2022-jp?B?GyRCPVBAShsoQg==?=", "出席"),
    ],
)
def test_a_subject_is_read_however_it_is_written(session, world, subject, words):
    raw = a_mail(b"Hola", "text/plain", f"Subject: {subject}")
    receive(session, raw)
    assert session.query(InboundMessage).one().subject == words


@pytest.mark.both_engines
def test_what_is_written_is_text_whatever_it_was(session, world):
    html = (
        b"<style>p{}</style><script>alert(1)</script><p>Hola &amp; <b>chao</b></p><p>Adi&oacute;s"
        b"<blockquote>citado</blockquote>"
    )
    receive(session, a_mail(html, "text/html; charset=us-ascii"))
    assert session.query(InboundMessage).one().text == "Hola & chao\n\nAdiós\n> citado"


def test_what_is_quoted_of_a_meeting_is_not_kept(session, settings, now):
    reactions.install(WIRING)
    process_settings.install(imip.of_the_world(settings))
    table = a_table(session)
    meeting = a_meeting(session, table.series)
    invitee = events.invite(session, meeting, table.people[2], standing=Standing.INVITED, now=now)
    session.flush()
    to = f"agenda+r-{invitee.reply_token}@fecrecoop.example.cl"
    for text in (
        "Voy.\n\nEl 3 de agosto FECRECOOP escribió:\n> Punto reservado",
        "> Punto reservado\nVoy.",
        "Voy.\n\n-----Mensaje original-----\nDe: a@b\nPunto reservado",
        "Voy.\n\nDe: FECRECOOP <agenda@fecrecoop.example>\nEnviado: lunes\n\nPunto reservado",
    ):
        receive(session, a_mail(text.encode(), "text/plain; charset=utf-8", to=to), now)
    kept = [one.text for one in session.query(InboundMessage)]
    assert [text.strip() for text in kept] == ["Voy."] * 4


@hypothesis.settings(max_examples=50, suppress_health_check=list(HealthCheck))
@given(name=st.sampled_from(sorted(imip.SAMPLES)), data=st.data())
def test_no_damage_to_a_sample_raises_and_each_has_a_reason(session, world, name, data):
    raw = bytearray(imip.sample(name))
    for _ in range(data.draw(st.integers(1, 12))):
        at = data.draw(st.integers(0, len(raw) - 1))
        raw[at : at + data.draw(st.integers(0, 8))] = data.draw(st.binary(min_size=1, max_size=6))
    began = time.process_time()
    with session.begin_nested() as step:
        decision = commands.receive(session, bytes(raw), now=imip.NOW)
        session.flush()
        step.rollback()
    assert decision.explained()["reason"] in {one.value for one in Reason}
    assert time.process_time() - began < 5
