"""The ledger, one's own commitments, and the ledger to take away."""

import hashlib
from collections.abc import Callable

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from coopoutreach.committee.commitments import forms, queries, showing
from coopoutreach.committee.commitments.ledger_table import ledger_table
from coopoutreach.committee.commitments.rules import PAGE_LENGTH, SHOWN_NAMES, Filters, Shown, Sort
from coopoutreach.committee.commitments.views.blueprint import bp, reader
from coopoutreach.people.accounts.confirming import recently_signed_in
from coopoutreach.people.directory import queries as directory
from coopoutreach.platform.access.guard import requires
from coopoutreach.platform.access.permissions import Permission
from coopoutreach.platform.audit import commands as audit
from coopoutreach.platform.core import settings, spanish
from coopoutreach.platform.core.clock import utcnow
from coopoutreach.platform.limits import commands as limits
from coopoutreach.platform.limits.commands import Attempt
from coopoutreach.platform.web import sheets
from coopoutreach.platform.web.sheets import Table
from coopoutreach.platform.web.transaction import reading, transaction


@bp.get("/compromisos")
@requires(Permission.COMMITMENT_LIST)
def ledger() -> ResponseReturnValue:
    """Show what is owed, who owes whom, and who keeps their dates."""
    session, now, who = reading(), utcnow(), reader()
    today = spanish.wall(now).date()
    filters = forms.filters_from(request.args)
    found, total = queries.ledger(session, filters, reader=who, today=today)
    address = forms.address_of(filters, lambda **given: url_for(".ledger", **given))
    options = {
        "party": queries.parties_seen(session, reader=who),
        "person": queries.people_seen(session, reader=who),
        "event": [
            (public_id, showing.meeting(event))
            for public_id, event in queries.events_seen(session, reader=who)
        ],
    }
    return render_template(
        "committee/commitments/ledger.html",
        filters=filters,
        rows=[showing.row(each, today=today) for each in found],
        total=total,
        pages=-(-total // PAGE_LENGTH),
        address=address,
        address_of_sort=lambda key, descending: address(sort=Sort(key), descending=descending),
        page_url=lambda number: address(page=number),
        active=_active(filters, options, address),
        options={name: forms.choices_of(pairs) for name, pairs in options.items()},
        shown_options=[(shown.value, name) for shown, name in SHOWN_NAMES.items()],
        due=queries.due(session, reader=who, now=now),
        debts=queries.debts(session, reader=who, today=today),
        records=queries.records(session, reader=who, today=today),
    )


@bp.get("/compromisos/mios")
@requires(Permission.COMMITMENT_LIST)
def own() -> ResponseReturnValue:
    """Show whoever is signed in what they answer for, what is due first on top."""
    session, today = reading(), spanish.wall(utcnow()).date()
    person = directory.person_of_user(session, current_user.id)
    found = queries.own(session, person.id, reader=reader()) if person else []
    return render_template(
        "committee/commitments/own.html", rows=[showing.row(each, today=today) for each in found]
    )


@bp.post("/compromisos.xlsx")
@recently_signed_in
@requires(Permission.COMMITMENT_LIST)
def export_xlsx() -> Response:
    """Give the ledger as a workbook."""
    now = utcnow()
    return _export("xlsx", sheets.XLSX, lambda table: sheets.xlsx_bytes(table, now=now))


@bp.post("/compromisos.csv")
@recently_signed_in
@requires(Permission.COMMITMENT_LIST)
def export_csv() -> Response:
    """Give the ledger as text with semicolons."""
    return _export("csv", sheets.CSV, sheets.csv_bytes)


def _export(kind: str, mimetype: str, write: Callable[[Table], bytes]) -> Response:
    filters, now = forms.filters_from(request.form), utcnow()
    today = spanish.wall(now).date()
    with transaction() as session:
        allowed = settings.current().limits.export_per_user
        # In this transaction: one that is refused, or fails, was no export.
        limits.check_and_count(
            session, [Attempt("export.user", str(current_user.id), allowed)], now=now
        )
        found = queries.all_of(session, filters, reader=reader(), today=today)
        body = write(ledger_table(found, today=today))
        audit.record(
            session,
            ("commitment", "ledger"),
            action="commitment.exported",
            actor=current_user.actor,
            now=now,
            after={
                "format": kind,
                "filter": filters.shown.value,
                "commitments": len(found),
                "sha256": hashlib.sha256(body).hexdigest(),
            },
            address=request.remote_addr,
        )
    response = Response(body, content_type=mimetype)
    name = f"compromisos-{today.isoformat()}.{kind}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _active(
    filters: Filters, options: dict[str, list[tuple[str, str]]], address: Callable[..., str]
) -> list[dict[str, str]]:
    """Return what the ledger is narrowed to, each with the address that takes it off."""
    parties, people, events = (dict(options[name]) for name in ("party", "person", "event"))
    labels = {
        "text": f"«{filters.text}»" if filters.text else "",
        "party": f"Debe {parties[filters.party]}" if filters.party in parties else "",
        "owed_to": f"A {parties[filters.owed_to]}" if filters.owed_to in parties else "",
        "shown": SHOWN_NAMES[filters.shown] if filters.shown is not Shown.OPEN else "",
        "person": people.get(filters.person, ""),
        "event": events.get(filters.event, ""),
    }
    usual = Filters()
    return [
        {"label": label, "url": address(**{name: getattr(usual, name)})}
        for name, label in labels.items()
        if label
    ]
