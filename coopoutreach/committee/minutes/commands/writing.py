"""Save what somebody types, so that nobody's words are lost."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from coopoutreach.committee.minutes import queries
from coopoutreach.committee.minutes.commands.guarding import for_writing
from coopoutreach.committee.minutes.errors import Unfit
from coopoutreach.committee.minutes.models import MinutesPart, PartRevision
from coopoutreach.committee.minutes.rules import LONGEST_TEXT, as_kept, merge


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody typed into a part, and what they began from.

    `before` is the text that they began from, where their browser still has it; `base`, its
    revision. `chosen`: they saw both versions and this is what they want.
    """

    text: str
    base: int
    before: str | None = None
    chosen: bool = False


class Outcome(StrEnum):
    """What became of what somebody typed."""

    SAVED = "saved"
    #: Somebody else wrote meanwhile, elsewhere in the part: both stand there.
    MERGED = "merged"
    #: Somebody else wrote in the same lines: kept beside until the writer chooses.
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True)
class Saved:
    """A part as it stands after saving."""

    outcome: Outcome
    text: str
    revision: int


def save(session: Session, part: MinutesPart, typed: Typed, *, actor: str, now: datetime) -> Saved:
    """Save what was typed; where somebody else wrote meanwhile, put both together or keep both.

    :raises Locked, NotNow: if the words may not change
    :raises Unfit: if it is too long
    """
    for_writing(session, part.minutes, now=now)
    part = queries.lock_part(session, part)
    text = as_kept(typed.text)
    if len(text) > LONGEST_TEXT:
        raise Unfit(f"Este punto tiene a lo más {LONGEST_TEXT} caracteres.", field="text")
    before = _began_from(session, part, typed)
    outcome = Outcome.SAVED
    if part.text not in {before, text}:
        together = merge(before, text, part.text).text if before is not None else None
        if typed.chosen or together is None:
            _keep(session, part, text, aside=True, actor=actor, now=now)
            return Saved(Outcome.CONFLICT, part.text, part.revision)
        text, outcome = together, Outcome.MERGED
    if text != part.text or typed.chosen:
        _keep(session, part, text, aside=False, chosen=typed.chosen, actor=actor, now=now)
    return Saved(outcome, part.text, part.revision)


def _began_from(session: Session, part: MinutesPart, typed: Typed) -> str | None:
    """Return the text that the writer began from; None if nobody knows any more."""
    if typed.base == part.revision:
        return part.text
    if typed.before is not None:
        return as_kept(typed.before)
    found = queries.revision(session, part, typed.base)
    return found.text if found is not None else None


def _keep(  # noqa: PLR0913 (what, how, who and when are named at each call)
    session: Session,
    part: MinutesPart,
    text: str,
    *,
    aside: bool,
    actor: str,
    now: datetime,
    chosen: bool = False,
) -> None:
    last = session.scalars(
        select(PartRevision)
        .where(PartRevision.part_id == part.id)
        .order_by(PartRevision.number.desc())
        .limit(1)
    ).first()
    if last is not None and not chosen and _goes_on(last, aside=aside, actor=actor, now=now):
        session.delete(last)
        session.flush()
    part.revision += 1
    if not aside:
        part.text, part.saved_at, part.saved_by = text, now, actor
    session.add(
        PartRevision(
            part_id=part.id, number=part.revision, text=text, at=now, by=actor, aside=aside
        )
    )
    session.flush()


def _goes_on(last: PartRevision, *, aside: bool, actor: str, now: datetime) -> bool:
    """Return whether a save only goes on with the one before: same writer, same minute."""
    same_minute = last.at.replace(second=0, microsecond=0) == now.replace(second=0, microsecond=0)
    return last.number > 0 and last.by == actor and last.aside is aside and same_minute
