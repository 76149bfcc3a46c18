"""Let time pass for one commitment, and remind people of it at once.

    python -m tests.support.time_passes PUBLIC_ID DAYS

All that happened to it happened DAYS before; the hourly job's work is done at any hour.
"""

import os
import sys
from datetime import timedelta

from sqlalchemy import select

import config
from coopoutreach.commitments import commands, queries
from coopoutreach.commitments.models import Commitment
from coopoutreach.core import db, reactions
from coopoutreach.core import settings as process_settings
from coopoutreach.core.clock import utcnow
from coopoutreach.wiring import WIRING


def main() -> None:
    """Do it."""
    public_id, days = sys.argv[1:]
    settings = config.load(dict(os.environ))
    process_settings.install(settings)
    reactions.install(WIRING)
    ago = timedelta(days=int(days))
    with db.connect(settings.database_url).transaction() as session:
        one = session.scalars(select(Commitment).where(Commitment.public_id == public_id)).one()
        one.created_at -= ago
        one.due_on -= ago
        one.first_due_on -= ago
        for entry in one.entries:
            entry.at -= ago
        session.flush()
        if one.id in queries.owing_ids(session):
            commands.tell_made(session, one, now=utcnow())
            commands.remind(session, one, now=utcnow())


if __name__ == "__main__":
    main()
