"""How words are put together and told apart, when a term ends, and where minutes may go."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopoutreach.committee.minutes.rules import (
    LOCKED,
    MOVES,
    ApprovalKind,
    Change,
    Method,
    State,
    days_before,
    decision_number,
    differences,
    label,
    last_day,
    merge,
    reached,
    statement,
)

LINES = st.lists(st.sampled_from(["a", "b", "c", "d", ""]), max_size=8)
TEXTS = LINES.map("\n".join)


class TestMerging:
    def test_changes_in_different_lines_are_put_together(self):
        base = "uno\ndos\ntres"
        assert merge(base, "UNO\ndos\ntres", "uno\ndos\nTRES").text == "UNO\ndos\nTRES"

    def test_changes_that_touch_are_for_a_person_to_choose(self):
        assert merge("uno\ndos", "UNO\ndos", "uno\nDOS").text is None
        assert merge("uno", "uno mío", "uno suyo").text is None
        assert merge("", "lo mío", "lo suyo").text is None

    def test_the_same_change_by_both_is_one(self):
        assert merge("uno", "dos", "dos").text == "dos"

    def test_what_one_deleted_far_from_what_the_other_wrote_is_deleted(self):
        assert merge("a\nb\nc\nd", "b\nc\nd", "a\nb\nc\nd\ne").text == "b\nc\nd\ne"

    @given(TEXTS, TEXTS)
    def test_who_wrote_alone_is_taken_at_their_word(self, base, text):
        assert merge(base, text, base).text == text
        assert merge(base, base, text).text == text

    @given(LINES, LINES, LINES)
    def test_no_line_that_somebody_added_is_lost(self, base, mine, theirs):
        mine = [f"mío {n}" if line == "a" else line for n, line in enumerate(mine)]
        theirs = [f"suyo {n}" if line == "a" else line for n, line in enumerate(theirs)]
        merged = merge("\n".join(base), "\n".join(mine), "\n".join(theirs)).text
        if merged is not None:
            written = {line for line in mine + theirs if line.startswith(("mío", "suyo"))}
            assert written <= set(merged.split("\n"))

    @given(TEXTS, TEXTS, TEXTS)
    def test_it_does_not_matter_who_comes_first(self, base, mine, theirs):
        assert merge(base, mine, theirs).text == merge(base, theirs, mine).text


class TestDifferences:
    def test_of_a_line_that_changed_the_words_are_told(self):
        went, came = differences("El plazo es marzo.", "El plazo es abril.")
        assert (went.change, came.change) == (Change.REMOVED, Change.ADDED)
        assert (Change.REMOVED, "marzo") in went.runs
        assert (Change.ADDED, "abril") in came.runs

    @given(st.text(max_size=60), st.text(max_size=60))
    def test_both_texts_can_be_read_out_of_them(self, before, after):
        found = differences(before, after)

        def lines(but):
            return ["".join(t for _c, t in line.runs) for line in found if line.change is not but]

        assert "\n".join(lines(Change.ADDED)) == before
        assert "\n".join(lines(Change.REMOVED)) == after


class TestTerms:
    def test_five_working_days_over_the_end_of_the_year(self):
        assert last_day(date(2026, 12, 23), 5) == date(2026, 12, 31)

    def test_national_holidays_do_not_count(self):
        assert last_day(date(2026, 9, 16), 2) == date(2026, 9, 21)

    def test_backwards(self):
        assert days_before(date(2026, 12, 31), 2) == date(2026, 12, 29)
        assert days_before(date(2026, 12, 28), 1) == date(2026, 12, 24)


class TestStates:
    def test_a06_nothing_leads_out_of_what_is_locked_but_publication(self):
        assert MOVES[State.APPROVED] == {State.PUBLISHED}
        assert MOVES[State.PUBLISHED] == frozenset()

    def test_a06_only_what_everybody_signed_off_can_be_approved(self):
        assert [state for state, to in MOVES.items() if State.APPROVED in to] == [State.SIGNED_OFF]

    @given(
        st.sampled_from(State),
        st.dictionaries(st.integers(1, 3), st.sampled_from(["x", "y"])),
        st.dictionaries(st.integers(1, 3), st.sampled_from(["x", "y"])),
        st.sets(st.integers(1, 3)),
    )
    def test_approved_is_reached_by_every_partys_word_about_one_same_text_alone(
        self, state, signed_off, approved, parties
    ):
        to = reached(state, parties, "x", signed_off=signed_off, approved=approved)
        if to is State.APPROVED and state not in LOCKED:
            assert parties
            assert all(approved.get(party) == "x" for party in parties)


class TestWords:
    def test_numbers(self):
        assert decision_number(2026, 3, 2) == "A-2026-03-02"
        assert decision_number(2026, 3, 1, reserved=True) == "A-2026-03-R01"
        assert label(3, 2026, 1) == "Acta N° 3 de 2026"
        assert label(3, 2026, 2) == "Acta N° 3 de 2026, versión 2"

    @pytest.mark.parametrize("kind", ApprovalKind)
    def test_a_statement_names_who_for_whom_and_which_text(self, kind):
        said = statement(
            kind, name="Marcela Ríos", post="Jefa", institution="CORFO", label="Acta N° 3 de 2026",
            table="Mesa", sha256="f" * 64,
        )  # fmt: skip
        assert "Marcela Ríos, Jefa de CORFO" in said
        assert "f" * 64 in said
        assert "avanzada" not in said
        assert ("firma electrónica simple (Ley N° 19.799)" in said) == (
            kind is ApprovalKind.APPROVAL
        )

    def test_silence_is_said_in_the_institutions_name(self):
        said = statement(
            ApprovalKind.APPROVAL, name="", post="", institution="CORFO", label="Acta N° 3 de 2026",
            table="Mesa", sha256="f" * 64, method=Method.SILENCE,
        )  # fmt: skip
        assert said.startswith("CORFO no hizo observaciones dentro del plazo.")
