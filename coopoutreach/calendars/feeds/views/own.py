"""The private calendars of somebody who signs in: make, show, renew, take back."""

from datetime import date

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session

from coopoutreach.calendars.feeds import commands, queries, showing
from coopoutreach.calendars.feeds.commands import Subscriber
from coopoutreach.calendars.feeds.models import FeedAddress
from coopoutreach.calendars.feeds.rules import Scope, Selection
from coopoutreach.calendars.feeds.views.blueprint import bp
from coopoutreach.committee.meetings.models import MeetingSeries
from coopoutreach.people.accounts.confirming import recently_signed_in
from coopoutreach.people.accounts.sessions import signed_in
from coopoutreach.people.directory import places
from coopoutreach.people.directory import queries as directory
from coopoutreach.platform.access.guard import SAFE
from coopoutreach.platform.core import spanish
from coopoutreach.platform.core.clock import utcnow
from coopoutreach.platform.core.errors import DomainError, NotFound
from coopoutreach.platform.web.forms import INVALID
from coopoutreach.platform.web.transaction import reading, transaction
from coopoutreach.talks.talks.rules import FORMAT_NAMES, Format


@bp.get("/mi-cuenta/calendarios")
@signed_in
def calendars() -> ResponseReturnValue:
    """Show one's private calendars, and what else one may subscribe to."""
    return _page(reading())


@bp.post("/mi-cuenta/calendarios")
@signed_in
def create_calendar() -> ResponseReturnValue:
    """Make the private calendar that was chosen."""
    user_id, actor = current_user.id, current_user.actor
    try:
        with transaction() as session:
            address = _create(session, user_id, actor)
            target = url_for(".calendar", public_id=address.public_id)
    except DomainError as refusal:
        if refusal.field is None:
            raise
        return _page(reading(), error=str(refusal), chosen=_selection()), INVALID
    return redirect(target, code=303)


@bp.get("/mi-cuenta/calendarios/<public_id>")
@signed_in
def calendar(public_id: str) -> ResponseReturnValue:
    """Show the address of a private calendar, and how to add it to a program."""
    found = showing.shown(_own(reading(), public_id))
    return render_template(
        "calendars/feeds/calendar.html", calendar=found, picture=showing.picture(found.url)
    )


@bp.post("/mi-cuenta/calendarios/<public_id>/renovar")
@recently_signed_in
@signed_in
def renew_calendar(public_id: str) -> ResponseReturnValue:
    """Give a private calendar a new address; the old one is dead at once."""
    actor = current_user.actor
    with transaction() as session:
        commands.renew(session, _own(session, public_id), actor=actor, now=utcnow())
    flash(_("El calendario tiene una dirección nueva. La anterior ya no sirve."), "success")
    return redirect(url_for(".calendar", public_id=public_id), code=303)


@bp.post("/mi-cuenta/calendarios/<public_id>/eliminar")
@recently_signed_in
@signed_in
def revoke_calendar(public_id: str) -> ResponseReturnValue:
    """Take a private calendar's address back."""
    actor = current_user.actor
    with transaction() as session:
        commands.revoke(session, _own(session, public_id), actor=actor, now=utcnow())
    flash(_("La dirección ya no sirve. Borre el calendario en su programa."), "success")
    return redirect(url_for(".calendars"), code=303)


def _today() -> date:
    return spanish.wall(utcnow()).date()


def _own(session: Session, public_id: str) -> FeedAddress:
    user_id = current_user.id
    person = directory.person_of_user(session, user_id)
    found = queries.address_of(
        session, public_id, user_id=user_id, person_id=person.id if person else None
    )
    if found is None:
        raise NotFound
    return found


def _create(session: Session, user_id: int, actor: str) -> FeedAddress:
    scope = request.form.get("scope", "")
    person = directory.person_of_user(session, user_id)
    organisation = directory.organisation_of_user(session, user_id, today=_today())
    subscriber = Subscriber(user_id=user_id, person_id=person.id if person else None)
    now = utcnow()
    if scope == Scope.PERSON and person is not None:
        return commands.create(session, subscriber, Scope.PERSON, actor=actor, now=now)
    if scope == Scope.COOPERATIVE and organisation is not None and organisation.is_cooperative:
        return commands.create(
            session,
            subscriber,
            Scope.COOPERATIVE,
            organisation_id=organisation.id,
            actor=actor,
            now=now,
        )
    if scope == Scope.TABLE:
        table = _table(session, request.form.get("table", ""))
        return commands.create(
            session, subscriber, Scope.TABLE, series_id=table.id, actor=actor, now=now
        )
    if scope == Scope.SELECTION:
        return commands.create(
            session, subscriber, Scope.SELECTION, selection=_selection(), actor=actor, now=now
        )
    raise NotFound


def _table(session: Session, public_id: str) -> MeetingSeries:
    """Return one of the tables whose meetings who is signed in may follow."""
    found = queries.tables_of(session, current_user.id, current_user.role, today=_today())
    table = next((one for one in found if one.public_id == public_id), None)
    if table is None:
        raise NotFound
    return table


def _selection() -> Selection:
    """Return what was ticked, of what there is to tick."""
    if request.method in SAFE:
        return Selection()
    regions, formats = request.form.getlist("regions"), request.form.getlist("formats")
    return Selection(
        regions=tuple(region.cut for region in places.regions() if region.cut in regions),
        formats=tuple(item.value for item in Format if item.value in formats),
    )


def _page(session: Session, *, error: str = "", chosen: Selection | None = None) -> str:
    user_id = current_user.id
    person = directory.person_of_user(session, user_id)
    organisation = directory.organisation_of_user(session, user_id, today=_today())
    held = queries.addresses_of(session, user_id=user_id, person_id=person.id if person else None)
    has = {address.scope for address in held}
    followed = {address.series_id for address in held}
    is_offered = organisation is not None and organisation.is_cooperative
    return render_template(
        "calendars/feeds/calendars.html",
        calendars=[showing.shown(address) for address in held],
        offers_person=person is not None and Scope.PERSON not in has,
        cooperative=organisation.short_name
        if organisation is not None and is_offered and Scope.COOPERATIVE not in has
        else "",
        tables=[
            table
            for table in queries.tables_of(session, user_id, current_user.role, today=_today())
            if table.id not in followed
        ],
        regions=[(region.cut, region.short_name) for region in places.regions()],
        formats=[(item.value, name) for item, name in FORMAT_NAMES.items()],
        chosen=chosen or Selection(),
        error=error,
    )
