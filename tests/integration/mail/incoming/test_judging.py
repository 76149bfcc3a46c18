"""Which answers count, and what they change: of real invitations, by whoever they went to."""

import re
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes

import pytest
import sqlalchemy as sa

from coopoutreach.events import commands as events
from coopoutreach.events import queries
from coopoutreach.events.models import Invitee, TimeProposal
from coopoutreach.events.rules import (
    Answer,
    Delivery,
    EventState,
    Source,
    Standing,
)
from coopoutreach.mail.incoming import commands
from coopoutreach.mail.incoming.rules import Action, Reason
from coopoutreach.mail.outgoing.models import HeldAddress, MessageState, OutgoingMessage
from coopoutreach.platform.audit.models import Entry
from coopoutreach.platform.core import reactions
from coopoutreach.platform.core import settings as process_settings
from coopoutreach.talks.registrations import commands as registrations
from coopoutreach.talks.registrations.models import Registration
from coopoutreach.talks.registrations.request import Registrant, Request
from coopoutreach.talks.registrations.rules import Room, State
from coopoutreach.wiring import WIRING
from tests.factories import a_meeting, a_person, a_table, a_talk
from tests.support.imip import AUTHSERV_ID

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def reading_answers(settings):
    reactions.install(WIRING)
    made = replace(
        settings, inbox_url="imaps://a:b@imap.example/INBOX", reply_authserv_id=AUTHSERV_ID
    )
    process_settings.install(made)


@pytest.fixture
def talk(session):
    return a_talk(session, capacity_room=1)


@pytest.fixture
def invitee(session, talk, now):
    person = a_person(session, name="Ana Núñez", email="Ana@coop.example")
    found = events.invite(session, talk, person, standing=Standing.INVITED, now=now)
    found.told_sequence = talk.sequence
    session.flush()
    return found


class Post:
    """What comes in: each message with a name of its own."""

    def __init__(self, session, now):
        self.session, self.now, self.count = session, now, 0

    def answer(self, invitee, partstat="ACCEPTED", **how):
        event = invitee.event
        address = how.get("attendee", invitee.person.email)
        stamp = how.get("stamp", self.now)
        lines = [
            "BEGIN:VCALENDAR",
            f"METHOD:{how.get('method', 'REPLY')}",
            "BEGIN:VEVENT",
            f"UID:{how.get('uid', event.uid)}",
            f"SEQUENCE:{how.get('sequence', event.sequence)}",
            *([f"DTSTAMP:{stamp:%Y%m%dT%H%M%SZ}"] if stamp else []),
            f"ATTENDEE;PARTSTAT={partstat}{how.get('more', '')}:mailto:{address}",
            *how.get("lines", ()),
            "END:VEVENT",
            "END:VCALENDAR",
        ]
        token = how.get("token", invitee.reply_token)
        to = f"agenda+r-{token}@fecrecoop.example" if token else "agenda@fecrecoop.example"
        head = [f"From: {how.get('sender', address)}", f"To: {to}", *how.get("head", ())]
        head += [f"Content-Type: text/calendar; method={how.get('method', 'REPLY')}"]
        return self.receive("\r\n".join([*head, "", *lines]).encode(), after=how.get("after"))

    def receive(self, raw, after=None):
        self.count += 1
        named = f"Message-ID: <{self.count}@coop.example>\r\n".encode() + raw
        now = self.now + (after or timedelta())
        decision = commands.receive(self.session, named, now=now)
        self.session.flush()
        return decision.reason


PROVEN = (f"Authentication-Results: {AUTHSERV_ID}; dmarc=pass header.from=coop.example",)


@pytest.fixture
def post(session, now):
    return Post(session, now)


@pytest.mark.both_engines
def test_an_answer_counts_with_its_words_and_by_whom_is_on_record(session, invitee, post, now):
    comment = ["COMMENT:<script>alert(1)</script> Llego\\na las 10" + "." * 900]
    assert post.answer(invitee, "TENTATIVE", lines=comment) is Reason.APPLIED
    assert (invitee.answer, invitee.answer_source) == (Answer.TENTATIVE, Source.MAIL)
    assert invitee.answer_comment.startswith("<script>alert(1)</script> Llego\na las 10")
    assert len(invitee.answer_comment) == 500
    entry = session.query(Entry).filter_by(action="invitee.answered").one()
    assert entry.actor == f"mail:invitee:{invitee.id}"


