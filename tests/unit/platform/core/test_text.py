import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopoutreach.platform.core import text


@pytest.mark.parametrize(
    ("given", "clean"),
    [
        ("  Ana   María ", "Ana María"),
        ("A\u0301ngel", "Ángel"),
        ("Peña\u202eoxe", "Peñaoxe"),
        ("zero\u200bwidth", "zerowidth"),
        ("nul\x00byte", "nulbyte"),
        ("two\nlines", "two lines"),
        ("O’Higgins d'Acuña", "O’Higgins d'Acuña"),
    ],
)
def test_in_17_a_name_is_one_line_without_invisible_characters(given, clean):
    assert text.clean_line(given) == clean


def test_in_17_a_thousand_marks_on_a_letter_are_cut():
    assert len(text.clean_line("e" + "\u0300" * 1000)) <= 4


def test_the_letter_n_with_tilde_sorts_after_n():
    names = ["Ñuñoa", "Nuñez", "Ortiz", "Nuble", "Olave"]
    assert sorted(names, key=text.search_key) == ["Nuble", "Nuñez", "Ñuñoa", "Olave", "Ortiz"]


def test_in_16_the_wildcards_of_like_are_escaped():
    assert text.like_pattern("100%_\\") == "%100\\%\\_\\\\%"


def test_a_slug_has_letters_digits_and_hyphens_alone():
    assert text.slug("¿Cómo postular? Año 2026: «CORFO»") == "como-postular-ano-2026-corfo"


@given(st.text())
def test_cleaning_twice_changes_nothing_more(given):
    once = text.clean_line(given)
    assert text.clean_line(once) == once
