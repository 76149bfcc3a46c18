"""A number that somebody was sent names one decision for ever."""

from coopoutreach.committee.minutes import commands
from coopoutreach.platform.core import reactions
from coopoutreach.wiring import WIRING
from tests.factories import NOW
from tests.support.acta import SECRETARY, an_acta, approve, send_out

BY = {"actor": SECRETARY, "now": NOW}


def decide(session, part, text):
    return commands.add_decision(session, part, text, addressed_to_id=None, **BY)


def test_what_was_sent_and_taken_out_gives_its_number_to_nothing_else(session, settings):
    reactions.install(WIRING)
    acta = an_acta(session)
    part = acta.part("Garantías")
    decide(session, part, "Uno.")
    draft = decide(session, part, "Dos, en borrador.")
    commands.remove_decision(session, draft, **BY)
    second = decide(session, part, "Dos.")
    assert second.ordinal == 2
    send_out(session, acta.minutes, **BY)
    commands.withdraw(session, acta.minutes, **BY)
    commands.remove_decision(session, second, **BY)
    assert decide(session, part, "Tres.").ordinal == 3


def test_nor_does_a_rectification(session, settings):
    reactions.install(WIRING)
    acta = an_acta(session)
    decide(session, acta.part("Garantías"), "Uno.")
    send_out(session, acta.minutes, **BY)
    for person in (acta.table.people[0], acta.table.people[2]):
        approve(session, acta, person)
    second = commands.rectify(session, acta.minutes, "No se acordó.", **BY)
    [copied] = second.decisions
    part = copied.part
    commands.remove_decision(session, copied, **BY)
    assert decide(session, part, "Dos.").ordinal == 2
