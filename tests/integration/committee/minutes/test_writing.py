"""Typing minutes: nobody's words are lost, on either engine."""

import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa

from coopoutreach.committee.minutes import commands, queries
from coopoutreach.committee.minutes.commands import Outcome, Typed, writing
from coopoutreach.committee.minutes.errors import Locked, NotNow, Unfit
from coopoutreach.committee.minutes.models import MinutesPart, PartRevision
from coopoutreach.committee.minutes.rules import LONGEST_TEXT, PartKind
from tests.factories import NOW, a_meeting, a_table
from tests.support.acta import CANARY_TITLE, SECRETARY, an_acta, an_agenda_item, send_out, type_in
from tests.support.meeting_point import LIMIT

ANA, ROSA = "user:2", "user:3"
MINUTE = timedelta(minutes=1)


def rows(session, part):
    session.flush()
    found = session.scalars(
        sa.select(PartRevision).where(PartRevision.part_id == part.id).order_by(PartRevision.number)
    )
    return [(one.by, one.text, one.aside) for one in found]


class TestStarting:
    def test_parts_are_made_from_the_agenda_and_reserved_items_become_reserved_parts(self, session):
        acta = an_acta(session)
        assert [(part.kind, part.title, part.reserved_for_id) for part in acta.minutes.parts] == [
            (PartKind.PREVIOUS, "Acta anterior", None),
            (PartKind.FOLLOW_UP, "Seguimiento de compromisos", None),
            (PartKind.ITEM, "Garantías", None),
            (PartKind.ITEM, "Plan anual", None),
            (PartKind.ITEM, CANARY_TITLE, acta.table.corfo.id),
            (PartKind.OTHER, "Varios", None),
        ]

    def test_starting_twice_is_starting_once(self, session):
        acta = an_acta(session)
        again = commands.start(session, acta.meeting, actor=ANA, now=NOW)
        assert again is acta.minutes

    def test_a_meeting_that_was_not_convened_has_no_minutes(self, session):
        meeting = a_meeting(session, a_table(session).series, number=None, year=None)
        with pytest.raises(NotNow):
            commands.start(session, meeting, actor=ANA, now=NOW)

    def test_items_added_later_come_before_the_rest(self, session):
        acta = an_acta(session)
        an_agenda_item(session, acta.meeting, "Uno más", position=3)
        assert commands.follow_agenda(session, acta.minutes, actor=ANA, now=NOW) == 1
        assert [part.title for part in acta.minutes.parts][-2:] == ["Uno más", "Varios"]


class TestTyping:
    def test_what_is_typed_stands_as_it_was_typed(self, session):
        part = an_acta(session).part("Garantías")
        saved = type_in(session, part, "Uno.\r\n\r\n- dos \n")
        assert (saved.outcome, part.text) == (Outcome.SAVED, "Uno.\n\n- dos \n")

    def test_saves_of_one_person_within_a_minute_are_one_revision(self, session):
        part = an_acta(session).part("Garantías")
        for n in range(30):
            type_in(session, part, "x" * (n + 1), actor=ANA, now=NOW + n * timedelta(seconds=1))
        type_in(session, part, "otro minuto", actor=ANA, now=NOW + MINUTE)
        assert rows(session, part) == [
            (SECRETARY, "", False),
            (ANA, "x" * 30, False),
            (ANA, "otro minuto", False),
        ]

    @pytest.mark.both_engines
    def test_anothers_words_are_never_gathered_into_ones_own(self, session):
        part = an_acta(session).part("Garantías")
        for actor, text in ((ANA, "a"), (ROSA, "ab"), (ANA, "abc"), (ROSA, "abcd")):
            type_in(session, part, text, actor=actor)
        assert [by for by, _text, _aside in rows(session, part)][1:] == [ANA, ROSA, ANA, ROSA]

    def test_saving_the_same_again_adds_nothing(self, session):
        part = an_acta(session).part("Garantías")
        type_in(session, part, "uno")
        before = part.revision
        type_in(session, part, "uno", now=NOW + MINUTE)
        assert part.revision == before

    def test_too_long_a_text_is_refused(self, session):
        part = an_acta(session).part("Garantías")
        with pytest.raises(Unfit):
            type_in(session, part, "x" * (LONGEST_TEXT + 1))

    def test_nothing_is_typed_into_minutes_in_review(self, session):
        acta = an_acta(session)
        send_out(session, acta.minutes, actor=SECRETARY, now=NOW)
        with pytest.raises(NotNow):
            type_in(session, acta.part("Garantías"), "tarde")


