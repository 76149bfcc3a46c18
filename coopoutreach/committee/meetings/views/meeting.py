"""The page of one meeting: for the coordination, and for who sits at the table."""

from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.exceptions import BadRequest

from coopoutreach.committee.commitments import queries as commitments
from coopoutreach.committee.commitments.models import Commitment
from coopoutreach.committee.meetings import commands, queries, wordings
from coopoutreach.committee.meetings.forms.meeting import ANSWERS
from coopoutreach.committee.meetings.models import AgendaItem, Meeting, Seat
from coopoutreach.committee.meetings.rules import ItemKind, ItemState, LobbyNeed
from coopoutreach.committee.meetings.rules import agenda as rules
from coopoutreach.committee.meetings.values import Reply
from coopoutreach.committee.meetings.views import loading
from coopoutreach.committee.meetings.views.blueprint import bp
from coopoutreach.events import entries
from coopoutreach.events import notices as event_notices
from coopoutreach.events import queries as events
from coopoutreach.events.models import TimeProposal
from coopoutreach.events.rules import ACTIVE_STATES, Answer, EventState, Source, Standing
from coopoutreach.mail.incoming import queries as inbound
from coopoutreach.people.directory import contact
from coopoutreach.platform.access.guard import may, requires
from coopoutreach.platform.access.permissions import Permission
from coopoutreach.platform.core import spanish
from coopoutreach.platform.core.clock import utcnow
from coopoutreach.platform.web.transaction import reading, transaction


@bp.get("/reuniones/<public_id>")
@requires(Permission.MEETING_SEE, loading.meeting_of, into="meeting")
def meeting(meeting: Meeting) -> ResponseReturnValue:
    """Show a meeting: when, where, its agenda, who is called and what they said."""
    session, now = reading(), utcnow()
    sides = loading.sides(meeting)
    is_staff = may(Permission.MEETING_EDIT, meeting)
    seats = queries.seats(session, meeting)
    shown = agenda_shown(session, meeting, sides)
    if not is_staff:
        shown["proposed"] = own_proposals(shown["proposed"])
    return render_template(
        "committee/meetings/meeting.html",
        **facts(meeting),
        **shown,
        is_staff=is_staff,
        may_propose=may(Permission.AGENDA_PROPOSE, meeting) and is_open_to_proposals(meeting),
        seats=seats,
        answers=_counts(seats),
        **_own(session, meeting),
        phone=contact.show_phone,
        edit_url=url_for(".edit_meeting_form", public_id=meeting.public_id),
        cancel_url=url_for(".cancel_meeting_form", public_id=meeting.public_id),
        is_ahead=meeting.state in ACTIVE_STATES and loading.is_ahead(meeting, now),
        silent=queries.silent(session, now=now, meeting=meeting) if is_staff else [],
        times=_times(session, meeting) if is_staff else [],
        written=inbound.waiting_of_invitees(session, event_id=meeting.id)
        if may(Permission.MESSAGE_SEE)
        else {},
        to_invite=_to_invite(session, meeting) if is_staff else [],
        pending=_pending(session, meeting) if is_staff else [],
        lobby_missing=meeting.lobby is LobbyNeed.UNKNOWN
        or (meeting.lobby is LobbyNeed.YES and not meeting.lobby_folio),
        may_undo=_may_undo(session, meeting, now) if is_staff else False,
    )


@bp.post("/reuniones/<public_id>/respuestas/<invitee>")
@requires(Permission.MEETING_EDIT, loading.seat_of, into="seat")
def record_answer(seat: Seat) -> ResponseReturnValue:
    """Write down what somebody said, on the telephone for instance."""
    found = ANSWERS.get(request.form.get("answer", ""))
    if found is None:
        raise BadRequest
    with transaction() as session:
        meeting = queries.meeting_of(session, seat)
        target = url_for(".meeting", public_id=meeting.public_id)
        commands.answer(
            session,
            seat,
            Reply(found, seat.excuse, seat.stand_in),
            source=Source.DESK,
            actor=current_user.actor,
            now=utcnow(),
        )
        flash(_("Anotamos la respuesta de %(name)s.", name=seat.invitee.person.name), "success")
    return redirect(f"{target}#convocadas", code=303)


@bp.post("/reuniones/<public_id>/horarios/<proposal>")
@requires(Permission.MEETING_EDIT, loading.proposal_of, into="proposal")
def settle_time_proposal(proposal: TimeProposal) -> ResponseReturnValue:
    """Let a proposed time be, or take it up: then the meeting's own form is where it is changed."""
    takes_up = request.form.get("what") == "take-up"
    with transaction() as session:
        meeting = events.lock_event(session, proposal.event_id)
        start = spanish.wall(proposal.starts_at, meeting.zone)
        public_id = meeting.public_id
        commands.settle_time_proposal(session, proposal, actor=current_user.actor, now=utcnow())
    if takes_up:
        when = spanish.daytime(start)
        flash(_("Cambie la fecha y la hora aquí. La propuesta era: %(when)s.", when=when), "info")
        return redirect(url_for(".edit_meeting_form", public_id=public_id), code=303)
    flash(_("La reunión sigue cuando estaba. Si corresponde, avise a quien lo propuso."), "info")
    return redirect(url_for(".meeting", public_id=public_id), code=303)


