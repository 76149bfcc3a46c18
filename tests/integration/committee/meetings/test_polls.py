"""«¿Qué día les acomoda?»: asked once each, answered until it closes, kept for good."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from coopoutreach.committee.meetings import commands, queries
from coopoutreach.committee.meetings.errors import NoOptions, NotOfTheTable, PollClosed
from coopoutreach.committee.meetings.fields import PollFields
from coopoutreach.committee.meetings.notices import polls as notices
from coopoutreach.committee.meetings.rules import MeetingType, Suits
from coopoutreach.mail.outgoing.happenings import StillWanted
from coopoutreach.mail.outgoing.models import OutgoingMessage
from coopoutreach.platform.core import reactions
from coopoutreach.wiring import WIRING
from tests.factories import a_meeting, a_table

DAYS = (datetime(2027, 1, 18, 9), datetime(2027, 1, 19, 15), datetime(2027, 1, 20, 9))
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def wired():
    reactions.install(WIRING)


@pytest.fixture
def table(session):
    return a_table(session)


def ask(session, series, now, *, days=DAYS, meeting=None):
    fields = PollFields(
        title="Reunión extraordinaria",
        options=[(day, day + HOUR) for day in days],
        closes_at=now + timedelta(days=3),
    )
    return commands.create_poll(session, series, fields, meeting=meeting, actor="user:1", now=now)


def answer(session, voter, now, *said, comment=""):
    choices = {option.id: suits for option, suits in zip(voter.poll.options, said, strict=False)}
    commands.answer_poll(session, voter, choices, comment=comment, actor="link:x", now=now)


def said(voter):
    return {choice.option.wall_start.day: choice.suits for choice in voter.choices}


def test_each_member_gets_one_letter_with_a_link_of_their_own(session, table, now):
    poll = ask(session, table.series, now)
    letters = session.scalars(select(OutgoingMessage)).all()
    assert {letter.person_id for letter in letters} == {one.id for one in table.people}
    links = {notices.link_of(voter) for voter in poll.voters}
    assert len(links) == 4
    for letter in letters:
        assert letter.not_after == poll.closes_at
        [own] = [link for link in links if link.encode() in letter.raw.replace(b"=\r\n", b"")]
        links.discard(own)


def test_an_answer_may_be_changed_until_it_closes(session, table, now):
    poll = ask(session, table.series, now)
    voter = poll.voters[0]
    answer(session, voter, now, Suits.YES, Suits.NO, Suits.IF_NEEDED, comment="De viaje el 19")
    answer(session, voter, now, Suits.NO, comment="")
    assert said(voter) == {18: Suits.NO, 19: Suits.NO, 20: Suits.IF_NEEDED}
    assert voter.comment == ""
    with pytest.raises(PollClosed):
        answer(session, voter, poll.closes_at, Suits.YES)


def test_the_option_of_another_poll_is_no_answer(session, table, now):
    poll, other = ask(session, table.series, now), ask(session, table.series, now)
    voter = poll.voters[0]
    foreign = {other.options[0].id: Suits.YES}
    commands.answer_poll(session, voter, foreign, comment="", actor="link:x", now=now)
    assert said(voter) == {}


def test_closed_by_hand_it_takes_no_more(session, table, now):
    poll = ask(session, table.series, now)
    commands.close_poll(session, poll, actor="user:1", now=now)
    with pytest.raises(PollClosed):
        answer(session, poll.voters[0], now, Suits.YES)


@pytest.mark.parametrize("days", [DAYS[:1], (DAYS[0], DAYS[0]), ()])
def test_it_asks_about_two_dates_or_more(session, table, now, days):
    with pytest.raises(NoOptions):
        ask(session, table.series, now, days=days)


def test_it_asks_somebody(session, table, now):
    for member in list(queries.members_of(session, table.series.id)):
        commands.end_member(session, member, actor="user:1", now=now)
    with pytest.raises(NotOfTheTable):
        ask(session, table.series, now)


def test_the_date_that_is_chosen_becomes_a_meeting_and_answers_stay(session, table, now):
    poll = ask(session, table.series, now)
    answer(session, poll.voters[0], now, Suits.YES)
    made = commands.choose_option(session, poll, poll.options[1], actor="user:1", now=now)
    assert made.wall_start == DAYS[1]
    assert made.type is MeetingType.EXTRAORDINARY
    assert made.place == table.series.place
    assert poll.meeting is made
    assert [option.chosen for option in poll.options] == [False, True, False]
    assert said(poll.voters[0]) == {18: Suits.YES}


def test_or_the_meeting_that_was_asked_about_moves_there(session, table, now):
    march = a_meeting(session, table.series)
    poll = ask(session, table.series, now, meeting=march)
    moved = commands.choose_option(session, poll, poll.options[0], actor="user:1", now=now)
    assert moved is march
    assert (march.wall_start, march.sequence, march.detached) == (DAYS[0], 1, True)


def test_a_date_is_chosen_once(session, table, now):
    poll = ask(session, table.series, now)
    commands.choose_option(session, poll, poll.options[0], actor="user:1", now=now)
    with pytest.raises(PollClosed):
        commands.choose_option(session, poll, poll.options[1], actor="user:1", now=now)


def test_a_link_opens_one_persons_answers_and_nothing_else(session, table, now):
    poll = ask(session, table.series, now)
    first, second = (notices.link_of(voter).rpartition("/")[2] for voter in poll.voters[:2])
    assert queries.voter_by_token(session, first) is poll.voters[0]
    mixed = f"{first.partition('.')[0]}.{second.partition('.')[2]}"
    for wrong in (mixed, "x", "", f"{first}x", poll.voters[0].public_id):
        assert queries.voter_by_token(session, wrong) is None
    poll.voters[0].nonce = "otro"
    session.flush()
    assert queries.voter_by_token(session, first) is None


def test_the_draft_it_was_about_may_disappear(session, table, now):
    commands.fill_horizon(session, table.series, until=date(2027, 2, 1), now=now)
    january = queries.meetings_of(session, table.series.id)[1]
    poll = ask(session, table.series, now, meeting=january)
    commands.cancel_meeting(session, january, reason="", actor="user:1", now=now)
    session.expire_all()
    made = commands.choose_option(session, poll, poll.options[0], actor="user:1", now=now)
    assert made.wall_start == DAYS[0]


@pytest.mark.both_engines
def test_the_letter_is_dropped_once_the_poll_is_closed(session, table, now, settings):
    poll = ask(session, table.series, now)
    session.flush()
    letter = session.scalars(select(OutgoingMessage)).first()
    asked = StillWanted(letter.id, letter.notice, None, None, letter.person_id)
    assert not any(reactions.react(session, asked, now=now))
    commands.close_poll(session, poll, actor="user:1", now=now)
    session.flush()
    assert any(reactions.react(session, asked, now=now))


def test_whoever_was_taken_off_the_list_has_an_old_link(session, table, now, settings):
    poll = ask(session, table.series, now)
    session.flush()
    voter = next(one for one in poll.voters if one.person is table.people[1])
    token = notices.link_of(voter).rpartition("/")[2]
    assert queries.voter_by_token(session, token) is voter
    member = next(one for one in table.series.members if one.person is voter.person)
    commands.end_member(session, member, actor="user:1", now=now)
    assert queries.voter_by_token(session, token) is None
