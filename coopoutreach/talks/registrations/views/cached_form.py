"""The page of the registration form; and the same with nothing written into it yet.

That one is what nearly everybody opens, and it says the same to all but for two tokens. It is
rendered once for all that it shows, and each reader's tokens are put into their places.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from flask import render_template
from flask_wtf.csrf import generate_csrf

from coopoutreach.platform.web.shown_again import is_shown_again
from coopoutreach.talks.questions.rules import Asking
from coopoutreach.talks.registrations.forms import RegistrationForm
from coopoutreach.talks.registrations.queries import Colleague
from coopoutreach.talks.registrations.rules import Room
from coopoutreach.talks.talks.rules import Window

#: Talks whose forms are opened at the same time, and how they stand; some 15 kB each.
_MOST_KEPT = 64
#: What stands in a kept page where a reader's tokens go; no text of ours can hold it.
_TOKEN, _KEY = "\x00token\x00", "\x00key\x00"


@dataclass(frozen=True, slots=True)
class Shown:
    """All that the page says; whoever gives it something more to say adds it here."""

    title: str
    slug: str
    path: str
    when: str
    place: str
    window: Window
    rooms: tuple[Room, ...]
    #: How many wait, of a talk that is full; else None.
    waiting: int | None
    choices: tuple[tuple[str, str], ...]
    #: Which seats are held and how many a cooperative may have, in sentences.
    rules: tuple[str, ...] = ()
    #: Another talk, of one that is full: what it is, its title, its address, and when and how free.
    instead: tuple[str, str, str, str] | None = None
    #: The talk's own questions.
    asking: Asking = Asking()  # noqa: RUF009 (frozen: one serves all)


def render(
    shown: Shown,
    form: RegistrationForm,
    *,
    form_key: str,
    organisation: str = "",
    colleagues: Sequence[Colleague] = (),
) -> str:
    """Return the page; of a registrar with the name of their organisation, and its people."""
    return _page(
        shown,
        form,
        token=generate_csrf(),
        form_key=form_key,
        organisation=organisation,
        colleagues=colleagues,
    )


def page(shown: Shown, *, form_key: str) -> str:
    """Return the page as somebody who is not signed in opens it."""
    # What says why it is shown again says so to one reader alone.
    kept = _kept.__wrapped__(shown) if is_shown_again() else _kept(shown)
    if shown.window is not Window.OPEN:
        return kept
    token: str = generate_csrf()
    return kept.replace(_TOKEN, token).replace(_KEY, form_key)


@lru_cache(maxsize=_MOST_KEPT)
def _kept(shown: Shown) -> str:
    # No reader's token is ever rendered into what is kept: only the marks are.
    empty = RegistrationForm.empty(shown.rooms)
    return _page(shown, empty, token=_TOKEN, form_key=_KEY, organisation="")


def _page(
    shown: Shown,
    form: RegistrationForm,
    *,
    token: str,
    form_key: str,
    organisation: str,
    colleagues: Sequence[Colleague] = (),
) -> str:
    return render_template(
        "talks/registrations/new.html",
        talk=shown,
        form=form,
        token=token,
        form_key=form_key,
        organisation=organisation,
        colleagues=colleagues,
        is_open=shown.window is Window.OPEN,
    )
