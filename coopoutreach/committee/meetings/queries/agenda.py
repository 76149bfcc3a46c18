"""Read agendas: their items as each side may see them, their documents, and who is told of them."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from coopoutreach.committee.meetings.models import AgendaFile, AgendaItem, Meeting, Seat
from coopoutreach.committee.meetings.rules import ItemState
from coopoutreach.committee.meetings.rules import agenda as rules
from coopoutreach.committee.meetings.rules.agenda import Line
from coopoutreach.events.models import Invitee
from coopoutreach.events.rules import ACTIVE_STATES, EventState, Standing


def items(session: Session, meeting_id: int) -> Sequence[AgendaItem]:
    """Return every item of a meeting, also what was proposed, refused or moved, in its order."""
    return session.scalars(
        select(AgendaItem)
        .where(AgendaItem.meeting_id == meeting_id)
        .options(
            joinedload(AgendaItem.presenter),
            joinedload(AgendaItem.proposed_by),
            joinedload(AgendaItem.reserved_for),
            selectinload(AgendaItem.files),
        )
        .order_by(AgendaItem.position, AgendaItem.id)
        .execution_options(populate_existing=True)
    ).all()


def seen_by(found: Iterable[AgendaItem], sides: Collection[int]) -> list[AgendaItem]:
    """Return those items of an agenda that somebody of these sides may see."""
    return [
        item
        for item in found
        if item.state is ItemState.ACCEPTED
        and (item.reserved_for_id is None or item.reserved_for_id in sides)
    ]


def agenda(session: Session, meeting_id: int, *, sides: Collection[int]) -> list[AgendaItem]:
    """Return the agenda of a meeting as somebody of these sides may see it."""
    return seen_by(items(session, meeting_id), sides)


def lines(found: Iterable[AgendaItem]) -> list[Line]:
    """Return what people are told of items."""
    return [
        Line(
            number=item.public_id,
            title=item.title,
            kind=item.kind,
            minutes=item.minutes,
            presenter=item.presenter.name if item.presenter else "",
            detail=item.detail,
            files=tuple((file.file_name, file.sha256) for file in item.files),
        )
        for item in found
    ]


def digests(
    session: Session, meeting_id: int, sides: Iterable[int | None]
) -> dict[int | None, str]:
    """Return the digest of the agenda as each side may see it; of None: who sits for nobody."""
    found = items(session, meeting_id)
    return {
        side: rules.digest(lines(seen_by(found, () if side is None else (side,)))) for side in sides
    }


def item_by_public_id(session: Session, meeting: str, item: str) -> AgendaItem | None:
    """Return the item of a meeting that an address names."""
    return session.scalar(
        select(AgendaItem)
        .join(Meeting, Meeting.id == AgendaItem.meeting_id)
        .where(Meeting.public_id == meeting, AgendaItem.public_id == item)
    )


def standing_item(session: Session, meeting: str, item: str) -> AgendaItem | None:
    """Return the item of an agenda that an address names, or one that was proposed for it."""
    found = item_by_public_id(session, meeting, item)
    there = {ItemState.ACCEPTED, ItemState.PROPOSED}
    return found if found is not None and found.state in there else None


def file_by_public_id(session: Session, meeting: str, file: str) -> AgendaFile | None:
    """Return the document of an agenda that an address names."""
    return session.scalar(
        select(AgendaFile)
        .join(AgendaItem, AgendaItem.id == AgendaFile.item_id)
        .join(Meeting, Meeting.id == AgendaItem.meeting_id)
        .where(
            Meeting.public_id == meeting,
            AgendaFile.public_id == file,
            AgendaItem.state.in_((ItemState.ACCEPTED, ItemState.PROPOSED)),
        )
    )


def file_of_seat(
    session: Session, seat: Seat, file: str, *, sides: Collection[int]
) -> AgendaFile | None:
    """Return a document of the agenda of whoever has this seat for `sides`, if they may see it."""
    there = agenda(session, seat.meeting_id, sides=sides)
    found = (each for item in there for each in item.files)
    return next((each for each in found if each.public_id == file), None)


def names_in_use(session: Session) -> set[str]:
    """Return the names of all bytes that belong to a document of some agenda."""
    return set(session.scalars(select(AgendaFile.stored_as)))


def weight(session: Session, meeting_id: int) -> int:
    """Return how many bytes the documents of an agenda have together."""
    sizes = select(AgendaFile.size).join(AgendaItem).where(AgendaItem.meeting_id == meeting_id)
    return sum(session.scalars(sizes))


def seats_to_tell(session: Session, meeting_id: int) -> Sequence[Seat]:
    """Return the seats of everybody who is invited and was told of an agenda."""
    return session.scalars(
        select(Seat)
        .join(Invitee, Invitee.id == Seat.invitee_id)
        .where(
            Seat.meeting_id == meeting_id,
            Invitee.standing == Standing.INVITED,
            Invitee.told_sequence.is_not(None),
        )
        .options(joinedload(Seat.invitee).joinedload(Invitee.person))
        .order_by(Seat.invitee_id)
    ).all()


def meetings_with_agenda_news(session: Session, *, now: datetime) -> list[int]:
    """Return the meetings whose people are to be told now how the agenda changed."""
    wanted = select(Meeting.id).where(Meeting.agenda_due_at <= now)
    return list(session.scalars(wanted.order_by(Meeting.agenda_due_at)))


def meetings_to_move_to(session: Session, meeting: Meeting, *, now: datetime) -> Sequence[Meeting]:
    """Return the other meetings of the series that an item may be moved to, the next first."""
    return session.scalars(
        select(Meeting)
        .where(
            Meeting.series_id == meeting.series_id,
            Meeting.id != meeting.id,
            Meeting.starts_at > now,
            Meeting.state.in_((*ACTIVE_STATES, EventState.DRAFT)),
        )
        .order_by(Meeting.starts_at)
        .limit(24)
    ).all()
