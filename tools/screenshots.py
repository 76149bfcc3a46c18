"""Take pictures of the main pages, on a desktop and on a telephone, into build/screenshots/.

It serves a demonstration of its own, registers some people, and looks at what they would see.
`make screenshots` runs it; arguments narrow it to the pictures whose names hold one of them.
"""

import base64
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.support import pages_drawn
from tests.support.browser import chromium_launch
from tests.support.live import COORDINATION, PASSWORD, VIEWPORTS, Live, serving

OUT = Path(__file__).resolve().parents[1] / "build" / "screenshots"
CLIENT = "gerencia@cobre-alto.example"
COUNTERPART = "contraparte@corfo.example"

Shot = tuple[str, str]
"""A picture's name, and the path of its page."""


def main(wanted: list[str]) -> None:
    """Take the pictures, and say where they are."""
    OUT.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(Path(folder)) as live,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(**chromium_launch())
        taken = sum(_take(browser, live, width, wanted) for width in VIEWPORTS)
        taken += pages_drawn.take(OUT, wanted)
        _picture(browser, live)
        browser.close()
    print(f"screenshots: {taken} pictures in {OUT}")


def _take(browser: Browser, live: Live, width: str, wanted: list[str]) -> int:
    taken = 0

    def context() -> BrowserContext:
        made = browser.new_context(
            base_url=live.url,
            viewport=VIEWPORTS[width],
            device_scale_factor=2 if width == "phone" else 1,
            has_touch=width == "phone",
            locale="es-CL",
        )
        made.set_default_timeout(30_000)
        return made

    def keep(page: Page, name: str) -> None:
        nonlocal taken
        if wanted and not any(word in f"{name}-{width}" for word in wanted):
            return
        page.screenshot(path=OUT / f"{name}-{width}.png", full_page=True)
        taken += 1

    visitor = context().new_page()
    for name, path in _public(visitor):
        visitor.goto(path)
        keep(visitor, name)
    for name in _registering(visitor, live, width):
        keep(visitor, name)
    for address, shots in (
        (COORDINATION, _coordination),
        (CLIENT, _cooperative),
        (COUNTERPART, _counterpart),
    ):
        page = context().new_page()
        sign_in(page, address)
        for name in shots(page):
            keep(page, name)
    return taken


def sign_in(page: Page, address: str) -> None:
    """Sign somebody of the demonstration in."""
    page.goto("/ingresar")
    page.get_by_label("Correo").fill(address)
    page.get_by_label("Clave").fill(PASSWORD)
    page.get_by_role("button", name="Ingresar", exact=True).click()
    page.wait_for_url(lambda url: not url.endswith("/ingresar"))


def talk_path(page: Page, title: str, listing: str = "/charlas") -> str:
    """Return the path of the first talk whose title begins so."""
    page.goto(listing)
    link = page.locator("main").get_by_role("link", name=title).first
    return link.get_attribute("href") or ""


def _public(page: Page) -> Iterator[Shot]:
    yield "home", "/"
    yield "talks", "/charlas"
    yield "talks-past", "/charlas?cuando=pasadas"
    yield "talks-none", "/charlas?q=astronomia"
    yield "talk-open", talk_path(page, "Prevención de delitos")
    yield "talk-hybrid", talk_path(page, "Requisitos del Crédito")
    yield "talk-full", talk_path(page, "Estados financieros")
    yield "talk-cancelled", talk_path(page, "Taller de carpeta")
    yield "talk-island", talk_path(page, "Gobierno y control")
    yield "talk-past", talk_path(page, "Visita en terreno", "/charlas?cuando=pasadas")
    yield "calendar-month", "/calendario?mes=" + _busiest_month(page)
    yield "calendar-agenda", "/calendario?vista=agenda&mes=" + _busiest_month(page)
    yield "subscribe", "/calendario/suscribirse"
    yield "privacy", "/privacidad"
    yield "privacy-request", "/privacidad/solicitud"
    yield "funding", "/financiamiento"
    yield "sign-in", "/ingresar"
    yield "sign-in-needed", "/panel"
    yield "forgotten", "/clave/olvidada"
    yield "link", "/ingresar/enlace"
    yield "not-found", "/charlas/no-existe"
    yield "mailbox", "/correo"


