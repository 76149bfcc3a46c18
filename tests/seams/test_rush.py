"""Two hundred people at once for fifty seats, over sockets, through each way of serving.

That it oversells without the lock is shown in `integration/registrations/test_overselling.py`.
"""

from collections import Counter
from itertools import product

import pytest
import sqlalchemy as sa

from coopoutreach.talks.registrations.models import Registration
from coopoutreach.talks.registrations.rules import State
from tests.conftest import ENGINES
from tests.support.application import Application, register_all, stop
from tests.support.endurance import rounds

pytestmark = [pytest.mark.slow, pytest.mark.endurance]
SEATS, PEOPLE = 50, 200
WAYS = {
    "serve": lambda application: application.serve("--no-worker"),
    "gunicorn": lambda application: application.gunicorn(workers=2),
}


@pytest.fixture
def application(tmp_path, own_database_url):
    made = Application(tmp_path, own_database_url, f"file:{tmp_path / 'mail'}")
    made.prepare(seats=SEATS)
    return made


@pytest.mark.parametrize(
    ("way", "engine_name"),
    rounds([("serve", "sqlite"), ("gunicorn", "postgresql")], [*product(WAYS, ENGINES)]),
    indirect=["engine_name"],
)
def test_two_hundred_at_once_get_fifty_seats(application, way):
    process = WAYS[way](application)
    try:
        application.wait_until_it_answers()
        emails = [f"persona{number}@coop.example" for number in range(PEOPLE)]
        codes = Counter(register_all(application.port, emails).values())
    finally:
        stop(process)
    assert codes == {303: PEOPLE}, codes
    with application.database() as database, database.reading() as session:
        states = Counter(session.scalars(sa.select(Registration.state)))
    assert states == {State.CONFIRMED: SEATS, State.WAITING: PEOPLE - SEATS}
