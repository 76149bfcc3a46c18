"""Whoever takes the minutes for a side that they left takes them no more."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from coopoutreach.people.accounts import queries as accounts
from coopoutreach.people.directory.models import Affiliation
from tests import factories
from tests.support import acta

BASE = "https://localhost"


@pytest.fixture
def engine_name():
    return "sqlite"


@pytest.fixture(autouse=True)
def frozen(time_machine, now):
    time_machine.move_to(now, tick=False)


@pytest.fixture
def world(app, database):
    """Minutes that CORFO's Marcela takes."""
    with database.transaction() as session:
        made = acta.an_acta(session)
        made.meeting.secretary_id = made.table.people[2].id
        return {"path": f"{made.meeting.path}/acta/editar", "marcela": made.table.people[2].id}


def signed_in(sign_in, database, world, role):
    email = f"{role}@corfo.example"
    client = sign_in(role, email=email)
    with database.transaction() as session:
        user = accounts.user_by_email(session, email)
        session.get_one(factories.Person, world["marcela"]).user_id = user.id
    return client


def leave(database, world, now):
    with database.transaction() as session:
        session.execute(
            sa.update(Affiliation)
            .where(Affiliation.person_id == world["marcela"])
            .values(since=date(2020, 1, 1), until=now.date() - timedelta(days=1))
        )


@pytest.mark.parametrize("role", ["counterpart", "manager"])
def test_whoever_left_takes_no_minutes(sign_in, database, world, now, role):
    client = signed_in(sign_in, database, world, role)
    assert client.get(world["path"], base_url=BASE).status_code == 200
    leave(database, world, now)
    foreign = client.get(world["path"], base_url=BASE)
    missing = client.get("/reuniones/no-existe/acta/editar", base_url=BASE)
    assert foreign.status_code == missing.status_code == 404
    assert foreign.data == missing.data


def test_the_secretary_of_one_side_reads_nothing_that_the_other_keeps(
    sign_in, database, world, app
):
    with database.transaction() as session:
        part = session.scalars(
            sa.select(acta.MinutesPart).where(acta.MinutesPart.title == acta.CANARY_TITLE)
        ).one()
        federation = session.scalars(
            sa.select(factories.Organisation).where(
                factories.Organisation.short_name == "FECRECOOP"
            )
        ).one()
        part.reserved_for_id = federation.id
        part_id = part.public_id
    client = signed_in(sign_in, database, world, "counterpart")
    assert "canario" not in client.get(world["path"], base_url=BASE).text
    history = world["path"].replace("editar", f"partes/{part_id}/historial")
    assert client.get(history, base_url=BASE).status_code == 404
