"""Deliver mail, and forget what was said once nobody needs it."""

from datetime import datetime

from coopoutreach.mail.outgoing import delivery, transport
from coopoutreach.platform.core import settings
from coopoutreach.platform.core.db import Database


def deliver_due(database: Database, now: datetime) -> int:
    """Deliver the messages whose time has come; return how many were dealt with."""
    current = settings.current()
    opened = transport.transport_for(current)
    try:
        sender = transport.sender_of(current)
        return delivery.Delivery(database, opened, sender=sender, now=now).run()
    finally:
        opened.close()
