"""Write a talk, change it, copy it."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session

from coopoutreach.events import queries as events
from coopoutreach.events.rules import ACTIVE_STATES
from coopoutreach.people.directory import places
from coopoutreach.platform.access.guard import requires
from coopoutreach.platform.access.permissions import Permission
from coopoutreach.platform.core import spanish
from coopoutreach.platform.core.clock import utcnow
from coopoutreach.platform.web.edits import edited
from coopoutreach.platform.web.forms import INVALID
from coopoutreach.platform.web.transaction import reading, transaction
from coopoutreach.talks.talks import commands, pending, queries
from coopoutreach.talks.talks.forms import MODALITIES, TalkForm, values_of
from coopoutreach.talks.talks.models import OutreachPlan, Talk
from coopoutreach.talks.talks.rules import FORMAT_NAMES, Format
from coopoutreach.talks.talks.speaker_rows import speaker_rows
from coopoutreach.talks.talks.views.blueprint import bp, talk_of


@bp.get("/charlas/nueva")
@requires(Permission.TALK_EDIT)
def new_talk() -> ResponseReturnValue:
    """Show the editor of a new talk."""
    form = TalkForm(data={"reminders": "7, 1"})
    return render_template("talks/talks/edit.html", form=form, values={}, talk=None)


@bp.post("/charlas/nueva")
@requires(Permission.TALK_EDIT)
def create_talk() -> ResponseReturnValue:
    """Write the talk as a draft."""
    with transaction() as session:
        form = TalkForm(_form())
        copied = queries.talk_by_public_id(session, request.form.get("copied", ""))
        if not _good(form):
            return _again(form, talk=None, copied=copied)
        talk = commands.create_talk(
            session,
            form.fields(plan=_chosen_plan(session, form)),
            session_of=copied if request.form.get("session_of") else None,
            actor=current_user.actor,
            now=utcnow(),
        )
        flash(_("Guardamos el borrador. Nadie más lo ve hasta que lo publique."), "success")
        target = url_for(".talk", public_id=talk.public_id)
    return redirect(target, code=303)


@bp.get("/charlas/<public_id>/editar")
@requires(Permission.TALK_EDIT, talk_of, into="talk")
def edit_form(talk: Talk) -> ResponseReturnValue:
    """Show the editor of a talk."""
    form = TalkForm(data=_data_of(talk))
    return render_template(
        "talks/talks/edit.html",
        form=form,
        values=values_of(talk),
        talk=talk,
        **_telling(talk),
    )


@bp.post("/charlas/<public_id>/editar")
@requires(Permission.TALK_EDIT, talk_of, into="talk")
def edit(talk: Talk) -> ResponseReturnValue:
    """Change the talk; what people will be told of is asked about first."""
    now = utcnow()
    with transaction() as session:
        form = edited(TalkForm(data=_data_of(talk)), values_of(talk), _form())
        if not _good(form):
            return _again(form, talk=talk)
        fields = form.fields(plan=_chosen_plan(session, form))
        tells_words = bool(request.form.get("tell_words"))
        outlook = queries.outlook_of_edit(session, talk, fields, tells_words=tells_words, now=now)
        if outlook and not request.form.get("confirmed"):
            return _again(form, talk=talk, confirm=pending.said(outlook, now=now))
        commands.edit_talk(
            session, talk, fields, tells_words=tells_words, actor=current_user.actor, now=now
        )
        flash(_after_edit(session, talk, told=outlook is not None), "success")
        target = url_for(".talk", public_id=talk.public_id)
    return redirect(target, code=303)


@bp.get("/charlas/<public_id>/copiar")
@requires(Permission.TALK_EDIT, talk_of, into="talk")
def copy_form(talk: Talk) -> ResponseReturnValue:
    """Show the editor filled with a talk, but for its date."""
    form = TalkForm(data=_data_of(talk))
    values = {name: value for name, value in values_of(talk).items() if not name.endswith("_date")}
    return render_template(
        "talks/talks/edit.html", form=form, values=values, talk=None, copied=talk
    )


@bp.post("/charlas/<public_id>/eliminar")
@requires(Permission.TALK_EDIT, talk_of, into="talk")
def discard(talk: Talk) -> ResponseReturnValue:
    """Throw a draft away."""
    with transaction() as session:
        commands.discard_draft(session, talk, actor=current_user.actor, now=utcnow())
        flash(_("Eliminamos el borrador."), "success")
    return redirect(url_for(".plan"), code=303)


def _form() -> Any:
    """Return what was sent; «Usar esta fecha» puts the suggested day in place of the typed one."""
    data = request.form.copy()
    if data.get("use_date"):
        if data.get("end_date") == data.get("start_date"):
            data["end_date"] = data["use_date"]
        data["start_date"] = data["use_date"]
    return data


@bp.context_processor
def _choices() -> dict[str, Any]:
    """Give the editor what can be chosen."""
    return {
        "formats": [(item.value, FORMAT_NAMES[item]) for item in Format],
        "plan_choices": lambda: [("", _("Sin plan")), *queries.plan_choices(reading())],
        "comunas": [
            {
                "label": region.short_name,
                "options": [(comuna.cut, comuna.name) for comuna in places.comunas(region.cut)],
            }
            for region in places.regions()
        ],
        "which_choices": [("0", _("La primera")), ("1", _("La segunda"))],
        "zones": places.zones(),
        "modalities": [{"value": value, "label": label} for value, label in MODALITIES],
        "speaker_rows": speaker_rows,
    }


def _good(form: TalkForm) -> bool:
    """Return whether the form can be saved as it stands; `use_date` is saved on the next try."""
    data = form.sent if form.edit is not None else _form()
    today = spanish.wall(utcnow()).date()
    if not form.read(data, today=today):
        form.warn(keep=False)
        return False
    stops = form.warn(keep=bool(form.keep_date.data))
    return not stops and not data.get("use_date")


def _again(
    form: TalkForm, *, talk: Talk | None, copied: Talk | None = None, confirm: Any = None
) -> ResponseReturnValue:
    page = render_template(
        "talks/talks/edit.html",
        form=form,
        values=form.data_given,
        talk=talk,
        copied=copied,
        confirm=confirm,
        **_telling(talk),
        errors=form.all_errors,
    )
    return page, INVALID


def _telling(talk: Talk | None) -> dict[str, Any]:
    """Give the editor whom a change would tell, and what waits to be told already."""
    if talk is None or talk.state not in ACTIVE_STATES:
        return {}
    session = reading()
    return {
        "audience": events.audience(session, talk.id),
        "waits": pending.notice_of(session, talk, now=utcnow()),
        "gather_wait": pending.wait_in_words(),
    }


def _chosen_plan(session: Session, form: TalkForm) -> OutreachPlan | None:
    plans = queries.plans(session)
    return next((plan for plan in plans if plan.public_id == form.plan.data), None)


def _data_of(talk: Talk) -> dict[str, Any]:
    return {
        "title": talk.title,
        "format": talk.format.value,
        "plan": talk.plan.public_id if talk.plan else "",
        "description": talk.description,
        "topics": ", ".join(topic.name for topic in talk.topics),
        "modality": talk.modality.value,
        "place": talk.place,
        "address": talk.address,
        "comuna": talk.comuna or "",
        "link": talk.link,
        "capacity_room": talk.capacity_room,
        "capacity_online": talk.capacity_online,
        "prioritised_levels": talk.prioritised_levels,
        "held_room": talk.held_room,
        "held_online": talk.held_online,
        "limit_per_cooperative": talk.limit_per_cooperative,
        "photos": talk.photos,
        "reminders": ", ".join(str(policy.days) for policy in talk.reminder_policies),
    }


def _after_edit(session: Session, talk: Talk, *, told: bool) -> str:
    waits = pending.notice_of(session, talk, now=utcnow()) if told else None
    if waits is None:
        return str(_("Guardamos el cambio. Nadie recibió correos."))
    return str(_("Guardamos el cambio. %(told)s", told=waits.sentence))
