"""A registrar's ten minutes: six colleagues, a swap, one who takes part online."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

TALK = "Requisitos del Crédito CORFO MIPYME"
#: One cooperative for each width: they share the demonstration.
DOMAINS = {"phone": "cobre-alto.example", "desktop": "calle-calle.example"}


def test_a_registrar_does_it_all_in_ten_minutes(signed_in, viewport):
    domain = DOMAINS[viewport]
    page = signed_in(f"gerencia@{domain}", viewport)
    page.goto("/mi-cooperativa")
    is_good(page)
    page.get_by_role("link", name=f"Inscribir en {TALK}").first.click()
    six_are_registered_all_or_none(page, domain)
    expect(page.get_by_text("Recibimos la inscripción")).to_be_visible()
    is_good(page)
    colleague = one_is_swapped_for_another(page)
    one_takes_part_online(page)
    the_form_knows_who_is_there(page, colleague)


def six_are_registered_all_or_none(page, domain):
    parts = page.locator(".pick:not(.pick--there)")
    for place in range(3):
        part = parts.nth(place)
        part.locator(".pick__tick").check()
        part.get_by_label("¿Viaja desde otra ciudad?").select_option("no")
    for number, name in enumerate(("Sonia Rojas Mella", "Tomás Leiva Cid", "Vilma Soto Paz")):
        if number:
            page.get_by_role("button", name="Agregar otra persona").click()
        row = page.locator("[data-row]").nth(number)
        row.get_by_label("Nombre y apellido").fill(name)
        row.get_by_label("Correo", exact=True).fill(f"persona{number}@{domain}")
        row.get_by_label("Participa", exact=True).select_option("presencial")
        row.get_by_label("¿Viaja desde otra ciudad?").select_option("no")
    page.get_by_label("Si somos varias personas, cupos para todas o para ninguna").check()
    is_good(page)
    page.get_by_role("button", name="Inscribir", exact=True).click()


def one_is_swapped_for_another(page):
    page.get_by_role("link", name="Sonia Rojas Mella", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sonia Rojas Mella")
    is_good(page)
    form = page.get_by_role("region", name="Que vaya otra persona")
    offered = form.get_by_label("De su cooperativa")
    label = offered.locator("option").last.inner_text()
    colleague = label.partition(" (")[0]
    offered.select_option(label=label)
    form.get_by_role("button", name=re.compile("Traspasar")).click()
    expect(page.get_by_text(f"Ahora va {colleague}")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text(colleague)
    return colleague


def one_takes_part_online(page):
    page.goto("/mi-cooperativa")
    page.get_by_role("link", name="Tomás Leiva Cid", exact=True).click()
    page.get_by_role("button", name="Pasar a en línea").click()
    expect(page.get_by_role("button", name="Pasar a la sala")).to_be_visible()


def the_form_knows_who_is_there(page, colleague):
    page.goto("/mi-cooperativa")
    expect(page.get_by_text("Sonia Rojas Mella")).to_have_count(0)
    page.get_by_role("link", name=f"Inscribir en {TALK}").first.click()
    expect(page.locator(".pick--there").filter(has_text=colleague)).to_be_visible()
    is_good(page)


def is_good(page):
    """Nothing scrolls sideways, and axe finds nothing serious."""
    wide, room = page.evaluate(
        "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    )
    assert wide <= room, page.url
    found = Axe().run(page).response["violations"]
    assert not [one for one in found if one["impact"] in {"serious", "critical"}], found
