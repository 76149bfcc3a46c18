from datetime import UTC, datetime, timedelta

import pytest
from factories import a_cooperative, a_person, a_talk

from coopoutreach.events.models import Invitee
from coopoutreach.events.rules import EventState, Modality
from coopoutreach.talks.registrations.models import Registration
from coopoutreach.talks.registrations.rules import Room, State
from coopoutreach.talks.talks.models import Speaker, Topic
from coopoutreach.talks.talks.rules import Format

PAGES = (
    "/",
    "/charlas",
    "/calendario",
    "/calendario/suscribirse",
    "/privacidad",
    "/financiamiento",
)


def registered(session, talk, *, state=State.CONFIRMED, room=Room.IN_ROOM, now):
    person = a_person(session)
    invitee = Invitee(event_id=talk.id, person_id=person.id, created_at=now)
    session.add(invitee)
    session.flush()
    session.add(
        Registration(
            talk_id=talk.id,
            person_id=person.id,
            invitee_id=invitee.id,
            room=room,
            state=state,
            requested_at=now,
        )
    )


@pytest.mark.parametrize("path", PAGES)
def test_public_pages_are_for_everybody_and_may_be_kept(client, path):
    page = client.get(path, headers={"Cookie": "__Host-mesa=somebody"})
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "public, no-cache"
    assert "Set-Cookie" not in page.headers
    assert "Cookie" not in page.headers.get("Vary", "")
    assert page.text.count("<h1") == 1
    again = client.get(path, headers={"If-None-Match": page.headers["ETag"]})
    assert again.status_code == 304
    assert client.head(path).status_code == 200


@pytest.mark.both_engines
@pytest.mark.parametrize("path", PAGES)
def test_without_talks_pages_say_what_to_do(client, path):
    assert "Suscri" in client.get("/").text
    assert "Aún no se ha realizado ninguna charla" in client.get("/charlas?cuando=pasadas").text


def test_a_talk_tells_when_where_who_and_how_to_register(client, write):
    def make(session):
        talk = a_talk(
            session,
            title="Garantías <Fogain>",
            slug="garantias",
            description="Primero.\nSegundo.\n\nTercero & último.",
            modality=Modality.HYBRID,
            capacity_online=5,
            prioritised_levels=["inicial"],
        )
        talk.speakers.append(Speaker(position=0, name="Rosa Antilef", post="Ejecutiva"))
        talk.topics.append(Topic(name="Garantías"))

    write(make)
    page = client.get("/charlas/garantias").text
    for said in (
        "Garantías &lt;Fogain&gt;",
        "martes 15 de diciembre de 2026, 10:00 a 12:00 h",
        "08:00 h (hora de Isla de Pascua)",
        "Calle Uno 123, Santiago",
        "Rosa Antilef",
        "Tercero &amp; último.",
        "/charlas/garantias/inscripcion",
        "Quedan 10 cupos",
        "Quedan 5 cupos",
        "nivel inicial",
        "/charlas/garantias.ics",
    ):
        assert said in page, said
    assert "Primero.<br>" in page.replace("\n", "").replace(" ", "")


def test_a_talk_shows_its_own_clock_first_and_santiagos_where_it_differs(client, write):
    write(
        lambda s: a_talk(
            s, slug="punta", zone="America/Punta_Arenas", wall_start=datetime(2027, 6, 10, 10, 0)
        )
    )
    page = client.get("/charlas/punta").text
    assert page.index("hora de Magallanes") < page.index("09:00 h (hora de Chile continental)")
    assert "09:00 h en Santiago" in client.get("/charlas").text


@pytest.mark.both_engines
def test_a_full_talk_offers_the_line_and_says_how_many_wait(client, write, now):
    def make(session):
        talk = a_talk(session, slug="llena", capacity_room=1)
        registered(session, talk, now=now)
        registered(session, talk, state=State.WAITING, now=now)

    write(make)
    page = client.get("/charlas/llena").text
    assert "Sumarse a la lista de espera" in page
    assert "1 persona en lista de espera" in page
    assert "Sin cupos" in client.get("/charlas").text


