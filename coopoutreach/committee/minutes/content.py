"""What minutes say, as one value: what both sides approve, and what its PDF shows.

What is reserved for one side is not in it, nor any trace that there is such a thing.
"""

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from coopoutreach.committee.commitments import queries as commitments
from coopoutreach.committee.commitments.models import Commitment
from coopoutreach.committee.meetings.models import (
    AgendaFile,
    AgendaItem,
    Meeting,
    Seat,
    SeriesMember,
)
from coopoutreach.committee.meetings.rules import Capacity, ItemState
from coopoutreach.committee.minutes import dialects, queries
from coopoutreach.committee.minutes.models import Decision, Minutes
from coopoutreach.committee.minutes.rules import OPEN, label
from coopoutreach.events import entries
from coopoutreach.events.models import Event, Invitee
from coopoutreach.events.rules import Attendance, EventState

Content = dict[str, Any]


def compose(session: Session, minutes: Minutes) -> Content:
    """Return what minutes say now to everybody at the table."""
    meeting = minutes.meeting
    starts = meeting.began_at or meeting.wall_start
    ends = meeting.finished_at or meeting.wall_end
    decisions = queries.decisions(session, minutes, reader=())
    return {
        "format": dialects.LATEST,
        "table": meeting.series.name,
        "year": meeting.year,
        "number": meeting.number,
        "label": label(meeting.number, meeting.year, minutes.version),
        "version": minutes.version,
        "rectifies": _rectifies(minutes),
        "type": meeting.type.value,
        "institutions": [
            {"name": one.name, "short_name": one.short_name}
            for one in queries.parties(session, meeting)
        ],
        "date": starts.date().isoformat(),
        "starts": f"{starts:%H:%M}",
        "ends": f"{ends:%H:%M}",
        "when": entries.when_line(meeting),
        "place": entries.place_line(meeting),
        "modality": meeting.modality.value,
        **_people(session, meeting),
        **_agenda(session, meeting),
        "parts": _parts(session, minutes, decisions),
        "decisions": [_decision(one) for one in decisions],
        **_commitments(session, meeting),
        "next_meeting": _next_meeting(session, meeting),
        "lobby": {"need": meeting.lobby.value, "folio": meeting.lobby_folio},
    }


