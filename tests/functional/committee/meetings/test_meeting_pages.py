"""The pages of a meeting: for the coordination, for who sits at the table, and by link."""

import io
import re
from dataclasses import dataclass, field
from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from coopoutreach.committee.meetings import commands, queries
from coopoutreach.committee.meetings.models import AgendaItem, Meeting, Seat
from coopoutreach.committee.meetings.rules import ItemKind, ItemState
from coopoutreach.committee.meetings.values import ItemFields
from coopoutreach.events import commands as events
from coopoutreach.events import notices
from coopoutreach.events.models import TimeProposal
from coopoutreach.events.rules import Answer, EventState
from coopoutreach.mail.outgoing.models import OutgoingMessage
from coopoutreach.people.accounts import queries as accounts
from coopoutreach.platform.access.permissions import Role
from tests.factories import a_meeting, a_table, a_talk
from tests.support.digest import digest

SAFE = {"base_url": "https://localhost", "buffered": True}
BY = {"actor": "user:1"}
PDF = b"%PDF-1.7\n%%EOF"


@pytest.fixture
def engine_name():
    """One engine is enough for pages; what they call is tested on both."""
    return "sqlite"


@pytest.fixture(autouse=True)
def frozen(time_machine, now):
    time_machine.move_to(now, tick=False)


@dataclass
class World:
    """A table, a draft and a convened meeting, with Marcela's link to the second."""

    people: list
    federation: int
    corfo: int
    draft: str
    convened: str
    link: str
    items: dict = field(default_factory=dict)


@pytest.fixture
def world(app, database, settings, now):
    with database.transaction() as session:
        table = a_table(session)
        start = now.replace(tzinfo=None, hour=10)
        draft = a_meeting(
            session, table.series, state=EventState.DRAFT, year=None, number=None,
            wall_start=start + timedelta(days=200),
        )  # fmt: skip
        meeting = a_meeting(session, table.series, state=EventState.DRAFT, year=None, number=None)
        items = {}
        for title, side in (
            ("Avance del plan", None),
            ("Línea de la federación", table.federation.id),
            ("Reservado de CORFO", table.corfo.id),
        ):
            fields = ItemFields(title, kind=ItemKind.TO_DECIDE, reserved_for_id=side)
            item = commands.add_item(session, meeting, fields, **BY, now=now)
            items[title] = item.public_id
        commands.convene(session, meeting, **BY, now=now)
        invitee = queries.invitee_of(session, meeting, table.people[2])
        return World(
            [person.id for person in table.people],
            table.federation.id,
            table.corfo.id,
            f"/reuniones/{draft.public_id}",
            f"/reuniones/{meeting.public_id}",
            path_of(invitee),
            items,
        )


def path_of(invitee):
    return notices.link_of(invitee).removeprefix("http://127.0.0.1:8000")


@pytest.fixture
def post_to(app):
    """Return a function that posts a form as a browser."""

    def _post(browser, path, data=None, **options):
        page = browser.get("/ingresar/enlace", **SAFE).text
        token = re.search(r'name="csrf_token"\s+value="([^"]*)"', page).group(1)
        return browser.post(
            path,
            data={"csrf_token": token, **(data or {})},
            headers={"Referer": "https://localhost/"},
            **SAFE,
            **options,
        )

    return _post


@pytest.fixture
def as_person(sign_in, database, world):
    """Return a browser signed in as one of the table's people."""

    def _browser(role, number):
        browser = sign_in(role.value)
        with database.transaction() as session:
            from coopoutreach.people.directory.models import Person  # noqa: PLC0415

            user = accounts.user_by_email(session, f"{role.value}@fecrecoop.example")
            session.get_one(Person, world.people[number]).user_id = user.id
        return browser

    return _browser


@pytest.fixture
def desk(as_person, world):
    """The coordination, who holds a post in the federation."""
    return as_person(Role.COORDINATION, 0)


@pytest.fixture
def counterpart(as_person, world):
    return as_person(Role.COUNTERPART, 2)


def mails(database, notice=None):
    with database.reading() as session:
        wanted = select(OutgoingMessage.recipient).order_by(OutgoingMessage.id)
        if notice:
            wanted = wanted.where(OutgoingMessage.notice == notice)
        return session.scalars(wanted).all()


