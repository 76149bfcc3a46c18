"""Letters that ask to look at minutes, and who is asked: only while they are, and of the table."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from coopoutreach.committee.minutes import commands, notices, queries
from coopoutreach.committee.minutes.commands import Voice
from coopoutreach.committee.minutes.errors import Unfit
from coopoutreach.committee.minutes.models import ReviewLink
from coopoutreach.mail.outgoing.happenings import StillWanted
from coopoutreach.mail.outgoing.models import OutgoingMessage
from coopoutreach.people.directory.models import Affiliation
from coopoutreach.platform.core import reactions
from coopoutreach.wiring import WIRING
from tests.factories import NOW
from tests.support.acta import CANARY_TITLE, SECRETARY, an_acta, approve, send_out

BY = {"actor": SECRETARY, "now": NOW}
TOMORROW = NOW + timedelta(days=1)


@pytest.fixture(autouse=True)
def _wired():
    reactions.install(WIRING)


@pytest.fixture
def acta(session, settings):
    made = an_acta(session)
    send_out(session, made.minutes, **BY)
    return made


def dropped(session):
    """Return (reader, why) of each letter that would go now, the oldest first."""
    session.flush()
    found = []
    for one in session.scalars(sa.select(OutgoingMessage).order_by(OutgoingMessage.id)):
        asked = StillWanted(one.id, one.notice, one.event_id, one.invitee_id, one.person_id)
        answers = reactions.react(session, asked, now=TOMORROW)
        found.append((one.person_id, next((said for said in answers if said), "")))
    return found


def leave(session, person):
    session.execute(
        sa.update(Affiliation)
        .where(Affiliation.person_id == person.id)
        .values(since=date(2020, 1, 1), until=NOW.date() - timedelta(days=1))
    )


def test_they_go_while_the_review_goes_on(session, acta):
    assert [why for _, why in dropped(session)] == ["", "", "", ""]


def test_those_of_a_review_that_was_taken_back_are_not_sent_with_the_next_one(session, acta):
    commands.withdraw(session, acta.minutes, **BY)
    send_out(session, acta.minutes, **BY)
    assert [bool(why) for _, why in dropped(session)] == [True] * 4 + [False] * 4


@pytest.mark.both_engines
def test_whose_institution_approved_meanwhile_is_not_chased(session, acta):
    for link in notices.links_of(session, acta.minutes):
        notices.review_reminders(session, acta.minutes, [link], last=True, now=NOW)
    approve(session, acta, acta.table.people[2])
    chased = dropped(session)[4:]
    corfo = {person.id for person in acta.table.people[2:]}
    assert {person for person, why in chased if why} == corfo


class TestWhoLeft:
    @pytest.mark.both_engines
    def test_they_speak_for_it_no_more_though_nobody_took_them_off_the_list(self, session, acta):
        marcela = acta.table.people[2]
        link = session.scalars(
            sa.select(ReviewLink).where(ReviewLink.person_id == marcela.id)
        ).one()
        token = queries.link_of(link).rpartition("/")[2]
        assert queries.link_by_token(session, token, now=NOW) is link
        leave(session, marcela)
        assert queries.link_by_token(session, token, now=NOW) is None
        assert queries.reviewer(session, acta.meeting, marcela.id, now=NOW) is None
        assert dict(dropped(session))[marcela.id]

    def test_nor_are_they_asked(self, session, acta):
        leave(session, acta.table.people[2])
        commands.withdraw(session, acta.minutes, **BY)
        send_out(session, acta.minutes, **BY)
        asked = {link.person_id for link in notices.links_of(session, acta.minutes)}
        assert asked == {person.id for person in acta.table.people} - {acta.table.people[2].id}

    def test_whose_data_are_blocked_is_not_asked(self, session, acta):
        marcela = acta.table.people[2]
        marcela.blocked_at = NOW
        session.flush()
        assert queries.reviewer(session, acta.meeting, marcela.id, now=NOW) is None


def test_what_one_side_keeps_to_itself_is_in_no_observation(session, acta):
    marcela, part = acta.table.people[2], acta.part(CANARY_TITLE)
    voice = Voice(marcela.id, acta.table.corfo.id)
    with pytest.raises(Unfit):
        commands.observe(session, acta.minutes, voice, "Falta.", part=part, **BY)
