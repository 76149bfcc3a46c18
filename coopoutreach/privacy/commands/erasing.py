"""Erase somebody: one command, which does in each table what the data map says of it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from coopoutreach.committee.commitments import commands as commitments
from coopoutreach.committee.meetings import commands as meetings
from coopoutreach.events.models import Invitee
from coopoutreach.mail.outgoing.models import MessageState, OutgoingMessage
from coopoutreach.people.accounts.models import User
from coopoutreach.people.directory.models import Affiliation, Person
from coopoutreach.platform.audit import commands as audit
from coopoutreach.platform.core.db import insert_once
from coopoutreach.platform.core.links import digest
from coopoutreach.platform.core.text import search_key
from coopoutreach.privacy import notices, queries
from coopoutreach.privacy.commands import cases
from coopoutreach.privacy.data_map import NOBODY, NOWHERE, TABLES, Personal, Put, Subject, table
from coopoutreach.privacy.data_map.told import SHOWN_ONCE, TOLD
from coopoutreach.privacy.errors import CannotErase
from coopoutreach.privacy.models import DataCase, Erasure
from coopoutreach.privacy.rules import CaseState, Right
from coopoutreach.talks.registrations import commands as registrations

_DONE = (
    "Borramos sus datos. De sus inscripciones quedan solo números, sin su nombre. Conservamos esta "
    "solicitud y su respuesta como prueba de haberla cumplido. En las copias de respaldo sus datos "
    "desaparecen en a lo más 35 días."
)
#: States of a message that may still go out.
_WAITING = (
    MessageState.QUEUED,
    MessageState.SENDING,
    MessageState.UNCERTAIN,
    MessageState.HELD,
)


def obstacles(session: Session, person: Person, *, now: datetime) -> list[str]:
    """Return what stands against erasing somebody now, each a sentence."""
    found = []
    ahead = queries.registrations_ahead(session, person, now=now)
    if ahead:
        titles = ", ".join(f"«{one.talk.title}»" for one in ahead)
        found.append(f"Tiene inscripciones vigentes: {titles}. Anúlelas primero.")
    if queries.other_claims(session, person):
        found.append("Tiene otra solicitud sin responder. Respóndala primero.")
    if _is_staff(session, person):
        found.append("Tiene una cuenta de la federación. Cámbiele el rol o ciérrela primero.")
    if queries.is_erased(person):
        found.append("Sus datos ya se borraron.")
    return found


def cancel_registrations(session: Session, person: Person, *, actor: str, now: datetime) -> int:
    """Give up every place that somebody holds or waits for, so that they can be erased."""
    ahead = queries.registrations_ahead(session, person, now=now)
    for registration in ahead:
        registrations.cancel(session, registration, actor=actor, by_person=True, now=now)
    return len(ahead)


def erase_person(
    session: Session,
    person: Person,
    *,
    case: DataCase | None = None,
    actor: str,
    now: datetime,
) -> dict[str, int]:
    """Erase somebody and their account, everywhere; return how many rows of each table it was.

    Their registrations stay as numbers. What was to be mailed to them is not. `scrubbing.scrub`
    then takes what is left of it out of the file.

    :raises CannotErase: while something stands against it
    """
    reasons = obstacles(session, person, now=now)
    if reasons:
        raise CannotErase(reasons)
    return _erase(session, person, case_id=case.id if case else None, actor=actor, now=now)


def erase_and_answer(session: Session, person: Person, *, actor: str, now: datetime) -> None:
    """Erase somebody and answer what they asked for: the answer is the last mail they get.

    :raises CannotErase: while something stands against it
    """
    asked = [one for one in queries.cases_of(session, person) if one.state is CaseState.OPEN]
    erasure = next((one for one in asked if one.right is Right.ERASURE), None)
    erase_person(session, person, case=erasure, actor=actor, now=now)
    for case in asked:
        cases.close(session, case, granted=True, words=_DONE, actor=actor, now=now)
    if erasure is not None:
        notices.answered(session, erasure, now=now)


def replay_erasures(
    session: Session, *, ledger: Iterable[tuple[str, datetime]] = (), actor: str, now: datetime
) -> int:
    """Erase again whoever came back by a restored backup; return how many they were.

    `ledger` is what `queries.ledger` gave before, since the one in a backup is as old as that is.
    """
    session.flush()
    for person_hash, at in ledger:
        _remember(session, person_hash, None, now=at)
    known = set(session.scalars(sa.select(Erasure.person_hash)))
    count = 0
    for person in session.scalars(sa.select(Person).order_by(Person.id)).all():
        if digest(person.public_id) in known and not queries.is_erased(person):
            cancel_registrations(session, person, actor=actor, now=now)
            _erase(session, person, case_id=None, actor=actor, now=now)
            count += 1
    return count


def forget_last_answers(session: Session, *, now: datetime) -> int:
    """Erase the answers that told people of their erasure and went out; return how many."""
    message = OutgoingMessage
    erased = sa.select(Person.id).where(Person.email_key.like(f"%@{NOWHERE}"))
    result: Any = session.execute(
        sa.update(message)
        .where(
            message.person_id.in_(erased),
            message.recipient != "",
            message.state.not_in(_WAITING),
        )
        .values(
            raw=b"", recipient="", recipient_name="", subject="", last_error=None, purged_at=now
        )
        .execution_options(synchronize_session=False)
    )
    return int(result.rowcount)


def _is_staff(session: Session, person: Person) -> bool:
    user = session.get(User, person.user_id) if person.user_id is not None else None
    return user is not None and user.role in queries.STAFF


def _erase(
    session: Session, person: Person, *, case_id: int | None, actor: str, now: datetime
) -> dict[str, int]:
    session.flush()
    subject = queries.subject_of(session, person)
    of_person = {person.name, person.email, subject.account} - {""}
    _loosen(session, subject, actor=actor, now=now)
    counts = {}
    for declared in TABLES:
        if declared.owner is not None:
            counts[declared.name] = _apply(session, declared, subject)
    _take_out_of_what_others_read(session, of_person)
    session.expire_all()
    _remember(session, subject.person_hash, case_id, now=now)
    audit.record(
        session,
        ("person", person.id),
        action="person.erased",
        actor=actor,
        now=now,
        after={"rows": {name: count for name, count in counts.items() if count}},
    )
    return counts


def _apply(session: Session, declared: Personal, subject: Subject) -> int:
    """Do in one table what is declared of it; return how many rows it was."""
    rows = declared.table
    assert declared.owner is not None  # noqa: S101 (who calls asked)
    mine = declared.owner(rows, subject)
    if declared.deletes:
        return _count(session.execute(sa.delete(rows).where(mine)))
    values = {
        name: column.erase.value(rows) if callable(column.erase.value) else column.erase.value
        for name, column in declared.columns.items()
        if isinstance(column.erase, Put)
    }
    return _count(session.execute(sa.update(rows).where(mine).values(values))) if values else 0


def _take_out_of_what_others_read(session: Session, words: set[str]) -> None:
    """Take a name and addresses out of what was written about their person for others.

    The longest first: an address may hold the name.
    """
    ordered = sorted(words, key=len, reverse=True)
    for name, columns in TOLD.items():
        rows = table(name)
        for column in columns:
            for word in ordered:
                held = rows.c[column].contains(word, autoescape=True)
                put = sa.func.replace(rows.c[column], word, NOBODY)
                session.execute(sa.update(rows).where(held).values({column: put}))
    keys = [search_key(word) for word in ordered]
    for name, columns in SHOWN_ONCE.items():
        rows = table(name)
        for row in session.execute(sa.select(rows.c.id, *(rows.c[column] for column in columns))):
            left = {
                column: [
                    shown
                    for shown in getattr(row, column) or []
                    if not any(key in search_key(str(shown)) for key in keys)
                ]
                for column in columns
            }
            if any(left[column] != (getattr(row, column) or []) for column in columns):
                session.execute(sa.update(rows).where(rows.c.id == row.id).values(left))


def _count(result: Any) -> int:
    return int(result.rowcount)


def _loosen(session: Session, subject: Subject, *, actor: str, now: datetime) -> None:
    """Let go of what is about to go: seats, a post that others stand in for, mail that waits."""
    if subject.person_id is not None:
        meetings.leave_every_table(session, subject.person_id, actor=actor, now=now)
        commitments.release(session, subject.person_id, actor=actor, now=now)
    posts = sa.select(Affiliation.id).where(Affiliation.person_id == subject.person_id)
    session.execute(
        sa.update(Affiliation)
        .where(Affiliation.deputy_for_id.in_(posts))
        .values(deputy_for_id=None)
        .execution_options(synchronize_session=False)
    )
    message = next(one for one in TABLES if one.name == OutgoingMessage.__tablename__)
    assert message.owner is not None  # noqa: S101 (mail has a reader)
    mine = message.owner(message.table, subject)
    session.execute(
        sa.update(message.table)
        .where(mine, message.table.c.state.in_(_WAITING))
        .values(state=MessageState.DROPPED, lease_token=None)
    )
    session.execute(sa.update(message.table).where(mine).values(purged_at=now))
    _purge_shared(session, subject, now=now)


def _purge_shared(session: Session, subject: Subject, *, now: datetime) -> None:
    """Erase what was mailed to others behind the same address about what somebody took part in.

    The entry that they share names everybody who has a place. What waits still goes out.
    """
    theirs = sa.select(Invitee.event_id).where(Invitee.person_id == subject.person_id)
    message = OutgoingMessage
    session.execute(
        sa.update(message)
        .where(
            message.event_id.in_(theirs),
            sa.func.lower(message.recipient) == subject.email,
            message.state.not_in(_WAITING),
        )
        .values(raw=b"", subject="", purged_at=now)
        .execution_options(synchronize_session=False)
    )


def _remember(session: Session, person_hash: str, case_id: int | None, *, now: datetime) -> None:
    statement = insert_once(session, Erasure, ("person_hash",), returning=Erasure.id)
    session.execute(statement, {"person_hash": person_hash, "at": now, "case_id": case_id})
