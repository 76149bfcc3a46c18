"""The counterpart's home: what waits for them, what is next, and what both sides owe."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from coopoutreach.committee.commitments import queries as commitments
from coopoutreach.committee.commitments.models import Commitment
from coopoutreach.committee.commitments.rules import OWING, Reader
from coopoutreach.committee.meetings import queries as meetings
from coopoutreach.committee.meetings import wordings
from coopoutreach.committee.meetings.models import Meeting, Seat
from coopoutreach.committee.meetings.rules import LobbyNeed
from coopoutreach.committee.minutes import queries as minutes
from coopoutreach.committee.minutes.models import Minutes
from coopoutreach.committee.minutes.queries import Waiting
from coopoutreach.committee.minutes.queries.boards import Task
from coopoutreach.committee.minutes.rules import label
from coopoutreach.events import entries
from coopoutreach.events import notices as events
from coopoutreach.events.rules import ACTIVE_STATES, Answer
from coopoutreach.pages.dashboards import queries
from coopoutreach.people.directory import queries as directory
from coopoutreach.people.directory.models import Person
from coopoutreach.platform.core import spanish

#: What is due within so many days is asked for.
_SOON = timedelta(days=14)
#: How many minutes are listed.
_LATEST = 3


@dataclass(frozen=True, slots=True)
class Todo:
    """One thing that waits for whoever is signed in, and where it is dealt with."""

    text: str
    detail: str
    until: str
    url: str
    action: str
    late: bool = False
    #: Of an invitation: the address that takes an answer.
    answers_at: str = ""


@dataclass(frozen=True, slots=True)
class Next:
    """The meeting that is next, with its agenda as the reader may see it."""

    meeting: Meeting
    label: str
    when: str
    where: str
    is_convened: bool
    items: Sequence[Any]
    #: What the reader answered, in words; empty: nothing yet, or they are not invited.
    answer: str


@dataclass(frozen=True, slots=True)
class Approved:
    """Minutes that both sides approved."""

    name: str
    table: str
    held: str
    public_id: str
    #: Its PDF is made a moment after it was approved.
    has_pdf: bool


def page(session: Session, user_id: int, *, now: datetime) -> dict[str, Any]:
    """Return what the counterpart's home shows of the tables where their institution sits."""
    today = spanish.wall(now).date()
    mine = directory.organisations_of(session, user_id, today=today)
    person = directory.person_of_user(session, user_id)
    tables = meetings.series_of(session, mine)
    reader = Reader(mine)
    known = {one.id for one in tables}
    # Who left an institution may still be in a list of its people: nothing waits for them here.
    seats = [
        (meeting, seat)
        for meeting, seat in queries.own_seats(session, user_id, now=now)
        if meeting.series_id in known
    ]
    waiting = [
        one
        for one in minutes.waiting_for(session, user_id, now=now)
        if one.minutes.meeting.series_id in known
    ]
    ahead = meetings.meetings_ahead(session, mine, now=now)
    return {
        "tables": tables,
        "todo": [
            *_papers(waiting, today),
            *_invitations(seats),
            *_owed(session, person, reader, now=now),
            *_lobby(meetings.lobby_pending(session), known, now=now),
        ],
        "next": _next(session, ahead, mine, seats, now=now),
        "approved": [
            _approved(one) for one in minutes.latest_approved(session, known, limit=_LATEST)
        ],
        "debts": commitments.debts(session, reader=reader, today=today),
    }


def _papers(waiting: Sequence[Waiting], today: date) -> Iterator[Todo]:
    for one in waiting:
        paper = one.minutes
        name = _name(paper)
        until = paper.review_until
        late = until is not None and until < today
        approves = one.task is Task.APPROVE
        yield Todo(
            text=f"{'Apruebe' if approves else 'Vise'} u observe el {name}",
            detail=f"{paper.meeting.title}, {spanish.day(paper.meeting.wall_start)}.",
            until=_until(until, late=late) if until else "",
            url=f"/reuniones/{paper.meeting.public_id}/acta",
            action="Leer y aprobar" if approves else "Leer y visar",
            late=late,
        )


