from collections import Counter
from zoneinfo import ZoneInfo

import pytest

from coopoutreach.people.directory import places


def everywhere():
    return [town for region in places.regions() for town in places.comunas(region.cut)]


def test_there_are_346_comunas_in_16_regions():
    assert len(everywhere()) == 346
    assert len({town.cut for town in everywhere()}) == 346
    assert len(places.regions()) == 16


def test_each_zone_has_its_comunas():
    assert Counter(town.zone for town in everywhere()) == {
        "America/Santiago": 324,
        "America/Coyhaique": 10,
        "America/Punta_Arenas": 11,
        "Pacific/Easter": 1,
    }


def test_the_zones_are_those_of_the_comunas_and_exist():
    assert {zone for zone, _ in places.zones()} == {town.zone for town in everywhere()}
    assert places.zones()[0] == ("America/Santiago", "Santiago (Chile continental)")
    for zone, _ in places.zones():
        assert ZoneInfo(zone).key == zone


def test_regions_run_from_north_to_south():
    regions = places.regions()
    assert [region.order for region in regions] == list(range(1, 17))
    assert (regions[0].short_name, regions[-1].short_name) == ("Arica y Parinacota", "Magallanes")


def test_each_region_says_which_holidays_are_its_own():
    assert len({region.holidays for region in places.regions()}) == 16
    assert places.region("16").holidays == "NB"


def test_a_comuna_is_found_by_its_code_and_knows_its_region():
    town = places.comuna("02101")
    assert (town.name, town.region_cut) == ("Antofagasta", "02")
    assert town in places.comunas("02")
    assert places.comuna("12202").name == "Antártica"


def test_comunas_of_a_region_are_by_name_whatever_their_accents():
    names = [town.name for town in places.comunas("16")]
    assert names.index("Ninhue") < names.index("Ñiquén") < names.index("Pemuco")


@pytest.mark.parametrize(
    ("cut", "zone"),
    [
        ("13101", "America/Santiago"),
        ("05201", "Pacific/Easter"),
        ("05104", "America/Santiago"),
        ("11101", "America/Coyhaique"),
        ("12101", "America/Punta_Arenas"),
    ],
)
def test_a_comuna_keeps_its_own_clock(cut, zone):
    assert places.zone_of(cut) == zone


def test_what_does_not_exist_is_not_found():
    assert places.comuna("99999") is None
    assert places.region("99") is None
    assert places.comunas("99") == ()
    with pytest.raises(LookupError):
        places.zone_of("99999")