def test_rs_01_nobody_answers_by_a_from_alone(invitee, post):
    assert post.answer(invitee, "DECLINED", token=None) is Reason.UNAUTHENTICATED
    assert post.answer(invitee, "DECLINED", token="a" * 16) is Reason.UNAUTHENTICATED
    forged = ("Authentication-Results: mx.evil.example; dmarc=pass",)
    assert post.answer(invitee, token=None, head=forged) is Reason.UNAUTHENTICATED
    assert invitee.answer is Answer.PENDING
    assert post.answer(invitee, token=None, head=PROVEN) is Reason.APPLIED


def test_rs_02_an_old_answer_that_comes_again_changes_nothing(invitee, post, now):
    assert post.answer(invitee, "ACCEPTED") is Reason.APPLIED
    later = now + timedelta(hours=1)
    assert post.answer(invitee, "TENTATIVE", stamp=later) is Reason.APPLIED
    assert post.answer(invitee, "ACCEPTED") is Reason.STALE_DTSTAMP
    assert post.answer(invitee, "ACCEPTED", stamp=later) is Reason.DUPLICATE
    assert post.answer(invitee, "ACCEPTED", stamp=None) is Reason.STALE_DTSTAMP
    assert invitee.answer is Answer.TENTATIVE


def test_an_answer_by_the_link_is_not_undone_by_a_mail_of_before(session, invitee, post, now):
    events.answer(session, invitee, answer=Answer.TENTATIVE, actor="link", now=now + DAY)
    assert post.answer(invitee, "ACCEPTED", after=DAY) is Reason.STALE_DTSTAMP
    assert post.answer(invitee, "ACCEPTED", stamp=now + DAY) is Reason.APPLIED


def test_a_clock_that_is_far_ahead_shuts_nobody_out(invitee, post, now):
    assert post.answer(invitee, "ACCEPTED", stamp=now + 9000 * DAY) is Reason.APPLIED
    assert post.answer(invitee, "TENTATIVE", stamp=now + 2 * DAY) is Reason.APPLIED


def move(session, talk, hours, now):
    talk.wall_start += timedelta(hours=hours)
    talk.wall_end += timedelta(hours=hours)
    talk.resolve_time()
    events.revise(session, talk, actor="test", now=now)
    session.flush()


def tell(session, talk, now):
    while events.tell_next_batch(session, queries.pending(session, talk.id).id, now=now).more:
        pass
    session.flush()


def test_rs_03_an_answer_to_a_time_that_no_longer_holds_is_kept_beside(
    session, talk, invitee, post, now
):
    move(session, talk, 2, now)
    assert post.answer(invitee, "ACCEPTED", sequence=0) is Reason.STALE_SEQUENCE
    assert (invitee.answer, invitee.stale_answer) == (Answer.PENDING, Answer.ACCEPTED)
    tell(session, talk, now + timedelta(hours=1))
    assert (invitee.told_sequence, invitee.stale_answer) == (1, None)
    assert post.answer(invitee, "ACCEPTED", sequence=0) is Reason.STALE_SEQUENCE
    assert post.answer(invitee, "TENTATIVE", sequence=1) is Reason.APPLIED
    assert (invitee.answer, invitee.stale_answer) == (Answer.TENTATIVE, None)


def test_an_answer_to_a_time_that_came_back_counts(session, talk, invitee, post, now):
    move(session, talk, 2, now)
    move(session, talk, -2, now + timedelta(minutes=1))
    assert (talk.sequence, invitee.told_sequence) == (2, 0)
    assert post.answer(invitee, "ACCEPTED", sequence=0) is Reason.APPLIED


def test_a_sequence_ahead_of_ours_is_taken_for_ours(invitee, post):
    assert post.answer(invitee, "ACCEPTED", sequence=7) is Reason.APPLIED
    assert invitee.replied_sequence == 0


