"""Addresses that get no outreach: asked when a letter is owed, and again as it goes out."""

import hashlib
from datetime import datetime

from sqlalchemy.orm import Session

from coopoutreach.mail.outgoing.models import Suppression, SuppressionCause
from coopoutreach.platform.core import addresses, settings
from coopoutreach.platform.core.db import insert_once

#: What the token of the link in a mail is made for.
LINK = "unsubscribe"


def address_hash(address: str) -> str:
    """Return what is kept of `address`: the same whatever its case."""
    key = addresses.key(address)
    return hashlib.sha256(f"suppression\x1f{key}".encode()).hexdigest()


def unsubscribe_url(address: str) -> str:
    """Return the link by which whoever has a mail to `address` stops further outreach."""
    links = settings.current().links
    return links.to(f"/correo/baja/{links.token(LINK, address_hash(address), '')}")


def is_suppressed(session: Session, address: str) -> bool:
    """Return whether `address` gets no outreach."""
    return session.get(Suppression, address_hash(address)) is not None


def suppress(session: Session, hashed: str, *, cause: SuppressionCause, now: datetime) -> bool:
    """Send no outreach to the address of this hash; return whether it got any before."""
    statement = insert_once(
        session, Suppression, ("address_hash",), returning=Suppression.address_hash
    )
    values = {"address_hash": hashed, "since": now, "cause": cause}
    return session.scalar(statement, values) is not None


def allow(session: Session, hashed: str) -> bool:
    """Let outreach go to the address of this hash again, unless it was opposed by law.

    Return whether it may.
    """
    found = session.get(Suppression, hashed)
    if found is None:
        return True
    if found.cause is SuppressionCause.OPPOSED:
        return False
    session.delete(found)
    session.flush()
    return True
