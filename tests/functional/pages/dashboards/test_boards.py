from datetime import datetime, timedelta

import pytest
from factories import a_cooperative, a_person, a_talk
from sqlalchemy import event, select

from coopoutreach.events.models import Invitee
from coopoutreach.events.rules import Attendance, EventState
from coopoutreach.mail.outgoing.models import Category, HeldAddress, MessageState, OutgoingMessage
from coopoutreach.people.accounts.models import User
from coopoutreach.people.directory.models import Affiliation
from coopoutreach.people.directory.rules import Access, Level
from coopoutreach.platform.scheduler.models import Heartbeat
from coopoutreach.talks.registrations.models import Registration
from coopoutreach.talks.registrations.rules import Room, State

SECURE = "https://localhost"


@pytest.fixture(autouse=True)
def _clock(monkeypatch, now):
    monkeypatch.setattr("coopoutreach.pages.dashboards.views.utcnow", lambda: now)


@pytest.fixture
def see(sign_in):
    """Return a page as somebody in a role sees it."""
    browsers = {}

    def _see(role, path):
        browser = browsers.setdefault(role, None) or sign_in(role)
        browsers[role] = browser
        return browser.get(path, base_url=SECURE)

    return _see


def register(session, talk, cooperative, now, *, state=State.CONFIRMED, **of_invitee):
    person = a_person(session)
    invitee = Invitee(
        event_id=talk.id,
        person_id=person.id,
        organisation_id=cooperative.id,
        created_at=now,
        **of_invitee,
    )
    session.add(invitee)
    session.flush()
    registration = Registration(
        talk_id=talk.id,
        person_id=person.id,
        invitee_id=invitee.id,
        organisation_id=cooperative.id,
        room=Room.IN_ROOM,
        state=state,
        requested_at=now,
    )
    session.add(registration)
    session.flush()
    return registration


def a_mail(now, number, *, state=MessageState.FAILED, event_id=None):
    return OutgoingMessage(
        key=f"k{number}",
        message_id=f"<m{number}@fecrecoop.example>",
        notice="registrations/place_confirmed",
        category=Category.SERVICE,
        recipient=f"nadie{number}@coop.example",
        recipient_name="Nadie",
        subject=f"Su cupo {number}",
        raw=b"",
        event_id=event_id,
        state=state,
        created_at=now,
        not_before=now,
        not_after=now + timedelta(hours=72),
        due_at=now - timedelta(hours=1),
        last_error="550 5.1.1",
    )


def a_heartbeat(now, **overrides):
    return Heartbeat(
        **{
            "worker": "w",
            "job": "messaging.deliver_due",
            "started_at": now - timedelta(minutes=2),
            "finished_at": now - timedelta(minutes=2),
            "succeeded": True,
            "count": 3,
            "runs": 1,
            **overrides,
        }
    )


def link_to(session, email, cooperative, access=Access.MANAGER):
    user = session.scalars(select(User).where(User.email == email)).one()
    person = a_person(session, user_id=user.id)
    session.add(
        Affiliation(
            person_id=person.id, organisation_id=cooperative.id, post="Gerenta", access=access
        )
    )


@pytest.mark.parametrize(
    ("role", "paths"),
    [
        ("administration", {"/panel", "/panel/componentes"}),
        ("coordination", {"/panel", "/panel/componentes"}),
        ("counterpart", {"/mesa"}),
        ("manager", {"/mi-cooperativa"}),
        ("registrar", {"/mi-cooperativa"}),
    ],
)
def test_each_board_is_for_its_roles_and_does_not_exist_for_others(see, role, paths):
    for path in ("/panel", "/panel/componentes", "/mi-cooperativa", "/mesa"):
        assert see(role, path).status_code == (200 if path in paths else 404), path


def test_who_is_not_signed_in_is_asked_to(client):
    assert client.get("/panel").status_code in {302, 303, 401}


def test_a_quiet_board_says_so_and_what_to_do_next(see, database, now):
    with database.transaction() as session:
        session.add(a_heartbeat(now))
    page = see("coordination", "/panel").text
    assert "Todo al día" in page
    assert "No hay charlas en los próximos 14 días" in page
    assert "hace 2 minutos" in page
    assert "3 tareas" in page


