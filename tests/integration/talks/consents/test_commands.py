"""Giving and withdrawing consents, and the proof of it."""

import pytest
from sqlalchemy import select

from coopoutreach.platform.audit.models import Entry
from coopoutreach.platform.core import reactions
from coopoutreach.talks.consents import commands, queries, rules
from coopoutreach.talks.consents.errors import OtherWords
from coopoutreach.talks.consents.models import Consent
from coopoutreach.talks.consents.rules import Channel, Purpose, Scope, Source
from coopoutreach.wiring import WIRING
from tests.factories import a_person, a_talk

WORDS = rules.in_force(Purpose.PHOTOS)
FORM = Source(Channel.REGISTRATION, "200.27.14.99")
OWN = Source(Channel.OWN_PAGE, "2800:300:6271:aa::1")


@pytest.fixture(autouse=True)
def wired():
    reactions.install(WIRING)


@pytest.fixture
def scope(session):
    return Scope(Purpose.PHOTOS, a_talk(session).id)


@pytest.fixture
def person(session):
    return a_person(session)


def give(session, person, scope, now, *, text_id=WORDS.id, source=FORM):
    return commands.give(
        session, person, scope, text_id=text_id, source=source, actor="anonymous", now=now
    )


def withdraw(session, person, scope, now, source=OWN):
    return commands.withdraw(session, person, scope, source=source, actor="link:invitee:1", now=now)


def test_p_09_the_proof_of_a_person_reproduces_the_exact_text_when_and_how(
    session, person, scope, now
):
    give(session, person, scope, now)
    withdraw(session, person, scope, now)
    [proof] = queries.proof(session, person.id)
    assert proof.text.text == WORDS.text
    assert (proof.text_hash, proof.text.version) == (WORDS.hash, "1")
    assert queries.is_intact(proof)
    assert (proof.given_at, proof.channel, proof.network) == (
        now,
        Channel.REGISTRATION,
        "200.27.14.0/24",
    )
    assert (proof.withdrawn_at, proof.withdrawn_channel, proof.withdrawn_network) == (
        now,
        Channel.OWN_PAGE,
        "2800:300:6271::/48",
    )


@pytest.mark.both_engines
def test_giving_twice_is_giving_once(session, person, scope, now):
    assert give(session, person, scope, now) is give(session, person, scope, now)
    assert len(queries.proof(session, person.id)) == 1


def test_withdrawing_twice_is_withdrawing_once(session, person, scope, now):
    give(session, person, scope, now)
    assert [withdraw(session, person, scope, now) for _ in range(2)] == [1, 0]


def test_who_withdrew_may_agree_again_and_the_log_keeps_both(session, person, scope, now):
    give(session, person, scope, now)
    withdraw(session, person, scope, now)
    assert queries.standing(session, person.id, scope) is None
    give(session, person, scope, now)
    assert queries.standing(session, person.id, scope) is not None
    assert len(queries.proof(session, person.id)) == 2


@pytest.mark.parametrize("forged", ["", "on", "photos-0", "photos-2", "dietary-1"])
def test_pr_17_a_text_that_is_missing_or_forged_is_refused(session, person, scope, now, forged):
    with pytest.raises(OtherWords):
        give(session, person, scope, now, text_id=forged)
    assert session.scalars(select(Consent)).all() == []


@pytest.mark.both_engines
def test_a_consent_covers_its_purpose_and_its_event_alone(session, person, scope, now):
    give(session, person, scope, now)
    other = a_talk(session)
    assert queries.standing(session, person.id, Scope(Purpose.PHOTOS, other.id)) is None
    assert queries.standing(session, person.id, Scope(Purpose.DIETARY, scope.event_id)) is None
    assert queries.people_who_agreed(session, scope) == {person.id}
    assert queries.people_who_agreed(session, scope, person_ids=[person.id + 1]) == set()


@pytest.mark.both_engines
def test_a_consent_for_all_events_covers_each_and_goes_with_one(session, person, scope, now):
    give(session, person, Scope(Purpose.PHOTOS), now)
    assert queries.standing(session, person.id, scope) is not None
    withdraw(session, person, scope, now)
    assert queries.standing(session, person.id, scope) is None


@pytest.mark.both_engines
def test_withdrawing_a_purpose_ends_it_everywhere(session, person, scope, now):
    give(session, person, scope, now)
    give(session, person, Scope(Purpose.PHOTOS, a_talk(session).id), now)
    assert withdraw(session, person, Scope(Purpose.PHOTOS), now) == 2


@pytest.mark.both_engines
def test_both_are_in_the_trail_with_who_did_it(session, person, scope, now):
    give(session, person, scope, now)
    withdraw(session, person, scope, now)
    trail = session.execute(
        select(Entry.action, Entry.actor).where(Entry.thing_kind == "consent").order_by(Entry.id)
    ).all()
    assert trail == [
        ("consent.given", "anonymous"),
        ("consent.withdrawn", "link:invitee:1"),
    ]
