"""The list of talks: narrowed, searched, sorted and paged, whatever the address asks for."""

from datetime import date, datetime, timedelta

import pytest
from lxml import html
from sqlalchemy import event

from coopoutreach.events.rules import EventState
from coopoutreach.talks.talks.models import OutreachPlan
from tests.factories import a_talk


@pytest.fixture(autouse=True)
def frozen(time_machine, now):
    time_machine.move_to(now, tick=False)


@pytest.fixture
def coordination(sign_in):
    return sign_in("coordination")


def titles(browser, address):
    answer = browser.get(address)
    assert answer.status_code == 200
    return [
        each.text_content().strip() for each in html.fromstring(answer.data).xpath("//tbody/tr/th")
    ]


@pytest.fixture
def talks(database):
    """Thirty talks ahead, one a day, and three that were."""
    with database.transaction() as session:
        for number in range(30):
            start = datetime(2026, 12, 14, 10) + timedelta(days=number)
            a_talk(session, title=f"Garantía {number:02}", wall_start=start)
        for number in range(3):
            start = datetime(2026, 10, 5, 10) + timedelta(days=number)
            a_talk(session, title=f"Pasada {number}", wall_start=start, state=EventState.HELD)


def test_what_is_ahead_is_shown_page_by_page_and_what_was_on_request(coordination, talks):
    first, second = titles(coordination, "/plan"), titles(coordination, "/plan?pagina=2")
    assert [*first, *second] == [f"Garantía {number:02}" for number in range(30)]
    assert len(first) == 25
    assert titles(coordination, "/plan?pagina=99") == second
    assert titles(coordination, "/plan?cuando=anteriores") == ["Pasada 2", "Pasada 1", "Pasada 0"]


@pytest.mark.both_engines
def test_it_is_searched_whatever_the_accents_and_sorted_both_ways(coordination, talks, database):
    with database.transaction() as session:
        a_talk(session, title="Taller de riesgo", place="Salón Ñandú")
    assert titles(coordination, "/plan?q=garantia+07") == ["Garantía 07"]
    assert titles(coordination, "/plan?q=SALON") == ["Taller de riesgo"]
    assert titles(coordination, "/plan?orden=titulo&descendente=1")[0] == "Taller de riesgo"
    assert titles(coordination, "/plan?orden=estado&estado=published&pagina=2")


def test_a_search_keeps_plan_time_and_order(coordination, talks, database):
    with database.transaction() as session:
        year = {"starts_on": date(2026, 1, 1), "ends_on": date(2026, 12, 31)}
        plan = OutreachPlan(name="Plan 2026", objectives="", **year)
        session.add(plan)
        session.flush()
        a_talk(session, title="Del plan", plan_id=plan.id)
        name = plan.public_id
    assert titles(coordination, f"/plan?plan={name}") == ["Del plan"]
    answer = coordination.get(f"/plan?plan={name}&cuando=anteriores&orden=titulo")
    for form in html.fromstring(answer.data).xpath("//form[@method='get']"):
        fields = form.xpath(".//input[@type='hidden']")
        kept = {field.get("name"): field.get("value") for field in fields}
        assert kept == {"plan": name, "cuando": "anteriores", "orden": "titulo"}


@pytest.mark.parametrize(
    "asked",
    ["pagina=-1", "pagina=ñ", "estado=rescheduled", "estado=x", "orden=x", "cuando=x", "plan=x"],
)
def test_what_makes_no_sense_narrows_nothing(coordination, talks, asked):
    assert len(titles(coordination, f"/plan?{asked}")) == 25


def test_it_asks_as_often_for_many_talks_as_for_few(coordination, database, talks):
    def statements():
        seen = []
        event.listen(database.engine, "before_cursor_execute", lambda *given: seen.append(given[2]))
        titles(coordination, "/plan")
        return len(seen)

    few = statements()
    with database.transaction() as session:
        for number in range(200):
            a_talk(session, title=f"Otra {number}")
    assert statements() == few
    assert len(coordination.get("/plan").data) < 60_000
