"""The coordination's pages about the plan and its talks."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session

from coopoutreach.access.guard import requires
from coopoutreach.access.permissions import Permission
from coopoutreach.core import spanish
from coopoutreach.core.clock import utcnow
from coopoutreach.directory import places
from coopoutreach.events import entries
from coopoutreach.events import queries as events
from coopoutreach.events.rules import STANDING, EventState
from coopoutreach.outreach import commands, queries
from coopoutreach.outreach.fields import is_move
from coopoutreach.outreach.forms import (
    MODALITIES,
    CancelForm,
    TalkForm,
    values_of,
)
from coopoutreach.outreach.models import OutreachPlan, Talk
from coopoutreach.outreach.rules import FORMAT_NAMES, Format
from coopoutreach.outreach.speaker_rows import speaker_rows
from coopoutreach.web.transaction import reading, transaction

bp = Blueprint("outreach", __name__, url_prefix="/plan")

INVALID = 422


def _talk(session: Session, public_id: str) -> Talk | None:
    return queries.talk_by_public_id(session, public_id)


@bp.get("")
@requires(Permission.PLAN_SEE)
def plan() -> ResponseReturnValue:
    """Show the plans and their talks in every state."""
    session = reading()
    plans = queries.plans(session)
    chosen = next((p for p in plans if p.public_id == request.args.get("plan")), None)
    talks = queries.talks_of_plan(session, chosen.id if chosen else None)
    now = utcnow()
    return render_template(
        "outreach/plan.html",
        plans=plans,
        chosen=chosen,
        ahead=[talk for talk in talks if talk.ends_at > now],
        past=[talk for talk in reversed(talks) if talk.ends_at <= now],
        when=entries.when_line,
        place=entries.place_line,
    )


@bp.get("/charlas/nueva")
@requires(Permission.TALK_EDIT)
def new_talk() -> ResponseReturnValue:
    """Show the editor of a new talk."""
    form = TalkForm(data={"reminders": "7, 1"})
    return render_template("outreach/edit.html", form=form, values={}, talk=None)


@bp.post("/charlas/nueva")
@requires(Permission.TALK_EDIT)
def create_talk() -> ResponseReturnValue:
    """Write the talk as a draft."""
    with transaction() as session:
        form = TalkForm(_form())
        if not _good(form):
            return _again(form, talk=None)
        talk = commands.create_talk(
            session,
            form.fields(plan=_chosen_plan(session, form)),
            actor=current_user.actor,
            now=utcnow(),
        )
        flash(_("Guardamos el borrador. Nadie más lo ve hasta que lo publique."), "success")
        target = url_for(".talk", public_id=talk.public_id)
    return redirect(target, code=303)


@bp.get("/charlas/<public_id>")
@requires(Permission.PLAN_SEE, _talk, into="talk")
def talk(talk: Talk) -> ResponseReturnValue:
    """Show the coordination everything about a talk, and what can be done with it."""
    session = reading()
    return render_template(
        "outreach/talk.html",
        talk=talk,
        when=entries.when_line(talk),
        place=entries.place_line(talk),
        audience=events.audience(session, talk.id),
        announcements=events.announcements_of(session, talk.id),
        wall=spanish.wall,
        comuna=places.comuna(talk.comuna) if talk.comuna else None,
        is_standing=talk.state in STANDING,
        is_draft=talk.state is EventState.DRAFT,
        now=utcnow(),
    )


@bp.get("/charlas/<public_id>/editar")
@requires(Permission.TALK_EDIT, _talk, into="talk")
def edit_form(talk: Talk) -> ResponseReturnValue:
    """Show the editor of a talk."""
    session = reading()
    form = TalkForm(data=_data_of(talk))
    return render_template(
        "outreach/edit.html",
        form=form,
        values=values_of(talk),
        talk=talk,
        audience=events.audience(session, talk.id) if talk.state in STANDING else None,
    )


@bp.post("/charlas/<public_id>/editar")
@requires(Permission.TALK_EDIT, _talk, into="talk")
def edit(talk: Talk) -> ResponseReturnValue:
    """Change the talk; a move of a published one is asked about first."""
    with transaction() as session:
        form = TalkForm(_form())
        if not _good(form):
            return _again(form, talk=talk)
        fields = form.fields(plan=_chosen_plan(session, form))
        audience = events.audience(session, talk.id)
        asks = talk.state in STANDING and is_move(talk, fields)
        if asks and audience.invited + audience.waiting and not request.form.get("confirmed"):
            return _again(form, talk=talk, confirm=audience)
        moved = commands.edit_talk(
            session,
            talk,
            fields,
            actor=current_user.actor,
            now=utcnow(),
        )
        flash(_after_edit(talk, moved=moved), "success")
        target = url_for(".talk", public_id=talk.public_id)
    return redirect(target, code=303)


@bp.post("/charlas/<public_id>/publicar")
@requires(Permission.TALK_EDIT, _talk, into="talk")
def publish(talk: Talk) -> ResponseReturnValue:
    """Show the talk to everybody."""
    with transaction() as session:
        commands.publish_talk(session, talk, actor=current_user.actor, now=utcnow())
        flash(_("Publicada. Ya está en el sitio y en el calendario, con inscripción."), "success")
        target = url_for(".talk", public_id=talk.public_id)
    return redirect(target, code=303)


@bp.get("/charlas/<public_id>/cancelar")
@requires(Permission.TALK_EDIT, _talk, into="talk")
def cancel_form(talk: Talk) -> ResponseReturnValue:
    """Ask for the reason, and say whom it will be told to."""
    audience = events.audience(reading(), talk.id)
    return render_template("outreach/cancel.html", talk=talk, form=CancelForm(), audience=audience)


@bp.post("/charlas/<public_id>/cancelar")
@requires(Permission.TALK_EDIT, _talk, into="talk")
def cancel(talk: Talk) -> ResponseReturnValue:
    """Call the talk off."""
    with transaction() as session:
        form = CancelForm(_form())
        if not form.validate():
            audience = events.audience(session, talk.id)
            page = render_template("outreach/cancel.html", talk=talk, form=form, audience=audience)
            return page, INVALID
        commands.cancel_talk(
            session, talk, reason=form.reason.data, actor=current_user.actor, now=utcnow()
        )
        flash(_("Suspendida. Avisamos por correo a las personas inscritas."), "success")
        target = url_for(".talk", public_id=talk.public_id)
    return redirect(target, code=303)


@bp.get("/charlas/<public_id>/copiar")
@requires(Permission.TALK_EDIT, _talk, into="talk")
def copy_form(talk: Talk) -> ResponseReturnValue:
    """Show the editor filled with a talk, but for its date."""
    form = TalkForm(data=_data_of(talk))
    values = {name: value for name, value in values_of(talk).items() if not name.endswith("_date")}
    return render_template("outreach/edit.html", form=form, values=values, talk=None, copied=talk)


@bp.post("/charlas/<public_id>/eliminar")
@requires(Permission.TALK_EDIT, _talk, into="talk")
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
    data = _form()
    today = spanish.wall(utcnow()).date()
    if not form.read(data, today=today):
        form.warn(keep=False)
        return False
    stops = form.warn(keep=bool(form.keep_date.data))
    return not stops and not data.get("use_date")


def _again(form: TalkForm, *, talk: Talk | None, confirm: Any = None) -> ResponseReturnValue:
    page = render_template(
        "outreach/edit.html",
        form=form,
        values=_form(),
        talk=talk,
        audience=None,
        confirm=confirm,
        errors=form.all_errors,
    )
    return page, INVALID


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
        "photos": talk.photos,
        "reminders": ", ".join(str(policy.days) for policy in talk.reminder_policies),
    }


def _after_edit(talk: Talk, *, moved: bool) -> str:
    told = _("Guardamos el cambio y avisamos por correo, con la invitación actualizada.")
    quiet = _("Guardamos el cambio. Nadie recibió correos.")
    return str(told if moved and talk.state in STANDING else quiet)
