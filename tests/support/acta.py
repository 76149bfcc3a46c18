"""A meeting with minutes, and what its people do with them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from coopoutreach.committee.meetings.models import AgendaItem, Meeting, Seat
from coopoutreach.committee.meetings.rules import Capacity, ItemKind
from coopoutreach.committee.minutes import commands, content, queries
from coopoutreach.committee.minutes.commands import Signature, Typed
from coopoutreach.committee.minutes.models import Minutes, MinutesPart
from coopoutreach.committee.minutes.rules import Method
from coopoutreach.events.models import Invitee
from coopoutreach.events.rules import Attendance
from coopoutreach.people.directory.models import Person
from tests.factories import NOW, Table, a_meeting, a_table

SECRETARY = "user:1"
#: What stands in a part that CORFO keeps to itself, and in its title.
CANARY, CANARY_TITLE = "canario-texto-reservado", "canario-titulo-reservado"


@dataclass
class Acta:
    """A meeting of a table with two items, one of them reserved for CORFO, and its minutes."""

    table: Table
    meeting: Meeting
    minutes: Minutes

    def part(self, title: str) -> MinutesPart:
        """Return the part of a title."""
        return next(part for part in self.minutes.parts if part.title == title)


def an_agenda_item(session: Session, meeting: Meeting, title: str, **more: Any) -> AgendaItem:
    """Add an item to the agenda of a meeting."""
    item = AgendaItem(
        **{
            "meeting_id": meeting.id,
            "position": 1,
            "kind": ItemKind.TO_DECIDE,
            "title": title,
            "created_at": NOW,
            **more,
        }
    )
    session.add(item)
    session.flush()
    return item


def an_acta(
    session: Session,
    *,
    now: datetime = NOW,
    items: tuple[str, ...] = ("Garantías", "Plan anual"),
    **series: Any,
) -> Acta:
    """Add a meeting whose minutes are begun; `series` are columns of its table."""
    table = a_table(session, **series)  # type: ignore[no-untyped-call]  # of tests
    meeting = a_meeting(session, table.series)  # type: ignore[no-untyped-call]  # likewise
    for position, title in enumerate(items, start=1):
        an_agenda_item(session, meeting, title, position=position)
    an_agenda_item(
        session, meeting, CANARY_TITLE, position=9, reserved_for_id=table.corfo.id, minutes=7
    )
    for index, person in enumerate(table.people[:3]):
        organisation = table.federation if index < 2 else table.corfo
        invitee = Invitee(
            event_id=meeting.id,
            person=person,
            organisation=organisation,
            attendance=Attendance.ATTENDED,
            created_at=now,
        )
        session.add(invitee)
        session.flush()
        session.add(
            Seat(
                invitee_id=invitee.id,
                meeting_id=meeting.id,
                organisation_id=organisation.id,
                post="Jefatura",
                capacity=Capacity.PRINCIPAL,
            )
        )
    session.flush()
    minutes = commands.start(session, meeting, actor=SECRETARY, now=now)
    return Acta(table, meeting, minutes)


def type_in(
    session: Session,
    part: MinutesPart,
    text: str,
    *,
    actor: str = SECRETARY,
    now: datetime = NOW,
    base: int | None = None,
    **more: Any,
) -> Any:
    """Save a part as typed over a revision; the present one where none is named."""
    typed = Typed(text, part.revision if base is None else base, **more)
    return commands.save(session, part, typed, actor=actor, now=now)


def a_signature(
    session: Session,
    acta: Acta,
    person: Person,
    *,
    method: Method = Method.LINK,
    sha256: str | None = None,
    now: datetime = NOW,
) -> Signature:
    """Return how somebody signs these minutes."""
    reviewer: Any = queries.reviewer(session, acta.meeting, person.id, now=now)
    seen = sha256 or acta.minutes.content_sha256
    # What was frozen can be typeset: other tests see to that.
    return Signature(reviewer, seen, method, "203.0.113.9", typeset=acta.minutes.content_sha256)


def send_out(session: Session, minutes: Minutes, **by: Any) -> None:
    """Send minutes out as if their words had just been typeset."""
    typeset = content.sha256_of(content.compose(session, minutes))
    commands.send(session, minutes, typeset=typeset, **by)


def approve(
    session: Session, acta: Acta, person: Person, *, now: datetime = NOW, **more: Any
) -> bool:
    """Have somebody approve minutes for their side."""
    signature = a_signature(session, acta, person, **more)
    return commands.approve(session, acta.minutes, signature, actor="link:minutes:1", now=now)


def sign_off(
    session: Session, acta: Acta, person: Person, *, now: datetime = NOW, **more: Any
) -> bool:
    """Have somebody sign minutes off for their side."""
    signature = a_signature(session, acta, person, **more)
    return commands.sign_off(session, acta.minutes, signature, actor="link:minutes:1", now=now)


def approved(session: Session, *, now: datetime = NOW, **more: Any) -> Acta:
    """Add an acta with a decision that both sides approved."""
    acta = an_acta(session, now=now, **more)
    part = acta.part("Garantías")
    type_in(session, part, "Se revisó la propuesta.", now=now)
    commands.add_decision(
        session, part, "Firmar el convenio.", addressed_to_id=None, actor=SECRETARY, now=now
    )
    send_out(session, acta.minutes, actor=SECRETARY, now=now)
    for person in (acta.table.people[0], acta.table.people[2]):
        approve(session, acta, person, now=now + timedelta(hours=1))
    return acta
