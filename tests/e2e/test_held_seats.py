"""Seats held for those who go first: said, given up, and shown to whoever asks; what people get
besides: a private calendar whose old address dies, and materials when the coordination says."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from coopoutreach.platform.core import calendar
from coopoutreach.platform.core.clock import utcnow
from coopoutreach.platform.core.spanish import wall
from tests.e2e.test_desk import is_good
from tests.support.live import COORDINATION

pytestmark = pytest.mark.browser

#: The demonstration's only cooperative of this name is «consolidada»: the talk's last to be served.
LAST_SERVED = "Cobre Alto"
PLACES, HELD = 2, 1


@pytest.fixture
def stage(live, new_page, signed_in, viewport):
    return live, signed_in(COORDINATION, viewport), new_page(viewport), viewport


def test_held_seats_are_said_released_and_shown(stage):
    live, desk, visitor, tag = stage
    title = f"Fondos para comenzar ({tag})"
    public = a_talk_that_holds_seats(desk, title)
    the_public_page_says_so_and_why(visitor, public)
    addresses = [f"{name}-{tag}@cobre-alto.example" for name in ("uno", "dos")]
    two_of_a_cooperative_that_is_not_first_register(visitor, public, addresses)
    own = the_second_waits_and_reads_why(live, visitor, addresses, title)
    the_seats_are_released_and_the_second_moves_up(live, desk, addresses, title)
    whoever_asks_is_shown_that_it_was_so(desk)
    materials_appear_when_the_coordination_says(desk, visitor, public)
    an_old_private_calendar_is_dead_at_once(visitor, own)


def a_talk_that_holds_seats(page, title):
    day = calendar.next_working_day(
        wall(utcnow()).date() + timedelta(days=21), region="13", comuna="13101"
    )
    page.goto("/plan/charlas/nueva")
    page.get_by_label("Título").fill(title)
    for name, hour in (("start", "10:00"), ("end", "12:00")):
        page.locator(f"#{name}_date").fill(day.isoformat())
        page.locator(f"#{name}_time").fill(hour)
    page.get_by_label("Presencial", exact=True).check()
    page.get_by_label("Lugar").fill("Sala de la Federación")
    page.get_by_label("Comuna").select_option("13101")
    page.get_by_label("Cupos presenciales", exact=True).fill(str(PLACES))
    page.get_by_label("Inicial", exact=True).check()
    page.get_by_label("Cupos presenciales reservados").fill(str(HELD))
    page.locator("#held_date").fill((day - timedelta(days=7)).isoformat())
    page.locator("#held_time").fill("18:00")
    page.get_by_role("button", name="Guardar borrador").click()
    usual = page.get_by_role("button", name="Guardar de todos modos")
    if usual.is_visible():
        usual.click()
    page.get_by_role("link", name="Publicar").click()
    page.get_by_role("dialog").get_by_role("button", name="Publicar").click()
    expect(page.get_by_text("Ya está en el sitio")).to_be_visible()
    page.get_by_title("Más").click()
    return page.get_by_role("link", name="Ver la página pública").get_attribute("href")


def the_public_page_says_so_and_why(page, public):
    page.goto(public)
    expect(page.get_by_text("Se reserva")).to_be_visible()
    expect(
        page.get_by_text("atiende primero a las cooperativas de menor desarrollo")
    ).to_be_visible()
    is_good(page)


def two_of_a_cooperative_that_is_not_first_register(page, public, addresses):
    for number, address in enumerate(addresses):
        page.goto(f"{public}/inscripcion")
        page.locator("#organisation").select_option(label=LAST_SERVED)
        page.locator("#people-0-name").fill(f"Persona Número {number}")
        page.locator("#people-0-email").fill(address)
        page.get_by_role("button", name="Inscribir", exact=True).click()
        page.wait_for_url("**/recibida")


def the_second_waits_and_reads_why(live, page, addresses, title):
    first = live.mail(addresses[0], lambda mail: mail.subject == f"Tiene cupo: {title}")
    waiting = live.mail(addresses[1], lambda mail: mail.subject.startswith("En lista de espera"))
    page.goto(waiting.own_path)
    expect(page.get_by_role("heading", name="en el lugar 1")).to_be_visible()
    expect(page.get_by_text("se reservan").first).to_be_visible()
    is_good(page)
    return first.own_path


def the_seats_are_released_and_the_second_moves_up(live, page, addresses, title):
    page.get_by_role("link", name="Editar").first.click()
    page.get_by_label("Cupos presenciales reservados").fill("0")
    page.locator("#held_date").fill("")
    page.locator("#held_time").fill("")
    page.get_by_role("button", name="Guardar", exact=True).click()
    page.wait_for_url(lambda url: not url.endswith("/editar"))
    moved = live.mail(addresses[1], lambda mail: mail.method == "REQUEST")
    assert title in moved.subject


def whoever_asks_is_shown_that_it_was_so(page):
    page.get_by_role("link", name="Ver la fila y los cupos entregados").click()
    expect(page.get_by_text("Coincide")).to_have_count(2)
    expect(page.get_by_text("Difiere")).to_have_count(0)
    is_good(page)
    page.go_back()


def materials_appear_when_the_coordination_says(page, visitor, public):
    page.goto(page.url.partition("?")[0] + "/materiales/enlace")
    page.get_by_label("Título").fill("Pauta de la charla")
    page.get_by_label("Dirección").fill("https://a.example/pauta")
    page.get_by_role("button", name="Guardar").click()
    expect(page.get_by_text("Pauta de la charla").first).to_be_visible()
    is_good(page)
    visitor.goto(public)
    expect(visitor.get_by_role("link", name="Pauta de la charla")).to_be_visible()


def an_old_private_calendar_is_dead_at_once(page, own):
    page.goto(own)
    page.get_by_role("link", name="Ver mi calendario privado").click()
    page.get_by_role("button", name="Crear mi calendario").click()
    before = page.get_by_label("Dirección privada").input_value()
    is_good(page)
    assert "BEGIN:VEVENT" in page.request.get(before).text()
    page.get_by_role("link", name="Pedir una dirección nueva").click()
    page.get_by_role("dialog").get_by_role("button", name="Pedir una nueva").click()
    expect(page.get_by_label("Dirección privada")).not_to_have_value(before)
    assert page.request.get(before).status == 404
    assert page.request.get(page.get_by_label("Dirección privada").input_value()).status == 200
