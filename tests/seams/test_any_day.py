"""The application does its work on any day: the demonstration, every page, every job.

`make endurance` tries each of the days and looks at every page; `make test` tries some.
"""

import pytest
import sqlalchemy as sa
import time_machine

from coopoutreach.committee.commitments.models import Commitment
from coopoutreach.events.models import Event
from coopoutreach.events.rules import EventState
from coopoutreach.operations.demo import commands as demo
from coopoutreach.people.accounts.models import User
from coopoutreach.platform.core import calendar, reactions, spanish
from coopoutreach.platform.core.clock import utcnow
from coopoutreach.schedule import JOBS
from coopoutreach.talks.talks.models import Talk
from coopoutreach.wiring import WIRING
from tests.conftest import signed_in
from tests.support.crawling import addresses
from tests.support.endurance import rounds
from tests.support.moments import MOMENTS

pytestmark = [pytest.mark.slow, pytest.mark.endurance]
SECURE = {"base_url": "https://localhost"}
ALL = bool(rounds(0, 1))
TRIED = (*MOMENTS,) if ALL else ("christmas-eve", "leap-day", "clocks-go-back", "tomorrow-in-utc")
LOOKED_AT = TRIED if ALL else ("christmas-eve",)
WHO = (
    "admin@fecrecoop.example",
    "coordinacion@fecrecoop.example",
    "contraparte@corfo.example",
    "gerencia@cobre-alto.example",
)


@pytest.fixture
def engine_name():
    """What the two engines do differently with moments is tested where it is."""
    return "sqlite"


@pytest.fixture(params=TRIED)
def moment(request):
    with time_machine.travel(MOMENTS[request.param], tick=True):
        yield request.param


@pytest.fixture
def loaded(moment, app, database):
    reactions.install(WIRING)
    with database.transaction() as session:
        demo.load(session, password="demostracion", now=utcnow())
    return database


def test_the_demonstration_the_jobs_and_the_pages_hold(loaded, app, moment):
    the_demonstration_falls_on_good_days(loaded)
    every_job_runs(loaded)
    if moment in LOOKED_AT:
        every_page_answers(app, loaded)


def the_demonstration_falls_on_good_days(database):
    with database.reading() as session:
        talks = session.scalars(sa.select(Talk)).all()
        for talk in talks:
            day = talk.wall_start.date()
            assert calendar.is_working_day(day, region=talk.region), talk.title
            assert not calendar.avoided_period(day), talk.title
        for event in session.scalars(sa.select(Event)):
            assert calendar.is_working_day(event.wall_start.date()), event.title
        for due in session.scalars(sa.select(Commitment.due_on)):
            assert calendar.is_working_day(due)
        states = [talk.state for talk in talks]
        assert states.count(EventState.HELD) == 3
        assert states.count(EventState.CANCELLED) == 1
        assert states.count(EventState.DRAFT) == 1
        today = spanish.wall(utcnow()).date()
        ahead = [talk.wall_start.date() for talk in talks if talk.state is EventState.PUBLISHED]
        assert len(ahead) >= 7
        assert min(ahead) > today or today.weekday() == 6


def every_job_runs(database):
    for job in JOBS:
        assert job.run(database, utcnow()) >= 0, job.name


def every_page_answers(app, database):
    with database.transaction() as session:
        browsers = {"nobody": app.test_client()}
        for email in WHO:
            user = session.scalars(sa.select(User).where(User.email == email)).one()
            browsers[email] = signed_in(app, session, user)
        talks = sa.select(Talk).order_by(Talk.starts_at.desc()).limit(None if ALL else 2)
        found = session.scalars(talks).all()
        slugs, numbers = [one.slug for one in found], [str(one.public_id) for one in found]
    seen, broken = 0, []
    for rule, address in addresses(app, {"slug": slugs, "talk_id": numbers, "public_id": numbers}):
        if rule.endpoint == "operations.readyz":
            continue
        for who, browser in browsers.items():
            status = browser.get(address, **SECURE).status_code
            seen += status == 200
            if status >= 500:
                broken.append((who, address, status))
    assert not broken
    assert seen > 200
