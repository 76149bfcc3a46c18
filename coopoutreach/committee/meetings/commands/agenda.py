"""Write the agenda of a meeting: its items, their order, what participants propose for it."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from coopoutreach.committee.meetings import notices, queries
from coopoutreach.committee.meetings.commands.files import refuse_if_approved
from coopoutreach.committee.meetings.commands.telling import follow_agenda
from coopoutreach.committee.meetings.errors import AgendaClosed, AgendaFull
from coopoutreach.committee.meetings.models import AgendaItem, Meeting
from coopoutreach.committee.meetings.rules import ItemState
from coopoutreach.committee.meetings.rules import agenda as rules
from coopoutreach.committee.meetings.values import ItemFields
from coopoutreach.events import queries as events
from coopoutreach.events.rules import ACTIVE_STATES, EventState
from coopoutreach.people.directory.models import Person
from coopoutreach.platform.audit import commands as audit


def add_item(
    session: Session, meeting: Meeting, fields: ItemFields, *, actor: str, now: datetime
) -> AgendaItem:
    """Put an item at the end of an agenda.

    :raises AgendaClosed: once the meeting took place, or was called off
    :raises AgendaFull: if there are as many as there may be
    """
    _open(session, meeting)
    item = _made(session, meeting, fields, now=now)
    _changed(session, item, "added", actor=actor, now=now)
    return item


def propose_item(
    session: Session,
    meeting: Meeting,
    fields: ItemFields,
    *,
    person: Person | None,
    actor: str,
    now: datetime,
) -> AgendaItem:
    """Propose an item, as a participant; the coordination takes it up or refuses it.

    :raises AgendaClosed: once the agenda was sent
    :raises AgendaFull: if there are as many as there may be
    """
    _open(session, meeting)
    if meeting.agenda_sent_at is not None:
        raise AgendaClosed("La tabla ya se envió. Pida a la coordinación que agregue su punto.")
    item = _made(session, meeting, fields, now=now)
    item.state, item.proposed_by = ItemState.PROPOSED, person
    _changed(session, item, "proposed", actor=actor, now=now)
    return item


def accept_item(session: Session, item: AgendaItem, *, actor: str, now: datetime) -> None:
    """Take up what a participant proposed, at the end of the agenda; they are told."""
    _open(session, item.meeting)
    if item.state is not ItemState.PROPOSED:
        return
    item.state, item.position = ItemState.ACCEPTED, _next_place(session, item.meeting)
    _changed(session, item, "accepted", actor=actor, now=now)
    notices.proposal_settled(session, item, now=now)


def refuse_item(
    session: Session, item: AgendaItem, *, reason: str, actor: str, now: datetime
) -> None:
    """Refuse what a participant proposed, and say why; they are told."""
    _open(session, item.meeting)
    if item.state is not ItemState.PROPOSED:
        return
    item.state, item.refusal = ItemState.REFUSED, reason
    _changed(session, item, "refused", actor=actor, now=now)
    notices.proposal_settled(session, item, now=now)


def edit_item(
    session: Session, item: AgendaItem, fields: ItemFields, *, actor: str, now: datetime
) -> None:
    """Change what is written of an item.

    :raises AgendaClosed: once the meeting took place, or was called off
    """
    _open(session, item.meeting)
    _fill(item, fields)
    _changed(session, item, "edited", actor=actor, now=now)


def move_item(
    session: Session,
    item: AgendaItem,
    *,
    to: int,
    sides: Collection[int],
    actor: str,
    now: datetime,
) -> None:
    """Put an item at place `to`, from 0, of those that somebody of these sides sees.

    What they may not see keeps its place.

    :raises AgendaClosed: once the meeting took place, or was called off
    """
    _open(session, item.meeting)
    found = queries.items(session, item.meeting_id)
    seen = frozenset(each.id for each in queries.seen_by(found, sides))
    if item.id not in seen:
        return
    every = {each.id: each for each in found}
    for position, number in enumerate(rules.moved(list(every), item.id, seen=seen, to=to), 1):
        every[number].position = position
    _changed(session, item, "moved", actor=actor, now=now)


def remove_item(session: Session, item: AgendaItem, *, actor: str, now: datetime) -> list[str]:
    """Take an item off an agenda; return the names of bytes that are to be erased once kept.

    Its row stays: what was written of it in minutes goes on naming it.

    :raises AgendaClosed: once the meeting took place, or was called off
    """
    _open(session, item.meeting)
    refuse_if_approved(session, item.meeting_id, now=now)
    names = [file.stored_as for file in item.files]
    item.files, item.state = [], ItemState.REFUSED
    _changed(session, item, "removed", actor=actor, now=now)
    return names


def move_to_meeting(
    session: Session, item: AgendaItem, target: Meeting, *, actor: str, now: datetime
) -> AgendaItem:
    """Move an item, with its documents, to the end of the agenda of another meeting of its table.

    :raises AgendaClosed: when one of them took place, or was called off
    :raises AgendaFull: if the other has as many as it may
    """
    # By number, so that two that move items across wait for each other and never for ever.
    for meeting in sorted((item.meeting, target), key=lambda each: each.id):
        _open(session, meeting)
    refuse_if_approved(session, item.meeting_id, now=now)
    fields = ItemFields(
        item.title, item.detail, item.kind, item.minutes, item.presenter_id, item.reserved_for_id
    )
    copy = _made(session, target, fields, now=now)
    copy.proposed_by_id = item.proposed_by_id
    for file in list(item.files):
        file.item = copy
    item.state, item.moved_to = ItemState.MOVED, copy
    _changed(session, item, "moved-away", actor=actor, now=now)
    _changed(session, copy, "moved-here", actor=actor, now=now)
    return copy


def _open(session: Session, meeting: Meeting) -> None:
    """Hold the meeting's row: whoever counts its items, or orders them, does so alone."""
    events.lock_event(session, meeting.id)
    if meeting.state not in {*ACTIVE_STATES, EventState.DRAFT}:
        raise AgendaClosed("La reunión ya se realizó o se suspendió: su tabla no cambia.")


def _made(session: Session, meeting: Meeting, fields: ItemFields, *, now: datetime) -> AgendaItem:
    live = {ItemState.ACCEPTED, ItemState.PROPOSED}
    there = [item for item in queries.items(session, meeting.id) if item.state in live]
    if len(there) >= rules.MOST_ITEMS:
        raise AgendaFull(f"Una tabla tiene a lo más {rules.MOST_ITEMS} puntos.", field="title")
    item = AgendaItem(
        meeting=meeting, position=_next_place(session, meeting), refusal="", created_at=now
    )
    item.state = ItemState.ACCEPTED
    _fill(item, fields)
    session.add(item)
    session.flush()
    return item


def _fill(item: AgendaItem, fields: ItemFields) -> None:
    item.title, item.detail, item.kind = fields.title, fields.detail, fields.kind
    item.minutes, item.presenter_id = fields.minutes, fields.presenter_id
    item.reserved_for_id = fields.reserved_for_id


def _next_place(session: Session, meeting: Meeting) -> int:
    last = select(func.max(AgendaItem.position)).where(AgendaItem.meeting_id == meeting.id)
    return (session.scalar(last) or 0) + 1


def _changed(session: Session, item: AgendaItem, what: str, *, actor: str, now: datetime) -> None:
    audit.record(
        session,
        ("event", item.meeting.id),
        action=f"agenda.{what}",
        actor=actor,
        now=now,
        # Never its words: an item may be reserved for one side, and the trail is not.
        after={"item": item.public_id},
    )
    session.flush()
    follow_agenda(session, item.meeting, now=now)
