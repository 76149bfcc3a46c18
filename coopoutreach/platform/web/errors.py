"""Turn a rule that said no, and what goes wrong, into a page that says so."""

import re

import structlog
from flask import Flask, Response, g, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from coopoutreach.platform.core.db import release_request_session
from coopoutreach.platform.core.errors import DomainError
from coopoutreach.platform.web import drawn, shown_again
from coopoutreach.platform.web.shown_again import INVALID, Heading, NotSentError

logger = structlog.get_logger(__name__)

#: What a person reads, by status: a heading and what to do.
SENTENCES: dict[int, tuple[str, str]] = {
    400: ("No pudimos leer la solicitud", "Vuelva a la página anterior e inténtelo otra vez."),
    401: ("Ingrese para continuar", "Esta página es para personas con cuenta."),
    403: ("No puede hacer esto", "Si cree que debería poder, escriba a la coordinación."),
    404: (
        "No encontramos esta página",
        "La dirección puede estar incompleta, o el enlace ya no sirve.",
    ),
    405: ("No pudimos leer la solicitud", "Vuelva a la página anterior e inténtelo otra vez."),
    410: ("Este enlace ya no sirve", "Pida uno nuevo: cada enlace se usa una sola vez."),
    413: ("Lo que envió es muy grande", "Reduzca el tamaño e inténtelo otra vez."),
    429: ("Demasiados intentos", "Espere unos minutos e inténtelo otra vez."),
    500: ("Algo falló de nuestra parte", "Ya quedó registrado. Inténtelo en unos minutos."),
    503: ("El sistema está ocupado", "Inténtelo otra vez en un minuto."),
}
_TITLE = re.compile(r"<title>(?!\s*Error: )\s*")
#: Statuses of what is not there, or not for who asks: no page of it is shown.
_NOWHERE = frozenset({401, 404, 410})
#: What stands in every form, or decides how it is sent.
_OWN_FIELDS = frozenset({"csrf_token", "confirm", "confirm_password"})


def init_app(app: Flask) -> None:
    """Answer errors with pages in Spanish that give nothing away."""
    app.jinja_env.globals["shown_again"] = shown_again.heading
    app.after_request(_say_in_title)
    app.register_error_handler(DomainError, refused)
    app.register_error_handler(NotSentError, _not_sent)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(OperationalError, _unavailable)
    app.register_error_handler(Exception, _failed)


def refused(error: DomainError) -> ResponseReturnValue:
    """Answer with the rule's own sentence: on the page where it was asked for, if it was a form.

    The form is shown as it was filled. What does not exist has no such page.
    """
    release_request_session()
    if shown_again.is_shown_again():
        return Response(status=error.status)
    retry = getattr(error, "retry_after", None)
    where = _where_it_was_asked(error)
    if where is not None:
        where.status_code = error.status
        where.headers.extend({"Retry-After": str(int(retry))} if retry else {})
        return where
    page = _page(error.status, detail=None if error.status == 404 else str(error))  # noqa: PLR2004
    return (*page, {"Retry-After": str(int(retry))}) if retry else page


def _say_in_title(response: Response) -> Response:
    """Say that a form was not taken where screen readers begin: in the title."""
    if response.status_code == INVALID and response.mimetype == "text/html":
        page = response.get_data(as_text=True)
        response.set_data(_TITLE.sub("<title>Error: ", page, count=1))
    return response


def _where_it_was_asked(error: DomainError) -> Response | None:
    sent = drawn.sent() if request.method == "POST" and error.status not in _NOWHERE else None
    if sent is None or sent.account != drawn.who_asks():
        return None
    heading = Heading(str(error), "No se pudo", tone="error")
    form = shown_again.form(address(), typed(frozenset()), heading)
    return form or shown_again.page(sent.page, heading)


def address() -> str:
    """Return the address that the form was sent to, with its parameters."""
    return request.full_path if request.query_string else request.path


def typed(secrets: frozenset[str]) -> list[tuple[str, str]]:
    """Return the fields that were sent, in their order, without those of ours and `secrets`."""
    own = _OWN_FIELDS | secrets
    return [pair for pair in request.form.items(multi=True) if pair[0] not in own]


def form_expired() -> ResponseReturnValue:
    """Answer a form whose token is not good, and of which nothing can be shown again."""
    release_request_session()
    return _page(
        400, detail="El formulario venció. Vuelva a la página anterior y envíelo de nuevo."
    )


def _not_sent(_error: NotSentError) -> ResponseReturnValue:
    """Answer a request that only shows again, and found nothing to show: a button was pressed."""
    release_request_session()
    return Response(status=409)


def _http(error: HTTPException) -> ResponseReturnValue:
    code = error.code or 500
    if code < 400:  # noqa: PLR2004 (a redirect of the router's)
        return error
    release_request_session()
    return _page(code)


def _unavailable(error: OperationalError) -> ResponseReturnValue:
    release_request_session()
    logger.error("database.unavailable", path=_rule(), error=str(error.orig))
    return (*_page(503), {"Retry-After": "5"})


def _failed(error: Exception) -> ResponseReturnValue:
    release_request_session()
    logger.error("request.failed", path=_rule(), kind=type(error).__name__, exc_info=error)
    return _page(500)


def _rule() -> str:
    """Return which of our addresses it was; the address itself may hold a secret."""
    return request.url_rule.rule if request.url_rule else "/…"


def _page(status: int, *, detail: str | None = None) -> tuple[str, int]:
    heading, advice = SENTENCES.get(status, SENTENCES[500 if status >= 500 else 400])  # noqa: PLR2004
    page = render_template(
        "error.html",
        heading=heading,
        detail=detail or advice,
        status=status,
        reference=g.get("request_id"),
    )
    return page, status
