"""What is amiss with an agenda, its order, and when two are the same."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from coopoutreach.committee.meetings.rules import ItemKind
from coopoutreach.committee.meetings.rules.agenda import (
    Line,
    Problem,
    digest,
    moved,
    total,
    warnings,
)

LINE = Line("a", "Avance", ItemKind.INFORMATIVE, 20, presenter="Rosa")


def problems(*lines, length=90):
    return [(each.problem, each.item) for each in warnings(lines, length=length)]


def test_an_agenda_without_items_warns():
    assert problems() == [(Problem.EMPTY, "")]


def test_one_that_fits_with_somebody_for_each_item_is_well():
    assert problems(LINE) == []


def test_what_is_too_long_for_nobody_or_without_its_document_warns():
    decide = replace(LINE, number="b", kind=ItemKind.TO_DECIDE, presenter="", minutes=80)
    assert problems(LINE, decide) == [
        (Problem.TOO_LONG, ""),
        (Problem.NOBODY, "b"),
        (Problem.NO_DOCUMENT, "b"),
    ]
    assert total([LINE, decide]) == 100


def test_two_agendas_are_the_same_when_all_that_people_are_told_is():
    assert digest([LINE]) == digest([replace(LINE, number="z")])
    for change in ({"title": "x"}, {"minutes": 1}, {"detail": "x"}, {"files": (("a", "b"),)}):
        assert digest([LINE]) != digest([replace(LINE, **change)])


@given(st.permutations(range(6)), st.sets(st.integers(0, 5), min_size=1), st.integers(-2, 9))
def test_what_is_hidden_keeps_its_place(order, seen, to):
    item = min(seen)
    changed = moved(order, item, seen=frozenset(seen), to=to)
    assert sorted(changed) == sorted(order)
    for place, number in enumerate(order):
        if number not in seen:
            assert changed[place] == number
    shown = [number for number in changed if number in seen]
    assert shown.index(item) == max(0, min(to, len(seen) - 1))
