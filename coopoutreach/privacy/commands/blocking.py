"""Block somebody's data, and stop what is not about their own registrations."""

from datetime import datetime

from sqlalchemy.orm import Session

from coopoutreach.mail.outgoing import suppression
from coopoutreach.mail.outgoing.models import SuppressionCause
from coopoutreach.people.directory.models import Person
from coopoutreach.platform.audit import commands as audit


def block(session: Session, person: Person, *, actor: str, now: datetime) -> None:
    """Let nobody use somebody's data from now on; they stay kept. Doing it twice changes nothing.

    No mail goes out, queued ones neither, and no list or export has them.
    """
    if person.blocked_at is not None:
        return
    person.blocked_at = now
    audit.record(session, ("person", person.id), action="person.blocked", actor=actor, now=now)


def unblock(session: Session, person: Person, *, actor: str, now: datetime) -> None:
    """Let somebody's data be used again."""
    if person.blocked_at is None:
        return
    person.blocked_at = None
    audit.record(session, ("person", person.id), action="person.unblocked", actor=actor, now=now)


def unsubscribe(session: Session, hashed: str, *, now: datetime) -> None:
    """Send no outreach to an address any more; whoever holds the link of a mail may ask."""
    if suppression.suppress(session, hashed, cause=SuppressionCause.UNSUBSCRIBED, now=now):
        _record(session, hashed, "address.unsubscribed", now=now)


def resubscribe(session: Session, hashed: str, *, now: datetime) -> bool:
    """Send outreach to an address again; return whether it may, after an opposition by law."""
    allowed = suppression.allow(session, hashed)
    if allowed:
        _record(session, hashed, "address.resubscribed", now=now)
    return allowed


def _record(session: Session, hashed: str, action: str, *, now: datetime) -> None:
    audit.record(session, ("address", hashed), action=action, actor="link:mail", now=now)
