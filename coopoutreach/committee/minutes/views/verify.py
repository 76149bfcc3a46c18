"""The public page that says whether a code is of approved minutes, and whether a PDF is theirs.

A file that is sent is hashed as it comes, compared, and kept nowhere; the address that answers
holds its hash alone.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import IO

from flask import Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from coopoutreach.committee.minutes import content as contents
from coopoutreach.committee.minutes import queries
from coopoutreach.committee.minutes.models import Minutes, SignedCopy
from coopoutreach.committee.minutes.rules import LOCKED, code_of, sha256_of
from coopoutreach.committee.minutes.views.blueprint import bp
from coopoutreach.platform.access.guard import public
from coopoutreach.platform.core import settings, spanish
from coopoutreach.platform.core.clock import utcnow
from coopoutreach.platform.files import store, taking
from coopoutreach.platform.limits import commands as limits
from coopoutreach.platform.limits.commands import Attempt
from coopoutreach.platform.web import uploads
from coopoutreach.platform.web.forms import INVALID
from coopoutreach.platform.web.transaction import reading, separate_transaction

_MISSING = 404
#: What a form has besides its file.
_REST = 64 * 1024


@dataclass(frozen=True, slots=True)
class Checked:
    """What anybody may know of approved minutes, and how a hash compares with theirs."""

    label: str
    date: str
    institutions: list[str]
    sha256: str
    code: str
    #: Which newer version puts these right; 0: none.
    rectified_by: int
    #: The hash that was given, and whether it is that of the PDF.
    given: str
    is_pdf: bool
    #: The given hash is that of a copy that was signed elsewhere.
    copy: SignedCopy | None


@bp.get("/actas/verificar")
@public
def verify() -> ResponseReturnValue:
    """Ask for a code or a PDF; say whose a PDF is, if its hash is in the address."""
    given = sha256_of(request.args.get("huella", ""))
    if given is None:
        return _unlisted(_form())
    session = reading()
    found = queries.of_hash(session, given)
    if found is None:
        return _unlisted(_form(given=given))
    return _unlisted(_page(_checked(session, found, given)))


@bp.post("/actas/verificar")
@uploads.takes(lambda: taking.MOST_BYTES + _REST)
@public
def check() -> ResponseReturnValue:
    """Hash what was sent, and lead to the page that compares it."""
    attempt = Attempt(
        "verification_per_network",
        request.remote_addr or "unknown",
        settings.current().limits.verification_per_network,
    )
    with separate_transaction() as session:
        limits.check_and_count(session, [attempt], now=utcnow())
    typed = {name: request.form.get(name, "").strip()[:200] for name in ("code", "sha256")}
    file = request.files.get("file")
    code, given = code_of(typed["code"]), sha256_of(typed["sha256"])
    errors = _errors(typed, code, given)
    if file is not None and file.filename:
        given = _hash(file.stream)
    elif not any(typed.values()):
        errors = {"code": _("Escriba el código del acta, o elija su PDF.")}
    if errors:
        return _form(typed=typed, errors=errors), INVALID
    if code is None:
        return redirect(url_for(".verify", huella=given), code=303)
    return redirect(url_for(".verified", code=code, huella=given), code=303)


@bp.get("/actas/verificar/<code>")
@public
def verified(code: str) -> ResponseReturnValue:
    """Say whether a code is of approved minutes, and whether the hash in the address is theirs."""
    session = reading()
    normal = code_of(code)
    found = queries.by_code(session, normal) if normal is not None else None
    if found is None:
        errors = {"code": _("Este código no es de un acta aprobada. Revise que esté completo.")}
        response = _unlisted(_form(typed={"code": code[:40]}, errors=errors))
        response.status_code = _MISSING
        return response
    given = sha256_of(request.args.get("huella", "")) or ""
    return _unlisted(_page(_checked(session, found, given)))


def _errors(typed: Mapping[str, str], code: str | None, given: str | None) -> dict[str, str]:
    errors = {}
    if typed["code"] and code is None:
        errors["code"] = _("El código tiene doce letras y números, como K7QM-4T2W-9XDR.")
    if typed["sha256"] and given is None:
        errors["sha256"] = _("La huella tiene 64 cifras y letras de la a a la f.")
    return errors


def _hash(stream: IO[bytes]) -> str:
    found = hashlib.sha256()
    while block := stream.read(store.BLOCK):
        found.update(block)
    return found.hexdigest()


def _checked(session: Session, minutes: Minutes, given: str) -> Checked:
    said = contents.frozen(minutes) or {}
    newer = queries.rectified_by(session, minutes)
    copies = queries.signed_copies(session, minutes)
    return Checked(
        label=said["label"],
        date=spanish.day(date.fromisoformat(said["date"])),
        institutions=[one["name"] for one in said["institutions"]],
        sha256=minutes.pdf_sha256,
        code=minutes.code or "",
        rectified_by=newer.version if newer is not None and newer.state in LOCKED else 0,
        given=given,
        is_pdf=bool(given) and given == minutes.pdf_sha256,
        copy=next((copy for copy in copies if copy.sha256 == given and copy.is_of_text), None),
    )


def _form(
    *,
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    given: str = "",
) -> str:
    return render_template(
        "committee/minutes/verify.html",
        typed=typed or {},
        errors=errors or {},
        given=given,
        most=taking.MOST_BYTES // 1024**2,
    )


def _page(checked: Checked) -> str:
    return render_template(
        "committee/minutes/verified.html", checked=checked, most=taking.MOST_BYTES // 1024**2
    )


def _unlisted(page: str) -> Response:
    response = make_response(page)
    response.headers["X-Robots-Tag"] = "noindex"
    return response