def _invitations(seats: Sequence[tuple[Meeting, Seat]]) -> Iterator[Todo]:
    for meeting, seat in seats:
        if seat.invitee.answer is Answer.PENDING:
            url = events.link_of(seat.invitee)
            yield Todo(
                text=f"Diga si asistirá a la reunión del {spanish.shortday(meeting.wall_start)}",
                detail=f"{meeting.title}, {entries.when_line(meeting)}. "
                f"{entries.place_line(meeting)}.",
                until="",
                url=url,
                action="Responder",
                answers_at=url,
            )


def _owed(
    session: Session, person: Person | None, reader: Reader, *, now: datetime
) -> Iterator[Todo]:
    today = spanish.wall(now).date()
    due = commitments.due(session, reader=reader, now=now)
    for one in due.unconfirmed:
        if one.owed_to_id in reader.organisations:
            yield Todo(
                text=f"Confirme si {one.party.short_name} cumplió: {one.action}",
                detail=f"Compromiso {one.number}.",
                until="",
                url=_commitment(one),
                action="Ver y confirmar",
            )
    if person is None:
        return
    for one in commitments.own(session, person.id, reader=reader):
        late = one.due_on < today
        ours = one.party_id in reader.organisations
        if ours and one.state in OWING and one.due_on <= today + _SOON:
            yield Todo(
                text=f"Entregue: {one.action}",
                detail=f"Compromiso {one.number} con {one.owed_to.short_name}.",
                until=_until(one.due_on, late=late),
                url=_commitment(one),
                action="Informar o entregar",
                late=late,
            )


def _lobby(pending: Sequence[Meeting], known: Collection[int], *, now: datetime) -> Iterator[Todo]:
    for meeting in pending:
        if meeting.series_id in known and meeting.starts_at <= now:
            needed = meeting.lobby is LobbyNeed.YES
            yield Todo(
                text="Anote el folio de Ley del Lobby"
                if needed
                else "Indique si requiere registro de Ley del Lobby",
                detail=f"{wordings.label(meeting)}, {spanish.day(meeting.wall_start)}.",
                until="",
                url=f"/reuniones/{meeting.public_id}/lobby",
                action="Completar",
            )


def _next(
    session: Session,
    ahead: Sequence[Meeting],
    mine: Collection[int],
    seats: Sequence[tuple[Meeting, Seat]],
    *,
    now: datetime,
) -> Next | None:
    convened = [one for one in ahead if one.state in ACTIVE_STATES]
    meeting = next(iter(convened or [one for one in ahead if one.starts_at > now]), None)
    if meeting is None:
        return None
    own = next((seat for of, seat in seats if of.id == meeting.id), None)
    return Next(
        meeting=meeting,
        label=wordings.label(meeting),
        when=_begun(entries.when_line(meeting)),
        where=entries.place_line(meeting),
        is_convened=bool(convened),
        items=meetings.agenda(session, meeting.id, sides=mine) if convened else [],
        answer=_answer(own),
    )


def _answer(own: Seat | None) -> str:
    # Who has not answered is asked to, above.
    if own is None or own.invitee.answer is Answer.PENDING:
        return ""
    return wordings.ANSWER_WORDS[own.invitee.answer]


def _approved(paper: Minutes) -> Approved:
    return Approved(
        name=_name(paper),
        table=paper.meeting.series.name,
        held=spanish.day(paper.meeting.wall_start),
        public_id=paper.meeting.public_id,
        has_pdf=bool(paper.pdf_stored_as),
    )


def _name(paper: Minutes) -> str:
    return label(paper.meeting.number, paper.meeting.year, paper.version)


def _until(day: date, *, late: bool) -> str:
    return f"{'Venció' if late else 'Vence'} el {spanish.day(day)}"


def _begun(text: str) -> str:
    return text[:1].upper() + text[1:]


def _commitment(one: Commitment) -> str:
    return f"/compromisos/{one.public_id}"
