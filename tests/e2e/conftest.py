"""A browser and a running application: made once for all these tests, since both are slow."""

from dataclasses import dataclass

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.support.browser import chromium_launch
from tests.support.live import PASSWORD, VIEWPORTS, serving

#: Long, for a machine that does much else besides; nothing waits without need.
SECONDS = 30
expect.set_options(timeout=SECONDS * 1000)


@pytest.fixture(scope="session")
def live(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("live")) as live:
        yield live


@pytest.fixture(scope="session")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**chromium_launch())
        yield browser
        browser.close()


@pytest.fixture(params=VIEWPORTS)
def viewport(request):
    return request.param


@dataclass
class Complaint:
    url: str
    text: str


@pytest.fixture
def new_page(chromium, live):
    """Return a function that opens a page of its own visitor; afterwards no page has complained.

    A violation of the content security policy is an error in the console, too.
    """
    contexts, complaints = [], []

    def listen(page):
        def on_console(message):
            # A form that is sent back is answered with 422; the browser notes it, and we mean it.
            if message.type == "error" and "status of 4" not in message.text:
                complaints.append(Complaint(page.url, message.text))

        page.on("console", on_console)
        page.on("pageerror", lambda error: complaints.append(Complaint(page.url, str(error))))

    def new_page(viewport="desktop", *, script=True):
        context = chromium.new_context(
            base_url=live.url,
            viewport=VIEWPORTS[viewport],
            has_touch=viewport == "phone",
            java_script_enabled=script,
            locale="es-CL",
        )
        context.set_default_timeout(SECONDS * 1000)
        contexts.append(context)
        page = context.new_page()
        listen(page)
        return page

    yield new_page
    for context in contexts:
        context.close()
    assert not complaints


@pytest.fixture
def signed_in(new_page):
    """Return a function that opens a page of somebody who has signed in."""

    def signed_in(address, viewport="desktop"):
        page = new_page(viewport)
        page.goto("/ingresar")
        page.get_by_label("Correo").fill(address)
        page.get_by_label("Clave").fill(PASSWORD)
        page.get_by_role("button", name="Ingresar", exact=True).click()
        page.wait_for_url(lambda url: not url.endswith("/ingresar"))
        return page

    return signed_in
