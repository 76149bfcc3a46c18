"""A talk's questions in a real browser: asked as the answers go, on a desk and on a telephone."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.support.live import COORDINATION, VIEWPORTS

pytestmark = pytest.mark.browser

TITLE = "Requisitos del Crédito"
GRAVE = {"serious", "critical"}


def holds_up(page):
    for size in VIEWPORTS.values():
        page.set_viewport_size(size)
        wide, room = page.evaluate(
            "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
        )
        assert wide <= room, f"{page.url} is {wide} wide on a screen of {room}"
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    assert not [one["id"] for one in found if one["impact"] in GRAVE], page.url


def test_a_question_comes_with_the_answer_that_it_depends_on(new_page):
    page = new_page()
    page.goto("/charlas")
    page.locator("main").get_by_role("link", name=TITLE).first.click()
    page.goto(page.url + "/inscripcion")
    first = page.locator("[data-row]").first
    origin = first.get_by_label("¿Desde dónde viaja?")
    expect(origin).to_be_hidden()
    first.get_by_label("¿Viaja desde otra ciudad?").select_option("yes")
    expect(origin).to_be_visible()
    first.get_by_label("¿Viaja desde otra ciudad?").select_option("no")
    expect(origin).to_be_hidden()
    page.get_by_role("button", name="Agregar otra persona").click()
    second = page.locator("[data-row]").nth(1)
    expect(second.get_by_label("¿Desde dónde viaja?")).to_be_hidden()
    second.get_by_label("¿Viaja desde otra ciudad?").select_option("yes")
    expect(second.get_by_label("¿Desde dónde viaja?")).to_be_visible()
    expect(origin).to_be_hidden()
    page.get_by_role("button", name="Inscribir", exact=True).click()
    holds_up(page)


def test_the_pages_of_questions_hold_up(signed_in):
    page = signed_in(COORDINATION)
    page.goto("/plan")
    page.locator("main").get_by_role("link", name=TITLE).first.click()
    talk = page.url
    for path in ("/preguntas", "/respuestas", "/asistentes"):
        page.goto(talk + path)
        holds_up(page)
    page.goto(f"{talk}/preguntas")
    page.get_by_label("Cómo se responde").select_option("text")
    expect(page.get_by_label("Opciones")).to_be_hidden()
    page.get_by_label("Cómo se responde").select_option("one")
    expect(page.get_by_label("Opciones")).to_be_visible()
