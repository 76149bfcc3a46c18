"""The words of reminders: what they say now, other words, a look at them, and a trial."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session

from coopoutreach.events import notices, wordings
from coopoutreach.events.models import Event, Invitee
from coopoutreach.mail.outgoing import commands
from coopoutreach.mail.outgoing import queries as messaging
from coopoutreach.mail.outgoing.letters import Recipient
from coopoutreach.mail.outgoing.wording import Wording
from coopoutreach.pages.mail_admin import queries
from coopoutreach.pages.mail_admin.forms import WordingForm
from coopoutreach.pages.mail_admin.views.blueprint import bp
from coopoutreach.platform.access.guard import requires
from coopoutreach.platform.access.permissions import Permission
from coopoutreach.platform.core.clock import utcnow
from coopoutreach.platform.core.errors import NotFound
from coopoutreach.platform.web.edits import edited
from coopoutreach.platform.web.transaction import reading, transaction

#: How many days before the reminder of a look is.
_DAYS = 7


def _event(session: Session) -> Event | None:
    """Return the talk whose own words are meant, or None for those of all.

    :raises NotFound: if it is no talk of ours
    """
    public_id = request.args.get("charla", "")
    if not public_id:
        return None
    found = queries.event_by_public_id(session, public_id)
    if found is None:
        raise NotFound
    return found


@bp.get("/recordatorio")
@requires(Permission.MESSAGE_MANAGE)
def reminder() -> ResponseReturnValue:
    """Show the words of the reminder, of all talks or of one, and how they look."""
    session = reading()
    event = _event(session)
    return _page(session, event, _stored(session, event))


@bp.post("/recordatorio")
@requires(Permission.MESSAGE_MANAGE)
def save_reminder() -> ResponseReturnValue:
    """Keep the words, or show how they would look, or send a trial to whoever writes them."""
    session = reading()
    form = edited(_stored(session, _event(session)))
    asked = request.form.get("do", "save")
    if not form.validate():
        session = reading()
        return _page(session, _event(session), form), 422
    if asked == "try":
        return _try(form)
    if asked == "save":
        return _keep(form.wording(), _("Guardado. Los próximos recordatorios usan este texto."))
    session = reading()
    return _page(session, _event(session), form)


@bp.post("/recordatorio/original")
@requires(Permission.MESSAGE_MANAGE)
def restore_reminder() -> ResponseReturnValue:
    """Go back to the words that come with the program."""
    return _keep(Wording("", ""), _("Vuelve a usarse el texto original."))


def _keep(wording: Wording, sentence: str) -> ResponseReturnValue:
    with transaction() as session:
        event = _event(session)
        commands.word(
            session,
            wordings.REMINDER,
            wording,
            event_id=event.id if event else None,
            actor=current_user.actor,
            now=utcnow(),
        )
        flash(sentence, "success")
        target = _address(event)
    return redirect(target, code=303)


def _try(form: WordingForm) -> ResponseReturnValue:
    """Owe whoever edits the words a mail that shows them: to their own address alone."""
    now = utcnow()
    with transaction() as session:
        event = _event(session)
        sample = queries.somebody_invited(session, event.id if event else None)
        if sample is None:
            flash(_("Todavía nadie tiene cupo: no hay con qué mostrar el texto."), "warning")
            return _page(session, event, form), 422
        to = Recipient(current_user.name, current_user.email)
        letter = notices.trial(sample.event, form.wording(), to=to, days=_DAYS, now=now)
        commands.owe(session, letter, now=now)
        flash(_("Le enviamos una prueba a %(email)s.", email=current_user.email), "success")
        return _page(session, event, form)


def _stored(session: Session, event: Event | None) -> WordingForm:
    wording = _standing(session, event)
    return WordingForm(data={"subject": wording.subject, "body": wording.body})


def _standing(session: Session, event: Event | None) -> Wording:
    if event is not None:
        found = messaging.wording(session, wordings.REMINDER, event_id=event.id)
        return found or wordings.ORIGINAL
    newest = messaging.newest_template(session, wordings.REMINDER, event_id=None)
    if newest is None or not newest.body:
        return wordings.ORIGINAL
    return Wording(newest.subject, newest.body)


def _page(session: Session, event: Event | None, form: WordingForm) -> str:
    event_id = event.id if event else None
    count, events = queries.reminders_due(session, event_id=event_id, now=utcnow())
    newest = messaging.newest_template(session, wordings.REMINDER, event_id=event_id)
    return render_template(
        "pages/mail_admin/reminder.html",
        form=form,
        errors={field.name: field.errors[0] for field in form if field.errors},
        event=event,
        places=wordings.PLACES,
        look=_look(queries.somebody_invited(session, event_id), form.wording()),
        count=count,
        events=events,
        version=newest if newest and newest.body else None,
        action=_address(event),
        restore=url_for(".restore_reminder", charla=event.public_id if event else None),
    )


def _look(sample: Invitee | None, wording: Wording) -> dict[str, Any] | None:
    if sample is None:
        return None
    text = notices.look(sample.event, wording, name=sample.person.name, days=_DAYS)
    return {"name": sample.person.name, "subject": text.subject, "text": text.plain}


def _address(event: Event | None) -> str:
    return url_for(".reminder", charla=event.public_id if event else None)