def test_rs_04_whoever_was_not_invited_changes_nothing_and_takes_no_seat(session, invitee, post):
    crasher = "mallory@evil.example"
    head = (f"Authentication-Results: {AUTHSERV_ID}; dmarc=pass header.from=evil.example",)
    how = {"attendee": crasher, "head": head}
    assert post.answer(invitee, **how) is Reason.NOT_INVITED
    assert post.answer(invitee, **how, token=None) is Reason.NOT_INVITED
    assert post.answer(invitee, attendee=crasher) is Reason.UNAUTHENTICATED
    assert session.query(Invitee).count() == 1
    assert invitee.answer is Answer.PENDING


@pytest.mark.both_engines
def test_rs_04_a_delegation_is_noted_and_invites_nobody(session, invitee, post):
    how = {"more": ';DELEGATED-TO="mailto:beto@coop.example"'}
    assert post.answer(invitee, "DELEGATED", **how) is Reason.APPLIED
    assert invitee.answer_comment == "Delegó en beto@coop.example."
    assert session.query(Invitee).count() == 1
    assert invitee.answer is Answer.PENDING


@pytest.mark.parametrize("method", ["REQUEST", "CANCEL", "PUBLISH", "REFRESH", "ADD"])
def test_rs_05_nothing_but_an_answer_is_taken(session, talk, invitee, post, method):
    before = (talk.state, talk.sequence, talk.starts_at)
    assert post.answer(invitee, method=method) is Reason.METHOD_MISMATCH
    assert post.answer(invitee, uid="other@fecrecoop.example") is Reason.UNKNOWN_UID
    assert post.answer(invitee, lines=["RECURRENCE-ID:20261215T130000Z"]) is Reason.UNKNOWN_UID
    assert (talk.state, talk.sequence, talk.starts_at) == before
    assert invitee.answer is Answer.PENDING


def test_a_draft_is_unknown(session, talk, invitee, post):
    talk.state = EventState.DRAFT
    assert post.answer(invitee) is Reason.UNKNOWN_UID


def test_what_is_no_answer_that_we_know_is_for_a_person(invitee, post):
    assert post.answer(invitee, "NEEDS-ACTION") is Reason.UNREADABLE
    assert post.answer(invitee, "IN-PROCESS") is Reason.UNREADABLE


@pytest.mark.parametrize("state", [EventState.CANCELLED, EventState.HELD])
def test_rs_11_what_is_over_or_off_is_answered_by_nobody(session, talk, invitee, post, state):
    talk.state = state
    session.flush()
    assert post.answer(invitee) is Reason.CLOSED
    assert invitee.answer is Answer.PENDING


def test_rs_11_nor_what_has_ended_and_is_not_closed_yet(talk, invitee, post, now):
    assert post.answer(invitee, after=60 * DAY) is Reason.CLOSED


def test_rs_11_nor_by_somebody_who_was_erased(session, invitee, post):
    email = invitee.person.email
    invitee.person.email, invitee.person.email_key = "", ""
    invitee.reply_token = None
    session.flush()
    assert post.answer(invitee, attendee=email, head=PROVEN) is Reason.NOT_INVITED


def test_rs_12_a_secret_is_good_for_one_attendance_alone(session, invitee, post, now):
    other = a_talk(session)
    twin = events.invite(session, other, invitee.person, standing=Standing.INVITED, now=now)
    twin.told_sequence = 0
    session.flush()
    assert post.answer(twin, token=invitee.reply_token) is Reason.UNAUTHENTICATED
    assert post.answer(invitee) is Reason.APPLIED
    assert twin.answer is Answer.PENDING


def test_two_who_share_a_mailbox_are_told_apart_by_the_secret_alone(
    session, talk, invitee, post, now
):
    person = a_person(session, name="Beto Soto", email="ana@coop.example")
    beto = events.invite(session, talk, person, standing=Standing.INVITED, now=now)
    beto.told_sequence = 0
    session.flush()
    assert post.answer(beto, "TENTATIVE") is Reason.APPLIED
    assert post.answer(beto, token=None, head=PROVEN) is Reason.UNAUTHENTICATED
    assert (invitee.answer, beto.answer) == (Answer.PENDING, Answer.TENTATIVE)


def test_a_wrong_address_can_answer_no_more(session, invitee, post, now):
    before = invitee.reply_token
    events.renew(session, invitee, actor="test", now=now)
    session.flush()
    assert post.answer(invitee, token=before) is Reason.UNAUTHENTICATED


