"""Each sample of an answer, judged alone against the world that comes with them."""

import pytest

from coopoutreach.events.models import Invitee, TimeProposal
from coopoutreach.events.rules import Answer, Delivery, Source
from coopoutreach.mail.incoming import commands
from coopoutreach.mail.incoming.models import InboundMessage
from coopoutreach.mail.outgoing.models import HeldAddress
from coopoutreach.platform.core import reactions
from coopoutreach.wiring import WIRING
from tests.support import imip

ANSWERS = {"ACCEPTED": Answer.ACCEPTED, "TENTATIVE": Answer.TENTATIVE, "DECLINED": Answer.DECLINED}


@pytest.fixture
def world(session, settings):
    reactions.install(WIRING)
    imip.of_the_world(settings)
    return imip.load(session)


def answers(session):
    return {
        (one.event.uid, one.person.email): (one.answer, one.delivery)
        for one in session.query(Invitee)
    }


@pytest.mark.parametrize("name", sorted(imip.SAMPLES))
def test_a_sample_gives_what_is_expected(session, world, name):
    before = answers(session)
    decision = commands.receive(session, imip.sample(name), now=imip.NOW)

    wanted = {k: v for k, v in imip.SAMPLES[name].items() if k != "shape"}
    told = decision.explained()
    assert {key: told.get(key) for key in wanted} == wanted
    assert ("proposed_start" in told) == ("proposed_start" in wanted)

    session.expire_all()
    changed = {who for who, stands in answers(session).items() if stands != before[who]}
    counts = wanted["action"] != "ignore"
    assert changed == ({(wanted["uid"], wanted["attendee"])} if counts else set())
    kept = session.query(InboundMessage).one()
    assert (kept.action.value, kept.explained) == (wanted["action"], told)


@pytest.mark.parametrize(
    "name", [name for name, told in sorted(imip.SAMPLES.items()) if told["action"] == "accept"]
)
def test_an_answer_is_kept_with_how_it_came(session, world, name):
    commands.receive(session, imip.sample(name), now=imip.NOW)
    told = imip.SAMPLES[name]
    invitee = whose(session, told)
    assert invitee.answer is ANSWERS[told["partstat"]]
    assert (invitee.answer_source, invitee.answered_at) == (Source.MAIL, imip.NOW)
    assert invitee.replied_sequence == 1


@pytest.mark.both_engines
def test_a_proposal_moves_nothing_and_is_kept(session, world):
    told = imip.SAMPLES["03_outlook_counter.eml"]
    event = world[told["uid"]]
    before = (event.starts_at, event.sequence)
    commands.receive(session, imip.sample("03_outlook_counter.eml"), now=imip.NOW)
    proposal = session.query(TimeProposal).one()
    assert proposal.starts_at.isoformat() == "2026-09-11T19:00:00+00:00"
    assert whose(session, told).answer is Answer.TENTATIVE
    assert (event.starts_at, event.sequence) == before


def test_an_answer_to_the_version_before_is_kept_beside(session, world):
    name = "11_stale_sequence.eml"
    commands.receive(session, imip.sample(name), now=imip.NOW)
    invitee = whose(session, imip.SAMPLES[name])
    assert (invitee.answer, invitee.stale_answer) == (Answer.PENDING, Answer.ACCEPTED)


def test_a_bounce_holds_the_address_and_leaves_the_answer(session, world):
    name = "18_dsn_bounce_with_original_request.eml"
    invitee = whose(session, imip.SAMPLES[name])
    invitee.answer = Answer.ACCEPTED
    commands.receive(session, imip.sample(name), now=imip.NOW)
    session.flush()
    assert (invitee.answer, invitee.delivery) == (Answer.ACCEPTED, Delivery.FAILED)
    assert session.get(HeldAddress, "beto@coop.example.cl") is not None


def whose(session, told):
    return next(
        one
        for one in session.query(Invitee)
        if (one.event.uid, one.person.email) == (told["uid"], told["attendee"])
    )
