"""How a commitment goes on: reported, delivered, and closed by the other side's word."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from coopoutreach.committee.commitments import notices
from coopoutreach.committee.commitments.errors import BadCommitment
from coopoutreach.committee.commitments.fields import summary
from coopoutreach.committee.commitments.history import Said, add, lock, reason
from coopoutreach.committee.commitments.models import Commitment
from coopoutreach.committee.commitments.rules import EntryKind, State
from coopoutreach.platform.core import spanish
from coopoutreach.platform.core.text import clean_text

#: The same words sent again within this time are a button that was pressed twice.
_TWICE = timedelta(minutes=10)
_DONE = 100


def report(
    session: Session, commitment: Commitment, said: Said, *, actor: str, now: datetime
) -> None:
    """Say how a commitment goes: in percent, with a note and files. The same again adds nothing.

    :raises NotNow: if nothing is owed any more
    :raises BadCommitment: if it says nothing
    """
    lock(session, commitment, EntryKind.PROGRESS)
    if said.progress is not None and not 0 <= said.progress <= _DONE:
        raise BadCommitment("El avance va de 0 a 100.", field="progress")
    if _was_just_said(commitment, said, actor=actor, now=now):
        return
    has_moved = said.progress is not None and said.progress != commitment.progress
    if not has_moved and not clean_text(said.note) and not said.files:
        raise BadCommitment("Escriba cómo va, o cambie el avance.", field="note")
    before = summary(commitment)
    if said.progress is not None:
        commitment.progress = said.progress
    add(session, commitment, EntryKind.PROGRESS, said, before=before, actor=actor, now=now)


def deliver(
    session: Session, commitment: Commitment, said: Said, *, actor: str, now: datetime
) -> None:
    """Say, for the side that owes it, that it is done; the other side is asked for its word.

    Done twice, it is done once.

    :raises NotNow: if it is over
    """
    session.refresh(commitment, with_for_update=True)
    if commitment.state is State.DELIVERED:
        return
    lock(session, commitment, EntryKind.DELIVERED)
    before = summary(commitment)
    commitment.delivered_on = spanish.wall(now).date()
    commitment.progress = _DONE
    entry = add(session, commitment, EntryKind.DELIVERED, said, before=before, actor=actor, now=now)
    notices.delivered(session, commitment, entry, now=now)


def confirm(
    session: Session, commitment: Commitment, note: str = "", *, actor: str, now: datetime
) -> None:
    """Say, for the side that it is owed to, that it is fulfilled. Done twice, it is done once.

    :raises NotNow: if it was let go
    """
    session.refresh(commitment, with_for_update=True)
    if commitment.state is State.FULFILLED:
        return
    lock(session, commitment, EntryKind.FULFILLED)
    before = summary(commitment)
    if commitment.delivered_on is None:
        commitment.delivered_on = spanish.wall(now).date()
    commitment.progress, commitment.closed_at = _DONE, now
    said = Said(note)
    add(session, commitment, EntryKind.FULFILLED, said, before=before, actor=actor, now=now)


def give_back(
    session: Session, commitment: Commitment, note: str, *, actor: str, now: datetime
) -> None:
    """Say, for the side that it is owed to, that something is missing yet, and what.

    :raises NotNow: if nobody said that it is done
    :raises BadCommitment: if it does not say what is missing
    """
    lock(session, commitment, EntryKind.RETURNED)
    said = Said(reason(note, asks="Escriba qué falta."))
    before = summary(commitment)
    commitment.delivered_on = None
    entry = add(session, commitment, EntryKind.RETURNED, said, before=before, actor=actor, now=now)
    notices.returned(session, commitment, entry, now=now)


def dismiss(
    session: Session, commitment: Commitment, note: str, *, actor: str, now: datetime
) -> None:
    """Let a commitment go, as both sides agreed, with the reason.

    :raises NotNow: if it is over
    :raises BadCommitment: if there is no reason
    """
    lock(session, commitment, EntryKind.DISMISSED)
    said = Said(reason(note))
    before = summary(commitment)
    commitment.closed_at = now
    add(session, commitment, EntryKind.DISMISSED, said, before=before, actor=actor, now=now)


def reopen(
    session: Session, commitment: Commitment, note: str, *, actor: str, now: datetime
) -> None:
    """Take up again what was over, with the reason.

    :raises NotNow: if it is open
    :raises BadCommitment: if there is no reason
    """
    lock(session, commitment, EntryKind.REOPENED)
    said = Said(reason(note))
    before = summary(commitment)
    commitment.closed_at = commitment.delivered_on = None
    add(session, commitment, EntryKind.REOPENED, said, before=before, actor=actor, now=now)


def _was_just_said(commitment: Commitment, said: Said, *, actor: str, now: datetime) -> bool:
    last = commitment.entries[-1] if commitment.entries else None
    return (
        last is not None
        and last.kind is EntryKind.PROGRESS
        and (last.actor, last.note, last.progress) == (actor, clean_text(said.note), said.progress)
        and len(last.evidence) == len(said.files) == 0
        and now - last.at < _TWICE
    )
