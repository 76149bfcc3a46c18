"""What people are told of commitments: that they answer for one, its date, what became of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from coopoutreach.committee.commitments import queries
from coopoutreach.committee.commitments.models import Commitment, CommitmentEntry
from coopoutreach.committee.commitments.queries import Side
from coopoutreach.committee.commitments.rules import EntryKind, Notice
from coopoutreach.mail.outgoing import commands as messaging
from coopoutreach.mail.outgoing.letters import MailDraft, Recipient
from coopoutreach.people.directory.models import Person
from coopoutreach.platform.core import settings, spanish

#: A reminder that could not be sent for so long says what is no longer so.
_REMINDER_STANDS = timedelta(hours=20)
#: In place of the words of a reserved commitment.
_RESERVED = "Compromiso reservado: su texto está en la página"


@dataclass(frozen=True, slots=True)
class _Mail:
    """One notice about one version of something, for some people of one side."""

    notice: str
    version: str
    people: Sequence[Person]
    side: Side
    context: Mapping[str, object] = field(default_factory=dict)


def link_of(commitment: Commitment, person_id: int, side: Side) -> str:
    """Return the address of somebody's own page about a commitment."""
    token = queries.token_of(commitment, person_id, side)
    return settings.current().links.to(f"/compromisos/informe/{token}")


def made(session: Session, commitment: Commitment, *, now: datetime) -> int:
    """Tell who answers for a commitment that they do; each person once."""
    people = _answering(session, commitment, now=now)
    return _owe(session, commitment, _Mail("made", "1", people, Side.OWING), now=now)


def reminder(
    session: Session, commitment: Commitment, notice: Notice, *, offset: int, now: datetime
) -> int:
    """Remind who answers for a commitment of its date; each of its reminders once."""
    people = _answering(session, commitment, now=now)
    version = f"{commitment.due_on.isoformat()}:{offset}"
    return _owe(session, commitment, _Mail(notice.value, version, people, Side.OWING), now=now)


def escalated(session: Session, commitment: Commitment, *, offset: int, now: datetime) -> int:
    """Tell the head of the institution that something stays late, unless they answer for it."""
    head = commitment.head
    speaks = queries.people_of(session, commitment, Side.OWING, now=now)
    if head is None or head.id == commitment.person_id or head.id not in speaks:
        return 0
    version = f"{commitment.due_on.isoformat()}:{offset}"
    notice = Notice.ESCALATED.value
    return _owe(session, commitment, _Mail(notice, version, [head], Side.OWING), now=now)


def delivered(
    session: Session, commitment: Commitment, entry: CommitmentEntry, *, now: datetime
) -> int:
    """Ask the side that it is owed to for its word: fulfilled, or what is missing."""
    context = {"note": entry.note, "files": len(entry.evidence)}
    return _to_owed(session, commitment, "delivered", entry, context, now=now)


def asked(
    session: Session, commitment: Commitment, entry: CommitmentEntry, *, now: datetime
) -> int:
    """Ask the side that it is owed to whether the date may move."""
    context = {
        "note": entry.note,
        "asked": spanish.day(entry.to_due_on) if entry.to_due_on else "",
    }
    return _to_owed(session, commitment, "asked", entry, context, now=now)


def returned(
    session: Session, commitment: Commitment, entry: CommitmentEntry, *, now: datetime
) -> int:
    """Tell who answers for it what is missing yet."""
    people = _answering(session, commitment, now=now)
    said, version = {"note": entry.note}, str(entry.id)
    return _owe(session, commitment, _Mail("returned", version, people, Side.OWING, said), now=now)


def extended(
    session: Session, commitment: Commitment, entry: CommitmentEntry, *, now: datetime
) -> int:
    """Tell who answers for it that the date moved, or that it stays although they asked."""
    people = [
        person
        for person in _answering(session, commitment, now=now)
        # Whoever moved it knows.
        if person.id != entry.person_id
    ]
    context = {
        "granted": entry.kind is EntryKind.EXTENDED,
        "before": spanish.day(entry.from_due_on) if entry.from_due_on else "",
        "note": entry.note,
    }
    version = str(entry.id)
    return _owe(
        session, commitment, _Mail("extended", version, people, Side.OWING, context), now=now
    )


def _answering(session: Session, commitment: Commitment, *, now: datetime) -> list[Person]:
    """Return whoever answers for a commitment: one person, or where nobody is named, its side."""
    people = queries.people_of(session, commitment, Side.OWING, now=now)
    if commitment.person_id is not None:
        people = people[:1]
    return queries.people_by_id(session, people)


def _to_owed(
    session: Session,
    commitment: Commitment,
    notice: str,
    entry: CommitmentEntry,
    context: Mapping[str, object],
    *,
    now: datetime,
) -> int:
    numbers = queries.people_of(session, commitment, Side.OWED, now=now)
    people = queries.people_by_id(session, numbers)
    version = str(entry.id)
    return _owe(session, commitment, _Mail(notice, version, people, Side.OWED, context), now=now)


def _owe(session: Session, commitment: Commitment, mail: _Mail, *, now: datetime) -> int:
    letters = [
        MailDraft(
            key=f"commitments/{mail.notice}:{commitment.id}:{mail.version}:{person.id}",
            notice=f"commitments/{mail.notice}",
            to=Recipient(person.name, person.email, person.id),
            context={
                **_facts(commitment, now=now),
                **_unreserved(commitment, mail.context),
                "name": person.name,
                "url": link_of(commitment, person.id, mail.side),
            },
            not_after=now + _REMINDER_STANDS if mail.notice in set(Notice) else None,
        )
        for person in mail.people
    ]
    return messaging.owe_apart(session, letters, now=now)


def _unreserved(commitment: Commitment, context: Mapping[str, object]) -> Mapping[str, object]:
    """Return what a mail adds: of what is reserved, no words that somebody wrote.

    Mails are read by whoever keeps them; the page behind the link is for its side alone.
    """
    if commitment.reserved_for_id is None:
        return context
    return {name: "" if name == "note" else value for name, value in context.items()}


def _facts(commitment: Commitment, *, now: datetime) -> dict[str, object]:
    """Return what every mail says of a commitment."""
    today = spanish.wall(now).date()
    days = (commitment.due_on - today).days
    is_reserved = commitment.reserved_for_id is not None
    return {
        "number": commitment.number,
        "action": _RESERVED if is_reserved else commitment.action,
        "party": commitment.party.short_name,
        "owed_to": commitment.owed_to.short_name,
        "responsible": commitment.person.name if commitment.person else "",
        "verification": "" if is_reserved else commitment.verification,
        "due": spanish.day(commitment.due_on),
        "days_left": days,
        "days_late": -days,
        "extensions": commitment.extensions,
        "first_due": spanish.day(commitment.first_due_on),
        "progress": commitment.progress,
    }