def _busiest_month(page: Page) -> str:
    return talk_path(page, "Prevención de delitos")[-10:-3]


def _registering(page: Page, live: Live, width: str) -> Iterator[str]:
    path = talk_path(page, "Requisitos del Crédito")
    page.goto(f"{path}/inscripcion")
    yield "registration"
    page.get_by_role("button", name="Inscribir", exact=True).click()
    page.get_by_text("Elija su cooperativa o").first.wait_for()
    yield "registration-errors"
    page.get_by_role("button", name="Agregar otra persona").click()
    page.locator("#organisation").select_option(index=2)
    for number, name in enumerate(("Rosa Quilodrán", "Juan Pérez Soto")):
        page.locator(f"#people-{number}-name").fill(name)
        page.locator(f"#people-{number}-email").fill(f"persona{number}-{width}@coop.example")
        page.locator(f"#people-{number}-room").select_option("online")
        page.get_by_label("¿Viaja desde otra ciudad?").nth(number).select_option(label="No")
    yield "registration-two"
    page.get_by_role("button", name="Inscribir", exact=True).click()
    page.wait_for_url("**/recibida")
    yield "registration-received"
    yield from _own(page, live, width)
    yield from _waiting(page, live, width)
    page.goto("/correo")
    yield "mailbox-some"
    page.locator("main a[href^='/correo/']").first.click()
    yield "mail"


def _own(page: Page, live: Live, width: str) -> Iterator[str]:
    mail = live.mail(f"persona0-{width}@coop.example", lambda found: bool(found.own_path))
    page.goto(f"{mail.own_path}/datos")
    yield "own-data"
    page.goto(f"{mail.own_path}/calendario")
    yield "own-calendar"
    page.goto(mail.own_path)
    yield "own-confirmed"
    page.get_by_role("link", name="No podré asistir").click()
    yield "own-cancelling"
    page.get_by_role("dialog").get_by_role("button", name="la inscripción").click()
    page.wait_for_load_state()
    yield "own-cancelled"


def _waiting(page: Page, live: Live, width: str) -> Iterator[str]:
    path = talk_path(page, "Estados financieros")
    page.goto(f"{path}/inscripcion")
    yield "registration-full"
    page.locator("#organisation").select_option(index=3)
    page.locator("#people-0-name").fill("Elena Marín")
    page.locator("#people-0-email").fill(f"elena-{width}@coop.example")
    page.get_by_role("button", name="Inscribir", exact=True).click()
    page.wait_for_url("**/recibida")
    mail = live.mail(f"elena-{width}@coop.example", lambda found: bool(found.own_path))
    page.goto(mail.own_path)
    yield "own-waiting"


def _coordination(page: Page) -> Iterator[str]:
    for name, path in (
        ("panel", "/panel"),
        ("plan", "/plan"),
        ("cooperatives", "/cooperativas"),
        ("institutions", "/instituciones"),
        ("components", "/panel/componentes"),
        ("account", "/mi-cuenta"),
        ("not-found-signed-in", "/no-existe"),
        ("talk-new", "/plan/charlas/nueva"),
        ("messages", "/mensajes"),
        ("reminder-text", "/mensajes/recordatorio"),
        ("data-cases", "/datos-personales"),
        ("retention", "/datos-personales/retencion"),
        ("calendars", "/mi-cuenta/calendarios"),
        ("commitments", "/compromisos"),
        ("commitments-own", "/compromisos/mios"),
    ):
        page.goto(path)
        yield name
    page.goto("/compromisos")
    page.locator("main tbody a").first.click()
    yield "commitment"
    page.goto("/cooperativas")
    page.locator("main tbody a").first.click()
    yield "cooperative"
    yield from _talk(page)
    yield from _editor(page)
    yield from _tables(page)


def _tables(page: Page) -> Iterator[str]:
    """Show the table: the meeting that is next, and the minutes that wait for the other side."""
    page.goto("/panel")
    ahead = _path_of(page, "Llamar").partition("#")[0]
    paper = _path_of(page, "Ver el acta")
    held = paper.removesuffix("/acta")
    for name, path in (
        ("meetings", "/reuniones"),
        ("series-new", "/reuniones/series/nueva"),
        ("meeting", ahead),
        ("agenda", f"{ahead}/tabla"),
        ("agenda-item", f"{ahead}/tabla/nuevo"),
        ("lobby", f"{ahead}/lobby"),
        ("attendance", f"{held}/asistencia"),
        ("minutes-in-review", paper),
    ):
        page.goto(path)
        yield name