@pytest.mark.both_engines
def test_the_board_tells_everything_that_needs_attention(see, database, now):
    with database.transaction() as session:
        absent = a_cooperative(session, short_name="Ausente", level=Level.INITIAL)
        here = a_cooperative(session, short_name="Presente", level=Level.INITIAL)
        full = a_talk(
            session,
            title="Se llena",
            wall_start=datetime(2026, 12, 1, 10, 0),
            capacity_room=1,
            prioritised_levels=["inicial"],
        )
        register(session, full, here, now)
        register(session, full, absent, now, state=State.CANCELLED)
        register(session, full, here, now, state=State.WAITING)
        a_talk(session, title="Nadie viene", wall_start=datetime(2026, 11, 26, 10, 0))
        a_talk(session, title="Por publicar", state=EventState.DRAFT)
        past = a_talk(session, title="Ya fue", wall_start=datetime(2026, 11, 10, 10, 0))
        register(session, past, here, now)
        marked = a_talk(session, title="Marcada", wall_start=datetime(2026, 11, 11, 10, 0))
        register(session, marked, here, now, attendance=Attendance.ATTENDED)
        register(session, marked, here, now)
        session.add_all([a_mail(now, number, event_id=full.id) for number in range(7)])
        session.add(a_mail(now, 99, state=MessageState.QUEUED))
        session.add(HeldAddress(address="no@existe.example", since=now, reason="5.1.1"))
        session.add(a_heartbeat(now, succeeded=False, failure="x"))
    page = see("coordination", "/panel").text
    for said in (
        "El envío automático está detenido",
        "No se pudo entregar un correo a nadie6@coop.example",
        "2 correos más sin entregar",
        "no@existe.example",
        "Nadie viene",
        "0 personas inscritas de 10",
        "1 cooperativa priorizada sin inscribir a nadie",
        "Ausente. Se llena",
        "Falta marcar la asistencia",
        "Ya fue",
        "Por publicar",
        "Falló",
        f"/plan/charlas/{full.public_id}/asistentes",
    ):
        assert said in page, said
    assert "Marcada" not in page
    assert "Presente" not in page


def test_the_board_takes_as_many_queries_for_many_talks_as_for_few(app, see, database, now):
    def fill(session):
        cooperative = a_cooperative(session)
        for day in range(1, 6):
            talk = a_talk(
                session,
                wall_start=datetime(2026, 12, day, 10, 0),
                prioritised_levels=["en_desarrollo"],
            )
            register(session, talk, cooperative, now)
            a_talk(session, state=EventState.DRAFT)
            past = a_talk(session, wall_start=datetime(2026, 11, day, 10, 0))
            register(session, past, cooperative, now)

    counts = []
    for role, path in (("coordination", "/panel"), ("manager", "/mi-cooperativa")):
        see(role, path)
        for _ in range(2):
            with database.transaction() as session:
                fill(session)
            counts.append(_count(app, lambda: see(role, path)))  # noqa: B023 (called at once)
    assert counts[0] == counts[1] <= 18
    assert counts[2] == counts[3] <= 18


def _count(app, ask):
    seen = []

    def note(_connection, _cursor, statement, *_rest):
        seen.append(statement)

    engine = app.extensions["database"].engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        assert ask().status_code == 200
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len([one for one in seen if one.startswith("SELECT")])


@pytest.mark.both_engines
def test_a_cooperative_sees_its_people_with_their_places_and_nobody_elses(sign_in, database, now):
    browser = sign_in("manager", email="gerencia@una.example")
    with database.transaction() as session:
        mine, other = a_cooperative(session, name="La Mía"), a_cooperative(session)
        link_to(session, "gerencia@una.example", mine)
        talk = a_talk(session, title="La llena", capacity_room=1)
        register(session, talk, other, now)
        register(session, talk, other, now, state=State.WAITING)
        ours = register(session, talk, mine, now + timedelta(minutes=1), state=State.WAITING)
        ours.person.name = "Persona Nuestra"
        theirs = register(session, talk, other, now)
        theirs.person.name = "Persona Ajena"
    page = browser.get("/mi-cooperativa", base_url=SECURE).text
    assert "La Mía" in page
    assert "Persona Nuestra" in page
    # The other cooperative has seats in this talk already: ours goes first.
    assert "1º en la lista" in page
    assert "Persona Ajena" not in page
    assert "/inscripcion" in page


@pytest.mark.both_engines
def test_a_post_that_ended_shows_nothing_of_the_cooperative(sign_in, database, now):
    browser = sign_in("manager", email="ex@una.example")
    with database.transaction() as session:
        former = a_cooperative(session, name="La Anterior")
        link_to(session, "ex@una.example", former)
        session.flush()
        session.scalars(select(Affiliation)).one().until = (now - timedelta(days=2)).date()
    page = browser.get("/mi-cooperativa", base_url=SECURE).text
    assert "La Anterior" not in page
    assert "no está asociada a una cooperativa" in page


def test_the_counterpart_sees_totals_and_no_names(see, database, now):
    with database.transaction() as session:
        cooperative = a_cooperative(session, short_name="Reservada")
        talk = a_talk(session, title="Con totales")
        register(session, talk, cooperative, now).person.name = "Persona Reservada"
    page = see("counterpart", "/mesa").text
    assert "Con totales" in page
    assert "1 de 10" in page
    assert "Reservada" not in page


@pytest.mark.both_engines
def test_the_side_shows_where_one_is_and_only_what_one_may_open(see):
    page = see("coordination", "/panel").text
    assert 'href="/panel" aria-current="page"' in page
    assert 'href="/plan"' in page
    assert 'href="/plan"' not in see("counterpart", "/mesa").text


def test_boards_are_for_one_person_only(see):
    answer = see("coordination", "/panel")
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_page_for_everybody_shows_nobodys_name(see):
    assert "Quien Prueba" in see("coordination", "/panel").text
    assert "Quien Prueba" not in see("coordination", "/").text


def test_the_hour_of_the_board_is_the_federations(see):
    assert "Martes 24 de noviembre de 2026" in see("coordination", "/panel").text
