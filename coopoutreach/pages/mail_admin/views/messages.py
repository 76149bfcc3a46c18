"""The messages: which there are, what became of each, and what to do with one."""

from collections.abc import Callable, Iterable, Mapping
from operator import itemgetter
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session

from coopoutreach.mail.outgoing import commands, mailbox
from coopoutreach.mail.outgoing import queries as messaging
from coopoutreach.mail.outgoing.models import MessageState, OutgoingMessage
from coopoutreach.pages.mail_admin import forms, queries, rules
from coopoutreach.pages.mail_admin.rules import Filters
from coopoutreach.pages.mail_admin.views.blueprint import bp
from coopoutreach.platform.access.guard import requires
from coopoutreach.platform.access.permissions import Permission
from coopoutreach.platform.core.clock import utcnow
from coopoutreach.platform.core.errors import NotFound
from coopoutreach.platform.scheduler import queries as scheduler
from coopoutreach.platform.web.transaction import reading, transaction

#: The job that delivers, as its heartbeat names it.
_DELIVERY = "messaging.deliver_due"
#: The choice that narrows nothing.
_ANY = ("", "Cualquiera")


@bp.get("")
@requires(Permission.MESSAGE_SEE)
def messages() -> ResponseReturnValue:
    """List the messages as the address asks, with the state of the queue above."""
    session, now = reading(), utcnow()
    filters = forms.filters_from(request.args)
    about, address = _about(session, filters), _address_of(filters)
    held = messaging.held_addresses(session)
    return render_template(
        "pages/mail_admin/messages.html",
        filters=filters,
        page=queries.messages(session, filters),
        about=about,
        active=_active(filters, about, address),
        counts={state.value: count for state, count in messaging.counts(session).items()},
        state_options=[_ANY, *((name, words[0]) for name, words in rules.STATES.items())],
        notice_options=[_ANY, *_named(queries.notices_in_use(session))],
        states=rules.STATES,
        pause=messaging.standing_pause(session),
        waiting_for_worker=messaging.oldest_due_age(session, now=now),
        delivery=next((run for run in scheduler.last_runs(session) if run.job == _DELIVERY), None),
        held_addresses=held,
        people=queries.people_of_address(session, [one.address for one in held]),
        address_of=address,
        page_url=lambda number: address(page=number),
        notice_name=rules.notice_name,
        now=now,
    )


def _message(session: Session, message_id: int) -> OutgoingMessage | None:
    return messaging.message_by_id(session, message_id)


@bp.get("/<int:message_id>")
@requires(Permission.MESSAGE_SEE, _message, into="message")
def message(message: OutgoingMessage) -> ResponseReturnValue:
    """Show one message: what it says, to whom, and what became of it."""
    session = reading()
    line = queries.line_of(session, message.id)
    if line is None:
        raise NotFound
    readable = rules.may_be_read(message.notice) and message.purged_at is None
    text = rules.without_own_links(mailbox.plain_text(message.raw)) if readable else ""
    return render_template(
        "pages/mail_admin/message.html",
        line=line,
        message=message,
        text=mailbox.linked(text),
        states=rules.STATES,
        notice_name=rules.notice_name(message.notice),
        phase=rules.phase_words(message.last_phase),
        may=_possible(message),
        now=utcnow(),
    )


@bp.post("/<int:message_id>/reintentar")
@requires(Permission.MESSAGE_MANAGE, _message, into="message")
def retry(message: OutgoingMessage) -> ResponseReturnValue:
    """Try a message again that was given up or put aside."""
    with transaction() as session:
        commands.retry(session, message, actor=current_user.actor, now=utcnow())
        flash(_("El correo sale en unos segundos."), "success")
    return _back(message)


@bp.post("/<int:message_id>/retener")
@requires(Permission.MESSAGE_MANAGE, _message, into="message")
def hold(message: OutgoingMessage) -> ResponseReturnValue:
    """Put a message aside."""
    with transaction() as session:
        commands.hold(session, message, actor=current_user.actor, now=utcnow())
        flash(_("El correo queda retenido: no sale hasta que alguien lo suelte."), "success")
    return _back(message)


@bp.post("/<int:message_id>/descartar")
@requires(Permission.MESSAGE_MANAGE, _message, into="message")
def discard(message: OutgoingMessage) -> ResponseReturnValue:
    """Give a message up."""
    with transaction() as session:
        commands.discard(session, message, actor=current_user.actor, now=utcnow())
        flash(_("El correo se descartó: no se enviará."), "success")
    return _back(message)


def _possible(message: OutgoingMessage) -> set[str]:
    """Return what can be done with a message as it stands."""
    held = message.state is MessageState.HELD
    waits = message.state in commands.WAITS
    can = {
        "retry": (held or message.state in commands.OVER) and message.purged_at is None,
        "hold": waits and not held,
        "discard": waits or message.state is MessageState.FAILED,
    }
    return {verb for verb, holds in can.items() if holds}


def _back(message: OutgoingMessage) -> ResponseReturnValue:
    return redirect(url_for(".message", message_id=message.id), code=303)


def _about(session: Session, filters: Filters) -> dict[str, Any]:
    """Return the talk and the person that the list is narrowed to, by name.

    :raises NotFound: if there is no such talk or person
    """
    event = queries.event_by_public_id(session, filters.event) if filters.event else None
    person = queries.person_by_public_id(session, filters.person) if filters.person else None
    if (filters.event and event is None) or (filters.person and person is None):
        raise NotFound
    return {"event": event, "person": person}


def _named(notices: Iterable[str]) -> list[tuple[str, str]]:
    return sorted(((name, rules.notice_name(name)) for name in notices), key=itemgetter(1))


def _active(
    filters: Filters, about: Mapping[str, Any], address: Callable[..., str]
) -> list[dict[str, str]]:
    """Return what the list is narrowed to, each with the address that takes it off."""
    labels = {
        "state": rules.STATES[filters.state][0] if filters.state else "",
        "notice": rules.notice_name(filters.notice) if filters.notice else "",
        "text": f"«{filters.text}»" if filters.text else "",
        "event": about["event"].title if about["event"] else "",
        "person": about["person"].name if about["person"] else "",
    }
    return [
        {"label": label, "url": address(**{name: ""})} for name, label in labels.items() if label
    ]


def _address_of(filters: Filters) -> Callable[..., str]:
    """Return a function that gives the list's address with some of the filters changed."""
    names = {
        "state": "estado",
        "notice": "tipo",
        "event": "charla",
        "person": "persona",
        "text": "q",
        "page": "pagina",
    }

    def address(**changed: object) -> str:
        now = {name: getattr(filters, name) for name in names} | {"page": 1} | changed
        wanted = {names[name]: value for name, value in now.items() if value and value != 1}
        return url_for(".messages", **wanted)

    return address
