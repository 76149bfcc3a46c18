"""Correcting a mistyped address: the right one gets all that holds, the wrong one nothing more."""

import email
import email.policy
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from coopoutreach.calendars.feeds import commands as feeds
from coopoutreach.calendars.feeds.commands import Subscriber
from coopoutreach.calendars.feeds.rules import Scope
from coopoutreach.events import notices as event_notices
from coopoutreach.events import queries as event_queries
from coopoutreach.events.rules import Delivery
from coopoutreach.mail.outgoing.models import MessageState, OutgoingMessage
from coopoutreach.platform.audit.models import Entry
from coopoutreach.platform.core import reactions
from coopoutreach.talks.questions import queries as questions
from coopoutreach.talks.questions.models import QuestionAnswer
from coopoutreach.talks.questions.rules import Need
from coopoutreach.talks.registrations import commands
from coopoutreach.talks.registrations.errors import (
    AlreadyRegistered,
    RegistrationClosed,
    WrongState,
)
from coopoutreach.talks.registrations.request import Contact, Registrant, Request, Within
from coopoutreach.talks.registrations.rules import Room, State
from coopoutreach.wiring import WIRING
from tests.factories import a_cooperative, a_question, a_talk, a_user

WRONG, RIGHT = "ana@cop.example", "ana@coop.example"


@pytest.fixture(autouse=True)
def _wired(settings):
    reactions.install(WIRING)


@pytest.fixture
def coop(session):
    return a_cooperative(session)


def register(session, talk, email=WRONG, *, name="Ana Díaz", coop=None, now):
    request = Request(
        form_key=f"{talk.id}{name}{email}{coop.id if coop else ''}",
        people=[Registrant(name, email, Room.IN_ROOM)],
        organisation=coop,
    )
    [made] = commands.register(session, talk, request, actor="anonymous", now=now)
    return made


def correct(session, registration, *, to=RIGHT, name="Ana Díaz", within=Within.COOPERATIVE, now):
    later = now + timedelta(hours=1)
    return commands.correct_contact(
        session, registration, Contact(name, to), within=within, actor="user:1", now=later
    )


def send_all(session):
    session.execute(update(OutgoingMessage).values(state=MessageState.SENT))


def mails(session, to):
    rows = session.execute(
        select(OutgoingMessage.notice, OutgoingMessage.state, OutgoingMessage.raw)
        .where(OutgoingMessage.recipient == to)
        .order_by(OutgoingMessage.id)
    )
    return [(notice.partition("/")[2], state.value, whole(raw)) for notice, state, raw in rows]


def whole(raw):
    """Return all parts of a mail, decoded, with the lines of its calendar unfolded."""
    message = email.message_from_bytes(raw, policy=email.policy.default)
    parts = [part for part in message.walk() if not part.is_multipart()]
    read = [part.get_payload(decode=True).decode().replace("\r\n ", "") for part in parts]
    return "\n".join([str(message.items()), *(part.get_content_type() for part in parts), *read])


def told(session, to):
    return [(notice, state) for notice, state, _raw in mails(session, to)]


def token(registration):
    return event_notices.link_of(registration.invitee).rpartition("/")[2]


def test_the_right_address_is_invited_and_the_wrong_one_gets_one_bare_withdrawal(
    session, coop, now
):
    registration = register(session, a_talk(session), coop=coop, now=now)
    send_all(session)
    assert correct(session, registration, now=now) is registration

    assert registration.person.email == RIGHT
    assert told(session, RIGHT) == [("place_confirmed", "queued")]
    assert told(session, WRONG) == [("place_confirmed", "sent"), ("misaddressed", "queued")]
    bare = mails(session, WRONG)[1][2]
    assert "METHOD:CANCEL" in bare
    assert f"mailto:{WRONG}" in bare
    for kept_back in ("Ana", "Díaz", RIGHT, "/inscripciones/", coop.name):
        assert kept_back not in bare, kept_back


