"""In whatever order people act: nothing is approved but by every party's word on one text."""

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from coopoutreach.committee.minutes import commands
from coopoutreach.committee.minutes.commands import Voice
from coopoutreach.committee.minutes.rules import LOCKED, MOVES, ApprovalKind
from coopoutreach.platform.core.errors import DomainError
from tests.factories import NOW
from tests.support import acta
from tests.support.endurance import rounds

BY = {"actor": "user:1", "now": NOW}
STEPS = (
    "type",
    "send",
    "withdraw",
    "observe",
    "reply",
    "publish",
    "sign-off 1",
    "sign-off 3",
    "approve 0",
    "approve 1",
    "approve 2",
    "approve 2 of another text",
)


@pytest.fixture
def engine_name():
    return "sqlite"


def take(session, made, step, number):
    minutes = made.minutes
    act, _, rest = step.partition(" ")
    person = made.table.people[int(rest[0])] if rest else None
    if act == "type":
        acta.type_in(session, made.part("Garantías"), f"Texto {number}.")
    elif act == "observe":
        voice = Voice(made.table.people[2].id, made.table.corfo.id)
        commands.observe(session, minutes, voice, "Falta.", **BY)
    elif act == "reply":
        for one in minutes.observations:
            commands.reply(session, one, "Listo.", **BY)
    elif act == "sign-off":
        acta.sign_off(session, made, person)
    elif act == "approve":
        sha256 = "0" * 64 if "another" in rest else None
        acta.approve(session, made, person, sha256=sha256)
    elif act == "send":
        acta.send_out(session, minutes, **BY)
    else:
        getattr(commands, act)(session, minutes, **BY)


@examples(
    max_examples=rounds(40, 1000),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    deadline=None,
)
@given(st.lists(st.sampled_from(STEPS), max_size=24))
def test_a06_no_path_reaches_approved_without_every_partys_approval_of_one_text(
    database, settings, steps
):
    with database.transaction() as session:
        made = acta.an_acta(session)
        for number, step in enumerate(steps):
            before, text = made.minutes.state, made.minutes.content
            with session.begin_nested():
                try:
                    take(session, made, step, number)
                except DomainError:
                    session.expire_all()
            check(made, before, text)
        session.rollback()


def check(made, before, text):
    minutes = made.minutes
    after = minutes.state
    reachable = MOVES[before] | {before} | {to for one in MOVES[before] for to in MOVES[one]}
    assert after in reachable
    if before in LOCKED:
        assert minutes.content == text
    if after in LOCKED:
        approved = {
            one.organisation_id: one.content_sha256
            for one in minutes.approvals
            if one.kind is ApprovalKind.APPROVAL and one.void_at is None
        }
        parties = {made.table.federation.id, made.table.corfo.id}
        assert approved == dict.fromkeys(parties, minutes.content_sha256)
