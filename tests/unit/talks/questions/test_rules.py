"""Which questions are asked, and what is an answer to each."""

from datetime import UTC, datetime

import pytest
from werkzeug.datastructures import MultiDict

from coopoutreach.talks.consents import rules as consents
from coopoutreach.talks.consents.rules import Purpose
from coopoutreach.talks.questions import rules
from coopoutreach.talks.questions.forms import AnswerForm
from coopoutreach.talks.questions.rules import Asked, Asking, Condition, Kind, Need

COMES = Asked(id="comes", key=1, kind=Kind.YES_NO, text="¿Viaja?", required=True)
FROM = Asked(
    id="from",
    key=2,
    kind=Kind.ONE,
    text="¿Desde dónde?",
    options=("Calama", "Otra ciudad"),
    required=True,
    condition=Condition("comes", "yes"),
)
WHICH = Asked(
    id="which",
    key=3,
    kind=Kind.TEXT,
    text="¿Cuál?",
    required=True,
    condition=Condition("from", "Otra ciudad"),
)
FOOD = Asked(id="food", key=4, kind=Kind.PARAGRAPH, text="Alimentación", need=Need.DIETARY)
ASKING = Asking((COMES, FROM, WHICH, FOOD), photos=True)
DIETARY = consents.in_force(Purpose.DIETARY).id
PHOTOS = consents.in_force(Purpose.PHOTOS).id


def of(kind, **more):
    return Asked(id="q", key=1, kind=kind, text="¿?", **more)


def parse(asking=ASKING, **typed):
    data = MultiDict()
    for name, value in typed.items():
        data.setlist(name.replace("__", "-"), value if isinstance(value, list) else [value])
    return AnswerForm.parse(data, asking)


class TestRead:
    @pytest.mark.parametrize(
        ("typed", "answer"),
        [
            ("12", 12),
            ("3,5", 3.5),
            ("3.5", 3.5),
            ("1.234", 1234),
            ("1.234.567,8", 1234567.8),
            ("-4", -4),
            (" 1 000 ", 1000),
        ],
    )
    def test_reads_numbers_as_they_are_written_here(self, typed, answer):
        assert rules.read(of(Kind.NUMBER), [typed]) == answer

    @pytest.mark.parametrize("typed", ["doce", "1,2,3", "1e5", "=1", "١٢x", "9" * 40, "NaN"])
    def test_refuses_what_is_no_number(self, typed):
        with pytest.raises(ValueError, match="Escriba un número"):
            rules.read(of(Kind.NUMBER), [typed])

    @pytest.mark.parametrize("typed", ["2026-12-15", "15-12-2026", "15/12/2026"])
    def test_reads_dates(self, typed):
        assert rules.read(of(Kind.DATE), [typed]) == "2026-12-15"

    @pytest.mark.parametrize("typed", ["31-02-2026", "mañana", "0001-01-01"])
    def test_refuses_what_is_no_date(self, typed):
        with pytest.raises(ValueError, match="fecha que exista"):
            rules.read(of(Kind.DATE), [typed])

    def test_reads_several_options_in_the_order_of_the_question(self):
        question = of(Kind.SEVERAL, options=("a", "b", "c"))
        assert rules.read(question, ["c", "a"]) == ["a", "c"]

    @pytest.mark.parametrize("kind", [Kind.ONE, Kind.SEVERAL])
    def test_refuses_an_option_that_is_not_offered(self, kind):
        with pytest.raises(ValueError, match="ya no está"):
            rules.read(of(kind, options=("a", "b")), ["z"])

    @pytest.mark.parametrize("kind", list(Kind))
    def test_nothing_is_no_answer_and_refused_only_where_one_is_required(self, kind):
        assert rules.read(of(kind, options=("a", "b")), ["", "  "]) is None
        with pytest.raises(ValueError, match=r"\.$"):
            rules.read(of(kind, options=("a", "b"), required=True), [])

    def test_refuses_what_is_too_long(self):
        with pytest.raises(ValueError, match="200 caracteres"):
            rules.read(of(Kind.TEXT), ["a" * 201])

    @pytest.mark.parametrize(
        ("kind", "typed"),
        [
            (Kind.YES_NO, ["no"]),
            (Kind.NUMBER, ["1234567,5"]),
            (Kind.DATE, ["2026-12-15"]),
            (Kind.SEVERAL, ["b"]),
            (Kind.TEXT, ["Hola"]),
        ],
    )
    def test_what_was_answered_can_be_typed_again(self, kind, typed):
        question = of(kind, options=("a", "b"))
        answer = rules.read(question, typed)
        assert rules.read(question, rules.as_typed(answer)) == answer


