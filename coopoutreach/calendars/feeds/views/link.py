"""The private calendar of somebody without an account, by the link to their registration."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from coopoutreach.calendars.feeds import commands, queries, showing
from coopoutreach.calendars.feeds.commands import Subscriber
from coopoutreach.calendars.feeds.models import FeedAddress
from coopoutreach.calendars.feeds.rules import Scope
from coopoutreach.calendars.feeds.views.blueprint import bp
from coopoutreach.events import queries as events
from coopoutreach.events.models import Invitee
from coopoutreach.platform.access.guard import by_link
from coopoutreach.platform.core.clock import utcnow
from coopoutreach.platform.core.errors import NotFound
from coopoutreach.platform.web.transaction import reading, transaction

_PATH = "/inscripciones/<token>/calendario"


@bp.get(_PATH)
@by_link
def own_calendar(token: str) -> ResponseReturnValue:
    """Show a person's private calendar, or the button that makes it."""
    session = reading()
    found = _address(session, _invitee(session, token))
    calendar = showing.shown(found) if found else None
    return render_template(
        "calendars/feeds/own_calendar.html",
        token=token,
        calendar=calendar,
        picture=showing.picture(calendar.url) if calendar else "",
    )


@bp.post(_PATH)
@by_link
def create_own(token: str) -> ResponseReturnValue:
    """Make a person's private calendar; doing it twice makes one."""
    with transaction() as session:
        invitee = _invitee(session, token)
        commands.create(
            session,
            Subscriber(person_id=invitee.person_id),
            Scope.PERSON,
            actor=_actor(invitee),
            now=utcnow(),
        )
    return redirect(url_for(".own_calendar", token=token), code=303)


@bp.post(f"{_PATH}/renovar")
@by_link
def renew_own(token: str) -> ResponseReturnValue:
    """Give a person's private calendar a new address; the old one is dead at once."""
    with transaction() as session:
        invitee = _invitee(session, token)
        address = _address(session, invitee)
        if address is not None:
            commands.renew(session, address, actor=_actor(invitee), now=utcnow())
    return redirect(url_for(".own_calendar", token=token), code=303)


@bp.post(f"{_PATH}/eliminar")
@by_link
def revoke_own(token: str) -> ResponseReturnValue:
    """Take the address of a person's private calendar back."""
    with transaction() as session:
        invitee = _invitee(session, token)
        address = _address(session, invitee)
        if address is not None:
            commands.revoke(session, address, actor=_actor(invitee), now=utcnow())
    return redirect(url_for(".own_calendar", token=token), code=303)


def _invitee(session: Session, token: str) -> Invitee:
    found = events.invitee_by_token(session, token)
    if found is None:
        raise NotFound
    return found


def _address(session: Session, invitee: Invitee) -> FeedAddress | None:
    held = queries.addresses_of(session, person_id=invitee.person_id)
    return next((address for address in held if address.scope is Scope.PERSON), None)


def _actor(invitee: Invitee) -> str:
    return f"link:invitee:{invitee.id}"