def meeting_at(session, path):
    return queries.meeting_by_public_id(session, path.split("/")[2])


class TestTheMeeting:
    def test_the_coordination_sees_whom_to_call_and_marks_what_they_say(
        self, desk, world, database, post_to
    ):
        page = desk.get(world.convened, **SAFE).text
        assert "Sin respuesta: a quién llamar" in page
        assert "Faltan los datos de la Ley del Lobby" in page
        path = re.search(r"/reuniones/\S+/respuestas/[^\"]+", page).group(0)
        assert post_to(desk, path, {"answer": "si"}).status_code == 303
        assert post_to(desk, path, {"answer": "quizás"}).status_code == 400
        assert (
            "Anotada" in desk.get(world.convened, **SAFE).text
            or "La anotó" in desk.get(world.convened, **SAFE).text
        )

    def test_each_side_sees_its_reserved_items_and_not_the_others(
        self, desk, counterpart, world, client
    ):
        for browser, sees, hides in (
            (desk, "Línea de la federación", "Reservado de CORFO"),
            (counterpart, "Reservado de CORFO", "Línea de la federación"),
        ):
            for path in (world.convened, f"{world.convened}/tabla"):
                page = browser.get(path, **SAFE).text
                assert sees in page
                assert hides not in page
        page = client.get(world.link, **SAFE).text
        assert "Reservado de CORFO" in page
        assert "Línea de la federación" not in page
        hidden = world.items["Reservado de CORFO"]
        assert desk.get(f"{world.convened}/tabla/{hidden}/editar", **SAFE).status_code == 404

    def test_the_counterpart_sees_answers_but_no_telephones_and_may_not_edit(
        self, counterpart, world, post_to
    ):
        page = counterpart.get(world.convened, **SAFE).text
        assert "Rosa Soto" in page
        assert "mailto:" not in page
        assert "Responder" in page
        assert counterpart.get(f"{world.convened}/asistencia", **SAFE).status_code == 404
        assert post_to(counterpart, f"{world.draft}/convocatoria").status_code == 404

    def test_a_proposed_time_is_taken_up_or_let_be_and_moves_nothing(
        self, desk, world, database, now, post_to
    ):
        with database.transaction() as session:
            meeting = meeting_at(session, world.convened)
            invitee = queries.invitee_of(session, meeting, SimpleNamespace(id=world.people[2]))
            start = meeting.wall_start
            for _ in range(2):
                session.add(
                    TimeProposal(
                        event_id=meeting.id, invitee=invitee, proposed_at=now, comment="Mejor",
                        starts_at=meeting.starts_at, ends_at=meeting.ends_at,
                    )
                )  # fmt: skip
        page = desk.get(world.convened, **SAFE).text
        assert "Marcela Ríos propone otro horario" in page
        first, second = sorted(set(re.findall(r"/reuniones/\S+/horarios/[^\"]+", page)))
        taken = post_to(desk, first, {"what": "take-up"})
        assert taken.headers["Location"] == f"{world.convened}/editar"
        assert post_to(desk, second, {"what": "let-be"}).headers["Location"] == world.convened
        assert post_to(desk, second, {"what": "let-be"}).status_code == 404
        with database.reading() as session:
            assert meeting_at(session, world.convened).wall_start == start

    def test_stale_answers_are_shown_as_such(self, desk, world, database):
        with database.transaction() as session:
            meeting = meeting_at(session, world.convened)
            queries.seats(session, meeting)[0].invitee.stale_answer = Answer.ACCEPTED
        assert (
            "Respondió a la versión anterior: «Asistiré»" in desk.get(world.convened, **SAFE).text
        )