def canonical(content: Content) -> bytes:
    """Return content as the one row of bytes that its hash is of."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


def sha256_of(content: Content) -> str:
    """Return the SHA-256 of content, in hexadecimal: that of its canonical bytes."""
    return hashlib.sha256(canonical(content)).hexdigest()


def freeze(session: Session, minutes: Minutes) -> None:
    """Keep with minutes what they say now, and its hash: from here on that is what is looked at."""
    minutes.content = canonical(compose(session, minutes))
    minutes.content_sha256 = hashlib.sha256(minutes.content).hexdigest()


def frozen(minutes: Minutes) -> Content | None:
    """Return what was frozen of minutes last; None before they were ever sent out."""
    if minutes.content is None:
        return None
    content: Content = json.loads(minutes.content)
    return content


def written_as(minutes: Minutes) -> str:
    """Return how the text of minutes is read: as when it was frozen, unless it may still change."""
    said = frozen(minutes) if minutes.state not in OPEN else None
    return str(said["format"]) if said is not None else dialects.LATEST


def _parts(
    session: Session, minutes: Minutes, decisions: Sequence[Decision]
) -> list[dict[str, object]]:
    return [
        {
            "kind": part.kind.value,
            "title": part.title,
            "text": part.text,
            "decisions": [one.number for one in decisions if one.part_id == part.id],
        }
        for part in queries.parts(session, minutes, reader=())
    ]


def _rectifies(minutes: Minutes) -> dict[str, object] | None:
    if minutes.rectifies is None:
        return None
    return {"version": minutes.rectifies.version, "summary": minutes.rectification}


def _people(session: Session, meeting: Meeting) -> dict[str, object]:
    invitees = session.scalars(
        select(Invitee)
        .where(Invitee.event_id == meeting.id)
        .order_by(Invitee.id)
        .options(joinedload(Invitee.person))
    ).all()
    seated = select(Seat).where(Seat.meeting_id == meeting.id)
    seats = {
        seat.invitee_id: seat
        for seat in session.scalars(seated.options(joinedload(Seat.organisation)))
    }
    rows = [(one, seats.get(one.id)) for one in invitees]
    came = [(one, seat) for one, seat in rows if one.attendance is Attendance.ATTENDED]
    excused = [
        (one, seat)
        for one, seat in rows
        if seat is not None
        and one.attendance is not Attendance.ATTENDED
        and (seat.excuse or seat.excused)
    ]
    return {
        "chair": _officer(session, meeting, meeting.chair_id),
        "secretary": _officer(session, meeting, meeting.secretary_id),
        "attendance": [
            {
                **_seated(one, seat),
                "capacity": seat.capacity.value if seat else Capacity.GUEST.value,
                "modality": seat.modality.value if seat and seat.modality else "",
            }
            for one, seat in came
        ],
        "excuses": [{**_seated(one, seat), "reason": seat.excuse} for one, seat in excused],
        "quorum": _quorum(meeting, [seat for _one, seat in came if seat is not None]),
    }


def _seated(invitee: Invitee, seat: Seat | None) -> dict[str, str]:
    return {
        "name": invitee.person.name,
        "post": seat.post if seat else "",
        "institution": seat.organisation.short_name if seat and seat.organisation else "",
    }


def _quorum(meeting: Meeting, present: Sequence[Seat]) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    for party in meeting.series.parties:
        there = sum(
            seat.organisation_id == party.organisation_id and seat.capacity is not Capacity.GUEST
            for seat in present
        )
        if party.quorum:
            found.append(
                {
                    "institution": party.organisation.short_name,
                    "required": party.quorum,
                    "present": there,
                    "met": there >= party.quorum,
                }
            )
    return found


def _officer(session: Session, meeting: Meeting, person_id: int | None) -> dict[str, str] | None:
    if person_id is None:
        return None
    member = session.scalars(
        select(SeriesMember).where(
            SeriesMember.series_id == meeting.series_id, SeriesMember.person_id == person_id
        )
    ).first()
    person = meeting.chair if meeting.chair_id == person_id else meeting.secretary
    name = person.name if person is not None else ""
    return {"name": name, "post": member.post if member else ""}


def _agenda(session: Session, meeting: Meeting) -> dict[str, object]:
    items = session.scalars(
        select(AgendaItem)
        .where(
            AgendaItem.meeting_id == meeting.id,
            AgendaItem.state == ItemState.ACCEPTED,
            AgendaItem.reserved_for_id.is_(None),
        )
        .order_by(AgendaItem.position)
        .options(joinedload(AgendaItem.presenter))
    ).all()
    files = session.scalars(
        select(AgendaFile)
        .where(AgendaFile.item_id.in_([item.id for item in items]))
        .order_by(AgendaFile.id)
    )
    return {
        "agenda": [
            {
                "number": number,
                "title": item.title,
                "kind": item.kind.value,
                "presenter": item.presenter.name if item.presenter else "",
                "minutes": item.minutes,
            }
            for number, item in enumerate(items, start=1)
        ],
        "annexes": [{"name": file.file_name, "sha256": file.sha256} for file in files],
    }


def _decision(decision: Decision) -> dict[str, str]:
    to = decision.addressed_to
    return {
        "number": decision.number,
        "text": decision.text,
        "addressed_to": to.short_name if to is not None else "",
    }


def _commitments(session: Session, meeting: Meeting) -> dict[str, object]:
    made = commitments.of_event(session, meeting.id, reader=())
    parties = [party.organisation_id for party in meeting.series.parties]
    followed = [
        one
        for one in commitments.open_for(session, parties, reader=())
        if one.event_id != meeting.id and one.created_at < meeting.ends_at
    ]
    return {
        "commitments": [
            {
                "number": one.number,
                "action": one.action,
                "responsible": one.person.name if one.person else "",
                "institution": one.party.short_name,
                "owed_to": one.owed_to.short_name,
                "due_on": one.due_on.isoformat(),
                "verification": one.verification,
            }
            for one in made
        ],
        "followed": [_followed(one) for one in followed],
    }


def _followed(one: Commitment) -> dict[str, object]:
    return {
        "number": one.number,
        "action": one.action,
        "institution": one.party.short_name,
        "due_on": one.due_on.isoformat(),
        "state": one.state.value,
        "extensions": one.extensions,
    }


def _next_meeting(session: Session, meeting: Meeting) -> str:
    found = session.scalars(
        select(Meeting)
        .where(
            Meeting.series_id == meeting.series_id,
            Meeting.starts_at > meeting.starts_at,
            Event.state != EventState.CANCELLED,
        )
        .order_by(Meeting.starts_at)
        .limit(1)
    ).first()
    return entries.when_line(found) if found is not None else ""
