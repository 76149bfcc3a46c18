"""Let time pass for one commitment; or, with no days, remind people of it at once.

    python -m tests.support.time_passes PUBLIC_ID DAYS

All that happened to it then happened DAYS before. Reminding is what the job does in working hours.
"""

import os
import sys
from datetime import timedelta

from sqlalchemy import select

import config
from coopoutreach.committee.commitments import commands
from coopoutreach.committee.commitments.models import Commitment
from coopoutreach.platform.core import db, reactions
from coopoutreach.platform.core import settings as process_settings
from coopoutreach.platform.core.clock import utcnow
from coopoutreach.wiring import WIRING


def main() -> None:
    """Do it."""
    public_id, days = sys.argv[1:]
    settings = config.load(dict(os.environ))
    process_settings.install(settings)
    reactions.install(WIRING)
    with db.connect(settings.database_url).transaction() as session:
        one = session.scalars(select(Commitment).where(Commitment.public_id == public_id)).one()
        if days == "0":
            commands.tell_made(session, one, now=utcnow())
            commands.remind(session, one, now=utcnow())
        else:
            _age(one, timedelta(days=int(days)))


def _age(one: Commitment, ago: timedelta) -> None:
    one.created_at -= ago
    one.due_on -= ago
    one.first_due_on -= ago
    for entry in one.entries:
        entry.at -= ago


if __name__ == "__main__":
    main()