class TestTheAgenda:
    def test_an_item_is_written_edited_moved_and_removed(self, desk, world, database, post_to):
        agenda = f"{world.draft}/tabla"
        wrong = post_to(desk, f"{agenda}/nuevo", {"title": " ", "minutes": "x", "detail": "Texto"})
        assert wrong.status_code == 422
        assert "Escriba de qué se trata." in wrong.text
        assert "Texto" in wrong.text
        for title in ("Uno", "Dos"):
            given = {"title": title, "kind": "informativo", "minutes": "15"}
            assert post_to(desk, f"{agenda}/nuevo", given).status_code == 303
        with database.reading() as session:
            meeting = meeting_at(session, world.draft)
            uno, dos = (item.public_id for item in queries.items(session, meeting.id))
        post_to(desk, f"{agenda}/{dos}/mover", {"to": "up"})
        assert self.titles(database, world) == ["Dos", "Uno"]
        post_to(desk, f"{agenda}/{dos}/mover", {"to": "1"})
        assert self.titles(database, world) == ["Uno", "Dos"]
        assert post_to(desk, f"{agenda}/{dos}/mover", {"to": "-1"}).status_code == 400
        given = {"title": "Uno bis", "kind": "decidir", "minutes": "5"}
        post_to(desk, f"{agenda}/{uno}/editar", given)
        post_to(desk, f"{agenda}/{dos}/quitar")
        assert self.titles(database, world) == ["Uno bis"]
        page = desk.get(agenda, **SAFE).text
        assert "no tiene quién lo presente" in page
        assert "no tiene ningún documento" in page

    def titles(self, database, world):
        with database.reading() as session:
            meeting = meeting_at(session, world.draft)
            return [item.title for item in queries.agenda(session, meeting.id, sides=())]

    def test_only_ones_own_side_may_be_reserved_for(self, desk, world, post_to):
        given = {"title": "X", "kind": "informativo", "minutes": "5"}
        path = f"{world.draft}/tabla/nuevo"
        other = post_to(desk, path, {**given, "reserved_for": str(world.corfo)})
        assert other.status_code == 422
        own = post_to(desk, path, {**given, "reserved_for": str(world.federation)})
        assert own.status_code == 303

    def test_a_document_is_handed_to_who_may_see_its_item(
        self, desk, counterpart, client, world, database, post_to
    ):
        open_to_all = world.items["Avance del plan"]
        ours = world.items["Línea de la federación"]
        names = []
        for item in (open_to_all, ours):
            path = f"{world.convened}/tabla/{item}/documentos"
            wrong = post_to(desk, path, {"file": (io.BytesIO(b"MZ"), "a.exe")})
            assert wrong.status_code == 422
            sent = post_to(desk, path, {"file": (io.BytesIO(PDF), "Informe.pdf")})
            assert sent.status_code == 303
            page = desk.get(path, **SAFE).text
            names.append(re.search(r"/tabla/documentos/([^\"/]+)\"", page).group(1))
        both, hidden = names
        inside = f"{world.convened}/tabla/documentos/"
        assert counterpart.get(inside + both, **SAFE).data == PDF
        assert counterpart.get(inside + hidden, **SAFE).status_code == 404
        assert client.get(f"{world.link}/documentos/{both}", **SAFE).data == PDF
        assert client.get(f"{world.link}/documentos/{hidden}", **SAFE).status_code == 404
        post_to(desk, f"{inside}{both}/quitar")
        assert client.get(f"{world.link}/documentos/{both}", **SAFE).status_code == 404

    def test_a_participant_proposes_and_the_coordination_refuses_with_a_reason(
        self, desk, counterpart, world, database, post_to
    ):
        path = f"{world.draft}/tabla/proponer"
        assert counterpart.get(path, **SAFE).status_code == 200
        assert post_to(counterpart, path, {"title": ""}).status_code == 422
        for title in ("Garantías", "Otro"):
            assert post_to(counterpart, path, {"title": title}).status_code == 303
        assert "Garantías" in counterpart.get(f"{world.draft}/tabla", **SAFE).text
        page = desk.get(f"{world.draft}/tabla", **SAFE).text
        accept = re.findall(r"/reuniones/\S+/aceptar", page)[0]
        refuse = re.findall(r"/reuniones/\S+/rechazar", page)[1]
        assert post_to(desk, refuse, {"reason": ""}).status_code == 422
        assert post_to(desk, refuse, {"reason": "Va después."}).status_code == 303
        assert post_to(desk, accept).status_code == 303
        with database.reading() as session:
            states = dict(
                session.execute(
                    select(AgendaItem.title, AgendaItem.state).where(
                        AgendaItem.proposed_by_id == world.people[2]
                    )
                ).all()
            )
        assert states == {"Garantías": ItemState.ACCEPTED, "Otro": ItemState.REFUSED}

    def test_an_item_moves_to_another_meeting(self, desk, world, database, post_to):
        item = world.items["Avance del plan"]
        path = f"{world.convened}/tabla/{item}/trasladar"
        assert post_to(desk, path, {"meeting": "otra"}).status_code == 400
        assert post_to(desk, path, {"meeting": world.draft.split("/")[2]}).status_code == 303
        assert "Avance del plan" in desk.get(f"{world.draft}/tabla", **SAFE).text
        assert "Avance del plan" not in desk.get(f"{world.convened}/tabla", **SAFE).text


