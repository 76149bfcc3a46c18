"""The seats of a talk in its editor: held ones, the limit, and another session of it."""

import pytest
from sqlalchemy import select

from coopoutreach.talks.talks.models import Talk
from tests.factories import a_talk

SAFE = {"base_url": "https://localhost"}
GOOD = {
    "title": "Garantías para crecer",
    "format": "taller",
    "modality": "hibrida",
    "start_date": "2026-12-15",
    "start_time": "10:00",
    "start_zone": "America/Santiago",
    "end_date": "2026-12-15",
    "end_time": "12:00",
    "place": "Sala",
    "address": "Calle Uno 123",
    "comuna": "13101",
    "capacity_room": "50",
    "capacity_online": "20",
    "prioritised_levels": "inicial",
    "held_room": "20",
    "held_date": "2026-12-04",
    "held_time": "18:00",
    "limit_per_cooperative": "3",
    "reminders": "7, 1",
}


@pytest.fixture
def engine_name():
    """The form is the same on both engines."""
    return "sqlite"


@pytest.fixture(autouse=True)
def frozen(time_machine, now):
    time_machine.move_to(now, tick=False)


@pytest.fixture
def desk(sign_in):
    return sign_in("coordination")


def send(client, path="/plan/charlas/nueva", **changes):
    page = client.get("/plan/charlas/nueva", **SAFE).text
    token = page.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
    return client.post(
        path,
        data={**GOOD, "csrf_token": token, **changes},
        headers={"Referer": "https://localhost/"},
        **SAFE,
    )


def saved(database):
    with database.reading() as session:
        talk = session.scalars(select(Talk).order_by(Talk.id.desc())).first()
        session.expunge_all()
        return talk


def test_keeps_held_seats_until_a_moment_by_the_talks_own_clock(desk, database):
    assert send(desk).status_code == 303
    talk = saved(database)
    assert (talk.held_room, talk.held_online, talk.limit_per_cooperative) == (20, 0, 3)
    assert f"{talk.held_until:%Y-%m-%d %H:%M}" == "2026-12-04 21:00"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"held_room": "51"}, "No puede reservar más cupos que los que hay: 50."),
        ({"prioritised_levels": ""}, "Elija para qué niveles se reservan los cupos."),
        ({"held_date": "", "held_time": ""}, "Indique hasta qué día y hora"),
        ({"held_date": "2026-12-15", "held_time": "08:00"}, "a más tardar 12 horas antes"),
        ({"limit_per_cooperative": "0"}, "Un número entre 1 y 5000."),
    ],
)
def test_says_beside_the_field_what_is_wrong_and_loses_nothing(desk, database, changes, sentence):
    if changes.get("prioritised_levels") == "":
        changes = {"prioritised_levels": []}
    answer = send(desk, **changes)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert 'value="Garantías para crecer"' in answer.text
    assert saved(database) is None


def test_no_moment_is_kept_where_nothing_is_held(desk, database):
    assert send(desk, held_room="0").status_code == 303
    assert saved(database).held_until is None


def test_a_room_that_the_talk_has_not_holds_nothing(desk, database):
    send(desk, modality="online", held_room="20", held_online="5")
    talk = saved(database)
    assert (talk.held_room, talk.held_online) == (0, 5)


def test_a_copy_may_be_another_session_of_the_same_talk(desk, database):
    with database.transaction() as session:
        first = a_talk(session)
        second = a_talk(session, session_of_id=first.id)
        first_id, copied = first.id, second.public_id
    assert (
        "Es otra sesión de la misma charla"
        in desk.get(f"/plan/charlas/{copied}/copiar", **SAFE).text
    )
    assert send(desk, copied=copied, session_of="1").status_code == 303
    assert saved(database).session_of_id == first_id
    assert send(desk, copied=copied).status_code == 303
    assert saved(database).session_of_id is None


def test_another_moment_is_released_when_it_comes(desk, database, now):
    send(desk)
    talk = saved(database)
    with database.transaction() as session:
        session.get_one(Talk, talk.id).released_at = now
    send(desk, f"/plan/charlas/{talk.public_id}/editar", held_date="2026-12-10")
    assert saved(database).released_at is None