@pytest.mark.parametrize(
    ("window", "said"),
    [
        ({"registration_opens_at": datetime(2026, 12, 1, 12, 0, tzinfo=UTC)}, "Abre el"),
        ({"registration_closes_at": datetime(2026, 11, 20, 12, 0, tzinfo=UTC)}, "Cerró el"),
    ],
)
def test_a_talk_that_takes_nobody_now_says_when(client, write, window, said):
    write(lambda s: a_talk(s, slug="ventana", **window))
    page = client.get("/charlas/ventana").text
    assert said in page
    assert "/inscripcion" not in page


def test_a_page_changes_by_itself_when_registration_opens(client, write, clock, now):
    opens = now + timedelta(minutes=10)
    write(lambda s: a_talk(s, slug="abre", registration_opens_at=opens))
    assert "/inscripcion" not in client.get("/charlas/abre").text
    clock(opens)
    assert "/charlas/abre/inscripcion" in client.get("/charlas/abre").text


def test_cancelled_and_past_talks_stay_readable(client, write):
    def make(session):
        a_talk(session, slug="suspendida", state=EventState.CANCELLED, cancellation_reason="Paro")
        a_talk(session, slug="pasada", wall_start=datetime(2026, 11, 3, 10, 0))

    write(make)
    cancelled, past = client.get("/charlas/suspendida"), client.get("/charlas/pasada")
    assert "Esta charla se suspendió" in cancelled.text
    assert "Paro" in cancelled.text
    assert "ya se realizó" in past.text
    assert "/inscripcion" not in cancelled.text + past.text


def test_a_draft_looks_like_nothing_at_all(client, write):
    write(lambda s: a_talk(s, slug="borrador", state=EventState.DRAFT, title="Muy secreta"))
    for path in ("/charlas/borrador", "/charlas/borrador.ics", "/charlas/no-existe"):
        assert client.get(path).status_code == 404
    for path in (*PAGES, "/charlas?q=secreta", "/calendario?mes=2026-12"):
        assert "Muy secreta" not in client.get(path).text


def test_the_file_of_a_talk_opens_as_an_event_in_every_program(client, write):
    write(lambda s: a_talk(s, slug="una"))
    file = client.get("/charlas/una.ics")
    assert file.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert file.headers["Content-Disposition"] == 'attachment; filename="una.ics"'
    lines = file.data.split(b"\r\n")
    assert lines.count(b"BEGIN:VEVENT") == 1
    assert not any(line.startswith((b"METHOD", b"X-WR-CALNAME", b"ATTENDEE")) for line in lines)


@pytest.mark.both_engines
def test_the_list_narrows_by_each_filter(client, write):
    def make(session):
        topic = Topic(name="Garantías")
        one = a_talk(
            session,
            title="Señal única",
            region="05",
            format=Format.WORKSHOP,
            modality=Modality.HYBRID,
            wall_start=datetime(2027, 1, 7, 10, 0),
        )
        one.topics.append(topic)
        a_talk(session, title="Otra charla")
        session.flush()
        return topic.id

    topic = write(make)
    for asked in (
        "region=05",
        "formato=taller",
        "modalidad=hibrida",
        f"tema={topic}",
        "mes=2027-01",
        "q=senal+UNICA",
    ):
        page = client.get(f"/charlas?{asked}").text
        assert "Señal única" in page, asked
        assert "Otra charla" not in page, asked
        assert "1 charla" in page
    assert "Ninguna charla coincide" in client.get("/charlas?region=12").text
    # What is in no region and only online is for every region.
    write(lambda s: a_talk(s, title="Para todas", modality=Modality.ONLINE, region=None))
    assert "Para todas" in client.get("/charlas?region=12").text


@pytest.mark.both_engines
def test_the_search_is_shown_as_text(client):
    page = client.get("/charlas?q=<script>alert(1)</script>").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_a_long_list_comes_in_pages(client, write):
    def make(session):
        for number in range(45):
            a_talk(session, wall_start=datetime(2026, 12, 1, 10) + timedelta(days=number))

    write(make)
    assert client.get("/charlas").text.count('class="event-card"') == 20
    last = client.get("/charlas?pagina=3").text
    assert last.count('class="event-card"') == 5
    assert client.get("/charlas?pagina=400").text == last
    assert "/charlas?pagina=2" in last