class TestTheConvocation:
    def test_it_says_whom_it_tells_and_then_tells_them(self, desk, world, database, post_to):
        before = len(mails(database))
        path = f"{world.draft}/convocatoria"
        guest = {"name": "Ana Invitada", "email": "ana@otra.example", "side": "", "post": "Asesora"}
        assert post_to(desk, f"{path}/invitadas", guest).status_code == 303
        assert post_to(desk, f"{path}/invitadas", guest).status_code == 422
        assert post_to(desk, f"{path}/invitadas", {**guest, "email": "x"}).status_code == 422
        assert len(mails(database)) == before
        page = desk.get(path, **SAFE).text
        assert "Convocar y enviar 5 correos" in page
        assert "La tabla no tiene puntos." in page
        assert post_to(desk, path).status_code == 303
        assert len(mails(database)) == before + 5
        assert post_to(desk, path).status_code == 409
        send = post_to(desk, f"{world.draft}/tabla/enviar")
        assert send.status_code == 303

    def test_somebody_is_taken_off_and_called_again(self, desk, world, database, post_to):
        page = desk.get(world.convened, **SAFE).text
        path = re.findall(r"/reuniones/\S+/quitar", page)[0]
        assert post_to(desk, path).status_code == 303
        assert len(mails(database, "meetings/uninvited")) == 1
        page = desk.get(world.convened, **SAFE).text
        path = re.search(r"/reuniones/\S+/integrantes/[^\"]+", page).group(0)
        assert post_to(desk, path).status_code == 303
        assert len(mails(database, "meetings/convened")) == 5


class TestTheLink:
    def test_looking_changes_nothing_and_answering_is_kept(self, client, world, database, post_to):
        before = digest(database)
        for query in ("", "?respuesta=si", "?respuesta=no", "?respuesta=otra"):
            assert client.get(world.link + query, **SAFE).status_code == 200
            assert client.head(world.link + query, **SAFE).status_code == 200
        assert digest(database) == before
        assert post_to(client, world.link, {"answer": "quizás"}).status_code == 422
        given = {"answer": "no", "excuse": "<b>Viaje</b>", "stand_in": "Pedro Núñez"}
        for _ in range(2):
            assert post_to(client, world.link, given).status_code == 303
        page = client.get(world.link, **SAFE).text
        assert "No podré" in page
        assert "Irá en su lugar: Pedro Núñez" in page
        assert "<b>Viaje" not in page
        assert len(mails(database, "meetings/answered")) == 1
        assert post_to(client, world.link, {"answer": "si"}).status_code == 303
        assert "Irá en su lugar" not in client.get(world.link, **SAFE).text

    def test_pr_07_wrong_old_and_other_links_are_the_same_404(
        self, client, world, database, now, app
    ):
        with database.transaction() as session:
            meeting = meeting_at(session, world.convened)
            invitee = queries.invitee_of(session, meeting, SimpleNamespace(id=world.people[3]))
            revoked = path_of(invitee)
            commands.uninvite(session, session.get(Seat, invitee.id), **BY, now=now)
            talk = a_talk(session)
            person = queries.seats(session, meeting)[0].invitee.person
            of_talk = events.invite(
                session, talk, person, standing=invitee.standing.INVITED, now=now
            )
            token = path_of(of_talk).rpartition("/")[2]
        paths = [
            world.link[:-1] + ("a" if world.link[-1] != "a" else "b"),
            "/invitaciones/no.existe",
            revoked,
            f"/invitaciones/{token}",
            world.link.replace("/invitaciones/", "/inscripciones/"),
        ]
        pages = [client.get(path, **SAFE) for path in paths]
        assert [page.status_code for page in pages] == [404] * len(paths)
        assert len({page.data for page in pages}) == 1

    def test_once_it_began_or_was_called_off_it_says_so(
        self, client, world, database, now, post_to, time_machine
    ):
        with database.transaction() as session:
            meeting = meeting_at(session, world.convened)
            starts = meeting.starts_at
        time_machine.move_to(starts + timedelta(minutes=1), tick=False)
        assert "La reunión ya comenzó" in client.get(world.link, **SAFE).text
        assert post_to(client, world.link, {"answer": "si"}).status_code == 409
        time_machine.move_to(now, tick=False)
        with database.transaction() as session:
            meeting = session.scalars(
                select(Meeting).where(Meeting.public_id == world.convened.split("/")[2])
            ).one()
            events.cancel(session, meeting, reason="Lluvia", **BY, now=now)
        page = client.get(world.link, **SAFE).text
        assert "La reunión se suspendió" in page
        assert "Lluvia" in page
        assert 'name="answer"' not in page

    def test_by_link_one_proposes_until_the_agenda_was_sent(
        self, client, desk, world, database, post_to, now
    ):
        given = {"title": "Un punto"}
        assert post_to(client, f"{world.link}/proponer", given).status_code == 409
        with database.transaction() as session:
            meeting = meeting_at(session, world.draft)
            commands.convene(session, meeting, with_agenda=False, **BY, now=now)
            invitee = queries.invitee_of(session, meeting, SimpleNamespace(id=world.people[2]))
            link = path_of(invitee)
        assert post_to(client, f"{link}/proponer", {"title": "  "}).status_code == 422
        assert post_to(client, f"{link}/proponer", given).status_code == 303
        page = client.get(link, **SAFE).text
        assert "Un punto" in page
        assert "La tabla se enviará antes de la reunión." in page
        assert "Un punto" in desk.get(f"{world.draft}/tabla", **SAFE).text


