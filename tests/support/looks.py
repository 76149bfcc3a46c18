"""What holds of every page: nothing scrolls sideways, and axe finds nothing serious."""

from collections.abc import Iterable

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, ViewportSize

from tests.support.live import VIEWPORTS

_GRAVE = {"serious", "critical"}


def fits(page: Page) -> None:
    """Nothing makes the page scroll sideways.

    :raises AssertionError: when something does
    """
    page.wait_for_load_state()
    wide, room = page.evaluate(
        "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    )
    assert wide <= room, f"{page.url} is {wide} wide on a screen of {room}"


def is_accessible(page: Page) -> None:
    """Axe finds nothing serious on the page.

    :raises AssertionError: when it does
    """
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    grave = [
        (one["id"], [node["html"] for node in one["nodes"]][:3])
        for one in found
        if one["impact"] in _GRAVE
    ]
    assert not grave, (page.url, grave)


def holds_up(page: Page, sizes: Iterable[ViewportSize] = tuple(VIEWPORTS.values())) -> None:
    """Both hold, on screens of each size.

    :raises AssertionError: when one does not
    """
    for size in sizes:
        page.set_viewport_size(size)
        fits(page)
    is_accessible(page)