def register(session, talk, now, *names):
    people = [Registrant(name, f"{name.lower()}@coop.example", Room.IN_ROOM) for name in names]
    request = Request(form_key=f"form-{names}", people=people, organisation=None, by_user_id=None)
    registrations.register(session, talk, request, actor="anonymous", now=now)
    session.flush()
    rows = session.query(Registration).join(Invitee).order_by(Registration.id)
    return {one.person.name: one for one in rows}


@pytest.mark.both_engines
def test_who_declines_by_mail_leaves_the_seat_to_the_next(session, talk, post, now):
    line = register(session, talk, now, "Ana", "Beto")
    assert line["Beto"].state is State.WAITING
    assert post.answer(line["Beto"].invitee, "ACCEPTED") is Reason.NOT_INVITED
    assert post.answer(line["Ana"].invitee, "DECLINED") is Reason.APPLIED
    session.expire_all()
    states = {name: one.state for name, one in line.items()}
    assert states == {"Ana": State.CANCELLED, "Beto": State.CONFIRMED}
    # Once more by another way: there is nothing left to give up, and nobody has to look at it.
    stamp = now + timedelta(minutes=1)
    assert post.answer(line["Ana"].invitee, "DECLINED", stamp=stamp) is Reason.DUPLICATE
    # RS-12: what the secret did is told to the address that was invited.
    told = session.query(OutgoingMessage).filter_by(invitee_id=line["Ana"].invitee_id)
    assert "registrations/cancelled" in {one.notice for one in told}


@pytest.mark.both_engines
def test_a_proposal_for_a_meeting_is_kept_once(session, post, now):
    table = a_table(session)
    meeting = a_meeting(session, table.series)
    invitee = events.invite(session, meeting, table.people[2], standing=Standing.INVITED, now=now)
    invitee.told_sequence = 0
    session.flush()
    times = ["DTSTART:20270310T130000Z", "DTEND:20270310T143000Z", "COMMENT:Mejor el miércoles"]
    how = {"method": "COUNTER", "lines": times}
    assert post.answer(invitee, "DECLINED", **how) is Reason.COUNTER
    assert post.answer(invitee, "DECLINED", **how) is Reason.DUPLICATE
    proposal = session.query(TimeProposal).one()
    assert (proposal.starts_at.hour, proposal.comment) == (13, "Mejor el miércoles")
    assert invitee.answer is Answer.TENTATIVE
    senseless = ["DTSTART:20270310T130000Z", "DTEND:20260310T143000Z"]
    later = {"method": "COUNTER", "lines": senseless, "stamp": now + DAY}
    assert post.answer(invitee, **later) is Reason.COUNTER
    assert session.query(TimeProposal).count() == 1


def last_mail(session):
    return session.scalars(sa.select(OutgoingMessage).order_by(OutgoingMessage.id.desc())).first()


def test_invitations_ask_for_answers_at_an_address_of_their_own(session, talk, now):
    invitee = register(session, talk, now, "Ana")["Ana"].invitee
    mail = message_from_bytes(last_mail(session).raw)
    theirs = f"agenda+r-{invitee.reply_token}@fecrecoop.example"
    assert theirs in mail["Reply-To"]
    assert mail["From"].split()[-1] == "<agenda@fecrecoop.example>"
    [part, *_] = [p for p in mail.walk() if p.get_content_type() == "text/calendar"]
    text = part.get_payload(decode=True).decode().replace("\r\n ", "")
    assert re.search(r"^ORGANIZER.*:mailto:(.*)\r$", text, re.MULTILINE)[1] == theirs


def test_without_a_mailbox_nothing_of_it_is_in_a_mail(session, settings, talk, now):
    process_settings.install(settings)
    invitee = register(session, talk, now, "Ana")["Ana"].invitee
    raw = last_mail(session).raw
    assert message_from_bytes(raw)["Reply-To"] is None
    assert invitee.reply_token.encode() not in raw


