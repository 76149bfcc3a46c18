"""The coordination's words: each place filled once, by text, and nothing run."""

import pytest

from coopoutreach.mail.outgoing import wording

KNOWN = {"nombre": "Ana", "charla": "Crédito", "plazo": "mañana"}


def test_each_place_is_replaced():
    assert wording.fill("{nombre}: {charla} es {plazo}", KNOWN) == "Ana: Crédito es mañana"


def test_what_is_put_in_is_not_looked_at_again():
    assert wording.fill("{nombre}", {"nombre": "{charla}", "charla": "no"}) == "{charla}"


@pytest.mark.parametrize(
    "text",
    ["{{7*7}}", "{event.__class__}", "%(nombre)s", "{nombre!r}", "{0}", "{nombre.__init__}", "{}"],
)
def test_in_14_what_is_no_place_of_ours_stays_as_it_was_typed(text):
    assert wording.fill(text, KNOWN) == text


def test_places_that_no_mail_fills_are_named_once():
    assert wording.unknown_places("{nombr} {nombre} {nombr} {otro}", KNOWN) == ["nombr", "otro"]


def test_a_blank_line_parts_paragraphs_and_a_value_cannot():
    found = wording.paragraphs(
        "Hola {nombre}:\r\n\r\nUna línea\notra\n \n\nFin", {"nombre": "Ana\n\nY más"}
    )
    assert found == [["Hola Ana\n\nY más:"], ["Una línea", "otra"], ["Fin"]]