def test_what_had_not_left_never_leaves(session, coop, now):
    registration = register(session, a_talk(session), coop=coop, now=now)
    correct(session, registration, now=now)
    assert told(session, WRONG) == [("place_confirmed", "dropped")]
    assert told(session, RIGHT) == [("place_confirmed", "queued")]


def test_who_waits_is_told_of_the_line_and_no_calendar_is_bothered(session, coop, now):
    talk = a_talk(session, capacity_room=1)
    register(session, talk, "eva@x.example", name="Eva Sola", now=now)
    registration = register(session, talk, coop=coop, now=now)
    send_all(session)
    correct(session, registration, now=now)
    assert registration.state is State.WAITING
    assert told(session, RIGHT) == [("joined_line", "queued")]
    [_before, (notice, _state, raw)] = mails(session, WRONG)
    assert notice == "misaddressed"
    assert "text/calendar" not in raw


def test_the_old_link_is_dead_and_what_it_answered_is_forgotten(session, coop, now):
    registration = register(session, a_talk(session), coop=coop, now=now)
    past = register(session, a_talk(session), coop=coop, now=now)
    commands.cancel(session, past, actor="x", by_person=True, now=now)
    registration.invitee.delivery = Delivery.FAILED
    old, of_past = token(registration), token(past)
    correct(session, registration, now=now)

    assert event_queries.invitee_by_token(session, old) is None
    assert event_queries.invitee_by_token(session, of_past) is None
    assert event_queries.invitee_by_token(session, token(registration)) is registration.invitee
    assert registration.invitee.delivery is Delivery.UNKNOWN


def test_the_private_calendar_of_the_wrong_address_is_dead(session, coop, now):
    registration = register(session, a_talk(session), coop=coop, now=now)
    subscriber = Subscriber(person_id=registration.person_id)
    feed = feeds.create(session, subscriber, Scope.PERSON, actor="link", now=now)
    correct(session, registration, now=now)
    assert feed.revoked_at is not None


def test_all_that_the_cooperative_registered_them_for_goes_along(session, coop, now):
    first = register(session, a_talk(session), coop=coop, now=now)
    second = register(session, a_talk(session), coop=coop, now=now)
    correct(session, first, now=now)
    assert [notice for notice, _ in told(session, RIGHT)] == ["place_confirmed"] * 2
    assert second.person.email == RIGHT


@pytest.mark.both_engines
def test_only_this_one_goes_along_where_a_link_asks_for_it(session, coop, now):
    first = register(session, a_talk(session), coop=coop, now=now)
    second = register(session, a_talk(session), coop=coop, now=now)
    moved = correct(session, first, within=Within.THIS, now=now)
    assert moved.person.email == RIGHT
    assert second.person.email == WRONG


def test_ac_05_another_cooperatives_person_is_left_as_they_are(session, coop, now):
    """Whoever registers somebody else's name and address does not get to change these."""
    talk, other_talk = a_talk(session), a_talk(session)
    ours = register(session, talk, coop=coop, now=now)
    theirs = register(session, other_talk, coop=a_cooperative(session), now=now)
    old = token(theirs)
    moved = correct(session, ours, to="mallory@x.example", now=now)

    assert theirs.person.email == WRONG
    assert theirs.state is State.CONFIRMED
    assert event_queries.invitee_by_token(session, old) is theirs.invitee
    assert (moved.person.email, moved.state) == ("mallory@x.example", State.CONFIRMED)
    assert ours.state is State.CANCELLED
    assert moved.transferred_from_id == ours.id


def test_who_signs_in_keeps_the_address_of_their_account(session, coop, now):
    ours = register(session, a_talk(session), coop=coop, now=now)
    ours.person.user_id = a_user(session).id
    moved = correct(session, ours, now=now)
    assert moved is not ours
    assert ours.person.email == WRONG


