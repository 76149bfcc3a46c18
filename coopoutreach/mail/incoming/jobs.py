"""What the scheduler does with mail that comes in."""

import time
from datetime import datetime, timedelta

import structlog

from coopoutreach.mail.incoming import commands, imap, queries
from coopoutreach.mail.incoming.dealing import deal_with
from coopoutreach.mail.incoming.imap import Mailbox, Unreachable
from coopoutreach.platform.core import settings
from coopoutreach.platform.core.batch import note_failure
from coopoutreach.platform.core.db import Database

logger = structlog.get_logger(__name__)

#: A run begins no further message after this long: others have their turn, and stopping waits.
RUN_SECONDS = 15.0


def read_mailbox(database: Database, now: datetime) -> int:
    """Deal with what arrived in the mailbox; leave it alone for a while if it cannot be read.

    Where there is no mailbox it does nothing. Two workers may do so at once: a message that both
    fetch is dealt with once.
    """
    url = settings.current().inbox_url
    if not url:
        return 0
    with database.reading() as session:
        outage = queries.outage(session)
        was_out = outage is not None
        if outage is not None and outage.until > now:
            return 0
    try:
        with imap.opened(url) as mailbox:
            count = _empty(database, mailbox, now=now)
    except Unreachable as problem:
        logger.warning("inbound.unreachable", reason=str(problem))
        with database.transaction() as session:
            commands.note_outage(session, reason=str(problem), now=now)
        return 0
    if was_out:
        with database.transaction() as session:
            commands.note_reached(session, now=now)
    return count


def _empty(database: Database, mailbox: Mailbox, *, now: datetime) -> int:
    count, began = 0, time.monotonic()
    for uid in mailbox.unseen():
        spent = time.monotonic() - began
        if spent > RUN_SECONDS:
            break
        message = mailbox.fetch(uid)
        if message is None:
            continue
        then = now + timedelta(seconds=spent)
        # Written first, marked afterwards: whoever dies in between reads it again, and knows it.
        if deal_with(database, message.raw, is_whole=message.is_whole, now=then) is not None:
            mailbox.mark_seen(uid)
            count += 1
        else:
            note_failure("a message that came in could not be kept")
    return count
