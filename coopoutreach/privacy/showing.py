"""What the pages about personal data show: a case with its clock, what is kept, what stays."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from coopoutreach.people.accounts.models import User
from coopoutreach.platform.core import spanish
from coopoutreach.privacy import rules
from coopoutreach.privacy.data_map import TABLES, Keep, Kept, Purpose
from coopoutreach.privacy.data_map.kinds import COUNTS, LINKS
from coopoutreach.privacy.data_map.retention import RULES
from coopoutreach.privacy.models import DataCase, RetentionRun
from coopoutreach.privacy.rules import CaseState

_TONES = {"over": "danger", "soon": "warning", "calm": "neutral"}
_STATE_TONES = {
    CaseState.UNVERIFIED: "neutral",
    CaseState.OPEN: "info",
    CaseState.GRANTED: "success",
    CaseState.REFUSED: "danger",
    CaseState.WITHDRAWN: "neutral",
}


@dataclass(frozen=True, slots=True)
class Case:
    """A request as a page shows it."""

    public_id: str
    right: str
    name: str
    email: str
    details: str
    state: str
    tone: str
    received: str
    due: str
    left: str
    left_tone: str
    extended: str
    answered: str
    answer: str
    is_open: bool


def case(found: DataCase, *, now: datetime) -> Case:
    """Return a request as a page shows it, with how long there is left."""
    today = spanish.wall(now).date()
    is_open = found.state is CaseState.OPEN
    return Case(
        public_id=found.public_id,
        right=rules.RIGHT_NAMES[found.right],
        name=found.name or "(borrado)",
        email=found.email,
        details=found.details,
        state=rules.STATE_NAMES[found.state],
        tone=_STATE_TONES[found.state],
        received=spanish.day(spanish.wall(found.received_at)),
        due=spanish.day(found.due_on),
        left=_left((found.due_on - today).days) if is_open else "",
        left_tone=_TONES[rules.urgency(due=found.due_on, today=today)],
        extended=found.extension_reason,
        answered=spanish.day(spanish.wall(found.answered_at)) if found.answered_at else "",
        answer=found.answer,
        is_open=is_open,
    )


def _left(days: int) -> str:
    if days == 0:
        return "Vence hoy"
    amount = spanish.count(abs(days), "día", "días")
    return f"Quedan {amount}" if days > 0 else f"Vencida hace {amount}"


@dataclass(frozen=True, slots=True)
class Use:
    """One kind of data, as the policy tells of it."""

    title: str
    columns: str
    purpose: str
    basis: str
    kept: str
    origin: str


def uses() -> list[Use]:
    """Return every kind of data that the data map declares, for the policy."""
    return [
        Use(
            title=one.title,
            columns=spanish.listed(
                [column.export for column in one.columns.values() if column.export]
            ),
            purpose=one.purpose.words,
            basis=one.purpose.basis,
            kept=one.kept.value,
            origin=one.origin,
        )
        # Who people are first, what they were told last.
        for one in reversed(TABLES)
        if any(column.export for column in one.columns.values())
    ]


def by_purpose() -> list[tuple[str, str, str]]:
    """Return what data is for, on what ground, and which it is: a line for each purpose."""
    return [
        (
            purpose.words,
            purpose.basis,
            "; ".join(use.title for use in uses() if use.purpose == purpose.words),
        )
        for purpose in Purpose
    ]


def by_period() -> list[tuple[str, str]]:
    """Return which data is kept for how long: a line for each period."""
    return [
        (period.value, "; ".join(use.title for use in uses() if use.kept == period.value))
        for period in Kept
        if any(use.kept == period.value for use in uses())
    ]


def stays() -> list[tuple[str, str]]:
    """Return what an erasure leaves, by table, with the ground on which it stays."""
    listed = []
    for one in TABLES:
        grounds = {
            column.erase.ground
            for column in one.columns.values()
            if isinstance(column.erase, Keep) and column.erase not in (COUNTS, LINKS)
        }
        if grounds and not one.deletes:
            listed.append((one.title, "; ".join(sorted(grounds))))
    return listed


def summary(copy: Mapping[str, Any]) -> list[tuple[str, int, str]]:
    """Return what is kept of somebody: by table, how many rows, and for how long."""
    return [(part["nombre"], len(part["filas"]), part["plazo"]) for part in copy["datos"]]


def runs(found: Iterable[RetentionRun]) -> list[tuple[str, int, str]]:
    """Return what each nightly purge did: when, how much, and of what."""
    names = {rule.name: rule.says for rule in RULES}
    return [
        (
            spanish.daytime(spanish.wall(run.at)),
            sum(run.counts.values()),
            "; ".join(
                f"{names.get(name, name)}: {count}" for name, count in run.counts.items() if count
            ),
        )
        for run in found
    ]


def author(session: Session, actor: str) -> str:
    """Return the name of the account that answered."""
    kind, _, number = actor.partition(":")
    user = session.get(User, int(number)) if kind == "user" and number.isdecimal() else None
    return user.name if user is not None else ""