def a_bounce(about, *, action="failed", status="5.1.1", address="ana@coop.example"):
    return (
        "From: MAILER-DAEMON@mx.coop.example\r\nTo: agenda@fecrecoop.example\r\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
        "--b\r\nContent-Type: text/plain\r\n\r\nNo se pudo.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\n"
        f"Final-Recipient: rfc822; {address}\r\nAction: {action}\r\nStatus: {status}\r\n"
        "Diagnostic-Code: smtp; 550 5.1.1 no such user\r\n\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {about}\r\n--b--\r\n"
    ).encode()


@pytest.fixture
def sent(session, talk, now):
    register(session, talk, now, "Ana")
    mail = last_mail(session)
    mail.state, mail.sent_at = MessageState.SENT, now
    session.flush()
    return mail


def test_rs_07_a_bounce_of_our_own_message_is_noted_and_nothing_is_answered(session, sent, post):
    count = session.query(OutgoingMessage).count()
    assert post.receive(a_bounce(sent.message_id)) is Reason.UNDELIVERABLE
    invitee = session.get(Invitee, sent.invitee_id)
    assert invitee.delivery is Delivery.FAILED
    assert "550 5.1.1 no such user" in invitee.delivery_note
    assert sent.state is MessageState.FAILED
    assert session.get(HeldAddress, "ana@coop.example") is not None
    assert session.query(OutgoingMessage).count() == count


def test_rs_07_a_bounce_that_names_nobody_of_ours_changes_nothing(session, sent, post):
    assert post.receive(a_bounce("<other@evil.example>")) is Reason.BOUNCE
    assert (
        post.receive(a_bounce(sent.message_id, action="delayed", status="4.4.1")) is Reason.BOUNCE
    )
    assert session.get(Invitee, sent.invitee_id).delivery is Delivery.UNKNOWN
    assert session.query(HeldAddress).count() == 0


@pytest.mark.both_engines
def test_a_full_mailbox_is_no_wrong_address(session, sent, post):
    assert post.receive(a_bounce(sent.message_id, status="5.2.2")) is Reason.UNDELIVERABLE
    assert session.query(HeldAddress).count() == 0


def test_a_report_on_another_address_holds_no_address(session, sent, post):
    raw = a_bounce(sent.message_id, address="elsewhere@gmail.example")
    assert post.receive(raw) is Reason.UNDELIVERABLE
    assert session.query(HeldAddress).count() == 0


@pytest.mark.both_engines
def test_rs_07_what_programs_answer_by_themselves_is_left_alone(session, invitee, post):
    automatic = ("Auto-Submitted: auto-replied",)
    count = session.query(OutgoingMessage).count()
    assert post.answer(invitee, method="REQUEST", head=automatic) is Reason.AUTO_REPLY
    receipt = (
        b"From: ana@coop.example\r\nAuto-Submitted: auto-replied\r\n"
        b"Content-Type: multipart/report; report-type=disposition-notification; boundary=b\r\n\r\n"
        b"--b\r\nContent-Type: text/plain\r\n\r\nLeido\r\n--b--\r\n"
    )
    assert post.receive(receipt) is Reason.AUTO_REPLY
    assert session.query(OutgoingMessage).count() == count


def test_a_file_of_outlook_that_nothing_reads_is_for_a_person(post):
    raw = b"From: ana@coop.example\r\nContent-Type: application/ms-tnef; name=winmail.dat\r\n\r\nx"
    assert post.receive(raw) is Reason.UNREADABLE


def test_the_same_message_again_says_what_it_was_about(session, invitee, now):
    raw = (
        f"Message-ID: <a@b>\r\nTo: agenda+r-{invitee.reply_token}@fecrecoop.example\r\n"
        "Content-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\n"
        f"UID:{invitee.event.uid}\r\nDTSTAMP:20261124T120000Z\r\n"
        "ATTENDEE;PARTSTAT=ACCEPTED:mailto:ana@coop.example\r\nEND:VEVENT\r\nEND:VCALENDAR"
    ).encode()
    first = commands.receive(session, raw, now=now)
    again = commands.receive(session, b"Received: by mx\r\n" + raw, now=now)
    assert first.reason is Reason.APPLIED
    assert (again.action, again.reason) == (Action.IGNORE, Reason.DUPLICATE)
    assert (again.uid, again.attendee) == (first.uid, first.attendee)
