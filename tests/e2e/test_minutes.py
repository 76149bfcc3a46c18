"""Minutes in a browser: typed by two, sent out, approved by a link at 360 px, then locked.

One story in its order: each step needs the one before.
"""

import re
import time

import pytest
from playwright.sync_api import expect

from tests.support.live import COORDINATION

ADMINISTRATION = "admin@fecrecoop.example"
#: What a tab that dies may take along.
SECONDS = 2.0
_LINK = re.compile(r"https?://[^\s/]+(/actas/[^\s<>\"]+)")


@pytest.fixture
def begun():
    """Where the minutes of the next meeting are, once they were begun."""
    return {}


@pytest.fixture
def writing(signed_in, begun):
    """Return a function that opens the page on which those minutes are written."""

    def writing(address=COORDINATION, viewport="desktop"):
        page = signed_in(address, viewport)
        if "path" not in begun:
            page.goto("/reuniones")
            links = page.locator("main a[href^='/reuniones/']").all()
            paths = [link.get_attribute("href") for link in links]
            begun["path"] = next(path for path in paths if _begin(page, path))
        page.goto(f"{begun['path']}/acta/editar")
        return page

    return writing


def _begin(page, path):
    """Begin the minutes of a meeting that has none; return whether that could be done."""
    if not re.fullmatch(r"/reuniones/[\w-]{22}", path):
        return False
    page.goto(f"{path}/acta")
    button = page.get_by_role("button", name="Empezar el acta")
    if not button.count():
        return False
    button.click()
    page.wait_for_url("**/acta/editar")
    return True


def box(page, number):
    return page.locator(f"#texto-{number}")


def saved(page, number):
    return page.locator("section", has=box(page, number)).locator("[data-state]")


def what_is_typed_is_saved_and_shown_as_it_reads(writing):
    page = writing()
    box(page, 1).fill("")
    box(page, 1).press_sequentially("Se **aprobó** sin cambios.")
    expect(saved(page, 1)).to_contain_text("Guardado")
    preview = page.locator("section", has=box(page, 1)).locator("[data-preview]")
    expect(preview.locator("strong")).to_have_text("aprobó")
    # It is saved while it is typed: until the last word is there, more is to come.
    expect(preview).to_contain_text("sin cambios.")
    page.reload()
    expect(box(page, 1)).to_have_value("Se **aprobó** sin cambios.")


def a_tab_that_is_killed_takes_two_seconds_of_words_along_at_most(writing):
    page = writing()
    typed = []
    box(page, 2).focus()
    until = time.monotonic() + 5
    while time.monotonic() < until:
        word = f"palabra{len(typed)} "
        page.keyboard.type(word)
        typed.append((word, time.monotonic()))
        page.wait_for_timeout(40)
    kill(page)
    killed = time.monotonic()
    text = writing().locator("#texto-2").input_value()
    for word, when in typed:
        if when < killed - SECONDS:
            assert word.strip() in text.split(), f"typed {killed - when:.1f} s before"
    assert len(typed) > 5


def kill(page):
    """Let nothing of the page out from this moment on, not even what it does when it is left."""
    page.evaluate("window.fetch = () => new Promise(() => {}); navigator.sendBeacon = () => false")
    page.close()


def two_people_in_one_item_both_keep_their_words(writing):
    one = writing()
    box(one, 3).fill("uno\ndos\ntres")
    expect(saved(one, 3)).to_contain_text("Guardado")
    other = writing(ADMINISTRATION, "phone")
    expect(box(other, 3)).to_have_value("uno\ndos\ntres")
    box(one, 3).fill("uno de Jorge\ndos\ntres")
    expect(saved(one, 3)).to_contain_text("Guardado")
    one.wait_for_timeout(1500)
    box(other, 3).fill("uno\ndos\ntres de la otra")
    expect(box(other, 3)).to_have_value("uno de Jorge\ndos\ntres de la otra")
    # In the same line: both are shown, and nothing is overwritten.
    box(one, 4).fill("Lo que escribió Jorge.")
    one.wait_for_timeout(2000)
    box(other, 4).fill("Lo que escribió la otra persona.")
    conflict = other.locator(".conflict")
    expect(conflict).to_contain_text("Lo que escribió Jorge.")
    expect(conflict).to_contain_text("Lo que escribió la otra persona.")
    conflict.get_by_role("button", name="Dejar ambas, una bajo la otra").click()
    expect(other.locator(".conflict")).to_have_count(0)
    expect(saved(other, 4)).to_contain_text("Guardado")
    one.reload()
    expect(box(one, 4)).to_have_value("Lo que escribió Jorge.\n\nLo que escribió la otra persona.")
    assert other.evaluate("document.documentElement.scrollWidth") <= 360


