from datetime import UTC, datetime

import pytest

from coopoutreach.calendars.feeds import rules
from coopoutreach.calendars.feeds.rules import Scope


@pytest.mark.parametrize(
    ("now", "since"),
    [
        (datetime(2027, 12, 24, 12, tzinfo=UTC), datetime(2026, 11, 24, 12, tzinfo=UTC)),
        (datetime(2027, 1, 15, tzinfo=UTC), datetime(2025, 12, 15, tzinfo=UTC)),
        # There is no 31 November and no 30 February.
        (datetime(2027, 12, 31, 5, tzinfo=UTC), datetime(2026, 11, 30, 5, tzinfo=UTC)),
        (datetime(2027, 3, 30, tzinfo=UTC), datetime(2026, 2, 28, tzinfo=UTC)),
    ],
)
def test_nw_04_thirteen_months_are_counted_by_the_calendar(now, since):
    assert rules.unused_since(now) == since


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        ("Google-Calendar-Importer", "Google Calendar"),
        ("Microsoft.Exchange/15.20 (Server)", "Outlook"),
        ("Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0)", "Outlook"),
        ("Mozilla/5.0 (X11; Linux) Gecko/20100101 Thunderbird/153.0", "Thunderbird"),
        ("iOS/17.5 (21F79) dataaccessd/1.0", "Calendario de iPhone o iPad"),
        ("macOS/14.5 (23F79) CalendarAgent/1011", "Calendario de Mac"),
        ("vdirsyncer/0.20.0", "vdirsyncer"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/150", "un navegador"),
        ("curl/8.5.0", "curl"),
        ("", ""),
        ("<script>alert(1)</script>", ""),
        ("x" * 500, "x" * 40),
        ("Ana\r\nX: y", "Ana"),
    ],
)
def test_a_program_is_called_as_people_call_it(user_agent, name):
    assert rules.program_name(user_agent) == name


def test_a_calendar_is_called_after_what_it_holds():
    assert rules.name_of(Scope.PERSON) == "Mi agenda FECRECOOP"
    assert rules.name_of(Scope.COOPERATIVE, of="Coop") == "Charlas FECRECOOP de Coop"
    assert rules.name_of(Scope.TABLE, of="Mesa X") == "Reuniones: Mesa X"
    assert rules.name_of(Scope.SELECTION) == "Charlas FECRECOOP: todas"
    assert rules.name_of(Scope.SELECTION, chosen=["A", "B"]) == "Charlas FECRECOOP: A, B"
