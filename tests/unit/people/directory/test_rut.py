import json
from pathlib import Path

import pytest

from coopoutreach.people.directory import rut
from coopoutreach.platform.core import spanish

VECTORS = json.loads((Path(__file__).parents[3] / "data" / "locale_vectors.json").read_text())
REPEATED = "11.111.111-1"


@pytest.mark.parametrize("typed", [one for one in VECTORS["rut"]["validos"] if one != REPEATED])
def test_a_right_one_is_kept_compact_and_shown_with_points(typed):
    compact = rut.parse(typed)
    assert compact == typed.replace(".", "").replace("-", "")
    assert spanish.rut(compact) == typed


@pytest.mark.parametrize("typed", VECTORS["rut"]["invalidos"])
def test_a_wrong_one_gets_a_sentence(typed):
    with pytest.raises(ValueError, match="RUT"):
        rut.parse(typed)


def test_ways_of_writing_it_are_the_same():
    assert {rut.parse(typed) for typed in VECTORS["rut"]["equivalentes"]} == {"59999906K"}
    assert rut.parse(" 59 999 906-k ") == "59999906K"


@pytest.mark.parametrize("typed", [REPEATED, "22.222.222-2", "9.999.999-3"])
def test_a_repeated_number_is_nobodys(typed):
    with pytest.raises(ValueError, match="repite un solo número"):
        rut.parse(typed)


def test_ten_thousand_characters_are_refused_at_once():
    with pytest.raises(ValueError, match="muy largo"):
        rut.parse("1" * 10_000)


def test_entities_usually_have_a_number_above_fifty_million():
    assert rut.is_unusual_for_entity("125319092")
    assert not rut.is_unusual_for_entity("828789007")
