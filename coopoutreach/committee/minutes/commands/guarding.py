"""The one guard of minutes: what is approved never changes, what is in review waits."""

from datetime import datetime

from sqlalchemy.orm import Session

from coopoutreach.committee.minutes import queries
from coopoutreach.committee.minutes.errors import Locked, NotNow
from coopoutreach.committee.minutes.models import Minutes
from coopoutreach.committee.minutes.rules import LOCKED, MOVES, OPEN, State
from coopoutreach.platform.audit import commands as audit


def for_writing(session: Session, minutes: Minutes, *, now: datetime) -> Minutes:  # noqa: ARG001 (as every command)
    """Return minutes whose words may change, holding their row until they have.

    :raises Locked: if they were approved
    :raises NotNow: if somebody is looking at them
    """
    found = queries.lock(session, minutes)
    if found.state in LOCKED:
        raise Locked
    if found.state not in OPEN:
        raise NotNow("El acta está en revisión: retírela de revisión para cambiarla.")
    return found


def move(session: Session, minutes: Minutes, to: State, *, actor: str, now: datetime) -> None:
    """Move minutes to where they may go from where they stand.

    :raises Locked: if they were approved and are to go anywhere but out
    :raises NotNow: if there is no such way
    """
    before = minutes.state
    if to not in MOVES[before]:
        raise Locked if before in LOCKED else NotNow("El acta no está en un paso que lo permita.")
    minutes.state = to
    audit.record(
        session,
        ("minutes", minutes.id),
        action=f"minutes.{to.value}",
        actor=actor,
        now=now,
        before={"state": before.value},
        after={"state": to.value, "sha256": minutes.content_sha256, "review": minutes.reviews},
    )