def test_people_who_share_a_mailbox_are_not_made_one(session, coop, now):
    talk = a_talk(session)
    bea = register(session, talk, "oficina@coop.example", name="Bea Soto", coop=coop, now=now)
    ana = register(session, talk, coop=coop, now=now)
    correct(session, ana, to="oficina@coop.example", now=now)

    assert ana.person is not bea.person
    assert (ana.person.name, bea.person.name) == ("Ana Díaz", "Bea Soto")
    correct(session, bea, to="bea@coop.example", name="Bea Soto", now=now)
    assert ana.person.email == "oficina@coop.example"
    assert event_queries.invitee_by_token(session, token(ana)) is ana.invitee


def test_the_right_person_takes_the_place_over_where_they_are_known(session, coop, now):
    talk = a_talk(session)
    question = a_question(session, talk)
    need = a_question(session, talk, need=Need.DIETARY)
    known = register(session, a_talk(session), RIGHT, coop=coop, now=now)
    wrong = register(session, talk, coop=coop, now=now)
    for one in (question, need):
        session.add(
            QuestionAnswer(
                question_id=one.id, invitee_id=wrong.invitee_id, value="x", answered_at=now
            )
        )
    send_all(session)
    moved = correct(session, wrong, now=now)

    assert moved.person is known.person
    assert told(session, RIGHT)[-1] == ("place_confirmed", "queued")
    assert told(session, WRONG)[-1] == ("misaddressed", "queued")
    # A need is kept by a consent, which they give anew.
    assert list(questions.answers_of(session, moved.invitee_id)) == [question.id]


def test_who_is_there_already_is_not_there_twice(session, coop, now):
    talk = a_talk(session)
    register(session, talk, RIGHT, coop=coop, now=now)
    wrong = register(session, talk, coop=coop, now=now)
    with pytest.raises(AlreadyRegistered):
        correct(session, wrong, now=now)


@pytest.mark.both_engines
def test_a_name_alone_bothers_nobody_and_leaves_the_link(session, coop, now):
    registration = register(session, a_talk(session), coop=coop, now=now)
    old = token(registration)
    correct(session, registration, to=WRONG, name="Ana María Díaz", now=now)
    assert registration.person.name == "Ana María Díaz"
    assert told(session, WRONG) == [("place_confirmed", "queued")]
    assert event_queries.invitee_by_token(session, old) is registration.invitee


def test_the_coordination_corrects_somebody_wherever_they_are_registered(session, coop, now):
    first = register(session, a_talk(session), coop=coop, now=now)
    second = register(session, a_talk(session), coop=a_cooperative(session), now=now)
    correct(session, first, within=Within.EVERYTHING, now=now)
    assert second.person.email == RIGHT
    assert len(told(session, RIGHT)) == 2


def test_nothing_is_corrected_of_what_was_given_up_or_has_begun(session, coop, now):
    talk = a_talk(session)
    registration = register(session, talk, coop=coop, now=now)
    with pytest.raises(RegistrationClosed):
        correct(session, registration, now=talk.starts_at)
    commands.cancel(session, registration, actor="x", by_person=True, now=now)
    with pytest.raises(WrongState):
        correct(session, registration, now=now)


def test_what_is_right_already_changes_nothing(session, coop, now):
    registration = register(session, a_talk(session), coop=coop, now=now)
    before = len(session.scalars(select(Entry)).all())
    assert correct(session, registration, to=WRONG, now=now) is registration
    assert len(session.scalars(select(Entry)).all()) == before


def test_the_trail_keeps_numbers_alone(session, coop, now):
    registration = register(session, a_talk(session), coop=coop, now=now)
    correct(session, registration, now=now)
    [entry] = session.scalars(select(Entry).where(Entry.action == "registration.corrected"))
    assert entry.after == {"registration": registration.id}
    everything = str([(one.before, one.after) for one in session.scalars(select(Entry))])
    assert "ana@" not in everything
    assert "Díaz" not in everything
