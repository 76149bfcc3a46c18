"""Take the attendees of a talk away as a spreadsheet.

By POST, since it is written down who took what: a link that is only looked at must not.
"""

import hashlib
from collections.abc import Callable

from flask import Response, abort, request
from flask_login import current_user
from sqlalchemy.orm import Session

from coopoutreach.people.accounts.confirming import recently_signed_in
from coopoutreach.platform.access.guard import requires
from coopoutreach.platform.access.permissions import Permission
from coopoutreach.platform.audit import commands as audit
from coopoutreach.platform.core import settings
from coopoutreach.platform.core.clock import utcnow
from coopoutreach.platform.limits import commands as limits
from coopoutreach.platform.limits.commands import Attempt
from coopoutreach.platform.web import sheets
from coopoutreach.platform.web.sheets import Table
from coopoutreach.platform.web.transaction import transaction
from coopoutreach.talks.registrations.attendee_table import Who, attendee_table
from coopoutreach.talks.registrations.views.blueprint import bp
from coopoutreach.talks.talks import queries as talks
from coopoutreach.talks.talks.models import Talk


def _talk(session: Session, public_id: str) -> Talk | None:
    return talks.talk_by_public_id(session, public_id)


@bp.post("/plan/charlas/<public_id>/asistentes.xlsx")
@recently_signed_in
@requires(Permission.REGISTRATION_EXPORT, _talk, into="talk")
def export_xlsx(talk: Talk) -> Response:
    """Give the attendees as a workbook."""
    now = utcnow()
    return _export(talk, "xlsx", sheets.XLSX, lambda table: sheets.xlsx_bytes(table, now=now))


@bp.post("/plan/charlas/<public_id>/asistentes.csv")
@recently_signed_in
@requires(Permission.REGISTRATION_EXPORT, _talk, into="talk")
def export_csv(talk: Talk) -> Response:
    """Give the attendees as text with semicolons."""
    return _export(talk, "csv", sheets.CSV, sheets.csv_bytes)


def _export(talk: Talk, kind: str, mimetype: str, write: Callable[[Table], bytes]) -> Response:
    wanted = request.form.get("who") or Who.SEATED.value
    if wanted not in set(Who):
        abort(400)
    with transaction() as session:
        allowed = settings.current().limits.export_per_user
        attempt = Attempt("export.user", str(current_user.id), allowed)
        # In this transaction: one that is refused, or fails, was no export.
        limits.check_and_count(session, [attempt], now=utcnow())
        table = attendee_table(session, talk, Who(wanted))
        body = write(table)
        audit.record(
            session,
            ("event", talk.id),
            action="registration.exported",
            actor=current_user.actor,
            now=utcnow(),
            after={
                "format": kind,
                "filter": wanted,
                "people": len(table.rows),
                "sha256": hashlib.sha256(body).hexdigest(),
            },
            address=request.remote_addr,
        )
        name = f"asistentes-{talk.slug}.{kind}"
    response = Response(body, content_type=mimetype)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
