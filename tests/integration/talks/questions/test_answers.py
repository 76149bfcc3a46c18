"""Keeping, correcting and erasing what people answer."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from coopoutreach.events import commands as events
from coopoutreach.events.models import Invitee
from coopoutreach.events.rules import Standing
from coopoutreach.platform.audit.models import Entry
from coopoutreach.talks.consents import commands as consents
from coopoutreach.talks.consents import queries as consent_queries
from coopoutreach.talks.consents import rules as consent_rules
from coopoutreach.talks.consents.errors import OtherWords
from coopoutreach.talks.consents.rules import Channel, Purpose, Scope, Source
from coopoutreach.talks.questions import commands, jobs, queries
from coopoutreach.talks.questions.errors import NotAgreed, NotAsked
from coopoutreach.talks.questions.fields import QuestionFields
from coopoutreach.talks.questions.models import QuestionAnswer
from coopoutreach.talks.questions.rules import Given, Kind, Need
from tests.factories import a_person, a_talk

SOURCE = Source(Channel.REGISTRATION, "200.27.14.99")
DIETARY = {Purpose.DIETARY: consent_rules.in_force(Purpose.DIETARY).id}
SECRET = "celiaquía-canario-731"


@pytest.fixture
def food(session, talk, now):
    return commands.ask_about_need(session, talk, Need.DIETARY, actor="user:1", now=now)


@pytest.fixture
def travels(session, talk, now):
    fields = QuestionFields(kind=Kind.YES_NO, text="¿Viaja?")
    return commands.add(session, talk, fields, actor="user:1", now=now)


def keep(session, invitee, answers, now, agreed=None):
    given = Given(answers, agreed or {}, SOURCE)
    commands.keep(session, invitee, given, actor="anonymous", now=now)


def values(session, invitee):
    return {key: answer.value for key, answer in queries.answers_of(session, invitee.id).items()}


def test_each_persons_answers_are_their_own(session, invite, travels, now):
    first, second = invite(), invite()
    keep(session, first, {travels.id: True}, now)
    keep(session, second, {travels.id: False}, now)
    assert (values(session, first), values(session, second)) == (
        {travels.id: True},
        {travels.id: False},
    )


@pytest.mark.both_engines
def test_answering_again_takes_the_place_of_what_was_answered(session, invite, travels, now):
    invitee = invite()
    keep(session, invitee, {travels.id: True}, now)
    keep(session, invitee, {travels.id: False}, now)
    assert values(session, invitee) == {travels.id: False}
    keep(session, invitee, {}, now)
    assert values(session, invitee) == {}


def test_what_another_talk_asks_is_not_answered_here(session, invite, travels, now):
    invitee = invite()
    keep(session, invitee, {travels.id + 99: "x"}, now)
    assert values(session, invitee) == {}


def test_pr_17_a_need_is_kept_only_with_its_consent(session, invite, food, now):
    invitee = invite()
    with pytest.raises(NotAgreed):
        keep(session, invitee, {food.id: SECRET}, now)
    assert session.scalars(select(QuestionAnswer)).all() == []


def test_pr_17_a_forged_text_keeps_nothing(session, invite, food, now):
    with pytest.raises(OtherWords):
        keep(session, invite(), {food.id: SECRET}, now, {Purpose.DIETARY: "dietary-0"})
    assert session.scalars(select(QuestionAnswer)).all() == []


def test_with_it_the_consent_is_kept_as_well(session, invite, food, now, talk):
    invitee = invite()
    keep(session, invitee, {food.id: SECRET}, now, DIETARY)
    assert values(session, invitee) == {food.id: SECRET}
    scope = Scope(Purpose.DIETARY, talk.id)
    assert consent_queries.standing(session, invitee.person_id, scope) is not None


def test_no_answer_is_in_the_trail(session, invite, food, now):
    keep(session, invite(), {food.id: SECRET}, now, DIETARY)
    for entry in session.scalars(select(Entry)):
        assert SECRET not in str((entry.before, entry.after))


def test_withdrawing_the_consent_erases_at_once_and_says_so(session, invite, food, now, talk):
    mine, other = invite(), invite()
    for invitee in (mine, other):
        keep(session, invitee, {food.id: SECRET}, now, DIETARY)
    consents.withdraw(
        session,
        mine.person,
        Scope(Purpose.DIETARY, talk.id),
        source=SOURCE,
        actor="link:invitee:1",
        now=now,
    )
    answer = queries.answers_of(session, mine.id)[food.id]
    assert (answer.value, answer.erased_at) == (None, now)
    assert values(session, other) == {food.id: SECRET}


def test_emptying_it_on_ones_own_page_withdraws_the_consent(session, invite, food, now, talk):
    invitee = invite()
    keep(session, invitee, {food.id: SECRET}, now, DIETARY)
    commands.correct(session, talk, invitee, Given({}, {}, SOURCE), actor="link", now=now)
    assert values(session, invitee) == {food.id: None}
    scope = Scope(Purpose.DIETARY, talk.id)
    assert consent_queries.standing(session, invitee.person_id, scope) is None


def test_nobody_corrects_once_the_talk_has_begun(session, invite, travels, talk):
    with pytest.raises(NotAsked):
        commands.correct(
            session,
            talk,
            invite(),
            Given({travels.id: True}, {}, SOURCE),
            actor="link",
            now=talk.starts_at,
        )


class TestErasing:
    @pytest.fixture
    def told(self, database, settings, now):
        """Somebody's need and another answer, committed; return their ids and the talk's end."""
        with database.transaction() as session:
            talk = a_talk(session)
            food = commands.ask_about_need(session, talk, Need.DIETARY, actor="user:1", now=now)
            fields = QuestionFields(kind=Kind.TEXT, text="¿Cargo?")
            post = commands.add(session, talk, fields, actor="user:1", now=now)
            invitee = events.invite(
                session,
                talk,
                a_person(session),
                organisation_id=None,
                standing=Standing.INVITED,
                now=now,
            )
            keep(session, invitee, {food.id: SECRET, post.id: "Gerenta"}, now, DIETARY)
            return invitee.id, food.id, post.id, talk.ends_at

    def answers(self, database, told):
        with database.reading() as session:
            found = queries.answers_of(session, told[0])
            return {key: (answer.value, answer.erased_at) for key, answer in found.items()}

    def test_p_07_needs_are_gone_thirty_days_after_the_talk_and_nothing_else(self, database, told):
        _, food, post, ends_at = told
        after = ends_at + timedelta(days=30)
        assert jobs.erase_needs(database, after - timedelta(seconds=1)) == 0
        assert self.answers(database, told)[food] == (SECRET, None)
        assert jobs.erase_needs(database, after) == 1
        found = self.answers(database, told)
        assert found == {food: (None, after), post: ("Gerenta", None)}

    def test_it_may_run_twice(self, database, told):
        after = told[3] + timedelta(days=31)
        assert [jobs.erase_needs(database, after) for _ in range(2)] == [1, 0]

    def test_who_gave_up_their_place_is_not_waited_for(self, database, told, now):
        with database.transaction() as session:
            session.get_one(Invitee, told[0]).standing = Standing.WITHDRAWN
        assert jobs.erase_needs(database, now) == 1
        assert self.answers(database, told)[told[1]] == (None, now)

    def test_the_trail_says_how_many_and_not_what(self, database, told):
        jobs.erase_needs(database, told[3] + timedelta(days=31))
        with database.reading() as session:
            [entry] = session.scalars(select(Entry).where(Entry.action == "needs.erased"))
            assert (entry.actor, entry.after) == ("job:needs", {"answers": 1})
