"""Write down what happened to a commitment, with what shows it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from coopoutreach.committee.commitments import queries
from coopoutreach.committee.commitments.errors import BadCommitment, NotNow
from coopoutreach.committee.commitments.fields import summary
from coopoutreach.committee.commitments.models import Commitment, CommitmentEntry, Evidence
from coopoutreach.committee.commitments.rules import (
    LONGEST_NOTE,
    MOST_FILES,
    STATE_NAMES,
    EntryKind,
    after,
    may,
)
from coopoutreach.platform.audit import commands as audit
from coopoutreach.platform.core.text import clean_text
from coopoutreach.platform.files.taking import Taken


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody says of a commitment: how far it is, a note, and files that show it."""

    note: str = ""
    progress: int | None = None
    files: tuple[Taken, ...] = ()


def lock(session: Session, commitment: Commitment, kind: EntryKind) -> None:
    """Hold a commitment's row as it stands now, if something may happen to it.

    :raises NotNow: if it may not
    """
    session.scalars(
        select(Commitment)
        .where(Commitment.id == commitment.id)
        .with_for_update(of=Commitment)
        .execution_options(populate_existing=True)
    ).one()
    if not may(commitment.state, kind):
        name = STATE_NAMES[commitment.state].lower()
        raise NotNow(f"El compromiso está {name}: eso ya no se puede hacer.")


def reason(text: str, *, field: str = "note", asks: str = "Escriba el motivo.") -> str:
    """Return a reason as it is kept.

    :raises BadCommitment: if there is none
    """
    kept = clean_text(text)[:LONGEST_NOTE]
    if not any(char.isalnum() for char in kept):
        raise BadCommitment(asks, field=field)
    return kept


def add(  # noqa: PLR0913 (an entry has this many columns, and each call names them)
    session: Session,
    commitment: Commitment,
    kind: EntryKind,
    said: Said | None = None,
    *,
    before: dict[str, Any] | None = None,
    dates: tuple[date | None, date | None] = (None, None),
    actor: str,
    now: datetime,
) -> CommitmentEntry:
    """Add to the history of a commitment that something happened, and move it where it leads."""
    said = said or Said()
    commitment.state = after(commitment.state, kind)
    entry = CommitmentEntry(
        commitment_id=commitment.id,
        kind=kind,
        at=now,
        actor=actor,
        person_id=queries.person_behind(session, actor),
        note=clean_text(said.note)[:LONGEST_NOTE],
        from_due_on=dates[0],
        to_due_on=dates[1],
        progress=said.progress,
    )
    session.add(entry)
    session.flush()
    _keep(session, commitment, entry, said.files, actor=actor, now=now)
    session.expire(commitment, ["entries"])
    audit.record(
        session,
        ("commitment", commitment.id),
        action=f"commitment.{kind.value}",
        actor=actor,
        now=now,
        before=before,
        after=summary(commitment) | {"files": len(said.files)},
    )
    return entry


def _keep(
    session: Session,
    commitment: Commitment,
    entry: CommitmentEntry,
    files: Iterable[Taken],
    *,
    actor: str,
    now: datetime,
) -> None:
    kept = (
        session.scalar(
            select(func.count(Evidence.id))
            .join(Evidence.entry)
            .where(CommitmentEntry.commitment_id == commitment.id)
        )
        or 0
    )
    for number, taken in enumerate(files, start=kept + 1):
        if number > MOST_FILES:
            raise BadCommitment(
                f"Un compromiso tiene a lo más {MOST_FILES} archivos.", field="files"
            )
        session.add(
            Evidence(
                entry_id=entry.id,
                stored_as=taken.stored_as,
                file_name=taken.file_name,
                media_type=taken.media_type,
                size=taken.size,
                sha256=taken.sha256,
                created_at=now,
                created_by=actor,
            )
        )
    session.flush()
