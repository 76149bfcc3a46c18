"""Whose form it is: a signature in every form of who it was drawn for, and on which page.

It says nothing of when: it opens no door, but it tells a form of ours, whose session has ended
since, from one that another site made up (for which the token is there). With it what was typed may
be shown again; it is never enough to send it.
"""

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

from flask import Flask, current_app, request
from markupsafe import Markup

FIELD = "drawn"
_LENGTH = 24
#: What a browser says of a request that began on a page of ours, or was typed by hand.
_OWN_SITES = frozenset({None, "same-origin", "none"})

#: Returns the account of whoever is signed in, "" for nobody.
WhoAsks = Callable[[], str]


@dataclass(frozen=True, slots=True)
class Drawn:
    """For which account a form was drawn, "" for anybody's, and the address of its page."""

    account: str
    page: str


def init_app(app: Flask, who_asks: WhoAsks) -> None:
    """Let templates sign their forms, for the account that `who_asks` returns."""
    app.extensions["who_asks"] = who_asks
    app.jinja_env.globals["drawn_field"] = drawn_field


def who_asks() -> str:
    """Return the account of whoever is signed in, "" for nobody."""
    asks: WhoAsks = current_app.extensions["who_asks"]
    return asks()


def drawn_field(page: str = "") -> Markup:
    """Return the hidden field that says for whom the form is drawn, and on which page.

    The page is `page`, or the one that is asked for; what is drawn again in answer to a form stands
    where that form stood.
    """
    if page:
        return field_for(Drawn(who_asks(), page))
    before = sent() if request.method == "POST" else None
    asked = request.full_path if request.query_string else request.path
    return field_for(Drawn(who_asks(), before.page if before else asked))


def field_for(drawn: Drawn) -> Markup:
    """Return the hidden field for `drawn`."""
    return Markup('<input type="hidden" name="{}" value="{}.{}.{}">').format(
        FIELD, drawn.account, _signature(drawn), drawn.page
    )


def sent() -> Drawn | None:
    """Return what the form that was sent says of itself, if it is one of ours.

    None also if the request says that it began on another site.
    """
    account, _, rest = request.form.get(FIELD, "").partition(".")
    signature, _, page = rest.partition(".")
    drawn = Drawn(account, page)
    if request.headers.get("Sec-Fetch-Site") not in _OWN_SITES or _is_foreign():
        return None
    return drawn if hmac.compare_digest(signature.encode(), _signature(drawn).encode()) else None


def _is_foreign() -> bool:
    origin = request.headers.get("Origin")
    return origin is not None and origin != request.host_url.rstrip("/")


def _signature(drawn: Drawn) -> str:
    key = str(current_app.config["SECRET_KEY"]).encode()
    message = f"drawn\x1f{drawn.account}\x1f{drawn.page}".encode()
    return hmac.new(key, message, sha256).hexdigest()[:_LENGTH]
