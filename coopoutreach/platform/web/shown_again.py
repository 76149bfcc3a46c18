"""Show a form again with what was typed, without sending it.

A form that could not be taken (the session had ended, the form had expired, a rule said no) is
asked for once more in a request of its own, in which every form is taken for not yet complete and
nothing is ever written: what the view answers then is its page, filled as it was sent.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import Flask, Response, current_app, has_request_context, request
from werkzeug.datastructures import MultiDict
from werkzeug.test import EnvironBuilder

#: Where a request of this kind carries what its page says on top. Nobody can send it from outside:
#: what comes with a request is in the environment under `HTTP_…`.
_KEY = "coopoutreach.shown_again"
_PAGE = "text/html"
#: Who asks, and by what.
_HEADERS = ("Cookie", "User-Agent")
OK, INVALID = 200, 422


@dataclass(frozen=True, slots=True)
class Heading:
    """What the page says on top: why it is shown again."""

    text: str
    title: str = ""
    #: info or error.
    tone: str = "info"


class NotSentError(Exception):
    """What was only to be shown again would have been done: whoever would go on must not."""


def is_shown_again() -> bool:
    """Return whether this request only shows a form again: nothing of it may be written."""
    return has_request_context() and _KEY in request.environ


def unsent(errors: dict[str, str]) -> bool:
    """Return whether there are errors; of a form that is shown again, say so among them.

    For forms that read what was typed by themselves, and are complete where nothing is wrong.
    """
    if is_shown_again() and not errors:
        errors[""] = "Falta enviarlo: revise y envíe."
    return bool(errors)


def heading() -> Heading | None:
    """Return what the page says on top, if it is shown again."""
    found: Heading | None = request.environ.get(_KEY) if has_request_context() else None
    return found


def form(path: str, fields: Iterable[tuple[str, str]], said: Heading) -> Response | None:
    """Return the page of the form that was sent to `path`, with `fields` in it.

    None if what `path` answers is no page with a form: a button, or what is not there any more.
    """
    return _asked("POST", path, said, data=MultiDict(fields))


def page(path: str, said: Heading) -> Response | None:
    """Return the page at `path` with `said` on top, or None if there is none for who asks."""
    return _asked("GET", path, said)


def _asked(method: str, path: str, said: Heading, data: Any = None) -> Response | None:
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 (the proxy's)
    where, _, query = path.partition("?")
    builder = EnvironBuilder(
        path=where,
        query_string=query,
        method=method,
        base_url=request.host_url,
        headers=[pair for pair in request.headers if pair[0] in _HEADERS],
        data=data,
        environ_base={"REMOTE_ADDR": request.remote_addr or "", _KEY: said},
    )
    try:
        environ = builder.get_environ()
    finally:
        builder.close()
    # A context of its own for the application too: what is kept for this request, its session of
    # the database among it, is not to be mixed with what failed.
    with app.app_context(), app.request_context(environ):
        answer = app.full_dispatch_request()
        if answer.status_code not in (OK, INVALID) or answer.mimetype != _PAGE:
            return None
        answer.status_code = OK
        # It is the answer to what was sent, for who sent it.
        answer.headers["Cache-Control"] = "no-store"
        answer.headers.pop("ETag", None)
        return answer
