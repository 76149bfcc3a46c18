"""The line through the pages: held seats, groups, changing room and session, and its audit."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from coopoutreach.events import notices
from coopoutreach.events.rules import Modality
from coopoutreach.people.directory.models import Organisation
from coopoutreach.people.directory.rules import Level
from coopoutreach.talks.registrations import commands
from coopoutreach.talks.registrations.models import Registration, RegistrationGroup, SeatDecision
from coopoutreach.talks.registrations.request import Registrant, Request
from coopoutreach.talks.registrations.rules import Room, State
from coopoutreach.talks.talks.models import Talk, Topic
from tests.factories import a_cooperative, a_talk

SAFE = {"base_url": "https://localhost"}


@pytest.fixture(autouse=True)
def frozen(time_machine, now):
    time_machine.move_to(now, tick=False)


@pytest.fixture
def world(app, database, now):
    """A hybrid talk with one seat held of two in the room, another session of it, two coops."""
    with database.transaction() as session:
        first = a_cooperative(session, level=Level.INITIAL, public_id="la-primera")
        other = a_cooperative(session, level=Level.CONSOLIDATED, public_id="la-otra")
        topic = Topic(name="Garantías")
        talk = a_talk(
            session,
            title="Garantías para crecer",
            slug="garantias",
            modality=Modality.HYBRID,
            capacity_room=2,
            capacity_online=1,
            prioritised_levels=[Level.INITIAL.value],
            held_room=1,
            held_until=now + timedelta(days=10, hours=9),
            topics=[topic],
        )
        a_talk(
            session,
            title="Garantías para crecer",
            slug="garantias-2",
            path="/charlas/garantias-2",
            capacity_room=1,
            session_of_id=talk.id,
            topics=[topic],
        )
        return {"talk": talk.id, "public_id": talk.public_id, "coops": (first.id, other.id)}


@pytest.fixture
def register(database, world, now):
    def register(name, *, coop=1, room=Room.IN_ROOM, after=0, slug="garantias"):
        with database.transaction() as session:
            talk = session.scalars(select(Talk).where(Talk.slug == slug)).one()
            request = Request(
                form_key=f"{slug}-{name}",
                people=[Registrant(name, f"{name.lower()}@coop.example", room)],
                organisation=session.get_one(Organisation, world["coops"][coop]),
            )
            at = now - timedelta(hours=2) + timedelta(minutes=after)
            [made] = commands.register(session, talk, request, actor="anonymous", now=at)
            link = notices.link_of(made.invitee)
            return made.id, link.removeprefix("http://127.0.0.1:8000")

    return register


def token(client):
    page = client.get("/ingresar/enlace", **SAFE).text
    return page.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]


def post(client, path, **data):
    return client.post(
        path,
        data={"csrf_token": token(client), **data},
        headers={"Referer": "https://localhost/"},
        **SAFE,
    )


def stands(database, number):
    with database.reading() as session:
        found = session.get_one(Registration, number)
        return found.state, found.room


class TestPublicPage:
    def test_says_how_many_seats_are_held_for_whom_until_when_and_why(self, client, world):
        page = client.get("/charlas/garantias", **SAFE).text
        assert (
            "Se reserva 1 de 2 cupos en la sala para cooperativas de nivel inicial "
            "hasta el viernes 4 de diciembre, 18:00 h."
        ) in page
        assert "atiende primero a las cooperativas de menor desarrollo" in page
        assert "1 reservado para cooperativas priorizadas hasta el" in page

    def test_stops_saying_so_once_they_are_released(self, client, world, time_machine, now):
        assert "Se reserva 1" in client.get("/charlas/garantias", **SAFE).text
        time_machine.move_to(now + timedelta(days=10, hours=9), tick=False)
        assert "Se reserva 1" not in client.get("/charlas/garantias", **SAFE).text

    def test_shows_another_session_when_the_talk_is_full(self, client, world, register):
        for number, room in enumerate([Room.IN_ROOM, Room.IN_ROOM, Room.ONLINE]):
            register(f"Ana{number}", coop=0, room=room)
        for path in ("/charlas/garantias", "/charlas/garantias/inscripcion"):
            page = client.get(path, **SAFE).text
            assert "Hay otra sesión de esta misma charla:" in page
            assert "/charlas/garantias-2" in page
            assert "Queda 1 cupo" in page

    @pytest.mark.both_engines
    def test_a_group_asks_for_all_or_none(self, client, database, world):
        page = client.get("/charlas/garantias/inscripcion", **SAFE).text
        key = page.split('name="form_key"')[1].split('value="')[1].split('"')[0]
        people = {
            f"people-{number}-{part}": value
            for number in range(2)
            for part, value in (
                ("name", f"Ana Díaz {number}"),
                ("email", f"ana{number}@coop.example"),
                ("room", "presencial"),
            )
        }
        sent = {"form_key": key, "organisation": "la-otra", "all_or_none": "1", **people}
        assert post(client, "/charlas/garantias/inscripcion", **sent).status_code == 303
        with database.reading() as session:
            assert session.scalars(select(RegistrationGroup.all_or_none)).all() == [True]
            # One of the two seats is held: there is none for both.
            assert set(session.scalars(select(Registration.state))) == {State.WAITING}


class TestOwnPage:
    @pytest.mark.both_engines
    def test_tells_the_place_the_reasons_and_what_there_is_instead(self, client, register):
        register("Ana")
        _, link = register("Bea", after=1)
        page = client.get(link, **SAFE).text
        assert "en el lugar 1" in page
        assert "se reservan para las cooperativas priorizadas hasta el viernes 4" in page
        assert "cooperativa ya tiene 1 cupo" in page
        assert "/charlas/garantias-2" in page

    def test_changes_room_at_once_where_a_seat_is_free(self, client, database, register):
        number, link = register("Ana")
        assert "Participar en línea" in client.get(link, **SAFE).text
        assert post(client, f"{link}/modalidad", room="online").status_code == 303
        assert stands(database, number) == (State.CONFIRMED, Room.ONLINE)

    def test_keeps_the_seat_and_asks_where_none_is_free(self, client, database, register):
        register("Bea", room=Room.ONLINE)
        number, link = register("Ana")
        answer = post(client, f"{link}/modalidad", room="online")
        assert answer.status_code == 422
        assert "Conserva el que tiene" in answer.text
        assert "Dejar mi cupo y esperar en línea" in answer.text
        assert stands(database, number) == (State.CONFIRMED, Room.IN_ROOM)
        post(client, f"{link}/modalidad", room="online", may_wait="1")
        assert stands(database, number) == (State.WAITING, Room.ONLINE)

    @pytest.mark.both_engines
    def test_moves_to_another_session_in_one_step(self, client, database, register):
        number, link = register("Ana")
        with database.reading() as session:
            wanted = session.scalar(select(Talk.public_id).where(Talk.slug == "garantias-2"))
        page = client.get(link, **SAFE).text
        assert wanted in page
        answer = post(client, f"{link}/sesion", session=wanted, room="presencial")
        assert answer.status_code == 303
        assert "Tiene cupo" in client.get(answer.location, **SAFE).text
        assert stands(database, number)[0] is State.CANCELLED

    def test_warns_before_it_moves_to_a_full_session(self, client, database, register):
        register("Bea", slug="garantias-2")
        number, link = register("Ana")
        with database.reading() as session:
            wanted = session.scalar(select(Talk.public_id).where(Talk.slug == "garantias-2"))
        sent = {"session": wanted, "room": "presencial"}
        answer = post(client, f"{link}/sesion", **sent)
        assert answer.status_code == 422
        assert "No cambiamos nada" in answer.text
        assert stands(database, number)[0] is State.CONFIRMED
        assert post(client, f"{link}/sesion", may_wait="1", **sent).status_code == 303
        assert stands(database, number)[0] is State.CANCELLED

    def test_no_other_talk_is_a_session_of_it(self, client, database, register, now):
        with database.transaction() as session:
            foreign = a_talk(session).public_id
        number, link = register("Ana")
        assert post(client, f"{link}/sesion", session=foreign, room="presencial").status_code == 409
        assert stands(database, number)[0] is State.CONFIRMED


class TestReplay:
    def test_shows_the_line_with_reasons_and_that_each_giving_agrees(
        self, sign_in, world, register
    ):
        register("Ana")
        register("Bea", after=1)
        register("Cleo", coop=0, after=2)
        page = sign_in("coordination").get(f"/plan/charlas/{world['public_id']}/fila", **SAFE).text
        assert page.count("Coincide") == 2
        assert "No coincide" not in page
        assert "Los cupos que quedan" not in page
        assert "Bea" in page.split("Cupos entregados")[0]

    @pytest.mark.both_engines
    def test_finds_a_giving_that_does_not_follow_the_order(
        self, sign_in, database, world, register
    ):
        register("Ana")
        second, _ = register("Bea", after=1)
        with database.transaction() as session:
            session.execute(
                update(SeatDecision)
                .where(SeatDecision.talk_id == world["talk"])
                .values(given=[second])
            )
        page = sign_in("coordination").get(f"/plan/charlas/{world['public_id']}/fila", **SAFE).text
        assert "No coincide" in page
        assert "Según el orden:" in page

    def test_says_when_the_coordination_chose(self, sign_in, database, world, register, now):
        register("Ana", room=Room.ONLINE)
        for after, name in enumerate(("Bea", "Cleo", "Dina"), 1):
            last, _ = register(name, after=after)
        with database.transaction() as session:
            chosen = session.get_one(Registration, last)
            commands.give_seat(session, chosen, actor="user:1", now=now)
        page = sign_in("coordination").get(f"/plan/charlas/{world['public_id']}/fila", **SAFE).text
        assert "Decidió la coordinación" in page

    @pytest.mark.both_engines
    def test_moves_by_hand_in_order_in_the_last_hours(
        self, sign_in, database, world, register, time_machine
    ):
        with database.transaction() as session:
            talk = session.get_one(Talk, world["talk"])
            talk.held_room = 0
            starts_at = talk.starts_at
        _, link = register("Ana")
        register("Bea", after=1)
        waits, _ = register("Cleo", after=2)
        time_machine.move_to(starts_at - timedelta(hours=3), tick=False)
        desk = sign_in("coordination")
        post(desk, f"{link}/cancelar")
        assert stands(database, waits)[0] is State.WAITING
        path = f"/plan/charlas/{world['public_id']}/fila"
        assert "La fila avanza a mano" in desk.get(path, **SAFE).text
        assert post(desk, f"{path}/avanzar").status_code == 303
        assert stands(database, waits)[0] is State.CONFIRMED


class TestCapacityLowered:
    def test_says_how_many_are_over_and_what_to_do(self, sign_in, database, world, register):
        for number in range(2):
            register(f"Ana{number}", coop=0)
        with database.transaction() as session:
            talk = session.get_one(Talk, world["talk"])
            talk.held_room = 0
            talk.capacity_room = 1
        page = sign_in("coordination").get(f"/plan/charlas/{world['public_id']}", **SAFE).text
        assert "Hay 1 persona más que cupos en la sala" in page
        assert "subir la capacidad" in page