class TestPresence:
    def test_it_is_ticked_and_the_quorum_shown(self, desk, world, database, post_to):
        path = f"{world.convened}/asistencia"
        page = desk.get(path, **SAFE).text
        assert page.count("Presentes: 0. No alcanza el quórum de 1.") >= 2
        with database.reading() as session:
            seats = queries.seats(session, meeting_at(session, world.convened))
            numbers = [seat.invitee.public_id for seat in seats]
            chair = seats[0].invitee.person.public_id
        given = {
            f"presence-{numbers[0]}": "attended",
            f"way-{numbers[0]}": "online",
            f"presence-{numbers[2]}": "excused",
            "chair": chair,
            "began": "10:05",
            "finished": "09:00",
        }
        wrong = post_to(desk, path, given)
        assert wrong.status_code == 422
        assert "va después de la de inicio" in wrong.text
        assert post_to(desk, path, {**given, "finished": "11:20"}).status_code == 303
        page = desk.get(path, **SAFE).text
        assert "Presentes: 1. Hay quórum." in page
        with database.reading() as session:
            meeting = meeting_at(session, world.convened)
            assert meeting.chair.name == "Jorge Paillán"
            assert meeting.finished_at == meeting.wall_start + timedelta(minutes=80)

    def test_who_came_without_being_called_is_added(self, desk, world, database, post_to):
        path = f"{world.convened}/asistencia/invitada"
        guest = {"name": "Ana Invitada", "email": "ana@otra.example", "modality": "online"}
        assert post_to(desk, path, {**guest, "name": ""}).status_code == 422
        assert post_to(desk, path, guest).status_code == 303
        assert post_to(desk, path, guest).status_code == 422
        assert "Ana Invitada" in desk.get(f"{world.convened}/asistencia/lista", **SAFE).text
        assert "ana@otra.example" not in mails(database)

    def test_in_08_only_https_leads_to_the_register(self, desk, world, post_to):
        path = f"{world.convened}/lobby"
        for link in ("javascript:alert(1)", "http://a.example/x", "data:text/html,x", "ftp://x.y"):
            wrong = post_to(desk, path, {"need": "yes", "link": link, "folio": "AB-1"})
            assert wrong.status_code == 422
            assert "AB-1" in wrong.text
        good = {"need": "yes", "folio": "AB-1", "link": "https://lobby.example/1"}
        assert post_to(desk, path, good).status_code == 303
        page = desk.get(world.convened, **SAFE).text
        assert "Folio AB-1." in page
        assert "Faltan los datos de la Ley del Lobby" not in page
