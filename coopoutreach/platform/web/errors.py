"""Turn a rule that said no, and what goes wrong, into a page that says so."""

import structlog
from flask import Flask, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from coopoutreach.platform.core.db import let_go
from coopoutreach.platform.core.errors import DomainError

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


def init_app(app: Flask) -> None:
    """Answer errors with pages in Spanish that give nothing away."""
    app.register_error_handler(DomainError, refused)
    app.register_error_handler(CSRFError, _form_expired)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(OperationalError, _unavailable)
    app.register_error_handler(Exception, _failed)


def refused(error: DomainError) -> ResponseReturnValue:
    """Answer with the rule's own sentence."""
    let_go()
    page = _page(error.status, detail=None if error.status == 404 else str(error))  # noqa: PLR2004
    retry = getattr(error, "retry_after", None)
    return (*page, {"Retry-After": str(int(retry))}) if retry else page


def _form_expired(_error: CSRFError) -> ResponseReturnValue:
    let_go()
    return _page(
        400, detail="El formulario venció. Vuelva a la página anterior y envíelo de nuevo."
    )


def _http(error: HTTPException) -> ResponseReturnValue:
    code = error.code or 500
    if code < 400:  # noqa: PLR2004 (a redirect of the router's)
        return error
    let_go()
    return _page(code)


def _unavailable(error: OperationalError) -> ResponseReturnValue:
    let_go()
    logger.error("database.unavailable", path=_rule(), error=str(error.orig))
    return (*_page(503), {"Retry-After": "5"})


def _failed(error: Exception) -> ResponseReturnValue:
    let_go()
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