@pytest.mark.parametrize(
    ("question", "value", "words"),
    [
        (of(Kind.YES_NO), False, "No"),
        (of(Kind.NUMBER), 1234.5, "1.234,5"),
        (of(Kind.NUMBER), 2000, "2.000"),
        (of(Kind.DATE), "2026-12-15", "15-12-2026"),
        (of(Kind.SEVERAL), ["a", "b"], "a, b"),
        (of(Kind.TEXT), None, ""),
    ],
)
def test_an_answer_is_shown_as_people_write_it(question, value, words):
    assert rules.words_of(question, value) == words


class TestConditions:
    def test_a_question_is_asked_only_of_who_answered_the_other_so(self):
        form = parse(q__comes="yes", q__from="Otra ciudad", q__which="Tocopilla")
        assert form.errors == {}
        assert form.answers == {1: True, 2: "Otra ciudad", 3: "Tocopilla"}

    def test_what_is_not_asked_is_neither_required_nor_kept(self):
        form = parse(q__comes="no", q__from="Calama", q__which="Tocopilla")
        assert form.errors == {}
        assert form.answers == {1: False}

    def test_a_condition_on_what_is_not_asked_does_not_hold(self):
        form = parse(q__comes="no", q__from="Otra ciudad", q__which="Tocopilla")
        assert 3 not in form.answers

    def test_what_is_asked_is_required(self):
        assert set(parse(q__comes="yes").errors) == {"q-from"}

    def test_one_of_several_options_decides(self):
        several = of(Kind.SEVERAL, options=("a", "b"))
        then = Asked(id="t", key=9, kind=Kind.TEXT, text="¿?", condition=Condition("q", "b"))
        assert rules.is_asked(then, {several.id: ["a", "b"]})
        assert not rules.is_asked(then, {several.id: ["a"]})


class TestConsents:
    def test_pr_17_a_need_is_not_read_without_its_box_and_nothing_typed_is_lost(self):
        form = parse(q__comes="no", q__food="Soy celíaca")
        assert set(form.errors) == {"consent-dietary"}
        assert form.typed["q-food"] == ["Soy celíaca"]

    def test_a_need_with_its_box_is_read_with_the_words_agreed_to(self):
        form = parse(q__comes="no", q__food="Soy celíaca", consent__dietary=DIETARY)
        assert form.errors == {}
        assert (form.answers[4], form.agreed) == ("Soy celíaca", {Purpose.DIETARY: DIETARY})

    @pytest.mark.parametrize("forged", ["", "on", "dietary-0", PHOTOS])
    def test_pr_17_other_words_than_those_in_force_are_refused_and_the_box_unticked(self, forged):
        form = parse(q__comes="no", q__food="Soy celíaca", consent__dietary=forged)
        assert "cambió" in form.errors["consent-dietary"]
        assert "consent-dietary" not in form.typed
        assert form.agreed == {}

    def test_nobody_agrees_to_keep_what_they_did_not_write(self):
        assert parse(q__comes="no", consent__dietary=DIETARY).agreed == {}

    def test_photos_are_asked_about_only_where_they_are_taken(self):
        assert parse(q__comes="no", consent__photos=PHOTOS).agreed == {Purpose.PHOTOS: PHOTOS}
        assert parse(Asking((COMES,)), q__comes="no", consent__photos=PHOTOS).agreed == {}

    def test_no_box_no_consent(self):
        assert parse(q__comes="no").agreed == {}


def test_needs_last_thirty_days():
    assert rules.erase_needs_after(datetime(2026, 12, 1, tzinfo=UTC)) == datetime(
        2026, 12, 31, tzinfo=UTC
    )


def test_a_talk_that_asks_nothing_says_so():
    assert not Asking()
    assert Asking(photos=True)