def facts(meeting: Meeting) -> dict[str, Any]:
    """Return what every page about a meeting says of it."""
    return {
        "meeting": meeting,
        "at": {"public_id": meeting.public_id},
        "label": wordings.label(meeting),
        "when": entries.when_line(meeting),
        "where": entries.place_line(meeting),
        "is_draft": meeting.state is EventState.DRAFT,
        "is_standing": meeting.state in ACTIVE_STATES,
        "is_held": meeting.state is EventState.HELD,
        "words": wordings,
    }


def is_open_to_proposals(meeting: Meeting) -> bool:
    """Return whether participants may still propose items."""
    return meeting.agenda_sent_at is None and meeting.state in {*ACTIVE_STATES, EventState.DRAFT}


def agenda_shown(session: Session, meeting: Meeting, sides: frozenset[int]) -> dict[str, Any]:
    """Return the agenda as somebody of these sides sees it, and what is open between the parties.

    Open commitments stand in the item that follows them up; without one, before all others.
    """
    every = queries.items(session, meeting.id)
    seen = queries.seen_by(every, sides)
    follow_up = next((item for item in seen if item.kind is ItemKind.FOLLOW_UP), None)
    return {
        "items": seen,
        "proposed": [item for item in every if item.state is ItemState.PROPOSED],
        "followed": followed(session, meeting, sides),
        "follow_up": follow_up,
        "kind_names": rules.KIND_NAMES,
        "total": sum(item.minutes for item in seen),
        "length": _length(meeting),
    }


def own_proposals(proposed: list[AgendaItem]) -> list[AgendaItem]:
    """Return those of the proposals that whoever is signed in made."""
    return [
        item
        for item in proposed
        if item.proposed_by is not None and item.proposed_by.user_id == current_user.id
    ]


def followed(session: Session, meeting: Meeting, sides: frozenset[int]) -> list[Commitment]:
    """Return what is owed between the parties of a table, as far as these sides may see it."""
    if meeting.state is EventState.HELD:
        return []
    parties = queries.parties_of(session, meeting.series_id)
    return list(commitments.open_for(session, parties, reader=sides))


def warned(meeting: Meeting, seen: list[AgendaItem]) -> list[rules.Amiss]:
    """Return what is amiss with an agenda, as its writer sees it."""
    return rules.warnings(queries.lines(seen), length=_length(meeting))


def _length(meeting: Meeting) -> int:
    return int((meeting.ends_at - meeting.starts_at).total_seconds() // 60)


def _own(session: Session, meeting: Meeting) -> dict[str, Any]:
    """Return the seat of whoever is signed in, and the address of their own page."""
    seat = queries.seat_of_user(session, meeting, current_user.id)
    link = event_notices.link_of(seat.invitee) if seat and meeting.published_at else ""
    return {"own_seat": seat, "own_link": link}


def _counts(seats: list[Seat]) -> dict[Answer, int]:
    found = dict.fromkeys(Answer, 0)
    for seat in seats:
        if seat.invitee.standing is Standing.INVITED:
            found[seat.invitee.answer] += 1
    return found


def _may_undo(session: Session, meeting: Meeting, now: datetime) -> bool:
    """Return whether calling it off can still be taken back: nobody was told yet."""
    found = events.pending_cancellation(session, meeting.id)
    return found is not None and found.due_at > now


def _times(session: Session, meeting: Meeting) -> list[dict[str, Any]]:
    return [
        {
            "proposal": proposal,
            "when": spanish.daytime(spanish.wall(proposal.starts_at, meeting.zone)),
            "until": spanish.clock(spanish.wall(proposal.ends_at, meeting.zone)),
        }
        for proposal in queries.time_proposals(session, meeting)
    ]


def _to_invite(session: Session, meeting: Meeting) -> list[Any]:
    return queries.members_to_invite(session, meeting) if meeting.state in ACTIVE_STATES else []


def _pending(session: Session, meeting: Meeting) -> list[str]:
    """Return in sentences what people are about to be told."""
    said = []
    if found := events.pending_cancellation(session, meeting.id) or events.pending(
        session, meeting.id
    ):
        hour = spanish.clock(spanish.wall(found.due_at, meeting.zone))
        said.append(_("Los cambios de la reunión se avisan a las %(hour)s.", hour=hour))
    if meeting.agenda_due_at:
        hour = spanish.clock(spanish.wall(meeting.agenda_due_at, meeting.zone))
        said.append(_("El cambio de tabla se avisa a las %(hour)s, en un solo correo.", hour=hour))
    return said
