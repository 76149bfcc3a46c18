"""Take requests about personal data in, and answer them within the time that the law gives."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from coopoutreach.mail.outgoing import suppression
from coopoutreach.mail.outgoing.models import SuppressionCause
from coopoutreach.people.directory.models import Person
from coopoutreach.platform.audit import commands as audit
from coopoutreach.platform.core import spanish
from coopoutreach.platform.core.text import LONGEST_NAME, clean_line, clean_text
from coopoutreach.privacy import notices, queries, rules
from coopoutreach.privacy.commands import blocking
from coopoutreach.privacy.errors import (
    CaseClosed,
    ExtendedBefore,
    NotExtendable,
    TooLate,
    WordsMissing,
)
from coopoutreach.privacy.models import DataCase
from coopoutreach.privacy.rules import MOVES, Asked, CaseState, Right

#: What is answered where a person took their copy themselves.
_TAKEN = "Descargó una copia de sus datos el {day}."


def request(session: Session, asked: Asked, *, also_block: bool, now: datetime) -> list[DataCase]:
    """Take in what somebody asks by the public form, and mail them the link that confirms it.

    What happens is the same whether or not the address is known.
    """
    rights = [asked.right, *([Right.BLOCK] if also_block else [])]
    made = [_add(session, asked, right, CaseState.UNVERIFIED, None, now=now) for right in rights]
    for case in made[1:]:
        # One link confirms all that one form asked for.
        case.nonce = made[0].nonce
    notices.confirm(session, made[0], now=now)
    return made


def verify(session: Session, case: DataCase, *, now: datetime) -> None:
    """Take a request as its sender's: they opened the link that went to their address.

    Doing it twice changes nothing more.
    """
    for one in queries.cases_of_form(session, case):
        if one.state is not CaseState.UNVERIFIED:
            continue
        one.verified_at = now
        one.person = queries.person_for(session, Asked(one.name, one.email, one.right))
        _begin(session, one, actor=f"link:data-case:{one.id}", now=now)


def open_case(
    session: Session, asked: Asked, *, person: Person | None, actor: str, now: datetime
) -> DataCase:
    """Take in what somebody asks who showed already who they are."""
    case = _add(session, asked, asked.right, CaseState.UNVERIFIED, person, now=now)
    case.verified_at = now
    _begin(session, case, actor=actor, now=now)
    return case


def assign(session: Session, case: DataCase, person: Person, *, actor: str, now: datetime) -> None:
    """Say whose data a case is about, where the address alone did not tell.

    :raises CaseClosed: if it was answered
    """
    _must_be_open(case)
    case.person = person
    audit.record(
        session,
        ("data-case", case.id),
        action="data-case.assigned",
        actor=actor,
        now=now,
        after={"person": person.id},
    )
    _act_at_once(session, case, actor=actor, now=now)


def extend(session: Session, case: DataCase, *, reason: str, actor: str, now: datetime) -> None:
    """Put the answer off by thirty days, once, and tell the person why.

    :raises CaseClosed: if it was answered
    :raises NotExtendable: of a request to block
    :raises ExtendedBefore: the second time
    :raises TooLate: after the deadline
    :raises WordsMissing: without a reason
    """
    _must_be_open(case)
    if case.right is Right.BLOCK:
        raise NotExtendable
    if case.extended_at is not None:
        raise ExtendedBefore
    if spanish.wall(now).date() > case.due_on:
        raise TooLate
    why = clean_text(reason)
    if not why:
        raise WordsMissing("Escriba por qué hace falta más tiempo: la persona lo leerá.", "reason")
    case.extended_at, case.extension_reason, case.alerted_day = now, why, 0
    case.due_on += timedelta(days=rules.EXTENSION_DAYS)
    _record(session, case, "data-case.extended", actor=actor, now=now)
    notices.extended(session, case, now=now)


def answer(
    session: Session, case: DataCase, *, granted: bool, words: str, actor: str, now: datetime
) -> None:
    """Answer a case, and send and keep the answer. A block that is refused ends.

    :raises CaseClosed: if it was answered
    :raises WordsMissing: without an answer, or a refusal without its grounds
    """
    said = clean_text(words)
    if not said:
        raise WordsMissing("Escriba la respuesta; si rechaza, los fundamentos.", "words")
    close(session, case, granted=granted, words=said, actor=actor, now=now)
    if case.right is Right.BLOCK and not granted and case.person is not None:
        blocking.unblock(session, case.person, actor=actor, now=now)
    notices.answered(session, case, now=now)


def close(
    session: Session, case: DataCase, *, granted: bool, words: str, actor: str, now: datetime
) -> None:
    """Keep what became of a case, and tell nobody: whoever calls does.

    :raises CaseClosed: if it was answered
    """
    state = CaseState.GRANTED if granted else CaseState.REFUSED
    if state not in MOVES[case.state]:
        raise CaseClosed
    case.state, case.answer = state, words
    case.answered_at, case.answered_by = now, actor
    _record(session, case, f"data-case.{state.value}", actor=actor, now=now)


def note_copy(session: Session, person: Person, *, actor: str, now: datetime) -> None:
    """Keep that somebody took a copy of their data: what they asked for is answered by it."""
    words = _TAKEN.format(day=spanish.day(spanish.wall(now)))
    for case in queries.cases_of(session, person):
        if case.state is CaseState.OPEN and case.right in {Right.ACCESS, Right.PORTABILITY}:
            close(session, case, granted=True, words=words, actor=actor, now=now)


def alert(session: Session, case: DataCase, *, now: datetime) -> bool:
    """Tell the coordination if a case's deadline came near; return whether it did."""
    today = spanish.wall(now).date()
    day = rules.alert_due(due=case.due_on, today=today, alerted=case.alerted_day)
    if day is None or case.state is not CaseState.OPEN:
        return False
    case.alerted_day = day
    notices.alert(session, case, version=f"{case.due_on}:{day}", now=now)
    return True


def _add(
    session: Session,
    asked: Asked,
    right: Right,
    state: CaseState,
    person: Person | None,
    *,
    now: datetime,
) -> DataCase:
    made = DataCase(
        person=person,
        name=clean_line(asked.name)[:LONGEST_NAME],
        email=asked.email,
        right=right,
        details=clean_text(asked.details),
        state=state,
        received_at=now,
        due_on=rules.due_on(spanish.wall(now).date(), right),
    )
    session.add(made)
    session.flush()
    return made


def _begin(session: Session, case: DataCase, *, actor: str, now: datetime) -> None:
    case.state = CaseState.OPEN
    _record(session, case, "data-case.opened", actor=actor, now=now)
    _act_at_once(session, case, actor=actor, now=now)
    session.flush()
    notices.received(session, case, now=now)
    notices.alert(session, case, version="new", now=now)


def _act_at_once(session: Session, case: DataCase, *, actor: str, now: datetime) -> None:
    """Do what the law wants done before anybody has read the case."""
    if case.right is Right.BLOCK and case.person is not None:
        blocking.block(session, case.person, actor=actor, now=now)
    if case.right is Right.OPPOSITION:
        hashed = suppression.address_hash(case.email)
        suppression.suppress(session, hashed, cause=SuppressionCause.OPPOSED, now=now)


def _must_be_open(case: DataCase) -> None:
    if case.state is not CaseState.OPEN:
        raise CaseClosed


def _record(session: Session, case: DataCase, action: str, *, actor: str, now: datetime) -> None:
    # The trail holds nobody's name: which right, and whose by number.
    after = {"right": case.right.value, "person": case.person_id}
    audit.record(session, ("data-case", case.id), action=action, actor=actor, now=now, after=after)
