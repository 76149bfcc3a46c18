from datetime import UTC, datetime, timedelta

import pytest

from coopoutreach.talks.materials import rules, showing
from coopoutreach.talks.materials.rules import Audience, Release

END = datetime(2026, 12, 15, 15, 0, tzinfo=UTC)
BEFORE = END - timedelta(seconds=1)


@pytest.mark.parametrize(
    ("release", "is_public", "is_called_off", "now", "out"),
    [
        (Release.AT_ONCE, True, False, BEFORE, True),
        (Release.AT_ONCE, False, False, BEFORE, False),
        (Release.AT_ONCE, True, True, BEFORE, True),
        (Release.AFTER_TALK, True, False, BEFORE, False),
        (Release.AFTER_TALK, True, False, END, True),
        (Release.AFTER_TALK, True, True, END, False),
        (Release.AFTER_TALK, False, False, END, False),
    ],
)
def test_when_a_material_is_there(release, is_public, is_called_off, now, out):
    found = rules.is_out(
        release, is_public=is_public, is_called_off=is_called_off, ends_at=END, now=now
    )
    assert found is out


def test_whom_a_material_is_for():
    assert rules.is_for(Audience.EVERYBODY, attends=False)
    assert rules.is_for(Audience.ATTENDEES, attends=True)
    assert not rules.is_for(Audience.ATTENDEES, attends=False)


def test_who_attends():
    assert rules.attends(has_place=True, came=False, is_absent=False)
    assert rules.attends(has_place=False, came=True, is_absent=False)
    assert not rules.attends(has_place=True, came=False, is_absent=True)
    assert not rules.attends(has_place=False, came=False, is_absent=False)


@pytest.mark.parametrize(
    "url",
    ["https://ejemplo.cl", "https://video.ejemplo.cl/a?b=c#d", "https://ejemplo.cl/ñandú/%20"],
)
def test_a_link_may_lead_to_a_page(url):
    assert rules.is_link(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://ejemplo.cl",
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,<script>",
        "vbscript:x",
        "https:javascript:alert(1)",
        "//ejemplo.cl",
        "https://",
        "https://localhost",
        "https://ana:clave@ejemplo.cl",
        "https://banco.cl@mal.example",
        "https://ejemplo.cl/a b",
        "https://ejemplo.cl/\nx",
        'https://ejemplo.cl/"onclick=x',
        "https://ejemplo.cl\\@mal.example",
        "https://[::1",
        "https://ejemplo.cl/" + "x" * 2000,
    ],
)
def test_in_08_a_link_leads_nowhere_else(url):
    assert not rules.is_link(url)


def test_the_order_changes_one_place_at_a_time_and_ends_at_the_edges():
    assert rules.moved([1, 2, 3], 2, by=-1) == [2, 1, 3]
    assert rules.moved([1, 2, 3], 2, by=1) == [1, 3, 2]
    assert rules.moved([1, 2, 3], 1, by=-1) == [1, 2, 3]
    assert rules.moved([1, 2, 3], 3, by=1) == [1, 2, 3]


def test_sizes_read_as_people_say_them():
    assert [showing.size(n) for n in (0, 900, 850_000, 1_250_000, 20_971_520)] == [
        "1 kB",
        "1 kB",
        "830 kB",
        "1,2 MB",
        "20 MB",
    ]