def _path_of(page: Page, words: str) -> str:
    return page.locator("main").get_by_role("link", name=words).first.get_attribute("href") or ""


def _talk(page: Page) -> Iterator[str]:
    _open_talk(page)
    yield "talk-own"
    talk = page.url
    for name, part in (
        ("attendees", "asistentes"),
        ("print-list", "asistentes/imprimir"),
        ("talk-edit", "editar"),
        ("talk-copy", "copiar"),
        ("talk-cancel", "cancelar"),
        ("line", "fila"),
        ("questions", "preguntas"),
        ("answers", "respuestas"),
        ("materials", "materiales"),
        ("material-new", "materiales/archivo"),
    ):
        page.goto(f"{talk}/{part}")
        yield name


def _editor(page: Page) -> Iterator[str]:
    page.goto("/plan/charlas/nueva")
    page.get_by_role("button", name="Guardar borrador").click()
    page.get_by_text("Complete «").first.wait_for()
    yield "talk-new-errors"
    _open_talk(page)
    page.goto(f"{page.url}/editar")
    page.locator("#start_time").fill("15:00")
    page.locator("#end_time").fill("17:00")
    page.get_by_role("button", name="Guardar", exact=True).click()
    page.get_by_role("button", name="Guardar y avisar").wait_for()
    yield "talk-edit-confirm"
    page.locator("#start_date").fill(_eighth_of_december(page))
    page.locator("#end_date").fill(_eighth_of_december(page))
    page.get_by_role("button", name="Guardar", exact=True).click()
    page.get_by_text("Revise la fecha").wait_for()
    yield "talk-edit-holiday"


def _open_talk(page: Page) -> None:
    page.goto("/plan")
    page.locator("main").get_by_role("link", name="Requisitos del Crédito").first.click()
    page.wait_for_url("**/plan/charlas/*")


def _eighth_of_december(page: Page) -> str:
    year = page.locator("#start_date").input_value()[:4]
    return f"{year}-12-08"


def _cooperative(page: Page) -> Iterator[str]:
    page.goto("/mi-cooperativa")
    yield "my-cooperative"


def _counterpart(page: Page) -> Iterator[str]:
    page.goto("/mesa")
    yield "counterpart"
    for name, path in (
        ("counterpart-minutes", _path_of(page, "Leer y aprobar")),
        ("counterpart-meeting", _path_of(page, "Reunión N°")),
        ("counterpart-calendars", "/mi-cuenta/calendarios"),
    ):
        page.goto(path)
        yield name


FRAME = """<!DOCTYPE html><style>
body {{ display: flex; gap: 28px; align-items: center; margin: 0; padding: 28px }}
body {{ background: #eceae3 }}
img {{ border: 1px solid #c9c6bb; border-radius: 10px }}
img:first-child {{ width: 300px; border: 6px solid #1d211e; border-radius: 30px }}
img:last-child {{ width: 820px }}
</style>
<img src="data:image/png;base64,{phone}" alt="">
<img src="data:image/png;base64,{board}" alt="">
"""


def _picture(browser: Browser, live: Live) -> None:
    """Put a talk on a telephone beside the coordination's board: the README's picture."""
    shown = {}
    for name, size in (("phone", (360, 720)), ("board", (1120, 860))):
        page = browser.new_page(
            base_url=live.url,
            viewport={"width": size[0], "height": size[1]},
            device_scale_factor=2,
            locale="es-CL",
        )
        if name == "phone":
            page.goto(talk_path(page, "Prevención de delitos"))
        else:
            sign_in(page, COORDINATION)
            page.goto("/panel")
        shown[name] = base64.b64encode(page.screenshot()).decode()
    page = browser.new_page(viewport={"width": 1216, "height": 100}, device_scale_factor=1.5)
    page.set_content(FRAME.format(**shown))
    page.screenshot(path=OUT / "picture.png", full_page=True)


if __name__ == "__main__":
    main(sys.argv[1:])
