"""What the scheduler does with answers."""

from datetime import datetime

from sqlalchemy.orm import Session

from coopoutreach.platform.core.batch import for_each
from coopoutreach.platform.core.db import Database
from coopoutreach.talks.questions import commands, queries


def erase_needs(database: Database, now: datetime) -> int:
    """Erase what people told of their needs: thirty days after the talk, or once they gave it up.

    Return in how many talks there was something to erase.
    """

    def erase(session: Session, talk_id: int) -> None:
        commands.erase_needs_of_talk(session, talk_id, now=now)

    with database.reading() as session:
        talk_ids = queries.talk_ids_with_needs_to_erase(session, now=now)
    return for_each(database, talk_ids, erase)