def test_unknown_parameters_make_no_page_of_their_own(app, client):
    client.get("/charlas")
    keeper = app.extensions["page_cache"][0]
    before = keeper.size
    for number in range(5):
        client.get(f"/charlas?utm={number}&region=9{number}")
    assert keeper.size == before


@pytest.mark.both_engines
def test_the_calendar_shows_talks_and_holidays_of_a_month(client, write):
    write(lambda s: a_talk(s, title="En la grilla", wall_end=datetime(2026, 12, 16, 12, 0)))
    month = client.get("/calendario?mes=2026-12").text
    assert "Inmaculada Concepción" in month
    assert month.count("En la grilla") == 4  # two days, each in the grid and in the list
    agenda = client.get("/calendario?mes=2026-12&vista=agenda&region=13").text
    assert agenda.count("En la grilla") == 2
    assert "No hay charlas en enero de 2027" in client.get("/calendario?mes=2027-01").text


def test_the_months_end_where_the_calendar_does(client):
    assert 'rel="next"' not in client.get("/calendario?mes=2028-11").text
    assert 'rel="prev"' not in client.get("/calendario?mes=2024-11").text


def test_the_calendar_without_a_month_turns_with_the_month(client, clock):
    assert "noviembre de 2026" in client.get("/calendario").text
    clock(datetime(2026, 12, 1, 3, 0, tzinfo=UTC))
    client.get("/calendario?mes=2026-11")
    assert "diciembre de 2026" in client.get("/calendario").text


def test_subscribing_offers_each_programs_way(client):
    page = client.get("/calendario/suscribirse?region=05").text
    assert "http://127.0.0.1:8000/calendario/region/05.ics" in page
    assert "webcal://127.0.0.1:8000/calendario/region/05.ics" in page
    for program in ("Google", "Android", "Outlook nuevo", "Outlook clásico", "iPhone", "Mac"):
        assert program in page
    assert "/calendario/charlas.ics" in client.get("/calendario/suscribirse?region=99").text


def test_the_privacy_policy_has_the_twelve_items_a_version_and_a_date(client):
    page = client.get("/privacidad").text
    for letter in "abcdefghijkl":
        assert f"<h2>{letter}) " in page, letter
    assert "Versión 1.0, vigente desde el martes 24 de noviembre de 2026" in page
    assert "agenda@fecrecoop.example" in page


def test_what_is_not_confirmed_is_not_called_official(client):
    page = client.get("/financiamiento").text
    assert "Referencial — no es un requisito oficial de CORFO" in page


def test_robots_and_security_have_their_files(client):
    assert "User-agent: *" in client.get("/robots.txt").text
    assert "Contact: mailto:" in client.get("/.well-known/security.txt").text


@pytest.mark.parametrize("path", ["/", "/charlas", "/charlas?q=prueba", "/calendario?mes=2026-12"])
def test_the_number_of_statements_does_not_grow_with_the_talks(
    app, client, write, count_statements, path
):
    def make(session):
        for _ in range(3):
            talk = a_talk(session)
            talk.speakers.append(Speaker(position=0, name="Rosa"))
            a_cooperative(session)

    write(make)
    client.get("/financiamiento")  # the first of all opens a connection
    few = count_statements(client, path)
    write(make)
    write(make)
    assert count_statements(client, path) == few <= 6


def test_a_kept_page_has_the_headers_of_every_page(client):
    for _ in range(3):
        page = client.get("/charlas")
        assert page.headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert page.headers["X-Content-Type-Options"] == "nosniff"


def test_a_kept_page_asks_no_statement_of_a_session(client, write, count_statements):
    write(lambda s: a_talk(s, slug="una"))
    client.get("/charlas/una")
    assert count_statements(client, "/charlas/una") == 0