def without_a_connection_it_says_so_and_saves_when_it_is_back(writing):
    page = writing()
    # Ends with a number: a function that is left over would be called.
    page.evaluate(
        "window.kept = window.fetch; window.fetch = () => Promise.reject(new TypeError()); 0"
    )
    box(page, 5).fill("Escrito sin conexión.")
    expect(saved(page, 5)).to_have_text("Sin conexión: se guardará")
    page.evaluate("window.fetch = window.kept; 0")
    expect(saved(page, 5)).to_contain_text("Guardado")


def a_decision_is_one_line_away_and_the_minutes_go_out(writing):
    page = writing()
    box(page, 3).press_sequentially(" Y algo más.")
    section = page.locator("section", has=box(page, 3))
    section.get_by_text("Agregar acuerdo").click()
    section.get_by_label("Acuerdo", exact=True).fill("Firmar el convenio de capacitación.")
    section.get_by_role("button", name="Anotar el acuerdo").click()
    expect(page.locator("main")).to_contain_text("Anotamos el acuerdo")
    # What was typed just before went along.
    assert "Y algo más." in box(page, 3).input_value()
    page.get_by_role("link", name="Enviar a revisión").click()
    page.get_by_role("button", name=re.compile("Enviar a .* persona")).click()
    expect(page.locator("main")).to_contain_text("Enviamos el acta a revisión")
    return page


def corfo_approves_on_a_telephone(new_page, live):
    mail = live.mail(
        "pedro.nunez@corfo.example", lambda mail: mail.subject.startswith("Para revisar: Acta")
    )
    phone = new_page("phone")
    phone.goto(_LINK.search(mail.text)[1])
    expect(phone.locator("main")).to_contain_text("Firmar el convenio de capacitación.")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360
    phone.get_by_role("link", name="Aprobar").click()
    expect(phone.locator("blockquote")).to_contain_text("firma electrónica simple (Ley N° 19.799)")
    phone.get_by_role("button", name="Confirmar la aprobación").click()
    expect(phone.locator("main")).to_contain_text("CORFO ya aprobó esta acta")


def the_federation_approves_and_nothing_changes_any_more(page):
    address = page.url
    page.goto(f"{address}/aprobar")
    page.get_by_role("button", name="Confirmar la aprobación").click()
    expect(page.locator("main")).to_contain_text("Su texto no cambia más.")
    page.goto(f"{address}/editar")
    assert page.url.endswith("/acta")
    expect(page.locator(".writing__text")).to_have_count(0)


def a_rectification_begins_without_the_script(new_page, begun):
    page = new_page(script=False)
    page.goto("/ingresar")
    page.get_by_label("Correo").fill(COORDINATION)
    page.get_by_label("Clave").fill("demostracion")
    page.get_by_role("button", name="Ingresar", exact=True).click()
    page.goto(f"{begun['path']}/acta")
    page.get_by_role("link", name="Rectificar").click()
    page.get_by_label("Qué se rectifica").fill("El nombre del convenio.")
    page.get_by_role("button", name="Empezar la rectificación").click()
    box(page, 1).fill("Corregido sin script.")
    page.get_by_role("button", name="Guardar", exact=True).first.click()
    expect(page.locator("main")).to_contain_text("Guardamos el punto.")
    expect(box(page, 1)).to_have_value("Corregido sin script.")


def test_the_story_of_minutes(writing, new_page, begun, live):
    what_is_typed_is_saved_and_shown_as_it_reads(writing)
    a_tab_that_is_killed_takes_two_seconds_of_words_along_at_most(writing)
    two_people_in_one_item_both_keep_their_words(writing)
    without_a_connection_it_says_so_and_saves_when_it_is_back(writing)
    page = a_decision_is_one_line_away_and_the_minutes_go_out(writing)
    corfo_approves_on_a_telephone(new_page, live)
    the_federation_approves_and_nothing_changes_any_more(page)
    a_rectification_begins_without_the_script(new_page, begun)
