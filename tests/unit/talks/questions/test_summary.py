"""Answers in figures."""

from coopoutreach.talks.questions.rules import Asked, Kind
from coopoutreach.talks.questions.summary import summarise


def of(kind, *options):
    return Asked(id="q", key=1, kind=kind, text="¿?", options=options)


def test_options_are_counted_in_their_order_and_one_that_is_gone_still_counts():
    summary = summarise(of(Kind.SEVERAL, "b", "a"), [["a"], ["a", "b"], ["antes"]])
    assert summary.answered == 3
    assert summary.counts == (("b", 1), ("a", 2), ("antes", 1))


def test_an_option_that_nobody_chose_is_a_zero():
    assert summarise(of(Kind.ONE, "a", "b"), ["a"]).counts == (("a", 1), ("b", 0))


def test_yes_and_no():
    assert summarise(of(Kind.YES_NO), [True, False, True]).counts == (("Sí", 2), ("No", 1))


def test_numbers_have_a_sum_and_an_average():
    figures = dict(summarise(of(Kind.NUMBER), [1000, 2.5, 3]).figures)
    assert figures == {
        "Suma": "1.005,5",
        "Promedio": "335,2",
        "Menor": "2,5",
        "Mayor": "1.000",
    }
    assert summarise(of(Kind.NUMBER), []).figures == ()


def test_dates_are_counted_by_day():
    assert summarise(of(Kind.DATE), ["2026-12-15", "2026-12-15"]).counts == (("15-12-2026", 2),)


def test_what_is_written_is_only_counted():
    summary = summarise(of(Kind.TEXT), ["a", "b"])
    assert (summary.answered, summary.counts) == (2, ())
