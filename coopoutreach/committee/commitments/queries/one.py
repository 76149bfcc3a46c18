"""Read one commitment: what happened to it, and who did it."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from coopoutreach.committee.commitments.models import Commitment, CommitmentEntry, Evidence
from coopoutreach.committee.commitments.rules import ANSWERS, EntryKind
from coopoutreach.people.accounts.models import User
from coopoutreach.people.directory import queries as directory
from coopoutreach.people.directory.models import Affiliation, Organisation, Person
from coopoutreach.people.directory.rules import Kind

#: What sets the date anew: reminders of what was before it never stood.
_SETS_DATE = (EntryKind.MADE, EntryKind.EXTENDED, EntryKind.REOPENED)


def commitment_by_public_id(session: Session, public_id: str) -> Commitment | None:
    """Return the commitment that an address names."""
    return session.scalar(select(Commitment).where(Commitment.public_id == public_id))


def evidence_by_public_id(session: Session, public_id: str, evidence: str) -> Evidence | None:
    """Return a file of a commitment, as an address names both."""
    return session.scalar(
        select(Evidence)
        .join(Evidence.entry)
        .join(CommitmentEntry.commitment)
        .where(Evidence.public_id == evidence, Commitment.public_id == public_id)
    )


def history(session: Session, commitment: Commitment) -> list[CommitmentEntry]:
    """Return what happened to a commitment, the latest first, with files and who did it."""
    return list(
        session.scalars(
            select(CommitmentEntry)
            .where(CommitmentEntry.commitment_id == commitment.id)
            .options(joinedload(CommitmentEntry.person), selectinload(CommitmentEntry.evidence))
            .order_by(CommitmentEntry.id.desc())
        )
    )


def asked_extension(session: Session, commitment: Commitment) -> CommitmentEntry | None:
    """Return the request for another date that nobody has answered yet."""
    last = session.scalar(
        select(CommitmentEntry)
        .where(
            CommitmentEntry.commitment_id == commitment.id,
            CommitmentEntry.kind.in_({EntryKind.ASKED, *ANSWERS}),
        )
        .order_by(CommitmentEntry.id.desc())
        .limit(1)
    )
    return last if last is not None and last.kind is EntryKind.ASKED else None


def due_since(session: Session, commitment: Commitment) -> datetime:
    """Return when the date of a commitment was set as it stands."""
    set_at = session.scalar(
        select(func.max(CommitmentEntry.at)).where(
            CommitmentEntry.commitment_id == commitment.id,
            CommitmentEntry.kind.in_(_SETS_DATE),
        )
    )
    return set_at or commitment.created_at


def person_behind(session: Session, actor: str) -> int | None:
    """Return the person that did something, as far as the trail's name for them tells."""
    kind, _, number = actor.rpartition(":")
    if not number.isdecimal():
        return None
    if kind == "link:person":
        return int(number)
    person = directory.person_of_user(session, int(number)) if kind == "user" else None
    return person.id if person else None


def names_of(session: Session, entries: Iterable[CommitmentEntry]) -> dict[int, str]:
    """Return who did each thing, by the entry's id: a person, or whoever has the account."""
    entries = list(entries)
    accounts = {
        int(entry.actor.removeprefix("user:"))
        for entry in entries
        if entry.person_id is None and entry.actor.startswith("user:")
    }
    rows = session.execute(select(User.id, User.name).where(User.id.in_(accounts)))
    users = {f"user:{number}": name for number, name in rows}
    return {
        entry.id: entry.person.name if entry.person else users.get(entry.actor, "")
        for entry in entries
    }


def people_by_id(session: Session, numbers: Iterable[int]) -> list[Person]:
    """Return some people in the order of their numbers given."""
    wanted = list(numbers)
    found = {
        person.id: person for person in session.scalars(select(Person).where(Person.id.in_(wanted)))
    }
    return [found[number] for number in wanted if number in found]


def institutions_for(session: Session, commitment: Commitment) -> Sequence[Organisation]:
    """Return the institutions that a commitment may be between: active ones, and its own."""
    return session.scalars(
        select(Organisation)
        .where(
            or_(
                and_(Organisation.kind == Kind.INSTITUTION, Organisation.active),
                Organisation.id.in_([commitment.party_id, commitment.owed_to_id]),
            )
        )
        .order_by(Organisation.search_key)
    ).all()


def people_for(session: Session, commitment: Commitment) -> Sequence[Person]:
    """Return who may answer for a commitment: people of the side that owes it, and who does."""
    posts = (
        select(Affiliation.person_id)
        .join(Affiliation.organisation)
        .where(
            or_(
                Organisation.id == commitment.party_id,
                Organisation.parent_id == commitment.party_id,
            ),
            Affiliation.until.is_(None),
        )
    )
    return session.scalars(
        select(Person)
        .where(
            or_(
                and_(Person.id.in_(posts), Person.blocked_at.is_(None)),
                Person.id == commitment.person_id,
            )
        )
        .order_by(Person.name_key)
    ).all()


def stored_names(session: Session) -> set[str]:
    """Return the names of the bytes that belong to some commitment."""
    return set(session.scalars(select(Evidence.stored_as)))