class TestTwoPeople:
    def begin(self, session):
        part = an_acta(session).part("Garantías")
        type_in(session, part, "uno\ndos\ntres", now=NOW - MINUTE)
        return part, part.revision

    def test_changes_elsewhere_in_the_part_are_put_together(self, session):
        part, base = self.begin(session)
        type_in(session, part, "UNO\ndos\ntres", actor=ANA, base=base)
        saved = type_in(session, part, "uno\ndos\nTRES", actor=ROSA, base=base)
        assert saved.outcome is Outcome.MERGED
        assert part.text == saved.text == "UNO\ndos\nTRES"

    def test_changes_that_touch_leave_both_until_the_writer_chooses(self, session):
        part, base = self.begin(session)
        type_in(session, part, "uno de Ana\ndos\ntres", actor=ANA, base=base)
        saved = type_in(session, part, "uno de Rosa\ndos\ntres", actor=ROSA, base=base)
        assert saved.outcome is Outcome.CONFLICT
        assert part.text == "uno de Ana\ndos\ntres"
        assert queries.with_aside(session, part.minutes) == {part.id}
        assert (ROSA, "uno de Rosa\ndos\ntres", True) in rows(session, part)
        chosen = type_in(
            session, part, "uno de Ana y de Rosa\ndos\ntres", actor=ROSA,
            base=saved.revision, chosen=True,
        )  # fmt: skip
        assert chosen.outcome is Outcome.SAVED
        assert part.text == "uno de Ana y de Rosa\ndos\ntres"
        assert queries.with_aside(session, part.minutes) == set()
        assert {by for by, _text, _aside in rows(session, part)} == {SECRETARY, ANA, ROSA}

    def test_choosing_what_changed_again_meanwhile_is_asked_again(self, session):
        part, base = self.begin(session)
        type_in(session, part, "uno de Ana\ndos\ntres", actor=ANA, base=base)
        saved = type_in(session, part, "uno de Rosa\ndos\ntres", actor=ROSA, base=base)
        type_in(session, part, "uno de Ana, otra vez\ndos\ntres", actor=ANA)
        again = type_in(
            session, part, "uno de Rosa\ndos\ntres", actor=ROSA, base=saved.revision, chosen=True
        )
        assert again.outcome is Outcome.CONFLICT
        assert part.text == "uno de Ana, otra vez\ndos\ntres"

    def test_a_tab_that_lay_open_while_its_revision_was_gathered_still_merges(self, session):
        part, _base = self.begin(session)
        type_in(session, part, "uno\ndos\ntres\n", actor=ANA, now=NOW)
        lost = part.revision
        type_in(session, part, "uno\ndos\ntres\ncuatro", actor=ANA, now=NOW)
        assert queries.revision(session, part, lost) is None
        saved = type_in(
            session, part, "UNO\ndos\ntres\n", actor=ROSA, base=lost, before="uno\ndos\ntres\n"
        )
        assert (saved.outcome, part.text) == (Outcome.MERGED, "UNO\ndos\ntres\ncuatro")

    def test_without_knowing_what_one_began_from_nothing_is_overwritten(self, session):
        part, _base = self.begin(session)
        saved = type_in(session, part, "de muy antes", actor=ROSA, base=77)
        assert (saved.outcome, part.text) == (Outcome.CONFLICT, "uno\ndos\ntres")


def race(database, part_id, base):
    """Have two people save the same part at once, each line of their own."""
    ready = threading.Barrier(2)
    lines = ["uno", "dos", "tres", "cuatro", "cinco"]

    def write(actor, at):
        mine = [*lines]
        mine[at] = actor
        ready.wait(LIMIT)
        with database.transaction() as session:
            part = session.get_one(MinutesPart, part_id)
            typed = Typed("\n".join(mine), base, before="\n".join(lines))
            commands.save(session, part, typed, actor=actor, now=NOW)

    threads = [threading.Thread(target=write, args=given) for given in ((ANA, 0), (ROSA, 4))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.reading() as session:
        return session.get_one(MinutesPart, part_id).text


def started(database):
    with database.transaction() as session:
        part = an_acta(session).part("Garantías")
        type_in(session, part, "uno\ndos\ntres\ncuatro\ncinco", now=NOW - MINUTE)
        return part.id, part.revision


def test_two_at_the_same_moment_both_keep_their_words(database, settings):
    for _ in range(5):
        text = race(database, *started(database))
        assert text == f"{ANA}\ndos\ntres\ncuatro\n{ROSA}"


def test_without_the_check_words_are_lost(database, settings, monkeypatch):
    """The negative control: taken at their word about what they began from, the last one wins."""
    monkeypatch.setattr(writing, "_began_from", lambda _session, part, _typed: part.text)
    text = race(database, *started(database))
    assert (ANA in text) is not (ROSA in text)


def test_approved_minutes_are_never_typed_into(session):
    acta = an_acta(session)
    acta.minutes.state = "publicada"
    session.flush()
    session.expire(acta.minutes)
    with pytest.raises(Locked):
        type_in(session, acta.part("Garantías"), "no")
