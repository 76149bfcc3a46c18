"""The agenda («tabla») of a meeting: written by the coordination, proposed to by participants."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.exceptions import BadRequest

from coopoutreach.committee.meetings import commands, queries
from coopoutreach.committee.meetings.forms.agenda import (
    ItemForm,
    ProposalForm,
    RefusalForm,
    values_of,
)
from coopoutreach.committee.meetings.models import AgendaItem, Meeting
from coopoutreach.committee.meetings.values import ItemFields
from coopoutreach.committee.meetings.views import loading
from coopoutreach.committee.meetings.views.blueprint import bp
from coopoutreach.committee.meetings.views.meeting import (
    agenda_shown,
    facts,
    is_open_to_proposals,
    own_proposals,
    warned,
)
from coopoutreach.people.directory import queries as directory
from coopoutreach.people.directory.forms.fields import put_beside
from coopoutreach.people.directory.models import Person
from coopoutreach.platform.access.guard import may, requires
from coopoutreach.platform.access.permissions import Permission
from coopoutreach.platform.core import spanish
from coopoutreach.platform.core.clock import utcnow
from coopoutreach.platform.core.errors import DomainError
from coopoutreach.platform.files import taking
from coopoutreach.platform.web.edits import edited
from coopoutreach.platform.web.forms import INVALID
from coopoutreach.platform.web.transaction import reading, transaction

_PATH = "/reuniones/<public_id>/tabla"


@bp.get(_PATH)
@requires(Permission.MEETING_SEE, loading.meeting_of, into="meeting")
def agenda(meeting: Meeting) -> ResponseReturnValue:
    """Show the agenda of a meeting as its reader may see it; the coordination writes it here."""
    return _agenda(meeting)


@bp.get(f"{_PATH}/nuevo")
@requires(Permission.MEETING_EDIT, loading.meeting_of, into="meeting")
def new_item(meeting: Meeting) -> ResponseReturnValue:
    """Show the form of a new item."""
    return _form(meeting, _offered(reading(), meeting, ItemForm()))


@bp.post(f"{_PATH}/nuevo")
@requires(Permission.MEETING_EDIT, loading.meeting_of, into="meeting")
def add_item(meeting: Meeting) -> ResponseReturnValue:
    """Put an item at the end of the agenda."""
    target = _back(meeting)
    with transaction() as session:
        form = _offered(session, meeting, ItemForm(request.form))
        if not form.validate():
            return _form(meeting, form), INVALID
        try:
            fields = form.fields()
            commands.add_item(session, meeting, fields, actor=current_user.actor, now=utcnow())
        except DomainError as refusal:
            put_beside(form, refusal)
            return _form(meeting, form), INVALID
    flash(_("Agregamos el punto a la tabla."), "success")
    return redirect(target, code=303)


@bp.get(f"{_PATH}/<item>/editar")
@requires(Permission.MEETING_EDIT, loading.item_of, into="item")
def edit_item_form(item: AgendaItem) -> ResponseReturnValue:
    """Show the form of an item, and its documents."""
    form = _offered(reading(), item.meeting, ItemForm(data=values_of(item)))
    return _form(item.meeting, form, item)


@bp.post(f"{_PATH}/<item>/editar")
@requires(Permission.MEETING_EDIT, loading.item_of, into="item")
def edit_item(item: AgendaItem) -> ResponseReturnValue:
    """Change an item."""
    target = _back(item.meeting)
    with transaction() as session:
        form = _offered(session, item.meeting, edited(ItemForm(data=values_of(item))))
        if not form.validate():
            return _form(item.meeting, form, item), INVALID
        fields = form.fields()
        commands.edit_item(session, item, fields, actor=current_user.actor, now=utcnow())
    flash(_("Guardamos el punto."), "success")
    return redirect(target, code=303)


@bp.post(f"{_PATH}/<item>/mover")
@requires(Permission.MEETING_EDIT, loading.item_of, into="item")
def move_item(item: AgendaItem) -> ResponseReturnValue:
    """Move an item up or down, or to a place, as those that the reader sees are counted."""
    meeting = item.meeting
    target, sides = _back(meeting), loading.sides(meeting)
    with transaction() as session:
        seen = [each.id for each in queries.agenda(session, meeting.id, sides=sides)]
        to = _place(request.form.get("to", ""), seen, item)
        commands.move_item(
            session, item, to=to, sides=sides, actor=current_user.actor, now=utcnow()
        )
    return redirect(f"{target}#orden", code=303)


@bp.post(f"{_PATH}/<item>/quitar")
@requires(Permission.MEETING_EDIT, loading.item_of, into="item")
def remove_item(item: AgendaItem) -> ResponseReturnValue:
    """Take an item off the agenda, and erase its documents."""
    target = _back(item.meeting)
    with transaction() as session:
        names = commands.remove_item(session, item, actor=current_user.actor, now=utcnow())
    for name in names:
        taking.erase(name)
    flash(_("Quitamos el punto de la tabla."), "success")
    return redirect(target, code=303)


@bp.post(f"{_PATH}/<item>/trasladar")
@requires(Permission.MEETING_EDIT, loading.item_of, into="item")
def move_to_meeting(item: AgendaItem) -> ResponseReturnValue:
    """Move an item to another meeting of the series."""
    target = _back(item.meeting)
    with transaction() as session:
        others = queries.meetings_to_move_to(session, item.meeting, now=utcnow())
        chosen = request.form.get("meeting", "")
        other = next((each for each in others if each.public_id == chosen), None)
        if other is None:
            raise BadRequest
        commands.move_to_meeting(session, item, other, actor=current_user.actor, now=utcnow())
    flash(_("Trasladamos el punto, con sus documentos."), "success")
    return redirect(target, code=303)


@bp.post(f"{_PATH}/<item>/aceptar")
@requires(Permission.MEETING_EDIT, loading.item_of, into="item")
def accept_item(item: AgendaItem) -> ResponseReturnValue:
    """Take up what a participant proposed."""
    target = _back(item.meeting)
    with transaction() as session:
        commands.accept_item(session, item, actor=current_user.actor, now=utcnow())
    flash(_("El punto está en la tabla. Avisamos a quien lo propuso."), "success")
    return redirect(target, code=303)


@bp.post(f"{_PATH}/<item>/rechazar")
@requires(Permission.MEETING_EDIT, loading.item_of, into="item")
def refuse_item(item: AgendaItem) -> ResponseReturnValue:
    """Refuse what a participant proposed, and say why."""
    target, meeting, number = _back(item.meeting), item.meeting, item.public_id
    with transaction() as session:
        form = RefusalForm(request.form)
        if not form.validate():
            return _agenda(meeting, refused=(number, form)), INVALID
        reason = form.reason.data
        commands.refuse_item(session, item, reason=reason, actor=current_user.actor, now=utcnow())
    flash(_("No incluimos el punto. Avisamos el motivo a quien lo propuso."), "success")
    return redirect(target, code=303)


@bp.post(f"{_PATH}/enviar")
@requires(Permission.MEETING_EDIT, loading.meeting_of, into="meeting")
def send_agenda(meeting: Meeting) -> ResponseReturnValue:
    """Send the agenda to everybody who is called to the meeting."""
    target = _back(meeting)
    with transaction() as session:
        told = commands.send_agenda(session, meeting, actor=current_user.actor, now=utcnow())
    flash(_("Enviamos la tabla a %(n)s personas.", n=told), "success")
    return redirect(target, code=303)


@bp.get(f"{_PATH}/proponer")
@requires(Permission.AGENDA_PROPOSE, loading.meeting_of, into="meeting")
def propose_form(meeting: Meeting) -> ResponseReturnValue:
    """Show the form that proposes an item."""
    return _proposal(meeting, ProposalForm())


@bp.post(f"{_PATH}/proponer")
@requires(Permission.AGENDA_PROPOSE, loading.meeting_of, into="meeting")
def propose(meeting: Meeting) -> ResponseReturnValue:
    """Propose an item, signed in."""
    target = _back(meeting)
    form = ProposalForm(request.form)
    if not form.validate():
        return _proposal(meeting, form), INVALID
    with transaction() as session:
        seat = queries.seat_of_user(session, meeting, current_user.id)
        commands.propose_item(
            session,
            meeting,
            ItemFields(form.title.data, form.detail.data),
            person=seat.invitee.person
            if seat
            else directory.person_of_user(session, current_user.id),
            actor=current_user.actor,
            now=utcnow(),
        )
    flash(_("Recibimos su propuesta. La coordinación la revisará."), "success")
    return redirect(target, code=303)


def _agenda(meeting: Meeting, *, refused: tuple[str, RefusalForm] | None = None) -> str:
    session = reading()
    sides = loading.sides(meeting)
    is_staff = may(Permission.MEETING_EDIT, meeting)
    others = queries.meetings_to_move_to(session, meeting, now=utcnow()) if is_staff else []
    shown = agenda_shown(session, meeting, sides)
    if not is_staff:
        shown["proposed"] = own_proposals(shown["proposed"])
    return render_template(
        "committee/meetings/agenda.html",
        **facts(meeting),
        **shown,
        is_staff=is_staff,
        is_open=not facts(meeting)["is_held"] and meeting.cancelled_at is None,
        may_propose=may(Permission.AGENDA_PROPOSE, meeting) and is_open_to_proposals(meeting),
        warnings=warned(meeting, shown["items"]) if is_staff else [],
        others=others,
        destinations=[(each.public_id, spanish.day(each.wall_start)) for each in others],
        refused=refused,
    )


def _form(meeting: Meeting, form: ItemForm, item: AgendaItem | None = None, **more: Any) -> str:
    return render_template(
        "committee/meetings/item.html",
        **facts(meeting),
        form=form,
        item=item,
        taken=taking.TAKEN,
        most=taking.MOST_BYTES // 1024**2,
        **more,
    )


def _proposal(meeting: Meeting, form: ProposalForm) -> str:
    is_open = is_open_to_proposals(meeting)
    return render_template(
        "committee/meetings/propose.html", **facts(meeting), form=form, is_open=is_open
    )


def _offered(session: Session, meeting: Meeting, form: ItemForm) -> ItemForm:
    people = queries.possible_presenters(session, meeting)
    form.offer(people, loading.side_names(session, meeting, own=True))
    return form


def _self(session: Session) -> Person | None:
    """Return whoever is signed in, as a person."""
    return directory.person_of_user(session, current_user.id)


def _place(asked: str, seen: list[int], item: AgendaItem) -> int:
    """Return the place, from 0, that a button or a drop asks for."""
    steps = {"up": -1, "down": 1}
    if asked in steps and item.id in seen:
        return seen.index(item.id) + steps[asked]
    if not asked.isascii() or not asked.isdecimal() or len(asked) > 3:  # noqa: PLR2004 (digits)
        raise BadRequest
    return int(asked)


def _back(meeting: Meeting) -> str:
    return url_for(".agenda", public_id=meeting.public_id)
