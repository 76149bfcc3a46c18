"""What holds of every page: it fits a telephone, axe finds nothing serious, keys are enough."""

import re

import pytest
from playwright.sync_api import expect

from tests.support.live import COORDINATION
from tests.support.looks import holds_up

pytestmark = pytest.mark.browser

CLIENT = "gerencia@cobre-alto.example"
COUNTERPART = "contraparte@corfo.example"

PUBLIC = (
    "/",
    "/charlas",
    "/charlas?cuando=pasadas",
    "/calendario",
    "/calendario?vista=agenda",
    "/calendario/suscribirse",
    "/privacidad",
    "/financiamiento",
    "/ingresar",
    "/ingresar/enlace",
    "/clave/olvidada",
    "/correo",
    "/no-existe",
)
OF_COORDINATION = (
    "/panel",
    "/plan",
    "/plan/charlas/nueva",
    "/cooperativas",
    "/instituciones",
    "/mi-cuenta",
    "/panel/componentes",
)
TALKS = ("Prevención de delitos", "Estados financieros", "Taller de carpeta")


def path_of(page, title):
    page.goto("/charlas")
    return page.locator("main").get_by_role("link", name=title).first.get_attribute("href")


def test_public_pages_hold_up(new_page):
    page = new_page()
    for path in PUBLIC:
        page.goto(path)
        holds_up(page)


def test_the_pages_of_open_full_and_suspended_talks_hold_up(new_page):
    page = new_page()
    for title in TALKS:
        page.goto(path_of(page, title))
        holds_up(page)


def test_a_registration_form_with_mistakes_holds_up(new_page):
    page = new_page()
    page.goto(path_of(page, "Requisitos del Crédito") + "/inscripcion")
    holds_up(page)
    page.get_by_role("button", name="Inscribir", exact=True).click()
    expect(page.get_by_text(re.compile(r"Hay \d datos por corregir"))).to_be_visible()
    expect(page.locator("#people-0-name")).to_have_attribute("aria-invalid", "true")
    holds_up(page)


def test_the_coordinations_pages_hold_up(signed_in):
    page = signed_in(COORDINATION)
    for path in OF_COORDINATION:
        page.goto(path)
        holds_up(page)


def test_the_pages_of_one_talk_hold_up_for_the_coordination(signed_in):
    page = signed_in(COORDINATION)
    page.goto("/plan")
    page.locator("main").get_by_role("link", name="Requisitos del Crédito").first.click()
    holds_up(page)
    talk = page.url
    for part in ("asistentes", "asistentes/imprimir", "editar", "copiar", "cancelar"):
        page.goto(f"{talk}/{part}")
        holds_up(page)


@pytest.mark.parametrize(
    ("address", "path"), [(CLIENT, "/mi-cooperativa"), (COUNTERPART, "/mesa")], ids=["cac", "corfo"]
)
def test_the_pages_of_others_hold_up(signed_in, address, path):
    page = signed_in(address)
    page.goto(path)
    holds_up(page)


def test_registering_needs_no_script(new_page, live, viewport):
    page = new_page(viewport, script=False)
    page.goto(path_of(page, "Encuentro con CORFO"))
    page.get_by_role("link", name="Inscribir personas").click()
    page.get_by_label("Cooperativa", exact=True).select_option(label="Estrecho Austral")
    page.get_by_role("button", name="Inscribir", exact=True).click()
    expect(page.get_by_text("Hay 2 datos por corregir")).to_be_visible()
    page.get_by_label("Nombre y apellido").first.fill("Nahuel Sin Script")
    page.get_by_label("Correo").first.fill(f"nahuel-{viewport}@coop.example")
    page.get_by_role("button", name="Inscribir", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Recibimos la inscripción")
    mail = live.mail(f"nahuel-{viewport}@coop.example", lambda mail: bool(mail.own_path))
    page.goto(mail.own_path)
    expect(page.get_by_text("Tiene cupo", exact=True)).to_be_visible()
    page.get_by_role("link", name="No podré asistir").click()
    page.get_by_role("button", name="Anular la inscripción").click()
    expect(page.get_by_text("Inscripción anulada")).to_be_visible()


def test_the_first_tab_skips_to_the_content(new_page):
    page = new_page()
    page.goto("/charlas")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Ir al contenido")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#contenido")).to_be_focused()


def test_a_registration_is_made_with_the_keyboard_alone(new_page):
    page = new_page()
    page.goto(path_of(page, "Jornada austral") + "/inscripcion")
    page.get_by_label("Cooperativa", exact=True).focus()
    page.keyboard.type("Baker")
    for text in ("", "Rosa Teclado", "rosa.teclado@coop.example"):
        page.keyboard.press("Tab")
        page.keyboard.type(text)
    for _ in range(8):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == "Inscribir":
            break
    expect(page.get_by_role("button", name="Inscribir", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/inscripcion/recibida$"))


def test_enter_in_the_editor_never_tells_anybody(signed_in):
    page = signed_in(COORDINATION)
    page.goto("/plan")
    page.locator("main").get_by_role("link", name="Gobierno y control").first.click()
    page.get_by_role("link", name="Editar").first.click()
    page.locator("#start_time").fill("11:00")
    page.get_by_role("button", name="Guardar", exact=True).click()
    expect(page.get_by_role("button", name="Guardar y avisar")).to_be_visible()
    page.get_by_label("Título", exact=True).press("Enter")
    expect(page.get_by_role("button", name="Guardar y avisar")).to_be_visible()
    expect(page).to_have_url(re.compile("/editar$"))
